// The sheets that the address names: they stand all the time, by turns if there are several.
import { Motion } from "./motion.js";
import { sheet } from "./sheets.js";

const TURN_MS = 15_000;
const FADE_MS = 300;
// Where each kind is read, and what of the answer it shows.
const SOURCES = {
  table: ["standings", (answer) => answer],
  bracket: ["knockout", (answer) => answer],
  matches: ["matches", ({ next }) => next],
};

export class Standing {
  #root;
  #kinds;
  #motion;
  #air = null;
  #documents = new Map();
  #turn = 0;
  #turning = 0;
  #isReading = false;
  #isStale = false;

  constructor(root, { sheets, still }) {
    this.#root = root;
    this.#kinds = sheets;
    this.#motion = new Motion({ tempo: 1, still });
  }

  /** Take what is on; whatever may have changed is read again. */
  show(air) {
    if (!this.#kinds.length) return;
    if (air.tournament !== this.#air?.tournament) this.#documents.clear();
    this.#air = air;
    this.#read();
  }

  /** Take documents by their kinds, as samples. */
  sample(documents) {
    for (const kind of this.#kinds) this.#documents.set(kind, documents[kind]);
    this.#draw();
  }

  async #read() {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale) {
      this.#isStale = false;
      await Promise.all(this.#kinds.map((kind) => this.#fetch(kind, this.#air)));
      this.#draw();
    }
    this.#isReading = false;
  }

  async #fetch(kind, { tournament, name: title }) {
    if (!tournament) return;
    const [path, pick] = SOURCES[kind];
    try {
      const answer = await fetch(`/api/tournaments/${tournament}/${path}`, { cache: "no-cache" });
      const read = answer.ok && { title, ...pick(await answer.json()) };
      if (read && tournament === this.#air.tournament) this.#documents.set(kind, read);
    } catch {
      // The next change, or the snapshot after the server was away, reads it again.
    }
  }

  #draw() {
    const kinds = this.#kinds.filter((kind) => isFull(this.#documents.get(kind)));
    const kind = kinds[this.#turn % Math.max(kinds.length, 1)];
    clearTimeout(this.#turning);
    if (!kind) {
      this.#root.replaceChildren();
      return;
    }
    const isOther = this.#root.firstElementChild?.dataset.sheet !== kind;
    const shown = sheet(kind, this.#documents.get(kind));
    this.#root.replaceChildren(shown);
    if (isOther) this.#motion.fade(shown, 0, 1, FADE_MS);
    if (kinds.length < 2) return;
    this.#turning = setTimeout(() => {
      this.#turn += 1;
      this.#draw();
    }, TURN_MS);
  }
}

function isFull(document) {
  return (document?.rows ?? document?.rounds ?? document?.matches ?? []).length > 0;
}
