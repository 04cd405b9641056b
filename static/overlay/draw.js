// The ceremony of a league draw: the pots, and who is drawn now with whom they meet; it goes when all is revealed.
import { Connection } from "./connection.js";
import { Motion } from "./motion.js";

const SOCKET = "/ws/tournaments";
const ON = "/api/tournaments/ceremony";
const ENTER = 420;
const LEAVE = 400;
// Pot after pot, within the first half of the player's time.
const POT_DELAY = 260;
const OF_PACE = 0.5;
// The last player stays to be read.
const STAY_MS = 15_000;
// Behind the server's clock, so that it has moved on when it is asked.
const LATE_MS = 60;
const AGAIN_MS = 2000;

export class Draw {
  #root;
  #motion;
  #id = "";
  #seq = -1;
  #player = "";
  #timer = 0;
  #isAsking = false;
  #isStale = false;

  constructor(root, { still }) {
    this.#root = root;
    this.#motion = new Motion({ tempo: 1, still });
  }

  /** Follow the server: it says that something changed, and is asked what. */
  follow(door) {
    const url = `${location.origin.replace(/^http/, "ws")}${SOCKET}`;
    const connection = new Connection(url, door, (message) => {
      if (message.type !== "snapshot") connection.send({ type: "seen" });
      const isNews = message.seq > this.#seq;
      if (message.type === "snapshot" || message.type === "beat") {
        this.#seq = Math.max(this.#seq, message.seq);
        if (isNews || message.type === "snapshot") this.#ask();
      } else if (message.what?.includes("draw")) this.#ask();
    });
    connection.open();
  }

  async #ask() {
    if (this.#isAsking) {
      this.#isStale = true;
      return;
    }
    this.#isAsking = true;
    this.#isStale = false;
    clearTimeout(this.#timer);
    try {
      this.#take(await this.#fetch());
    } catch {
      this.#timer = setTimeout(() => this.#ask(), AGAIN_MS);
    }
    this.#isAsking = false;
    if (this.#isStale) this.#ask();
  }

  /** The one that is shown, until it is revealed; else whichever is on. */
  async #fetch() {
    const address = this.#id ? `/api/tournaments/${this.#id}/draw` : ON;
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 404 || answer.status === 204) return null;
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  #take(news) {
    if (!news || news.status === "not_drawn") {
      this.#leave();
      return;
    }
    this.#id = news.id;
    this.show(news);
    const { next_at: next, now } = news.ceremony;
    if (news.status === "revealed") this.#timer = setTimeout(() => this.#leave(), STAY_MS);
    else if (next) this.#timer = setTimeout(() => this.#ask(), Math.max(0, Date.parse(next) - Date.parse(now)) + LATE_MS);
  }

  /** Draw what a draw's address answers. */
  show({ name, pots, shown, ceremony }) {
    const current = shown.at(-1);
    const drawn = new Set(shown.map(({ player }) => player.id));
    const isOther = (current?.player.id ?? "none") !== this.#player;
    this.#player = current?.player.id ?? "none";
    const spot = current ? spotlight(current, ceremony) : waiting(ceremony);
    this.#root.replaceChildren(
      element("header", "draw-title", [element("span", "draw-label", "League draw"), text("draw-name", name)]),
      spot,
      element("div", "draw-pots", pots.map((pot, n) => column(pot, n + 1, drawn, this.#player))),
    );
    if (this.#root.hidden) this.#enter();
    if (isOther) this.#present(spot, ceremony.pace);
  }

  #enter() {
    this.#root.hidden = false;
    this.#motion.fade(this.#root, 0, 1, ENTER);
  }

  async #leave() {
    this.#id = this.#player = "";
    if (this.#root.hidden) return;
    this.#motion.fade(this.#root, 1, 0, LEAVE);
    await this.#motion.wait(LEAVE);
    this.#root.hidden = true;
    this.#root.replaceChildren();
    this.#root.getAnimations().forEach((animation) => animation.cancel());
  }

  #present(spot, pace) {
    const pots = spot.querySelectorAll("[data-part=draw-meets]");
    const between = Math.min(POT_DELAY, (1000 * pace * OF_PACE) / (pots.length || 1));
    const name = spot.querySelector("[data-part=draw-player]");
    if (name) {
      this.#motion.fade(name, 0, 1, ENTER);
      this.#motion.move(name, { transform: ["translateY(1.2rem) scale(.92)", "none"] }, { duration: ENTER });
    }
    pots.forEach((pot, n) => {
      const delay = between * (n + 1);
      const frames = { opacity: [0, 1], transform: ["translateX(-1rem)", "none"] };
      this.#motion.move(pot, frames, { duration: ENTER, delay });
    });
  }
}

function waiting({ steps }) {
  return element("article", "draw-spot", [text("draw-player", "The draw begins soon"), element("p", "draw-count", `${steps} players`)]);
}

function spotlight({ player, opponents }, { shown, steps }) {
  const numbers = [...new Set(opponents.map(({ pot }) => pot))];
  return element("article", "draw-spot", [
    element("p", "draw-count", `Pot ${player.pot} · ${shown} of ${steps}`),
    text("draw-player", player.name),
    element("div", "draw-list", numbers.map((pot) => meets(pot, opponents.filter((one) => one.pot === pot)))),
  ]);
}

function meets(pot, opponents) {
  const rows = opponents.map(({ name, venue }) => {
    const tag = element("b", "draw-venue", venue);
    tag.dataset.venue = venue;
    return element("p", "draw-opponent", [tag, text("draw-opponent-name", name)]);
  });
  return element("div", "draw-meets", [element("h3", "draw-pot-label", `Pot ${pot}`), ...rows]);
}

function column(pot, number, drawn, current) {
  const rows = pot.map(({ id, name }) => {
    const row = text("draw-row", name);
    row.dataset.state = id === current ? "now" : drawn.has(id) ? "drawn" : "waiting";
    return row;
  });
  return element("div", "draw-pot", [element("h3", "draw-pot-label", `Pot ${number}`), ...rows]);
}

/** Names run in their own direction. */
function text(part, words) {
  const made = element("p", part, words);
  made.dir = "auto";
  return made;
}

function element(tag, part, content) {
  const made = document.createElement(tag);
  made.dataset.part = part;
  made.append(...[content].flat());
  return made;
}
