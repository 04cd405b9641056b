// Songs that were just requested: one with its cover, or several in one card.
import { cover } from "./cover.js";
import { Motion } from "./motion.js";

const ENTER = 380;
const LEAVE = 300;
const HOLD = 4200;
const HOLD_EACH_MORE = 700;
const MOST = 3;

/** Show `requests`, oldest first, inside `root`; resolves when they have left. All text goes in as text. */
export async function request(root, requests, options) {
  const motion = new Motion(options);
  const card = document.querySelector("template#toast").content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`[data-part=${name}]`);
  const rows = requests.slice(0, MOST).map((one) => row(one, motion));
  part("label").textContent = requests.length > 1 ? `${requests.length} songs requested` : "Song requested";
  part("test").hidden = !requests.some(({ is_test }) => is_test);
  part("requests").append(...rows);
  root.replaceChildren(card);
  leaveOut(requests.length - rows.length, part("more"));
  while (rows.length > 1 && card.scrollHeight > card.clientHeight) {
    rows.pop().remove();
    leaveOut(requests.length - rows.length, part("more"));
  }

  motion.fade(card, 0, 1, ENTER);
  motion.move(card, { transform: ["translateY(2rem) scale(.97)", "none"] }, { duration: ENTER });
  await motion.wait(ENTER + HOLD + HOLD_EACH_MORE * (rows.length - 1));
  motion.fade(card, 1, 0, LEAVE);
  motion.move(card, { transform: ["none", "translateY(1.2rem)"] }, { duration: LEAVE, easing: "ease-in" });
  await motion.wait(LEAVE);
}

function leaveOut(count, line) {
  line.hidden = !count;
  line.textContent = count === 1 ? "and one more" : `and ${count} more`;
}

function row({ title, artists, name, cover_url }, motion) {
  const element = document.querySelector("template#request").content.firstElementChild.cloneNode(true);
  const write = (part, text) => {
    element.querySelector(`[data-part=${part}]`).textContent = text;
  };
  write("request-title", title);
  write("request-artists", artists.join(", "));
  write("request-name", name);
  element.prepend(cover(cover_url, motion));
  return element;
}
