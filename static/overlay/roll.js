// A roll of the keyboard raffle: the numbers run, the bar shows how close they came, then the verdict.
import { confetti } from "./confetti.js";
import { Motion } from "./motion.js";
import { odometer } from "./odometer.js";

const ENTER = 380;
const LEAVE = 300;
const ROLL_STOPS = { first: 1000, between: 230, delay: 150 };
const WINNING_STOPS = { first: 900, between: 160, delay: 900 };
const BAR_AT = 2050;
const BAR_FILLS = 750;
const VERDICT_AT = 2550;
const HOLD = 1700;
const HOLD_WIN = 4200;
const HOLD_STILL = 3500;
// The bar's scale is logarithmic, so that near misses differ: each tenth of the distance is a quarter of it.
const DECADES = 4;

/** Play it inside `root`; resolves when it has left. All text goes in as text. */
export async function roll(root, payload, options) {
  const motion = new Motion(options);
  const card = document.querySelector("template#roll").content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`[data-part=${name}]`);
  card.dataset.outcome = payload.is_win ? "win" : payload.is_record ? "record" : "miss";
  part("name").textContent = payload.name;
  part("test").hidden = !payload.is_test;
  part("verdict").textContent = verdict(payload);
  root.replaceChildren(card);

  enter(card, motion);
  odometer(part("roll"), payload.roll, motion, ROLL_STOPS);
  odometer(part("winning"), payload.winning_number, motion, WINNING_STOPS);
  fill(part("fill"), closeness(payload.distance), motion);
  if (motion.still) {
    await motion.wait(HOLD_STILL);
  } else {
    reveal(part("verdict"), motion);
    await motion.wait(VERDICT_AT);
    card.dataset.verdict = "known";
    if (card.dataset.outcome !== "miss") cheer(part("roll"), motion);
    if (payload.is_win) confetti(root, motion);
    await motion.wait(payload.is_win ? HOLD_WIN : HOLD);
  }
  leave(card, motion);
  await motion.wait(LEAVE);
}

/** How full the bar is, from 0 for as far as can be to 1 for a win. */
export function closeness(distance) {
  return Math.max(0, 1 - Math.log10(1 + distance) / DECADES);
}

function verdict({ is_win, is_record, distance }) {
  if (is_win) return "Exact hit! The keyboard is won";
  const off = `Off by ${distance.toLocaleString("en-US")}`;
  return is_record ? `${off}: new record!` : off;
}

function enter(card, motion) {
  motion.fade(card, 0, 1, ENTER);
  const frames = { transform: ["translateY(2.5rem) scale(.97)", "none"] };
  motion.move(card, frames, { duration: ENTER, easing: "cubic-bezier(.2,1.2,.3,1)" });
}

function fill(bar, share, motion) {
  const frames = { transform: ["translateX(-100%)", `translateX(${100 * (share - 1)}%)`] };
  motion.move(bar, frames, { duration: BAR_FILLS, delay: BAR_AT });
}

function reveal(text, motion) {
  const frames = { opacity: [0, 1], transform: ["translateY(.6em) scale(.9)", "none"] };
  motion.move(text, frames, {
    duration: 320,
    delay: VERDICT_AT,
    easing: "cubic-bezier(.2,1.5,.4,1)",
  });
}

function cheer(number, motion) {
  const frames = { transform: ["none", "scale(1.12)", "none"] };
  motion.move(number, frames, { duration: 520, easing: "ease-in-out" });
}

function leave(card, motion) {
  motion.fade(card, 1, 0, LEAVE);
  const frames = { transform: ["none", "translateY(1.2rem)"] };
  motion.move(card, frames, { duration: LEAVE, easing: "ease-in" });
}
