// What this page says of itself: its version, what it showed last, and what OBS does with it.

// News that come closer together are told at once.
const TOLD_EVERY = 500;
const KEY = "greenroom.overlay.in-obs";

export class Presence {
  #facts = { key: randomKey(), version: document.body.dataset.version, shown: null, ...recall() };
  #telling = 0;

  /** `send` speaks to the server. */
  constructor(send) {
    this.send = send;
    // Only in OBS do these ever come.
    window.addEventListener("obsSourceActiveChanged", ({ detail }) => this.#told({ is_on_air: Boolean(detail.active) }));
    window.addEventListener("obsSourceVisibleChanged", ({ detail }) => this.#told({ is_visible: Boolean(detail.visible) }));
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

  /** What OBS told stays true when the page is loaded again, and OBS does not tell it again. */
  #told(news) {
    this.#note(news);
    const { is_on_air, is_visible } = this.#facts;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ is_on_air, is_visible }));
    } catch {
      // A browser without storage: after a reload it is not known until it changes.
    }
  }

  #note(news) {
    Object.assign(this.#facts, news);
    this.#telling ||= setTimeout(() => this.tell(), TOLD_EVERY);
  }
}

function recall() {
  try {
    const { is_on_air = null, is_visible = null } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { is_on_air, is_visible };
  } catch {
    return { is_on_air: null, is_visible: null };
  }
}

/** crypto.randomUUID is only for pages on https and localhost. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
