// Two cards never lie upon each other: what is more important is seen, and the others step aside.

/** Watch the scenes in `stage` and the cards in `games` and `songs`, wherever custom CSS may have put them. */
export function arrange(stage, games, songs) {
  const check = () => {
    // Not the confetti, which falls over everything.
    const scenes = [...stage.querySelectorAll("article")];
    const matches = cards(games);
    const isAside = stepAside(games, matches, scenes);
    stepAside(songs, cards(songs), isAside ? scenes : [...scenes, ...matches]);
  };
  new MutationObserver(check).observe(stage, { childList: true });
  const sizes = new ResizeObserver(check);
  for (const root of [games, songs]) {
    sizes.observe(root);
    root.querySelectorAll("article").forEach((card) => sizes.observe(card));
  }
}

function cards(root) {
  return [...root.querySelectorAll("article:not([hidden])")];
}

function stepAside(root, own, others) {
  const isInTheWay = own.some((card) => others.some((other) => meet(card, other)));
  root.toggleAttribute("data-aside", isInTheWay);
  return isInTheWay;
}

function meet(one, other) {
  const [a, b] = [place(one), place(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Where it stands when it does not move: all containers fill the page, so their places compare. */
function place({ offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight }) {
  return { left, top, right: left + offsetWidth, bottom: top + offsetHeight };
}
