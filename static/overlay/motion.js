// Everything that moves does so here: only transforms and opacity, so that the GPU does the work.

/** Times are in milliseconds at tempo 1. */
export class Motion {
  constructor({ tempo, still }) {
    this.tempo = tempo;
    this.still = still;
  }

  /** Timers tell the time, not the animations: those stand still while OBS does not draw the source. */
  wait(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms / this.tempo));
  }

  /** Animate and keep the end; a still motion only keeps the end. */
  move(element, frames, { duration, delay = 0, easing = "cubic-bezier(.2,.9,.25,1)" }) {
    return element.animate(frames, {
      duration: this.still ? 0 : duration / this.tempo,
      delay: this.still ? 0 : delay / this.tempo,
      easing,
      fill: "both",
    });
  }

  /** Fading is gentle enough for those who asked for no motion. */
  fade(element, from, to, duration) {
    const timing = { duration: duration / this.tempo, easing: "ease-out", fill: "both" };
    return element.animate({ opacity: [from, to] }, timing);
  }
}
