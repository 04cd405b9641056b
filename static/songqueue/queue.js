// The page of the queue: the server renders it once, and every board that is pushed renders it anew.
import { Connection } from "../overlay/connection.js";

// Without a word for so long, what is shown may be old.
const QUIET_MS = 20_000;
const UNTITLED = { episode: "A podcast", local: "A file of the streamer's", ad: "Advertising" };

const find = (selector, within = document) => within.querySelector(selector);
const show = (element, isShown) => { element.hidden = !isShown; };

let seq = -1;
let board = null;
let receivedAt = 0;
let heardAt = performance.now();

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const connection = new Connection(`${scheme}//${location.host}/ws/queue/`, "/health", take);

function take(message) {
  heardAt = performance.now();
  if (message.type === "beat") {
    connection.send({ type: message.seq > seq ? "snapshot?" : "seen" });
  } else if (message.board && (message.type === "snapshot" || message.seq >= seq)) {
    seq = message.seq;
    board = message.board;
    receivedAt = heardAt;
    render();
    if (message.type !== "snapshot") connection.send({ type: "seen" });
  }
}

function render() {
  show(find("#problem"), board.problem);
  find("#problem").textContent = board.problem?.detail ?? "";
  show(find("#closed"), !board.is_open);
  find("#closed").replaceChildren(...board.closed.map(({ detail }) => line(detail)));
  renderNow();
  lane("next", board.next.map((row) => song(row, coming(row))));
  lane("waiting", board.waiting.map((row) => song(row, "")));
  lane("recent", board.recent.map((row) => song(row, ended(row), row.status)));
}

function renderNow() {
  const now = board.now;
  show(find("#now"), now);
  show(find("#nothing"), !now);
  if (!now) return;
  const card = find("#now");
  fill(card, now);
  show(find(".asked", card), now.request);
  show(find("progress", card), now.duration_ms);
  find("progress", card).max = now.duration_ms || 1;
  find(".of", card).textContent = now.duration_ms ? length(now.duration_ms) : "";
  show(find(".paused", card), !now.is_playing);
  tick();
}

// What is on moves by itself: the server says only where it was when it told us.
function tick() {
  if (board?.now) {
    const { progress_ms, duration_ms, is_playing } = board.now;
    const passed = is_playing ? performance.now() - receivedAt : 0;
    const at = Math.min(progress_ms + passed, duration_ms || Infinity);
    find("#now progress").value = at;
    find("#now .at").textContent = length(at);
  }
  for (const note of document.querySelectorAll("[data-starts]")) {
    note.textContent = about(Number(note.dataset.starts) - (performance.now() - receivedAt));
  }
  const isQuiet = performance.now() - heardAt > QUIET_MS;
  find("#state").textContent = isQuiet
    ? "The connection is lost: this is how it stood. It comes back by itself."
    : "";
  show(find("#state"), isQuiet);
}

function lane(name, rows) {
  const section = find(`[data-lane="${name}"]`);
  show(section, rows.length);
  find("ol", section).replaceChildren(...rows);
}

function song(row, note, status) {
  const item = find("#song").content.cloneNode(true).firstElementChild;
  fill(item, row);
  if (status) item.dataset.status = status;
  find(".note", item).textContent = note;
  if (row.starts_in_ms != null) find(".note", item).dataset.starts = row.starts_in_ms;
  return item;
}

function fill(place, row) {
  const untitled = row.status ? "A request" : UNTITLED[row.kind] ?? "Something else";
  find(".title", place).textContent = row.title || untitled;
  find(".artists", place).textContent = row.artists.join(", ");
  find(".viewer", place).textContent = row.request?.viewer ?? row.viewer ?? "";
  const cover = find(".cover", place);
  if (find("img", cover)?.src === row.cover_url) return;
  cover.replaceChildren(...(row.cover_url ? [picture(row.cover_url)] : []));
}

function picture(url) {
  const image = new Image();
  image.alt = "";
  image.onerror = () => image.remove();
  image.src = url;
  return image;
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

function coming({ starts_in_ms, position }) {
  return starts_in_ms == null ? `#${position}` : about(starts_in_ms);
}

function ended({ status, detail }) {
  if (!detail) return status;
  return detail.startsWith(status) ? detail : `${status}: ${detail}`;
}

function length(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const rest = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

function about(ms) {
  const seconds = Math.max(ms / 1000, 0);
  if (seconds < 60) return `~${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `~${minutes} min` : `~${(seconds / 3600).toFixed(1)} h`;
}

connection.open();
setInterval(tick, 500);
