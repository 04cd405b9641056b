// A vote that goes on: bars, the time that is left by the server's clock, and two buttons.
import { key, say, send } from "./sending.js";

const SOON_S = 10;
const number = new Intl.NumberFormat("en");
// Why nobody gets the award.
const REASONS = { no_votes: "nobody voted", quorum: "too few voted", tie: "both are level" };
const some = (count, word) => `${number.format(count)} ${word}${count === 1 ? "" : "s"}`;

export class Vote {
  #root;
  #mayAct;
  #ask;
  #vote = null;
  #own = null;
  #endsAt = 0;
  #sending = 0;

  /** `ask` asks for a snapshot. */
  constructor(root, { mayAct, ask }) {
    this.#root = root;
    this.#mayAct = mayAct;
    this.#ask = ask;
    for (const button of this.#buttons) button.addEventListener("click", () => this.#cast(button));
  }

  /** Take the vote that goes on, or null, and this viewer's own votes as far as they are known. */
  show(vote, own) {
    if (!vote) {
      // One that has ended stays to be read.
      if (this.#vote?.status === "ACTIVE") this.#root.hidden = true;
      return;
    }
    if (this.#vote?.id !== vote.id) say(this.#part("said"), "");
    this.#vote = vote;
    if (own) this.#own = own;
    else if (own === null) this.#own = null;
    this.#endsAt = performance.now() + 1000 * vote.ends_in;
    this.#root.hidden = false;
    this.#root.dataset.state = "on";
    this.#draw();
    this.tick();
  }

  tally({ vote_id, home_votes, away_votes }) {
    if (this.#vote?.id !== vote_id || this.#vote.status !== "ACTIVE") return;
    // Counts only grow, so an old one that comes late is seen to be old.
    this.#vote.home.votes = Math.max(this.#vote.home.votes, home_votes);
    this.#vote.away.votes = Math.max(this.#vote.away.votes, away_votes);
    this.#draw();
  }

  end(vote) {
    this.#vote = vote;
    this.#root.hidden = false;
    this.#root.dataset.state = "over";
    this.#draw();
    this.tick();
  }

  tick() {
    if (!this.#vote || this.#root.hidden) return;
    const isOn = this.#vote.status === "ACTIVE";
    const left = Math.max(0, (this.#endsAt - performance.now()) / 1000);
    const seconds = Math.ceil(left);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const line = this.#part("left");
    const text = isOn ? (seconds ? clock : "counting …") : "over";
    if (line.textContent !== text) line.textContent = text;
    line.toggleAttribute("data-soon", isOn && seconds > 0 && seconds <= SOON_S);
    const isClosed = !isOn || !seconds || !this.#mayAct || (this.#own && this.#own.left < 1);
    for (const button of this.#buttons) button.disabled = isClosed;
  }

  #draw() {
    const vote = this.#vote;
    const all = vote.home.votes + vote.away.votes;
    for (const button of this.#buttons) {
      const { votes, award } = vote[button.dataset.side];
      const share = all ? votes / all : 0;
      button.style.setProperty("--share", share);
      const text = `${number.format(votes)}${all ? ` (${Math.round(100 * share)} %)` : ""}`;
      button.querySelector(".count").textContent = text;
      button.toggleAttribute("data-won", award > 0);
    }
    const price = vote.cost_per_vote ? some(vote.cost_per_vote, "point") : "nothing";
    const award = vote.points_award ? some(vote.points_award, "league point") : "the applause";
    this.#part("terms").textContent = vote.status === "ACTIVE" ? `Who gets most wins ${award}. A vote costs ${price}.` : this.#verdict();
    this.#part("own").textContent = this.#ownWords();
  }

  #verdict() {
    const { status, home, away, is_refunded, no_award_because: because } = this.#vote;
    const back = is_refunded ? " What votes cost is back." : "";
    if (status === "CANCELLED") return `This vote was cancelled.${back}`;
    if (because) return `Nobody wins it, as ${REASONS[because]}.${back}`;
    const won = [home, away].filter(({ award }) => award > 0);
    if (!won.length) return `${home.votes > away.votes ? home.name : away.name} wins the applause.`;
    return `${won.map(({ name, award }) => `${name} gets ${some(award, "league point")}`).join(", ")}.`;
  }

  #ownWords() {
    if (!this.#own) return "";
    const { home, away, left } = this.#own;
    const cast = home + away;
    const isOn = this.#vote.status === "ACTIVE";
    const more = isOn ? (left ? `${left} left.` : "That was all.") : "";
    return cast ? `You cast ${some(cast, "vote")}. ${more}` : isOn ? `You have ${some(left, "vote")}.` : "";
  }

  async #cast(button) {
    if (this.#sending >= 3) return;
    const { id, most_per_viewer } = this.#vote;
    const { side } = button.dataset;
    const { player_id, name } = this.#vote[side];
    this.#sending += 1;
    button.setAttribute("aria-busy", "true");
    try {
      const { ok, body } = await send(`/api/votes/${id}/cast`, { participant: player_id, key: key() });
      say(this.#part("said"), ok ? `Your vote for ${name} counts.` : body.detail ?? "This is not possible now.", !ok);
      if (ok && this.#own && this.#vote.id === id) {
        this.#own[side] += 1;
        this.#own.left = Math.min(this.#own.left, most_per_viewer - body.number);
        this.#draw();
        this.tick();
      } else this.#ask();
    } catch {
      say(this.#part("said"), "The server does not answer. Your votes are shown when it is back.", true);
      this.#ask();
    } finally {
      this.#sending -= 1;
      button.removeAttribute("aria-busy");
    }
  }

  get #buttons() {
    return this.#root.querySelectorAll(".choice");
  }

  #part(name) {
    return this.#root.querySelector(`#vote-${name}`);
  }
}
