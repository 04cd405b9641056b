// Dragging: a player dropped on another one takes that one's seed.
export function makeDraggable(side, send) {
  let dragged;
  const under = (event) => event.target.closest("li[data-seed]");

  side.addEventListener("dragstart", (event) => {
    dragged = under(event);
    event.dataTransfer.effectAllowed = "move";
  });
  side.addEventListener("dragover", (event) => {
    if (!dragged || !under(event)) return;
    event.preventDefault();
    mark(under(event));
  });
  side.addEventListener("drop", (event) => {
    const target = under(event);
    if (!dragged || !target || target === dragged) return;
    event.preventDefault();
    const form = dragged.querySelector("form");
    form.elements.seed.value = target.dataset.seed;
    send(form);
  });
  side.addEventListener("dragend", () => {
    dragged = undefined;
    mark();
  });

  const mark = (item) => {
    side.querySelector(".over")?.classList.remove("over");
    item?.classList.add("over");
  };
}
