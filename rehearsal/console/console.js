// The console: what the server's feed says is drawn; what is clicked is posted to /control.

import { drawCrowd, drawOthers, listenToOthers } from "/console/crowd.js";
import { drawDiscord, listenToDiscord } from "/console/discord.js";
import { drawCatalogue, drawPlayer, listenToPlayer } from "/console/spotify.js";
import { at, button, control, draw, make, world } from "/console/stage.js";

const viewer = () => at("viewer").value;

function drawViewers() {
  const select = at("viewer");
  const chosen = select.value || "ada";
  draw(select, world.viewers.map(({ login, display_name: name, roles, tier }) => ({ login, name, roles, tier })),
    (it) => it.login,
    (it) => make("option", { value: it.login, textContent: [it.name, ...it.roles, ...(it.tier ? ["subscriber"] : [])].join(" · ") }));
  select.value = chosen;
  drawPurse();
}

function drawPurse() {
  const who = world.viewers.find((it) => it.login === viewer());
  at("purse").replaceChildren(make("b", { textContent: (who?.points ?? 0).toLocaleString("en") }), " channel points");
}

function drawRewards() {
  const redeem = (reward, times) => control("redeem", {
    reward: reward.id, viewer: viewer(), times, user_input: at("user-input").value,
  });
  draw(at("rewards"), world.rewards, (it) => it.id, (it) => {
    const closed = !it.is_enabled || it.is_paused;
    const card = make("div", { className: "reward" },
      make("p", { textContent: [
        `${it.cost.toLocaleString("en")} points`,
        ...(it.is_user_input_required ? ["asks for a text"] : []),
        ...(it.in_dashboard ? ["made in the dashboard"] : []),
        ...(closed ? [it.is_enabled ? "paused" : "disabled"] : []),
        ...(it.prompt ? [it.prompt] : []),
      ].join(" · ") }),
      button(`Redeem ${it.title}`, () => redeem(it, 1), { disabled: closed }),
      ...[10, 100].map((times) => button(`×${times}`, () => redeem(it, times),
        { disabled: closed, attributes: { "aria-label": `${times} times ${it.title}` } })));
    card.style.setProperty("--tint", it.background_color);
    return card;
  });
  at("no-rewards").hidden = world.rewards.length > 0;
}

const STATES = { UNFULFILLED: "waiting", FULFILLED: "fulfilled", CANCELED: "refunded" };

function drawRedemptions() {
  const resolve = (it, status) => control("resolve", { redemption: it.id, status });
  draw(at("redemptions"), world.redemptions, (it) => it.id, (it) => make("tr", {},
    make("td", {}, make("bdi", { textContent: it.viewer_name })),
    make("td", {}, it.reward.title, ...(it.user_input ? [make("br"), make("small", { textContent: it.user_input })] : [])),
    make("td", {}, make("span", { className: `state ${it.status}`, textContent: STATES[it.status] })),
    make("td", {}, ...(it.status === "UNFULFILLED" ? [
      button("Fulfil", () => resolve(it, "FULFILLED")),
      button("Cancel", () => resolve(it, "CANCELED")),
    ] : []))));
  at("no-redemptions").hidden = world.redemptions.length > 0;
  const waiting = world.redemptions.filter((it) => it.status === "UNFULFILLED").length;
  at("open-count").textContent = waiting ? `${waiting} waiting` : "";
}

