// Songs that were just requested: one with its cover, or several in one card.
import { cover } from "./cover.js";
import { Motion } from "./motion.js";
import { fromTemplate, toast } from "./toast.js";

const HOLD_EACH_MORE = 700;
const MOST = 3;

/** Show `requests`, oldest first, inside `root`; resolves when they have left. */
export function request(root, requests, options) {
  const motion = new Motion(options);
  const total = requests.length;
  const card = fromTemplate("toast", { label: total > 1 ? `${total} songs requested` : "Song requested" });
  const rows = requests.slice(0, MOST).map((one) => row(one, motion));
  const isTest = requests.some(({ is_test }) => is_test);
  return toast(root, card, { rows, total, isTest, holdEachMore: HOLD_EACH_MORE, options });
}

function row({ title, artists, name, cover_url }, motion) {
  const texts = { "request-title": title, "request-artists": artists.join(", "), "request-name": name };
  const element = fromTemplate("request", texts);
  element.prepend(cover(cover_url, motion));
  return element;
}
