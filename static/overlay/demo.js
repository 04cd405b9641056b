// `?demo`: samples that never end, to place the source and to write custom CSS for it.
const CUES = [
  roll({ name: "Nightjar", roll: 7318, winning_number: 2046, is_win: false, is_record: false }),
  request({ name: "MapleFox", title: "Paper Lanterns", artists: ["Low Tide Radio"], cover_url: picture(1) }),
  roll({ name: "MapleFox", roll: 4203, winning_number: 4207, is_win: false, is_record: true }),
  request({ name: "دانية", title: "夜明けのハイウェイ", artists: ["三つの月"], cover_url: picture(2) }),
  unlock({ name: "Nightjar", icon: "🌅", achievement: "Stream Opener", description: "Make the first song request of a stream" }),
  raid({ name: "TinyOrchestra", viewers: 1204 }),
  alert({ icon: "📣", name: "MapleFox", text: "is here for the first time" }),
  roll({ name: "pixel_pilot", roll: 9001, winning_number: 9001, is_win: true, is_record: false }),
];
const CUES_EVERY_MS = 9000;

const LONG = "The Very Long Title That a Progressive Rock Band Gave to the Third Part of Its Second Suite (2011 Remaster)";
const SONGS = [
  song("Paper Lanterns", ["Low Tide Radio"], { cover_url: picture(1), viewer: "MapleFox", progress_ms: 64_000 }),
  song(LONG, ["An Ensemble With a Long Name", "Its Friends"], { viewer: "Nightjar", duration_ms: 11_225_000, progress_ms: 10_980_000 }),
  song("夜明けのハイウェイ", ["三つの月"], { cover_url: picture(2), viewer: "دانية" }),
  song("أغنية الطريق الطويل", ["فرقة المدينة"], { cover_url: picture(1), viewer: "pixel_pilot" }),
  song("🌊🏄‍♀️ Summer 🌴✨", ["🐬"], { progress_ms: 200_000 }),
];
const SONGS_EVERY_MS = 14_000;
const MATCH_EVERY_MS = 25_000;
const CUP = "Autumn Cup";
const NAMES = ["MapleFox", "Nightjar", "دانية", "pixel_pilot", "三つの月", "TinyOrchestra", "A_Name_Of_25_Letters_Long"];
const ROUNDS = [["play-offs", 8], ["round of 16", 8], ["quarter-finals", 4], ["semi-finals", 2], ["final", 1]];

export function sampleCues(add) {
  let seq = 0;
  repeat(CUES_EVERY_MS, () => {
    const cue = CUES[seq % CUES.length];
    seq += 1;
    add({ seq, ...cue });
  });
}

export function sampleBoards(show) {
  let turn = 0;
  repeat(SONGS_EVERY_MS, () => {
    const at = (n) => SONGS[(turn + n) % SONGS.length];
    const next = [1, 2, 3].map((n) => ({ ...at(n), position: n, starts_in_ms: n * 198_000 - 100_000 }));
    show({ now: at(0), next });
    turn += 1;
  });
}

const DRAWN = ["MapleFox", "Nightjar", "pixel_pilot", "TinyOrchestra", "دانية", "夜明け", "LongPlayer", "Quiet Storm", "ninth_wave"];
const DRAWN_EVERY_MS = 6000;

export function sampleDraw(show) {
  const pots = [1, 2, 3, 4].map((pot) => DRAWN.map((name, n) => ({ id: `${pot}-${n}`, name: pot > 1 ? `${name} ${pot}` : name, pot })));
  const meets = (pot) => [{ ...pots[pot][3], venue: "home" }, { ...pots[pot][7], venue: "away" }];
  const players = pots.flat().map((player) => ({ player, opponents: [0, 1, 2, 3].flatMap(meets) }));
  let count = 0;
  repeat(DRAWN_EVERY_MS, () => {
    const shown = players.slice(0, (count % players.length) + 1);
    count += 1;
    const ceremony = { shown: shown.length, steps: players.length, pace: DRAWN_EVERY_MS / 1000, next_at: null };
    show({ status: "ceremony", name: "Autumn Cup", pots, shown, ceremony });
  });
}