function drawChat() {
  const log = at("chat");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  draw(log, world.chat, (it) => it.id, (it) => {
    const name = make("bdi", { textContent: it.viewer_name });
    name.style.color = it.color;
    const tags = [it.client_id && "bot", it.bits && `${it.bits} bits`, it.reward_id && "reward", it.parent_id && "reply"].filter(Boolean);
    return make("p", {}, make("b", {}, name), ": ", it.text,
      ...(tags.length ? [" ", make("span", { className: "tag", textContent: tags.join(" · ") })] : []));
  });
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function drawStream() {
  const own = world.streams.find((it) => it.user_id === world.channel.user_id);
  const line = at("stream-line");
  line.classList.toggle("live", Boolean(own));
  line.textContent = `${own ? "" : "Offline · "}${world.channel.title} · ${world.channel.game_name}`;
  at("go-live").disabled = Boolean(own);
  at("go-offline").disabled = !own;
  const form = at("stream");
  if (!form.contains(document.activeElement)) {
    form.elements.title.value = world.channel.title;
    form.elements.category.value = world.channel.game_name;
  }
}

function drawFaults() {
  const { kinds, on } = world.faults;
  const rows = kinds.map((kind) => ({ ...kind, on: on.filter((it) => it.kind === kind.kind) }));
  const whose = (it) => ["spotify", "discord"].find((service) => it.kind.startsWith(`${service}_`)) ?? "";
  for (const service of ["", "spotify", "discord"]) {
    draw(at(service ? `${service}-faults` : "faults"), rows.filter((it) => whose(it) === service), (it) => it.kind, drawFault);
  }
  at("clear-faults").disabled = on.length === 0;
}

function drawFault(it) {
  const lasting = it.on.some((fault) => fault.count === null);
  const left = it.on.reduce((sum, fault) => sum + (fault.count ?? 0), 0);
  const row = make("div", { className: "fault" }, make("span", { textContent: it.label }), make("small", { textContent: it.help }));
  if (it.at_once) {
    row.append(button("Now", () => control("faults", { kind: it.kind }), { attributes: { "aria-label": `${it.label} now` } }));
    return row;
  }
  row.append(
    button(left ? `Next ${left}` : "Once", () => control("faults", { kind: it.kind, count: 1 }),
      { attributes: { "aria-label": `${it.label} once` } }),
    button(lasting ? "On" : "Off",
      () => (lasting ? control(`faults?kind=${encodeURIComponent(it.kind)}`, null, "DELETE") : control("faults", { kind: it.kind })),
      { attributes: { role: "switch", "aria-checked": String(lasting), "aria-label": it.label } }));
  return row;
}

function drawListeners() {
  const name = (id) => world.viewers.find((it) => it.id === id)?.login ?? "nobody yet";
  draw(at("sockets"), world.sockets, (it) => it.id, (it) => make("li", { textContent: `Socket of ${name(it.user)}${it.leaving ? " · leaving" : ""}` }));
  draw(at("subscriptions"), world.subscriptions, (it) => it.id, (it) => make("li", {},
    `${it.type} · ${it.transport.method} `,
    make("span", { className: it.status === "enabled" ? "ok" : "bad", textContent: it.status.replaceAll("_", " ") })));
  at("no-listeners").hidden = world.sockets.length + world.subscriptions.length > 0;
}

function drawCalls() {
  draw(at("calls"), world.calls, (it) => it.id, (it) => make("tr", {},
    make("td", { textContent: `${it.method} ${it.path.replace("/twitch", "").replace(/(webhooks\/\d+)\/[^/]+/, "$1/…")}` }),
    make("td", { className: it.status > 0 && it.status < 400 ? "ok" : "bad", textContent: it.status || "lost" }),
    make("td", { textContent: it.ms })));
}

const DRAWN_BY = {
  viewers: drawViewers, rewards: drawRewards, redemptions: drawRedemptions, chat: drawChat,
  streams: () => { drawStream(); drawOthers(); }, channel: drawStream, crowd: drawCrowd,
  faults: drawFaults, sockets: drawListeners,
  subscriptions: drawListeners, calls: drawCalls, spotify: drawPlayer, catalogue: drawCatalogue,
  discord: drawDiscord,
};

function listen() {
  const feed = new EventSource("/control/feed");
  const shown = (text, on) => { at("link").textContent = text; at("link").classList.toggle("on", on); };
  feed.onopen = () => shown("live", true);
  feed.onerror = () => shown("reconnecting", false);
  feed.onmessage = (message) => {
    const topics = JSON.parse(message.data);
    Object.assign(world, topics);
    for (const drawIt of new Set(Object.keys(topics).map((name) => DRAWN_BY[name]))) drawIt?.();
  };
}

at("viewer").onchange = drawPurse;
at("reset").onclick = () => { if (confirm("Forget every redemption, token and message?")) control("reset"); };
at("clear-faults").onclick = () => control("faults", null, "DELETE");
at("say").onsubmit = async (event) => {
  event.preventDefault();
  if (await control("chat", { viewer: viewer(), text: at("say-text").value })) at("say-text").value = "";
};
at("stream").onsubmit = (event) => {
  event.preventDefault();
  const { title, category } = event.target.elements;
  const on = event.submitter?.value;
  control("live", { title: title.value, category: category.value, ...(on ? { on: on === "true" } : {}) });
};
at("new-reward").onsubmit = async (event) => {
  event.preventDefault();
  const { title, cost, is_user_input_required: asks } = event.target.elements;
  if (await control("reward", { title: title.value, cost: cost.valueAsNumber, is_user_input_required: asks.checked })) event.target.reset();
};
const DEEDS = {
  raid: () => control("raid", { viewer: viewer(), viewers: 42 }),
  subscribe: () => control("subscribe", { viewer: viewer() }),
  cheer: () => control("cheer", { viewer: viewer(), bits: 100 }),
};
for (const deed of document.querySelectorAll("[data-do]")) deed.onclick = DEEDS[deed.dataset.do];
listenToOthers();
listenToPlayer();
listenToDiscord();
listen();
