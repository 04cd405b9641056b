// A card that comes and goes, and whose content changes inside it.
const ENTER = 350;
const LEAVE = 250;

export class Frame {
  #element;
  #motion;
  #content = null;
  #moves = [];

  constructor(element, motion) {
    this.#element = element;
    this.#motion = motion;
  }

  get isShown() {
    return this.#element.dataset.state === "shown";
  }

  /** Put this content in the place of what is there. */
  swap(content) {
    const old = this.#content;
    this.#content = content;
    this.#element.append(content);
    if (!this.isShown) {
      old?.remove();
      return;
    }
    this.#motion.fade(content, 0, 1, ENTER);
    if (!old) return;
    this.#motion.fade(old, 1, 0, LEAVE);
    this.#motion.wait(LEAVE).then(() => old.remove());
  }

  show() {
    if (this.isShown) return;
    this.#begin("shown");
    this.#element.hidden = false;
    this.#move(0, 1, ["translateY(1rem) scale(.98)", "none"], ENTER);
  }

  async hide() {
    if (!this.isShown) return;
    this.#begin("leaving");
    this.#move(1, 0, ["none", "translateY(.6rem)"], LEAVE);
    await this.#motion.wait(LEAVE);
    if (this.isShown) return;
    this.#element.hidden = true;
    // What is not seen is not to be animated either.
    this.#element.getAnimations({ subtree: true }).forEach((animation) => animation.cancel());
  }

  #begin(state) {
    this.#element.dataset.state = state;
    this.#moves.forEach((move) => move.cancel());
  }

  #move(from, to, transform, duration) {
    const fading = this.#motion.fade(this.#element, from, to, duration);
    this.#moves = [fading, this.#motion.move(this.#element, { transform }, { duration })];
  }
}
