// Achievements that were just unlocked: one with what it took, or several in one card.
import { Motion } from "./motion.js";
import { fromTemplate, STANDS_AFTER, toast } from "./toast.js";

// With all its rows a card stands shorter than the server pauses between two, so that none pile up.
const HOLD_EACH_MORE = 600;
const MOST = 4;

/** Show the unlocks of these payloads inside `root`; resolves when they have left. */
export function achievement(root, payloads, options) {
  const motion = new Motion(options);
  const total = payloads.reduce((sum, payload) => sum + payload.total, 0);
  const label = total > 1 ? `${total} achievements unlocked` : "Achievement unlocked";
  const rows = payloads.flatMap(({ unlocks }) => unlocks).slice(0, MOST).map((unlock) => row(unlock, total === 1));
  rows.forEach((element, place) => cheer(element.querySelector("[data-part=icon]"), place, motion));
  const isTest = payloads.some(({ is_test }) => is_test);
  return toast(root, fromTemplate("toast", { label }), { rows, total, isTest, holdEachMore: HOLD_EACH_MORE, options });
}

function row({ icon, achievement: unlocked, description, name }, isAlone) {
  return fromTemplate("unlock", {
    icon,
    "unlock-name": unlocked,
    "unlock-description": isAlone ? description : "",
    "unlock-viewer": name,
  });
}

function cheer(icon, place, motion) {
  const frames = { transform: ["scale(.4) rotate(-20deg)", "scale(1.2)", "none"] };
  motion.move(icon, frames, { duration: 620, delay: STANDS_AFTER + 140 * place, easing: "ease-out" });
}
