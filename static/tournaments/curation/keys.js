// Keys: they move from row to row and press the row's own buttons.
import { next } from "./filter.js";

const BUTTONS = { " ": "choose", p: "pin", x: "pass", n: "note" };
const MOVES = { j: "nextElementSibling", ArrowDown: "nextElementSibling", k: "previousElementSibling", ArrowUp: "previousElementSibling" };

export function obeyKeys(rows, { undo }) {
  const search = document.getElementById("search");
  const help = document.getElementById("keys");
  const button = document.getElementById("keys-button");
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
  // The list is one stop of the Tab key.
  const first = next(null);
  if (first) first.tabIndex = 0;
  let current = first?.id;

  rows.addEventListener("focusin", ({ target }) => (current = target.closest("tr")?.id ?? current));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const { target, key } = event;
    if (key === "Escape") return leave(event);
    if (target.closest("input, select, textarea")) return;
    const row = target.closest("#rows > tr");
    if (key === "/") search.select();
    else if (key === "?") help.showModal();
    else if (key === "u") undo();
    else if (key in MOVES) move(row, MOVES[key]);
    else if (target === row && key in BUTTONS) press(row, BUTTONS[key]);
    else return;
    event.preventDefault();
  });

  const move = (row, way) => {
    const known = row ?? document.getElementById(current);
    const found = row ? next(row, way) : known && !known.hidden ? known : next(null);
    found?.focus();
  };
  const press = (row, name) => {
    const pressed = row.querySelector(`[data-key=${name}]`);
    if (name !== "note") return pressed?.click();
    if (!pressed) return;
    pressed.parentElement.open = true;
    pressed.parentElement.querySelector("input[name=note]").focus();
  };
  const leave = ({ target }) => {
    const open = target.closest("details[open]");
    if (open) open.open = false;
    if (target === search || open) (target.closest("tr") ?? document.getElementById(current) ?? next(null))?.focus();
  };
}
