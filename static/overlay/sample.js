// Now playing and up next as samples: the same cards at the same place, for a moment.
import { Motion } from "./motion.js";
import { Playhead } from "./playhead.js";
import { Song } from "./song.js";
import { fromTemplate } from "./toast.js";
import { Upcoming } from "./upcoming.js";

const ENTER = 350;
const HOLD = 6000;
const LEAVE = 250;

/** Show a song as if it played. */
export function now(root, item, options) {
  const motion = new Motion(options);
  const song = new Song(item, motion, { accentOfCover: false });
  song.follow(new Playhead(item));
  return stand(root, "now", song.element, motion);
}

/** Show songs as if they came next. */
export function next(root, { songs }, options) {
  const upcoming = new Upcoming(songs);
  upcoming.tick(songs, 0);
  return stand(root, "next", upcoming.element, new Motion(options));
}

async function stand(root, part, content, motion) {
  const place = fromTemplate("sample", {});
  const card = place.querySelector("article");
  card.dataset.part = part;
  card.prepend(content);
  root.replaceChildren(place);
  motion.fade(card, 0, 1, ENTER);
  motion.move(card, { transform: ["translateY(1rem) scale(.98)", "none"] }, { duration: ENTER });
  await motion.wait(ENTER + HOLD);
  motion.fade(card, 1, 0, LEAVE);
  await motion.wait(LEAVE);
}
