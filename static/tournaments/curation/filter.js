// Filtering: what is typed and chosen hides rows at once, without a new page.
const fold = (text) => text.normalize("NFKD").toLowerCase();

const SHOWN = {
  chosen: ({ chosen }) => chosen !== undefined,
  open: ({ chosen, passed }) => chosen === undefined && passed === undefined,
  pinned: ({ pinned }) => pinned !== undefined,
  passed: ({ passed }) => passed !== undefined,
  noted: ({ noted }) => noted !== undefined,
};
const PAST = {
  new: ({ past }) => past === "0",
  played: ({ past }) => past !== "0",
  strikes: ({ strikes }) => strikes !== "0",
};

/** Let the filters of `board` hide `rows`; returns what to call when rows have changed. */
export function filterRows(board, rows) {
  const form = board.querySelector(".filters");
  const { q, show, tier, past } = form.elements;
  const count = document.getElementById("shown");
  const nobody = document.getElementById("nobody");

  const fits = ({ dataset }) => {
    const words = fold(q.value).split(/\s+/).filter(Boolean);
    const text = fold(dataset.text);
    return (
      words.every((word) => text.includes(word)) &&
      (!show.value || SHOWN[show.value](dataset)) &&
      (!tier.value || dataset.tier === tier.value) &&
      (!past.value || PAST[past.value](dataset))
    );
  };
  const apply = () => {
    const inFocus = document.activeElement?.closest("#rows > tr");
    let shown = 0;
    for (const row of rows.children) {
      row.hidden = !fits(row);
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.children.length}`;
    nobody.hidden = shown > 0;
    if (inFocus?.hidden) (next(inFocus) ?? next(inFocus, "previousElementSibling"))?.focus();
  };

  // A page that the server has filtered has no other rows to show: its form asks for a new page.
  if (!location.search) {
    form.querySelector("button:not([type])").hidden = true;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      next(null)?.focus();
    });
    apply();
  }
  return location.search ? () => {} : apply;
}

/** Return the next row that is shown after this one, or the first. */
export function next(row, way = "nextElementSibling") {
  let found = row ? row[way] : document.getElementById("rows").firstElementChild;
  while (found?.hidden) found = found[way];
  return found;
}
