// The match that is live, as its own socket tells it: who leads, and what viewers vote.
import { Ballot } from "./ballot.js";
import { Connection } from "./connection.js";
import { Frame } from "./frame.js";
import { Motion } from "./motion.js";
import { fromTemplate } from "./toast.js";

// How long the end of a match is to be read.
const LINGER_MS = 12_000;

export class Scoreboard {
  #parts;
  #frame;
  #ballot;
  #connection = null;
  #id = null;
  #seq = 0;
  #match = null;
  #card = null;
  #leaving = 0;

  constructor(root, { parts, still }) {
    const motion = new Motion({ tempo: 1, still });
    const frame = (part) => new Frame(root.querySelector(`[data-part=${part}]`), motion);
    this.#parts = parts;
    this.#frame = frame("match");
    this.#ballot = new Ballot(frame("vote"), parts.has("vote"));
  }

  /** Follow this match, or none; one that has just ended is seen a little longer. */
  follow(id) {
    const isWanted = this.#parts.has("match") || this.#parts.has("vote");
    if (!isWanted || id === this.#id || (id === null && this.#leaving)) return;
    this.#stop();
    if (id === null) return;
    this.#id = id;
    const url = new URL(`/ws/match/${id}`, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#connection = new Connection(url, document.body.dataset.door, (message) => this.take(message));
    this.#connection.open();
  }

  /** Take what the match's socket tells. */
  take(message) {
    const { type, seq } = message;
    const isBehind = type === "beat" ? seq > this.#seq : type !== "snapshot" && seq > this.#seq + 1;
    if (seq) this.#seq = type === "snapshot" ? seq : Math.max(this.#seq, seq);
    // First, as what follows may end the connection.
    this.#connection?.send({ type: isBehind ? "snapshot?" : "seen" });
    if (type === "snapshot") {
      this.#match = message.match;
      this.#draw(message.score);
      this.#ballot.show(message.vote);
    } else if (type === "SCORE_UPDATE") {
      this.#draw(message);
    } else {
      this.#ballot.take(message);
    }
  }

  #draw(score) {
    if (!this.#match) return;
    if (!this.#card) this.#make();
    const { status, outcome, home_goals: home, away_goals: away } = score;
    const isLive = status === "LIVE";
    const isOver = status === "COMPLETED" && outcome === "played";
    this.#part("match-goals").textContent = home === null ? "–" : `${home}–${away}`;
    this.#part("match-state").textContent = isOver ? ending(score) : isLive ? "live" : "";
    this.#card.dataset.status = isLive ? "live" : "over";
    // Who comes when it is over need not see it.
    const isShown = this.#parts.has("match") && (isLive || (isOver && this.#frame.isShown));
    if (isShown) this.#frame.show();
    else this.#frame.hide();
    clearTimeout(this.#leaving);
    this.#leaving = isLive ? 0 : setTimeout(() => this.#stop(), isOver ? LINGER_MS : 0);
  }

  #make() {
    const { home, away } = this.#match;
    const texts = { "match-home": home.name, "match-away": away.name, "match-phase": phase(this.#match) };
    this.#card = fromTemplate("match", texts);
    this.#frame.swap(this.#card);
  }

  #stop() {
    clearTimeout(this.#leaving);
    this.#connection?.close();
    this.#frame.hide();
    this.#ballot.show(null);
    this.#connection = this.#match = this.#card = this.#id = null;
    this.#leaving = this.#seq = 0;
  }

  #part(name) {
    return this.#card.querySelector(`[data-part=${name}]`);
  }
}

function phase({ phase_name: name, matchday, tie, leg }) {
  if (matchday) return `Match day ${matchday}`;
  return tie?.legs > 1 ? `${name}, leg ${leg}` : name;
}

function ending({ has_extra_time: hasExtraTime, home_penalties: home, away_penalties: away }) {
  if (home !== null) return `${home}–${away} on penalties`;
  return hasExtraTime ? "after extra time" : "full time";
}
