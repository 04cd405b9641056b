// A vote on screen: two bars, and how long it goes on by the server's clock.
import { fromTemplate } from "./toast.js";

// How long the outcome is to be read.
const LINGER_MS = 10_000;
const TICK_MS = 250;
const SIDES = ["home", "away"];
const number = new Intl.NumberFormat("en");

export class Ballot {
  #frame;
  #isWanted;
  #vote = null;
  #card = null;
  #endsAt = 0;
  #ticking = 0;
  #leaving = 0;

  constructor(frame, isWanted) {
    this.#frame = frame;
    this.#isWanted = isWanted;
  }

  /** Take what the match's socket tells of votes. */
  take({ type, vote, vote_id: id, home_votes: home, away_votes: away }) {
    if (type === "VOTE_STARTED") this.show(vote);
    else if (type === "VOTE_ENDED") this.#end(vote);
    else if (type === "VOTE_TALLY" && this.#vote?.id === id) {
      // Counts only grow, so an old one that comes late is seen to be old.
      this.#vote.home.votes = Math.max(this.#vote.home.votes, home);
      this.#vote.away.votes = Math.max(this.#vote.away.votes, away);
      this.#draw();
    }
  }

  /** Take the vote that goes on, or null. */
  show(vote) {
    if (!this.#isWanted) return;
    if (!vote) {
      // An outcome that is being read stays.
      if (!this.#leaving) this.#hide();
      return;
    }
    clearTimeout(this.#leaving);
    this.#leaving = 0;
    if (this.#vote?.id !== vote.id) this.#make(vote);
    this.#vote = vote;
    this.#endsAt = performance.now() + 1000 * vote.ends_in;
    this.#draw();
    this.#frame.show();
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  #make(vote) {
    const price = vote.cost_per_vote ? `${number.format(vote.cost_per_vote)} points a vote` : "free";
    this.#card = fromTemplate("vote", { "vote-price": price });
    for (const side of SIDES) this.#side(side, "vote-name").textContent = vote[side].name;
    this.#frame.swap(this.#card);
  }

  #draw() {
    const all = this.#vote.home.votes + this.#vote.away.votes;
    for (const side of SIDES) {
      const { votes, award } = this.#vote[side];
      this.#side(side, "vote-count").textContent = number.format(votes);
      this.#side(side, "vote-bar").style.transform = `scaleX(${all ? votes / all : 0})`;
      this.#card.querySelector(`[data-side=${side}]`).toggleAttribute("data-won", award > 0);
    }
  }

  #end(vote) {
    if (this.#vote?.id !== vote.id) return;
    clearInterval(this.#ticking);
    this.#vote = vote;
    this.#draw();
    this.#part("vote-left").textContent = "";
    this.#part("vote-price").textContent = verdict(vote);
    this.#leaving = setTimeout(() => this.#hide(), LINGER_MS);
  }

  #tick() {
    const seconds = Math.max(0, Math.ceil((this.#endsAt - performance.now()) / 1000));
    this.#part("vote-left").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (!seconds) clearInterval(this.#ticking);
  }

  #hide() {
    clearInterval(this.#ticking);
    clearTimeout(this.#leaving);
    this.#leaving = 0;
    this.#vote = null;
    this.#frame.hide();
  }

  #side(side, part) {
    return this.#card.querySelector(`[data-side=${side}] [data-part=${part}]`);
  }

  #part(name) {
    return this.#card.querySelector(`[data-part=${name}]`);
  }
}

function verdict({ status, home, away, no_award_because: because }) {
  if (status === "CANCELLED") return "cancelled";
  if (because) return "no award";
  const won = [home, away].filter(({ award }) => award > 0);
  if (won.length) return won.map(({ name, award }) => `+${award} for ${name}`).join(", ");
  return `${home.votes > away.votes ? home.name : away.name} wins`;
}
