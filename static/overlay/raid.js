// A raid: who came, and a number that runs up to how many came along.
import { confetti } from "./confetti.js";
import { Motion } from "./motion.js";
import { odometer } from "./odometer.js";
import { fromTemplate } from "./toast.js";

const ENTER = 380;
const LEAVE = 300;
const HOLD = 6500;
const RAIDERS_STOP = { first: 900, between: 200, delay: 250 };
// From so many on, it rains paper.
const MANY = 10;

/** Play it inside `root`; resolves when it has left. All text goes in as text. */
export async function raid(root, { name, viewers, is_test }, options) {
  const motion = new Motion(options);
  const card = fromTemplate("raid", { name, crowd: viewers === 1 ? "viewer came along" : "viewers came along" });
  const part = (named) => card.querySelector(`[data-part=${named}]`);
  part("test").hidden = !is_test;
  part("raiders").hidden = part("crowd").hidden = !viewers;
  root.replaceChildren(card);

  motion.fade(card, 0, 1, ENTER);
  motion.move(card, { transform: ["translateX(-3rem)", "none"] }, { duration: ENTER });
  odometer(part("raiders"), viewers, motion, RAIDERS_STOP);
  if (viewers >= MANY && !motion.still) confetti(root, motion);
  await motion.wait(HOLD);
  motion.fade(card, 1, 0, LEAVE);
  motion.move(card, { transform: ["none", "translateY(1.2rem)"] }, { duration: LEAVE, easing: "ease-in" });
  await motion.wait(LEAVE);
}
