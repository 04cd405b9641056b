// The page of one match: what its socket tells, a vote that can be cast, points that can be staked.
import { Connection } from "../overlay/connection.js";
import { Market } from "./market.js";
import { morph } from "./news.js";
import { localise } from "./times.js";
import { Vote } from "./vote.js";

// Without a word for so long, what is shown may be old.
const QUIET_MS = 25_000;
// The server wants to hear at least after each hundred messages that they are seen.
const SEEN_EACH = 50;

const root = document.getElementById("match");
const link = document.getElementById("link");
const mayVote = "mayVote" in root.dataset;
const mayPredict = "mayPredict" in root.dataset;
const ask = () => connection.send({ type: "snapshot?" });
const vote = new Vote(document.getElementById("vote"), { mayAct: mayVote, ask });
const market = new Market(document.getElementById("market"), { mayAct: mayPredict, ask, matchId: root.dataset.id });

let seq = 0;
let unseen = 0;
let status = "";
let heardAt = performance.now();

const connection = new Connection(`${location.origin.replace(/^http/, "ws")}${root.dataset.socket}`, "/health", take);
connection.open();
setInterval(() => {
  vote.tick();
  const isQuiet = performance.now() - heardAt > QUIET_MS;
  link.textContent = isQuiet ? "The connection is lost: this is how it stood. It comes back by itself." : "";
}, 250);

function take(message) {
  heardAt = performance.now();
  const { type } = message;
  const isGap = message.seq > seq + 1 && type !== "snapshot";
  if (type === "beat" ? message.seq > seq : isGap) ask();
  if (message.seq) seq = Math.max(seq, message.seq);
  if (type === "snapshot") {
    seq = message.seq;
    score(message.score);
    vote.show(message.vote, message.you?.votes);
    market.show(message.market);
  } else if (type === "SCORE_UPDATE") {
    score(message);
  } else if (type === "VOTE_STARTED") {
    // Nobody has voted in it yet, so nobody need ask: hundreds would at once.
    vote.show(message.vote, mayVote ? { home: 0, away: 0, left: message.vote.most_per_viewer } : null);
  } else if (type === "VOTE_ENDED") {
    vote.end(message.vote);
    refresh();
  } else if (type === "VOTE_TALLY") {
    vote.tally(message);
  } else if (type === "POOLS") {
    market.pools(message.pools);
  }
  // The bars of a vote move four times a second: to answer each would be too much said.
  unseen = type === "beat" || type === "snapshot" ? 0 : unseen + 1;
  if (type === "beat" || unseen === SEEN_EACH) connection.send({ type: "seen" });
  unseen %= SEEN_EACH;
}

function score(now) {
  const figure = document.getElementById("score");
  const text = now.status === "SCHEDULED" || now.home_goals === null ? "v" : `${now.home_goals}–${now.away_goals}`;
  if (figure.textContent !== text) figure.textContent = text;
  document.querySelector(".board").dataset.status = now.status;
  const isNew = status && `${now.status}${now.outcome}` !== status;
  status = `${now.status}${now.outcome}`;
  if (isNew) {
    ask();
    refresh();
  }
}

/** What follows from a new state, the server words. */
async function refresh() {
  try {
    await morph(location.pathname, ["note", "aggregate", "stance", "history"]);
    localise(root);
  } catch {
    // The page is right again when it is loaded.
  }
}
