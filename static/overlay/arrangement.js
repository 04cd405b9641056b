// Two cards never lie upon each other: while a scene needs the place, the songs step aside.

/** Watch the scenes in `stage` and the cards in `songs`, wherever custom CSS may have put them. */
export function arrange(stage, songs) {
  const check = () => {
    // Not the confetti, which falls over everything.
    const scene = stage.querySelector(":scope > article");
    const isInTheWay = scene && [...songs.querySelectorAll("article:not([hidden])")].some((card) => meet(scene, card));
    songs.toggleAttribute("data-aside", Boolean(isInTheWay));
  };
  new MutationObserver(check).observe(stage, { childList: true });
  const sizes = new ResizeObserver(check);
  for (const card of [songs, ...songs.querySelectorAll("article")]) sizes.observe(card);
}

function meet(one, other) {
  const [a, b] = [place(one), place(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Where it stands when it does not move: both containers fill the page, so their places compare. */
function place({ offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight }) {
  return { left, top, right: left + offsetWidth, bottom: top + offsetHeight };
}
