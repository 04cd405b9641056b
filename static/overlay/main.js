// The overlay page: what the socket tells becomes cues, played one after another, and the board of the songs.
import { arrange } from "./arrangement.js";
import { Connection } from "./connection.js";
import { sampleBoards, sampleCues, sampleDraw, sampleGames } from "./demo.js";
import { Draw } from "./draw.js";
import { Feed } from "./feed.js";
import { Games } from "./games.js";
import { options } from "./options.js";
import { Presence } from "./presence.js";
import { Songs } from "./songs.js";
import { Stage } from "./stage.js";
import { renew } from "./version.js";

const query = new URLSearchParams(location.search);
const asked = options(query);
const root = (part) => document.querySelector(`[data-part=${part}]`);
const [stageRoot, songsRoot, gamesRoot] = ["stage", "songs", "games"].map(root);
const stage = new Stage(stageRoot, asked);
const songs = new Songs(songsRoot, asked);
const games = new Games(gamesRoot, root("standing"), asked);
arrange(stageRoot, gamesRoot, songsRoot);

const draw = asked.parts.has("draw") && new Draw(document.querySelector("[data-part=draw]"), asked);

if (query.has("demo")) {
  if (draw) sampleDraw((document) => draw.show(document));
  sampleCues((cue) => stage.add(cue));
  sampleBoards((board) => songs.show(board));
  sampleGames(games);
} else {
  const url = new URL(document.body.dataset.socket, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("token", query.get("token") ?? "");
  const connection = new Connection(url, document.body.dataset.door, (message) => {
    if (message.type === "snapshot") renew(message.version);
    feed.take(message);
  });
  const send = (message) => connection.send(message);
  const feed = new Feed(send, { stage, songs, games, presence: new Presence(send) });
  connection.open();
  if (draw) draw.follow(document.body.dataset.door);
}

// Only on https and on localhost do browsers have this.
navigator.serviceWorker?.register(document.body.dataset.worker).catch(() => {});
