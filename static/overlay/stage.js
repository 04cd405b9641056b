// Plays cues one after another, and quicker when many wait.
import { roll } from "./roll.js";

const SCENES = { roll };
const MOST_WAITING = 200;
const BRISK_ABOVE = 6;
const HURRIED_ABOVE = 20;

export class Stage {
  #waiting = [];
  #isPlaying = false;

  /** `root` is the element to play in; a `still` stage moves nothing. */
  constructor(root, still) {
    this.root = root;
    this.still = still;
  }

  /** Play a cue in its turn; `begin` is called when that has come. */
  add(cue, begin = () => {}) {
    if (!SCENES[cue.kind] || this.#waiting.some((other) => other.cue.seq === cue.seq)) return;
    this.#waiting.push({ cue, begin });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    // Whatever comes with it is waiting, too, before the tempo is chosen.
    queueMicrotask(() => this.#play());
  }

  async #play() {
    while (this.#waiting.length) {
      const tempo = this.#tempo();
      const { cue, begin } = this.#waiting.shift();
      begin();
      try {
        await SCENES[cue.kind](this.root, cue.payload, { tempo, still: this.still });
      } catch (error) {
        console.error("Greenroom: a cue could not be played.", error);
      }
      this.root.replaceChildren();
    }
    this.#isPlaying = false;
  }

  #tempo() {
    if (this.#waiting.length > HURRIED_ABOVE) return 5;
    return this.#waiting.length > BRISK_ABOVE ? 2.5 : 1;
  }
}