/** A match that goes on with a vote, again and again, and a sheet of each kind. */
export function sampleGames(games) {
  games.sampleSheets({
    table: { title: CUP, rows: Array.from({ length: 36 }, (_, n) => line(n + 1)) },
    bracket: { title: CUP, rounds: ROUNDS.map(([name, ties]) => ({ name, ties: Array(ties).fill(tie()) })) },
    matches: { title: CUP, name: "Match day 4", matches: Array.from({ length: 18 }, (_, n) => pairing(n)) },
  });
  const [one, other] = NAMES;
  const vote = { id: "vote_sample", cost_per_vote: 50, ends_in: 12, status: "ACTIVE" };
  const score = { status: "LIVE", outcome: "", home_goals: 1, away_goals: 0 };
  const match = { ...pairing(0), phase_name: "league phase", matchday: 4 };
  const open = () => ({ ...vote, home: choice(one, 9), away: choice(other, 4) });
  const over = () => ({ ...vote, status: "COMPLETED", home: choice(one, 14), away: { ...choice(other, 31), award: 1 } });
  repeat(MATCH_EVERY_MS, () => {
    games.sample({ type: "snapshot", seq: 1, match, score, vote: open() });
    setTimeout(() => games.sample({ type: "SCORE_UPDATE", seq: 2, ...score, away_goals: 1 }), 4000);
    setTimeout(() => games.sample({ type: "VOTE_TALLY", vote_id: vote.id, home_votes: 14, away_votes: 31 }), 7000);
    setTimeout(() => games.sample({ type: "VOTE_ENDED", vote: over() }), 12_000);
  });
}

function line(rank) {
  const zone = rank < 9 ? "direct" : rank < 25 ? "playoff" : "out";
  const total = Math.round((37 - rank) / 1.7);
  return { rank, zone, player: { name: name(rank) }, played: 8, goal_difference: 18 - rank, bonus: Number(rank === 5), total };
}

function tie() {
  const side = (n, isWinner, goals) => ({ player: { name: name(n) }, path_seed: n, goals, penalties: null, is_winner: isWinner });
  return { better: side(9, true, 4), other: side(24, false, 2) };
}

function pairing(n) {
  const status = n < 5 ? "COMPLETED" : n === 5 ? "LIVE" : "SCHEDULED";
  const score = n < 6 ? { home: n % 4, away: 1 } : null;
  const [home, away] = [2 * n, 2 * n + 1].map((number) => ({ name: name(number) }));
  return { home, away, status, outcome: "", score, scheduled_at: "2026-11-24T20:00:00Z" };
}

function choice(who, votes) {
  return { name: who, votes, award: 0 };
}

function name(n) {
  return NAMES[n % NAMES.length];
}

function roll(payload) {
  const distance = Math.abs(payload.roll - payload.winning_number);
  return { kind: "roll", payload: { ...payload, distance, is_test: true } };
}

function request(payload) {
  return { kind: "song_requested", payload: { ...payload, is_test: true } };
}

function unlock(payload) {
  return { kind: "achievement", payload: { unlocks: [payload], total: 1, is_test: true } };
}

function raid(payload) {
  return { kind: "raid", payload: { ...payload, is_test: true } };
}

function alert(payload) {
  return { kind: "alert", payload: { ...payload, is_test: true } };
}

function song(title, artists, { cover_url = null, viewer = "", duration_ms = 214_000, progress_ms = 0 }) {
  const asked = viewer ? { id: `song_${title}`, viewer } : null;
  return { kind: "track", title, artists, cover_url, duration_ms, progress_ms, is_playing: true, request: asked };
}

function picture(number) {
  return new URL(`./sample-${number}.svg`, import.meta.url).href;
}

function repeat(ms, act) {
  act();
  setInterval(act, ms);
}
