// Spotify's part of the console: the player, what comes next, and links for viewers to paste.

import { at, button, control, draw, make, world } from "/console/stage.js";

const KINDS = { episode: "podcast", local: "local file", ad: "ad", unknown: "unknown" };
const SOURCES = { api: "from the app", hand: "by hand", playlist: "from the playlist" };
let receivedAt = 0;

function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((it) => String(it).padStart(2, "0"));
  return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${Number(minutes)}:${rest}`;
}

const byline = (it) => it.artists.join(", ") || KINDS[it.kind] || "";

function cover(it, properties) {
  return it.cover
    ? make("img", { src: it.cover, alt: "", loading: "lazy", ...properties })
    : make("span", { className: "no-cover", attributes: { "aria-hidden": "true" } });
}

// The server tells where the player is only when something changes; the page counts on from there.
function progress() {
  const { now, is_playing: plays, speed } = world.spotify;
  const since = plays ? (performance.now() - receivedAt) * speed : 0;
  return Math.min(now.progress_ms + since, now.duration_ms);
}

function tick() {
  if (!world.spotify?.now) return;
  const { now } = world.spotify;
  const ms = progress();
  at("song-bar").style.setProperty("--done", `${(100 * ms) / now.duration_ms}%`);
  at("song-time").textContent = `${clock(ms)} / ${clock(now.duration_ms)}`;
}

export function drawPlayer() {
  const { now, is_playing: plays, speed, device, queue, next, calls_total: total, calls } = world.spotify;
  receivedAt = performance.now();
  draw(at("song"), now ? [{ ...now, progress_ms: 0 }] : [], (it) => it.entry, (it) => make("div", { className: "song" },
    cover(it, { width: 56, height: 56 }),
    make("p", {}, make("b", {}, make("bdi", { textContent: it.title })), make("small", {}, make("bdi", { textContent: byline(it) })),
      make("small", { className: "source", textContent: SOURCES[it.source] }))));
  at("song-state").textContent = device.active ? (plays ? "playing" : "paused") : "no device";
  at("song-state").classList.toggle("on", plays);
  at("play").textContent = plays ? "Pause" : "Play";
  for (const deed of document.querySelectorAll("[data-play], [data-player]")) deed.disabled = !device.active;
  for (const choice of document.querySelectorAll("[name=speed]")) choice.checked = Number(choice.value) === speed;
  for (const choice of document.querySelectorAll("[data-device]")) choice.checked = device[choice.dataset.device];
  const coming = [...queue, ...next.slice(queue.length)].slice(0, 20).map((it, place) => ({ ...it, place }));
  draw(at("coming"), coming, (it) => it.place, (it) => make("li", { className: `coming ${it.source}` },
    make("span", {}, make("bdi", { textContent: it.title }), make("small", {}, make("bdi", { textContent: byline(it) }))),
    make("small", { textContent: it.source === "playlist" ? "" : SOURCES[it.source] })));
  at("queued-count").textContent = queue.length ? `${queue.length} queued` : "";
  at("call-count").textContent = `${total.toLocaleString("en")} ${total === 1 ? "call" : "calls"} since the start`;
  draw(at("call-counts"), Object.entries(calls).sort((one, other) => other[1] - one[1]), ([path]) => path,
    ([path, count]) => make("li", {}, make("b", { textContent: count.toLocaleString("en") }), ` ${path}`));
  tick();
}

function drawRemoval() {
  const track = world.catalogue.find((it) => it.id === at("by-hand").value);
  at("removal").disabled = !track;
  at("removal").textContent = track?.removed ? "Put it back" : "Take it off Spotify";
}

export function drawCatalogue() {
  const marks = (it) => [it.explicit && "explicit", !it.playable && "not in your country", it.removed && "removed"].filter(Boolean);
  const label = (it) => [`${it.title} – ${it.artists.join(", ")}`, clock(it.duration_ms), ...marks(it)].join(" · ");
  for (const select of [at("pick"), at("by-hand")]) {
    const songs = at(`${select.id}-tracks`);
    const chosen = songs.children.length && select.value;
    draw(songs, world.catalogue, (it) => it.id, (it) => make("option", { value: it.id, textContent: label(it) }));
    // A song whose label has changed is a new option, and has to be chosen again.
    if (chosen) select.value = chosen;
    else select.selectedIndex = 0;
  }
  drawRemoval();
}

function link() {
  const choice = at("pick").value;
  const track = world.catalogue.find((it) => it.id === choice);
  if (!track) return choice.startsWith("/") ? location.origin + choice : choice;
  return {
    link: `${track.url}?si=${track.code}`,
    intl: track.url.replace("/track/", "/intl-de/track/"),
    uri: track.uri,
    short: `${location.origin}/spotify/link/${track.code}`,
    id: track.id,
  }[at("pick-form").value];
}

export function listenToPlayer() {
  at("pick").onchange = at("pick-form").onchange = () => {
    if (at("pick").value) at("user-input").value = link();
  };
  at("play").onclick = () => control("spotify/player", { do: world.spotify.is_playing ? "pause" : "play" });
  for (const deed of document.querySelectorAll("[data-play]")) {
    deed.onclick = () => control("spotify/player", { do: deed.dataset.play });
  }
  at("forward").onclick = () => control("spotify/clock", { advance_ms: 30_000 });
  at("to-end").onclick = () => {
    const left = world.spotify.now.duration_ms - progress();
    control("spotify/clock", { advance_ms: Math.max(0, Math.round(left - 3000)) });
  };
  for (const choice of document.querySelectorAll("[name=speed]")) {
    choice.onchange = () => control("spotify/clock", { speed: Number(choice.value) });
  }
  for (const choice of document.querySelectorAll("[data-device]")) {
    choice.onchange = () => control("spotify/device", { [choice.dataset.device]: choice.checked });
  }
  at("queue-by-hand").onsubmit = (event) => {
    event.preventDefault();
    control("spotify/queue", { item: at("by-hand").value });
  };
  at("by-hand").onchange = drawRemoval;
  at("removal").onclick = () => {
    const track = world.catalogue.find((it) => it.id === at("by-hand").value);
    if (track) control(`spotify/tracks/${track.id}`, { removed: !track.removed });
  };
  setInterval(tick, 500);
}
