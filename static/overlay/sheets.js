// Sheets that fill the screen: a table, a bracket, the matches of a day. All text goes in as text.
import { Motion } from "./motion.js";
import { fromTemplate } from "./toast.js";

const ENTER = 400;
const LEAVE = 300;
const HOLD = 20_000;
const HOLD_SAMPLE = 6000;
const SIGNS = { direct: "▲", playoff: "◆", out: "▽" };
const NAMES = { table: "Table", bracket: "Bracket" };
const time = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** Make a sheet of a document; it is as large as it can be in the window. */
export function sheet(kind, document) {
  const heading = document.name ?? NAMES[kind];
  const made = fromTemplate("sheet", { "sheet-title": document.title, "sheet-kind": heading });
  made.dataset.sheet = kind;
  made.querySelector("[data-part=test]").hidden = !document.is_test;
  const { rows, columns, items } = LAYOUTS[kind](document);
  made.style.setProperty("--rows", rows);
  made.style.setProperty("--columns", columns);
  made.querySelector("[data-part=sheet-body]").append(...items);
  return made;
}

/** A scene that shows such a sheet for a while. */
export function sheetScene(kind) {
  return async (root, payload, options) => {
    const motion = new Motion(options);
    const made = sheet(kind, payload);
    root.replaceChildren(made);
    motion.fade(made, 0, 1, ENTER);
    motion.move(made, { transform: ["translateY(2rem)", "none"] }, { duration: ENTER });
    await motion.wait(ENTER + (payload.is_test ? HOLD_SAMPLE : HOLD));
    motion.fade(made, 1, 0, LEAVE);
    await motion.wait(LEAVE);
  };
}

const LAYOUTS = {
  table({ rows }) {
    const columns = rows.length > 40 ? 3 : rows.length > 20 ? 2 : 1;
    return { rows: Math.ceil(rows.length / columns), columns, items: rows.map(line) };
  },
  bracket({ rounds }) {
    const most = Math.max(...rounds.map(({ ties }) => ties.length));
    return { rows: most, columns: rounds.length, items: rounds.map(round) };
  },
  matches({ matches }) {
    const columns = matches.length > 20 ? 3 : matches.length > 8 ? 2 : 1;
    return { rows: Math.ceil(matches.length / columns), columns, items: matches.map(match) };
  },
};

function line({ rank, zone, player, played, goal_difference: difference, bonus, total }) {
  const row = part("line", "p");
  row.dataset.zone = zone;
  row.append(
    part("line-rank", "span", `${rank}`),
    part("line-sign", "span", SIGNS[zone]),
    part("line-name", "bdi", player.name),
    part("line-played", "span", `${played}`),
    part("line-difference", "span", difference > 0 ? `+${difference}` : `${difference}`),
    part("line-bonus", "span", bonus ? `+${bonus}` : ""),
    part("line-total", "b", `${total}`),
  );
  return row;
}

function round({ name, ties }) {
  const column = part("round", "section");
  const list = part("ties", "div");
  list.append(...ties.map(tie));
  column.append(part("round-name", "h3", name), list);
  return column;
}

function tie({ better, other }) {
  const made = part("tie", "div");
  made.append(side(better), side(other));
  return made;
}

function side({ player, label, path_seed: seed, goals, penalties, is_winner: isWinner }) {
  const made = part("tie-side", "p");
  made.toggleAttribute("data-winner", isWinner);
  const shootout = penalties === null ? "" : ` (${penalties})`;
  made.append(
    part("tie-seed", "span", seed ? `${seed}` : ""),
    part(player ? "tie-name" : "tie-label", "bdi", player ? player.name : label),
    part("tie-goals", "b", goals === null ? "" : `${goals}${shootout}`),
  );
  return made;
}

function match({ home, away, status, score, scheduled_at: at, outcome }) {
  const row = part("pairing", "p");
  row.dataset.status = status.toLowerCase();
  const later = at && status === "SCHEDULED" ? time.format(new Date(at)) : outcome || "v";
  const middle = score ? `${score.home}–${score.away}` : later;
  row.append(
    part("pairing-home", "bdi", home.name),
    part("pairing-score", "b", middle),
    part("pairing-away", "bdi", away.name),
  );
  return row;
}

function part(name, tag, text = "") {
  const element = document.createElement(tag);
  element.dataset.part = name;
  element.textContent = text;
  return element;
}
