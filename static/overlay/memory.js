// Which cues were played, remembered for as long as a snapshot may bring them again.
const KEY = "greenroom.overlay.played";

export class Memory {
  #played = new Map();

  constructor() {
    try {
      this.#played = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
    } catch {
      // A browser without storage, or a value that is not ours: only a reload may then repeat a cue.
    }
  }

  get newest() {
    return Math.max(0, ...this.#played.keys());
  }

  has(seq) {
    return this.#played.has(seq);
  }

  add({ seq, expires_in }) {
    const now = Date.now();
    for (const [old, until] of this.#played) if (until < now) this.#played.delete(old);
    this.#played.set(seq, now + 1000 * expires_in);
    this.#save();
  }

  forget() {
    this.#played.clear();
    this.#save();
  }

  #save() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...this.#played]));
    } catch {
      // As above.
    }
  }
}
