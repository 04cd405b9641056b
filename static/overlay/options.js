// What the address asks for, after its token. What is not understood is told in the console and left out.
import { backdrop, contrast, READABLE, rgb } from "./colour.js";

// Width and height in rem that each part needs, its margins included; now and next stand above each other.
const SCENES = { toast: [30, 12], achievements: [30, 12], raffle: [38.5, 18], raid: [38.5, 13], alert: [38.5, 9] };
const GAMES = { match: [33, 7.2], vote: [33, 9.6] };
// These fit themselves into whatever there is.
const SHEETS = { table: [1, 1], bracket: [1, 1], matches: [1, 1] };
const ROOM = { now: [33, 10.8], next: [33, 7.8], ...GAMES, ...SCENES, ...SHEETS, draw: [94, 50] };
const PARTS = Object.keys(ROOM);
// They fill the canvas: only who asks for them by `only` gets them.
const ON_REQUEST = ["draw"];
const PLACES = {
  tl: ["start", "start"], t: ["start", "center"], tr: ["start", "end"],
  l: ["center", "start"], c: ["center", "center"], r: ["center", "end"],
  bl: ["end", "start"], b: ["end", "center"], br: ["end", "end"],
};
const OTHERS = ["token", "demo"];
const LONGEST_TOLD = 40;

/** Each parameter: what it may be, in words, and its value or undefined. */
const PARAMETERS = {
  only: [PARTS.join(", "), parts],
  hide: [PARTS.join(", "), parts],
  at: [Object.keys(PLACES).join(", "), (text) => own(PLACES, text)],
  scenes: [Object.keys(PLACES).join(", "), (text) => own(PLACES, text)],
  games: [Object.keys(PLACES).join(", "), (text) => own(PLACES, text)],
  scale: ["a number from 0.25 to 4", (text) => number(text, 0.25, 4)],
  accent: ["cover, none, or a colour as ff8800 that is readable on the cards", accent],
  when: ["always, playing, change", (text) => own({ always: 1, playing: 1, change: 1 }, text) && text],
  after: ["seconds from 0 to 3600", (text) => number(text, 0, 3600)],
  motion: ["0, 1", (text) => own({ 0: "still", 1: "moving" }, text)],
};
const AFTER_S = { always: Infinity, playing: 8, change: 12 };

/** Read them from `URLSearchParams`, and set the CSS variables that stand for some of them. */
export function options(query) {
  const asked = Object.fromEntries([...new Set(query.keys())].map((name) => [name, value(name, query.get(name))]));
  const { style } = document.documentElement;
  if (asked.at) {
    place(style, "--gr-songs", asked.at);
    // What stands at the bottom grows upwards.
    style.setProperty("--gr-songs-flow", asked.at[0] === "end" ? "column-reverse" : "column");
  }
  if (asked.scenes) place(style, "--gr-place", asked.scenes);
  if (asked.games) {
    place(style, "--gr-games", asked.games);
    style.setProperty("--gr-games-flow", asked.games[0] === "end" ? "column-reverse" : "column");
  }
  if (asked.scale) style.setProperty("--gr-scale", asked.scale);
  if (asked.accent?.startsWith("#")) style.setProperty("--gr-accent", asked.accent);
  const shown = new Set((asked.only ?? PARTS.filter((part) => !ON_REQUEST.includes(part))).filter((part) => !asked.hide?.includes(part)));
  makeRoom(style, shown);
  const when = asked.when ?? "playing";
  const sheets = Object.keys(SHEETS).filter((part) => asked.only?.includes(part) && shown.has(part));
  sheets.forEach((part) => shown.delete(part));
  return {
    parts: shown,
    // Those that were named stand all the time; others come when they are sent.
    sheets,
    accentOfCover: (asked.accent ?? "cover") === "cover",
    when,
    after: 1000 * (asked.after ?? AFTER_S[when]),
    still: asked.motion ? asked.motion === "still" : matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

function value(name, text) {
  if (OTHERS.includes(name)) return undefined;
  const [may, parse] = own(PARAMETERS, name) ?? [];
  if (!parse) {
    console.warn(`Greenroom: there is no parameter “${short(name)}”.`);
    return undefined;
  }
  const parsed = parse(text.trim());
  if (parsed === undefined) console.warn(`Greenroom: ${name}=${short(text)} is left out; it may be: ${may}.`);
  return parsed;
}

function place(style, prefix, [y, x]) {
  style.setProperty(`${prefix}-y`, y);
  style.setProperty(`${prefix}-x`, x);
}

function makeRoom(style, shown) {
  const need = (part, n) => (shown.has(part) ? ROOM[part][n] : 1);
  style.setProperty("--wide", Math.max(...PARTS.map((part) => need(part, 0))));
  const scenes = Object.keys(SCENES).map((part) => need(part, 1));
  const stacks = [need("now", 1) + need("next", 1), need("match", 1) + need("vote", 1)];
  style.setProperty("--tall", Math.max(...stacks, ...scenes));
}

function parts(text) {
  const names = text.split(",").map((name) => name.trim());
  return names.every((name) => PARTS.includes(name)) ? names : undefined;
}

function number(text, least, most) {
  const found = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return found >= least && found <= most ? found : undefined;
}

function accent(text) {
  if (text === "cover" || text === "none") return text;
  const colour = rgb(text);
  if (!colour || contrast(colour, backdrop()) < READABLE) return undefined;
  return `#${text.replace("#", "")}`;
}

function own(table, name) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function short(text) {
  return text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD)}…` : text;
}
