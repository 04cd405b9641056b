// Where a track is, counted on from what was told last: no clock but this page's own is ever looked at.

// Of an item that does not say how long it is, as an advertisement: so long it is believed in.
const UNKNOWN_LASTS = 300_000;

export class Playhead {
  #since = performance.now();
  #progress;

  constructor({ progress_ms, duration_ms, is_playing }) {
    this.duration = duration_ms;
    this.isPlaying = is_playing;
    this.#progress = progress_ms;
  }

  /** Milliseconds since it was told, if the music runs. */
  get passed() {
    return this.isPlaying ? performance.now() - this.#since : 0;
  }

  get position() {
    const position = this.#progress + this.passed;
    return this.duration ? Math.min(this.duration, position) : position;
  }

  get remaining() {
    return Math.max(0, (this.duration || UNKNOWN_LASTS) - this.position);
  }
}

/** `3:05`, or `1:02:03`. */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part, n) => (n ? String(part).padStart(2, "0") : part)).join(":");
}

/** `soon`, `4 min`, `1 h 5 min`; nothing if nobody knows. */
export function wait(ms) {
  if (ms === null) return "";
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "soon";
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
