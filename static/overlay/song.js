// What is playing: cover, title, artists, who asked for it, and how far it is.
import { accentOf } from "./colour.js";
import { cover } from "./cover.js";
import { marquee } from "./marquee.js";
import { clock } from "./playhead.js";

// A bar that is off by more than this is put right: a source that OBS does not draw may stand still.
const DRIFT_MS = 400;
const UNTITLED = { ad: "Advertisement", episode: "Podcast", local: "Local file" };

/** What to call an item that may have no name of its own. */
export function titleOf({ kind, title }) {
  return title || (UNTITLED[kind] ?? "Something else");
}

export class Song {
  #motion;
  #playhead = null;
  #bar = null;

  /** `item` is the `now` of a board. All text goes in as text. */
  constructor(item, motion, { accentOfCover }) {
    this.#motion = motion;
    this.element = document.querySelector("template#song").content.firstElementChild.cloneNode(true);
    const tint = (image) => this.#tint(accentOf(image));
    const picture = cover(item.cover_url, motion, accentOfCover ? tint : undefined);
    this.element.prepend(picture);
    this.#write("title", titleOf(item));
    this.#write("artists", item.artists.join(", "));
    this.#part("by").hidden = !item.request;
    this.#part("requester").textContent = item.request?.viewer ?? "";
    this.#part("total").textContent = clock(item.duration_ms);
    this.#part("time").hidden = !item.duration_ms;
  }

  /** Go on from here. */
  follow(playhead) {
    this.#playhead = playhead;
    this.element.dataset.playing = playhead.isPlaying ? "yes" : "no";
    this.#part("paused").hidden = playhead.isPlaying;
    this.#bar?.cancel();
    this.#bar = playhead.duration ? this.#run(playhead) : null;
    this.tick();
  }

  /** Write the seconds, which is to be done once a second. */
  tick() {
    const { position } = this.#playhead;
    const text = clock(position);
    const elapsed = this.#part("elapsed");
    if (elapsed.textContent !== text) elapsed.textContent = text;
    if (this.#bar && Math.abs(this.#bar.currentTime - position) > DRIFT_MS) this.#bar.currentTime = position;
  }

  #run({ duration, position, isPlaying }) {
    // To be still is to move once a second.
    const easing = this.#motion.still ? `steps(${Math.max(1, Math.round(duration / 1000))})` : "linear";
    const frames = { transform: ["translateX(-100%)", "none"] };
    const bar = this.#part("played").animate(frames, { duration, easing, fill: "both" });
    bar.currentTime = position;
    if (!isPlaying) bar.pause();
    return bar;
  }

  #tint(accent) {
    if (accent) this.element.style.setProperty("--tone", accent);
  }

  #write(name, text) {
    const line = this.#part(name);
    line.firstElementChild.textContent = text;
    marquee(line, this.#motion);
  }

  #part(name) {
    return this.element.querySelector(`[data-part=${name}]`);
  }
}
