// Sequence numbers: each cue once, none left out, and the newest board, across gaps, reconnects and reloads.
import { Memory } from "./memory.js";

const BOARDS = "songqueue";
const TOURNAMENTS = "tournaments";
// What happens in tournaments at once is asked for at once.
const ASK_AFTER_MS = 500;

export class Feed {
  #seq = 0;
  #boardSeq = 0;
  #airSeq = 0;
  #isAsking = false;
  #asking = 0;
  #memory = new Memory();

  /** `send` speaks to the server; `stage` plays what is new, `songs` and `games` show the newest. */
  constructor(send, { stage, songs, games, presence }) {
    this.send = send;
    this.presence = presence;
    this.stage = stage;
    this.songs = songs;
    this.games = games;
  }

  take(message) {
    if (message.type === "snapshot") this.#snapshot(message);
    else if (message.type === "cue") this.#cue(message);
    else if (message.type === "board") this.#board(message);
    else if (message.type === "tournament") this.#tournament();
    else if (message.type === "beat") this.#beat(message);
  }

  #snapshot({ seq, cues, board, air }) {
    // The numbers went back: another database, in which what we remember never happened.
    if (seq < this.#memory.newest) this.#memory.forget();
    this.#isAsking = false;
    this.#seq = seq;
    cues.forEach((cue) => this.#offer(cue));
    this.#boardSeq = board.seq;
    this.songs.show(board);
    this.#airSeq = air.seq;
    this.games.show(air);
    this.send({ type: "seen" });
    this.presence.tell();
  }

  #cue(cue) {
    const isGap = cue.seq > this.#seq + 1;
    this.#offer(cue);
    if (isGap) this.#ask();
    this.#see(cue.seq);
  }

  /** A board is whole: it makes good whatever was lost before it. */
  #board({ seq, board }) {
    if (seq > this.#boardSeq) {
      this.#boardSeq = seq;
      this.songs.show(board);
    }
    this.#see(seq);
  }

  /** It only says that something changed; which match is on now, the snapshot says. */
  #tournament() {
    if (!this.games.isWanted) return;
    this.#asking ||= setTimeout(() => {
      this.#asking = 0;
      this.#ask();
    }, ASK_AFTER_MS);
  }

  #beat({ group, seq }) {
    this.send({ type: "seen" });
    const known = { [BOARDS]: this.#boardSeq, [TOURNAMENTS]: this.#airSeq }[group] ?? this.#seq;
    if (seq > known && (group !== TOURNAMENTS || this.games.isWanted)) this.#ask();
  }

  #offer(cue) {
    this.#seq = Math.max(this.#seq, cue.seq);
    if (!this.#memory.has(cue.seq)) this.stage.add(cue, () => this.#begin(cue));
  }

  #begin(cue) {
    this.#memory.add(cue);
    this.presence.showed(cue.seq);
  }

  #see(seq) {
    if (seq % 100 === 0) this.send({ type: "seen" });
  }

  #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.send({ type: "snapshot?" });
  }
}
