// A socket that only says that something changed: what it is, is fetched, soon and by one at a time.
import { Connection } from "../overlay/connection.js";

// Many pages hear of a change at once: they do not all come back at once.
const SOONEST_MS = 100;
const LATEST_MS = 900;
// Without a word for so long, what is shown may be old.
const QUIET_MS = 25_000;

/**
 * Call `renew(what)` with the set of names of what changed, `all` among them if that is not known. `hear` gets every
 * message, and returns true for one that it has dealt with. `seq` is the version that the page shows.
 */
export function follow(path, seq, { renew, hear = () => false }) {
  const line = document.getElementById("link");
  // What changed, by the number of the change.
  const due = new Map();
  let isBusy = false;
  let heardAt = performance.now();

  const note = (number, what) => {
    due.set(number, what);
    if (!isBusy) later(SOONEST_MS + Math.random() * (LATEST_MS - SOONEST_MS));
  };
  const later = (ms) => {
    isBusy = true;
    setTimeout(async () => {
      const what = new Set([...due.values()].flat());
      due.clear();
      try {
        if (what.size) await renew(what);
      } catch {
        due.set(Symbol("again"), [...what]);
      }
      isBusy = false;
      if (due.size) later(LATEST_MS + Math.random() * LATEST_MS);
    }, ms);
  };
  const take = (message) => {
    heardAt = performance.now();
    say("");
    const isKnown = message.type === "beat" || message.type === "snapshot" ? message.seq <= seq : true;
    seq = Math.max(seq, message.seq ?? 0);
    if (hear(message)) due.delete(message.seq);
    else if (!isKnown) note(message.seq, ["all"]);
    else if (message.what) note(message.seq ?? Symbol("change"), message.what);
    if (message.type !== "snapshot") connection.send({ type: "seen" });
  };
  const say = (text) => {
    if (line.textContent !== text) line.textContent = text;
  };
  setInterval(() => {
    if (performance.now() - heardAt > QUIET_MS) say("The connection is lost: this is how it stood. It comes back by itself.");
  }, 1000);

  const url = `${location.origin.replace(/^http/, "ws")}${path}`;
  const connection = new Connection(url, "/health", take);
  connection.open();
}

/** Fetch a page and put the elements with these ids in place of ours; what the reader opened stays open. */
export async function morph(address, ids) {
  const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const news = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids ?? [...news.querySelectorAll("[id^=panel-]")].map((panel) => panel.id)) {
    const [ours, theirs] = [document.getElementById(id), news.getElementById(id)];
    if (!ours || !theirs) continue;
    Idiomorph.morph(ours, theirs, {
      ignoreActiveValue: true,
      callbacks: { beforeAttributeUpdated: (name, node) => !(node.matches("details") && name === "open") },
    });
  }
}
