// Predictions: what is staked on each side, what a stake would bring back, and the form to make one.
import { key, say, send } from "./sending.js";

const QUICK = [10, 50, 100, 500];
const WORDS = { won: "It was right", lost: "It was wrong", refunded: "The stake is back" };
const number = new Intl.NumberFormat("en");
const points = (count) => `${number.format(count)} point${count === 1 ? "" : "s"}`;

export class Market {
  #root;
  #mayAct;
  #ask;
  #matchId;
  #market = null;
  #available = Infinity;
  // The key of a stake whose answer is not known yet: pressed again, it is the same stake.
  #pending = null;

  constructor(root, { mayAct, ask, matchId }) {
    this.#root = root;
    this.#mayAct = mayAct;
    this.#ask = ask;
    this.#matchId = matchId;
    const form = root.querySelector("form");
    form.addEventListener("input", () => this.#project());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#predict();
    });
    document.addEventListener("points", ({ detail }) => {
      this.#available = detail.available;
      this.#quick();
    });
  }

  show(market) {
    this.#market = market;
    this.#root.hidden = !market.is_open && !market.total;
    const { you } = market;
    for (const outcome of this.#root.querySelectorAll(".outcome")) {
      const input = outcome.querySelector("input");
      const isOther = you && you.side !== input.value;
      input.disabled = !this.#mayAct || !market.is_open || Boolean(isOther);
      if (you) input.checked = !isOther;
    }
    const isOpen = market.is_open && this.#mayAct;
    this.#find("#stake").hidden = !isOpen || this.#room < market.least_stake;
    this.#find("#market-state").textContent = market.is_open
      ? "Open until the match goes live. Who is right shares everything that was staked."
      : "Predictions are closed.";
    this.#find("#own-prediction").textContent = you ? this.#words(you) : "";
    this.#find("button:not([type])").textContent = you ? "Add to it" : "Predict";
    this.#quick();
    this.#draw();
  }

  pools(pools) {
    if (!this.#market) return;
    for (const { side, points: staked, viewers } of pools) {
      Object.assign(this.#side(side), { points: staked, viewers });
    }
    this.#market.total = pools.reduce((sum, pool) => sum + pool.points, 0);
    this.#draw();
  }

  #draw() {
    for (const outcome of this.#root.querySelectorAll(".outcome")) {
      const { points: staked, viewers } = this.#side(outcome.dataset.side);
      outcome.style.setProperty("--share", this.#market.total ? staked / this.#market.total : 0);
      outcome.querySelector(".pool").textContent = `${points(staked)}, ${viewers} viewer${viewers === 1 ? "" : "s"}`;
    }
    this.#project();
  }

  /** What may still be staked. */
  get #room() {
    return this.#market.most_stake - (this.#market.you?.points_wagered ?? 0);
  }

  #quick() {
    if (!this.#market) return;
    const most = Math.min(this.#room, this.#available);
    const { least_stake } = this.#market;
    const input = this.#input;
    input.max = this.#room;
    const amounts = QUICK.filter((amount) => amount >= least_stake && amount < most);
    const button = (amount, text) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "quiet";
      made.textContent = text;
      made.addEventListener("click", () => {
        input.value = amount;
        this.#project();
      });
      return made;
    };
    const all = most >= least_stake && most < Infinity ? [button(most, `${number.format(most)} (most)`)] : [];
    this.#find(".quick").replaceChildren(...amounts.map((amount) => button(amount, number.format(amount))), ...all);
  }

  /** As the payout is computed: the whole pot, by the share in the stakes of those who were right. */
  #project() {
    const line = this.#find("#return");
    const side = this.#root.querySelector("input[name=side]:checked")?.value;
    const stake = Number(this.#input.value);
    if (!this.#market?.is_open || !side || !Number.isInteger(stake) || stake < 1) {
      line.textContent = "";
      return;
    }
    const { you, total } = this.#market;
    const mine = stake + (you?.side === side ? you.points_wagered : 0);
    const back = Math.floor((mine * (total + stake)) / (this.#side(side).points + stake));
    const whole = mine === stake ? points(mine) : `${points(mine)} in all`;
    line.textContent = `As it stands, ${whole} would bring back ${number.format(back)}. Others may still stake.`;
  }

  #words({ side, points_wagered, status, payout, projected }) {
    const who = this.#find(`.outcome[data-side=${side}] .who`).textContent;
    const staked = `You predicted ${who} with ${points(points_wagered)}`;
    if (status === "open") return `${staked}; as it stands that would bring back ${points(projected)}.`;
    return `${staked}. ${WORDS[status]}${payout ? `: ${points(payout)} came back` : ""}.`;
  }

  async #predict() {
    const side = this.#root.querySelector("input[name=side]:checked")?.value;
    const line = this.#find("#market-said");
    if (!side) {
      say(line, "Choose an outcome first.", true);
      return;
    }
    const button = this.#find("button:not([type])");
    const stake = { side, points_wagered: Number(this.#input.value) };
    const isSame = this.#pending && this.#pending.side === side && this.#pending.points_wagered === stake.points_wagered;
    this.#pending = isSame ? this.#pending : { ...stake, key: key() };
    button.disabled = true;
    try {
      const { ok, body } = await send(`/api/matches/${this.#matchId}/predict`, this.#pending);
      this.#pending = null;
      say(line, ok ? "Your prediction stands." : body.detail ?? "This is not possible now.", !ok);
      if (ok) this.show(body);
      else this.#ask();
    } catch {
      say(line, "The server does not answer. Press again: it counts once.", true);
      this.#ask();
    } finally {
      button.disabled = false;
    }
  }

  #side(name) {
    return this.#market.sides.find(({ side }) => side === name);
  }

  get #input() {
    return this.#root.querySelector("input[name=points]");
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }
}
