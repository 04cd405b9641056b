// Achievements that were just unlocked: one with what it took, or several in one card.
import { Motion } from "./motion.js";

const ENTER = 380;
const LEAVE = 300;
// With all its rows a card stands shorter than the server pauses between two, so that none pile up.
const HOLD = 4200;
const HOLD_EACH_MORE = 600;
const MOST = 4;

/** Show the unlocks of these payloads inside `root`; resolves when they have left. All text goes in as text. */
export async function achievement(root, payloads, options) {
  const motion = new Motion(options);
  const card = document.querySelector("template#achievement").content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`[data-part=${name}]`);
  const total = payloads.reduce((sum, payload) => sum + payload.total, 0);
  const rows = payloads.flatMap(({ unlocks }) => unlocks).slice(0, MOST).map((unlock) => row(unlock, total === 1));
  part("label").textContent = total > 1 ? `${total} achievements unlocked` : "Achievement unlocked";
  part("test").hidden = !payloads.some(({ is_test }) => is_test);
  part("unlocks").append(...rows);
  root.replaceChildren(card);
  leaveOut(total - rows.length, part("more"));
  while (rows.length > 1 && card.scrollHeight > card.clientHeight) {
    rows.pop().remove();
    leaveOut(total - rows.length, part("more"));
  }

  motion.fade(card, 0, 1, ENTER);
  motion.move(card, { transform: ["translateY(2rem) scale(.97)", "none"] }, { duration: ENTER });
  rows.forEach((element, place) => cheer(element.querySelector("[data-part=icon]"), place, motion));
  await motion.wait(ENTER + HOLD + HOLD_EACH_MORE * (rows.length - 1));
  motion.fade(card, 1, 0, LEAVE);
  motion.move(card, { transform: ["none", "translateY(1.2rem)"] }, { duration: LEAVE, easing: "ease-in" });
  await motion.wait(LEAVE);
}

function leaveOut(count, line) {
  line.hidden = count <= 0;
  line.textContent = count === 1 ? "and one more" : `and ${count} more`;
}

function row({ icon, achievement, description, name }, isAlone) {
  const element = document.querySelector("template#unlock").content.firstElementChild.cloneNode(true);
  const write = (part, text) => {
    element.querySelector(`[data-part=${part}]`).textContent = text;
  };
  write("icon", icon);
  write("unlock-name", achievement);
  write("unlock-description", isAlone ? description : "");
  write("unlock-viewer", name);
  return element;
}

function cheer(icon, place, motion) {
  const frames = { transform: ["scale(.4) rotate(-20deg)", "scale(1.2)", "none"] };
  motion.move(icon, frames, { duration: 620, delay: ENTER + 140 * place, easing: "ease-out" });
}
