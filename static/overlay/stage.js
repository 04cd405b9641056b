// Plays cues one after another, and quicker when many wait.
import { achievement } from "./achievement.js";
import { alert } from "./alert.js";
import { raid } from "./raid.js";
import { request } from "./request.js";
import { roll } from "./roll.js";
import { next, now } from "./sample.js";
import { sheetScene } from "./sheets.js";

// A scene that `takes` many plays all that wait of its kind at once.
const SCENES = {
  roll: { part: "raffle", play: roll },
  raid: { part: "raid", play: raid },
  now: { part: "now", play: now },
  next: { part: "next", play: next },
  table: { part: "table", play: sheetScene("table") },
  bracket: { part: "bracket", play: sheetScene("bracket") },
  matches: { part: "matches", play: sheetScene("matches") },
  alert: { part: "alert", play: alert, takesMany: true },
  achievement: { part: "achievements", play: achievement, takesMany: true },
  song_requested: { part: "toast", play: request, takesMany: true },
};
const MOST_WAITING = 200;
const BRISK_ABOVE = 6;
const HURRIED_ABOVE = 20;

export class Stage {
  #waiting = [];
  #isPlaying = false;

  /** `root` is the element to play in; only scenes of these `parts` are played; a `still` stage moves nothing. */
  constructor(root, { parts, still }) {
    this.root = root;
    this.parts = parts;
    this.still = still;
  }

  /** Play a cue in its turn; `begin` is called when that has come. */
  add(cue, begin = () => {}) {
    const isWanted = Object.hasOwn(SCENES, cue.kind) && this.parts.has(SCENES[cue.kind].part);
    if (!isWanted || this.#waiting.some((other) => other.cue.seq === cue.seq)) return;
    this.#waiting.push({ cue, begin });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    // Whatever comes with it is waiting, too, before the tempo is chosen.
    queueMicrotask(() => this.#play());
  }

  async #play() {
    while (this.#waiting.length) {
      const [scene, told] = this.#next();
      const tempo = this.#tempo();
      try {
        await scene.play(this.root, told, { tempo, still: this.still });
      } catch (error) {
        console.error("Greenroom: a cue could not be played.", error);
      }
      this.root.replaceChildren();
    }
    this.#isPlaying = false;
  }

  /** Take what is to be played now: its scene, and one payload or all that wait of its kind. */
  #next() {
    const { kind } = this.#waiting[0].cue;
    const scene = SCENES[kind];
    const count = (entry, n) => (scene.takesMany ? entry.cue.kind === kind : n === 0);
    const taken = this.#waiting.filter(count);
    this.#waiting = this.#waiting.filter((entry, n) => !count(entry, n));
    taken.forEach(({ begin }) => begin());
    const payloads = taken.map(({ cue }) => cue.payload);
    return [scene, scene.takesMany ? payloads : payloads[0]];
  }

  #tempo() {
    if (this.#waiting.length > HURRIED_ABOVE) return 5;
    return this.#waiting.length > BRISK_ABOVE ? 2.5 : 1;
  }
}
