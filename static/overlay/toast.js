// A card with a row for each of what came together: a few seconds, and a little more for each further row.
import { Motion } from "./motion.js";

const ENTER = 380;
const LEAVE = 300;
const HOLD = 4200;

/** How long it takes until a card stands, in ms: what moves inside it begins then. */
export const STANDS_AFTER = ENTER;

/** A copy of the only element of a template, with texts for some of its parts. All text goes in as text. */
export function fromTemplate(name, texts) {
  const element = document.querySelector(`template#${name}`).content.firstElementChild.cloneNode(true);
  for (const [part, text] of Object.entries(texts)) element.querySelector(`[data-part=${part}]`).textContent = text;
  return element;
}

/**
 * Show `card` inside `root` with `rows`, of which there were `total`; resolves when it has left.
 * `holdEachMore` is in ms for each row after the first.
 */
export async function toast(root, card, { rows, total, isTest, holdEachMore, options }) {
  const motion = new Motion(options);
  const part = (name) => card.querySelector(`[data-part=${name}]`);
  part("test").hidden = !isTest;
  part("rows").append(...rows);
  root.replaceChildren(card);
  leaveOut(total - rows.length, part("more"));
  while (rows.length > 1 && card.scrollHeight > card.clientHeight) {
    rows.pop().remove();
    leaveOut(total - rows.length, part("more"));
  }

  motion.fade(card, 0, 1, ENTER);
  motion.move(card, { transform: ["translateY(2rem) scale(.97)", "none"] }, { duration: ENTER });
  await motion.wait(ENTER + HOLD + holdEachMore * (rows.length - 1));
  motion.fade(card, 1, 0, LEAVE);
  motion.move(card, { transform: ["none", "translateY(1.2rem)"] }, { duration: LEAVE, easing: "ease-in" });
  await motion.wait(LEAVE);
}

function leaveOut(count, line) {
  line.hidden = count <= 0;
  line.textContent = count === 1 ? "and one more" : `and ${count} more`;
}
