// What this page says of itself: its version, what it showed last, and what OBS does with it.

// News that come closer together are told at once.
const TOLD_EVERY = 500;

export class Presence {
  #facts = { key: randomKey(), version: document.body.dataset.version, is_on_air: null, is_visible: null, shown: null };
  #telling = 0;

  /** `send` speaks to the server. */
  constructor(send) {
    this.send = send;
    // Only in OBS do these ever come.
    window.addEventListener("obsSourceActiveChanged", ({ detail }) => this.#note({ is_on_air: Boolean(detail.active) }));
    window.addEventListener("obsSourceVisibleChanged", ({ detail }) => this.#note({ is_visible: Boolean(detail.visible) }));
  }

  /** The cue with this number is on screen. */
  showed(seq) {
    this.#note({ shown: seq });
  }

  /** Say everything, as a new socket wants to hear it. */
  tell() {
    clearTimeout(this.#telling);
    this.#telling = 0;
    this.send({ type: "page", ...this.#facts });
  }

  #note(news) {
    Object.assign(this.#facts, news);
    this.#telling ||= setTimeout(() => this.tell(), TOLD_EVERY);
  }
}

/** crypto.randomUUID is only for pages on https and localhost. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
