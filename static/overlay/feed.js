// Sequence numbers: each cue once, none left out, across gaps, reconnects and reloads.
import { Memory } from "./memory.js";

export class Feed {
  #seq = 0;
  #isAsking = false;
  #memory = new Memory();

  /** `send` speaks to the server; `stage` plays what is new. */
  constructor(send, stage) {
    this.send = send;
    this.stage = stage;
  }

  take(message) {
    if (message.type === "snapshot") this.#snapshot(message);
    else if (message.type === "cue") this.#cue(message);
    else if (message.type === "beat") this.#beat(message);
  }

  #snapshot({ seq, cues }) {
    // The numbers went back: another database, in which what we remember never happened.
    if (seq < this.#memory.newest) this.#memory.forget();
    this.#isAsking = false;
    this.#seq = seq;
    cues.forEach((cue) => this.#offer(cue));
    this.send({ type: "seen" });
  }

  #cue(cue) {
    const isGap = cue.seq > this.#seq + 1;
    this.#offer(cue);
    if (isGap) this.#ask();
    if (cue.seq % 100 === 0) this.send({ type: "seen" });
  }

  #beat({ seq }) {
    this.send({ type: "seen" });
    if (seq > this.#seq) this.#ask();
  }

  #offer(cue) {
    this.#seq = Math.max(this.#seq, cue.seq);
    if (!this.#memory.has(cue.seq)) this.stage.add(cue, () => this.#memory.add(cue));
  }

  #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.send({ type: "snapshot?" });
  }
}
