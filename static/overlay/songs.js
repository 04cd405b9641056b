// Now playing and up next: what the board says, for as long as it is believed and wanted.
import { Frame } from "./frame.js";
import { Motion } from "./motion.js";
import { Playhead } from "./playhead.js";
import { Song } from "./song.js";
import { Upcoming } from "./upcoming.js";

// The board of the next track is on its way when a track ends.
const LINGER = 4000;
const LONGEST_TIMER = 2 ** 31 - 1;

export class Songs {
  #options;
  #motion;
  #frames;
  #song = null;
  #songKey = "";
  #upcoming = null;
  #upcomingKey = "";
  #board = null;
  #playhead = null;
  #wantedUntil = 0;
  #believedUntil = 0;
  #hiding = 0;
  #ticking = 0;

  constructor(root, options) {
    this.#options = options;
    this.#motion = new Motion({ tempo: 1, still: options.still });
    const frame = (part) => new Frame(root.querySelector(`[data-part=${part}]`), this.#motion);
    this.#frames = { now: frame("now"), next: frame("next") };
  }

  /** Take the board as it is at this moment. */
  show(board) {
    const before = this.#playhead;
    const key = board.now ? keyOf(board.now) : "";
    const isOther = key !== this.#songKey;
    this.#board = board;
    this.#playhead = board.now && new Playhead(board.now);
    // One that was over before it was seen, as when the player is not read any more, is no news.
    const isNews = board.now && !(isOther && this.#playhead.remaining === 0);
    this.#wantedUntil = isNews ? this.#want(isOther, before) : 0;
    this.#believedUntil = isNews ? this.#believe(isOther, before) : 0;
    if (this.#left > 0) this.#draw(isOther, key);
    this.#settle();
  }

  /** For how many ms the songs are to be shown from now on. */
  get #left() {
    return Math.min(this.#wantedUntil, this.#believedUntil) - performance.now();
  }

  /** Until when it is to be seen, by this page's clock, for what the address asks. */
  #want(isOther, before) {
    const { when, after } = this.#options;
    const { isPlaying } = this.#playhead;
    const soon = performance.now() + after;
    if (when === "always" || (when === "playing" && isPlaying)) return Infinity;
    if (when === "change" && isPlaying && (isOther || !before?.isPlaying)) return soon;
    // It has just stopped; whoever finds it stopped need not see it.
    if (when === "playing" && before?.isPlaying) return isOther ? 0 : soon;
    return isOther ? 0 : this.#wantedUntil;
  }

  /** Until when what plays may be believed to play, if nothing more is heard. */
  #believe(isOther, before) {
    const { isPlaying, remaining } = this.#playhead;
    if (!isPlaying) return Infinity;
    const wasOver = !isOther && before?.isPlaying && before.remaining === 0;
    return wasOver && remaining === 0 ? this.#believedUntil : performance.now() + remaining + LINGER;
  }

  #draw(isOther, key) {
    const { now, next } = this.#board;
    if (isOther) {
      this.#songKey = key;
      this.#song = new Song(now, this.#motion, this.#options);
      this.#frames.now.swap(this.#song.element);
    }
    this.#song.follow(this.#playhead);
    const nextKey = Upcoming.key(next);
    if (!next.length || nextKey === this.#upcomingKey) return;
    this.#upcomingKey = nextKey;
    this.#upcoming = new Upcoming(next);
    this.#frames.next.swap(this.#upcoming.element);
  }

  /** Show or hide, and come back when that changes by itself. */
  #settle() {
    clearTimeout(this.#hiding);
    clearTimeout(this.#ticking);
    const left = this.#left;
    const isShown = left > 0;
    this.#reveal("now", isShown);
    this.#reveal("next", isShown && this.#board.next.length > 0);
    if (!isShown) {
      // What comes back is drawn anew; but a song that was shown for its change is not changed by a reconnect.
      if (this.#options.when !== "change") this.#songKey = "";
      return;
    }
    if (left < Infinity) this.#hiding = setTimeout(() => this.#settle(), Math.min(left, LONGEST_TIMER));
    this.#tick();
  }

  #reveal(part, isShown) {
    if (isShown && this.#options.parts.has(part)) this.#frames[part].show();
    else this.#frames[part].hide();
  }

  #tick() {
    this.#song.tick();
    if (this.#board.next.length) this.#upcoming.tick(this.#board.next, this.#playhead.passed);
    if (!this.#playhead.isPlaying) return;
    this.#ticking = setTimeout(() => this.#tick(), 1000 - (this.#playhead.position % 1000) + 10);
  }
}

function keyOf({ kind, title, artists, cover_url, request }) {
  return JSON.stringify([kind, title, artists, cover_url, request?.id]);
}
