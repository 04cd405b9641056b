// Discord's part of the console: posts as Discord shows them, and its webhooks.

import { at, button, control, draw, make, world } from "/console/stage.js";

// What Discord makes of a text; the order tells which goes first.
const MARKS = [
  ["plain", /\\([^a-zA-Z0-9\s])/],
  ["code", /`([^`\n]+)`/],
  ["link", /\[((?:\\.|[^\]\n\\])+)\]\((https?:\/\/[^\s)]+)\)/],
  ["url", /<?(https?:\/\/[^\s<>]+)>?/],
  ["mention", /<@&?!?\d+>|@everyone|@here/],
  ["time", /<t:(-?\d{1,12})(?::([tTdDfFR]))?>/],
  ["b", /\*\*((?:\\.|[^*\\])+)\*\*/],
  ["u", /__([^_]+)__/],
  ["s", /~~([^~]+)~~/],
  ["i", /\*((?:\\.|[^*\n\\])+)\*|(?<!\w)_((?:\\.|[^_\n\\])+)_(?!\w)/],
];
// A title is a link as a whole.
const UNLINKED = MARKS.filter(([kind]) => !["link", "url"].includes(kind));
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function when(seconds, style = "f") {
  if (style !== "R") return new Date(seconds * 1000).toLocaleString("en", STYLES[style]);
  const away = seconds - Date.now() / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return relative.format(Math.trunc(away / length), unit);
}

function anchor(href, ...children) {
  return make("a", { href, rel: "noreferrer noopener", target: "_blank" }, ...children);
}

function mention(text, pings) {
  const id = text.replace(/[<>@&!]/g, "");
  const name = world.discord.roles[id] ?? id;
  const rings = pings.includes(id);
  return make("span", { className: rings ? "mention rings" : "mention", title: rings ? "pings" : "pings nobody", textContent: `@${name}` });
}

function piece(kind, found, pings) {
  const [whole, first, second] = found;
  if (kind === "plain") return first;
  if (kind === "code") return make("code", { textContent: first });
  if (kind === "link") return anchor(second, ...rich(first, pings));
  if (kind === "url") return anchor(first, first);
  if (kind === "mention") return mention(whole, pings);
  if (kind === "time") return make("time", { className: "mark-time", textContent: when(Number(first), second) });
  return make(kind, {}, ...rich(first ?? second, pings));
}

// The nodes of a text: markup becomes elements, everything else stays text.
function rich(text, pings = [], marks = MARKS) {
  let best = null;
  for (const [kind, pattern] of marks) {
    const found = pattern.exec(text);
    if (found && (!best || found.index < best.found.index)) best = { kind, found };
  }
  if (!best) return text ? [text] : [];
  const { kind, found } = best;
  const rest = text.slice(found.index + found[0].length);
  return [...(found.index ? [text.slice(0, found.index)] : []), piece(kind, found, pings), ...rich(rest, pings, marks)];
}

// The pictures' servers are not rehearsed: their addresses are shown in their place.
function picture(image, className) {
  const name = image.url.replace(/^https?:\/\//, "");
  return make("span", { className: `picture ${className}`, title: image.url, attributes: { role: "img", "aria-label": "Picture" } },
    make("small", { textContent: name }));
}

function title(embed) {
  const text = make("bdi", {}, ...rich(embed.title, [], UNLINKED));
  return make("p", { className: "embed-title" }, embed.url ? anchor(embed.url, text) : text);
}

function card(embed) {
  const { author, footer, timestamp } = embed;
  const foot = [footer?.text, timestamp && new Date(timestamp).toLocaleString("en", { dateStyle: "short", timeStyle: "short" })].filter(Boolean);
  const name = author && make("bdi", { textContent: author.name });
  const node = make("div", { className: "embed" },
    ...(embed.thumbnail ? [picture(embed.thumbnail, "thumbnail")] : []),
    ...(author ? [make("p", { className: "embed-author" }, author.url ? anchor(author.url, name) : name)] : []),
    ...(embed.title ? [title(embed)] : []),
    ...(embed.description ? [make("p", { className: "embed-text" }, ...rich(embed.description))] : []),
    ...(embed.fields ? [make("dl", {}, ...embed.fields.map((it) => make("div", { className: it.inline ? "inline" : "" },
      make("dt", {}, ...rich(it.name)), make("dd", {}, ...rich(it.value)))))] : []),
    ...(embed.image ? [picture(embed.image, "image")] : []),
    ...(foot.length ? [make("p", { className: "embed-foot", textContent: foot.join(" • ") })] : []));
  node.style.setProperty("--tint", embed.color === undefined ? "var(--edge)" : `#${embed.color.toString(16).padStart(6, "0")}`);
  return node;
}

const clock = (iso) => new Date(iso).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit" });

function post(it) {
  const edited = it.edited_at ? [make("small", { className: "edited", textContent: "(edited)", title: it.edited_at })] : [];
  return make("li", { className: it.pings.length ? "post pinging" : "post" },
    make("span", { className: "avatar", textContent: [...it.webhook_name][0].toUpperCase(), attributes: { "aria-hidden": "true" } }),
    make("div", { className: "said" },
      make("p", { className: "byline" }, make("b", {}, make("bdi", { textContent: it.webhook_name })),
        make("span", { className: "app", textContent: "APP" }), make("small", { textContent: `#${it.place} · ${clock(it.at)}` }),
        button("Delete", () => control(`discord/messages/${it.id}`, null, "DELETE"),
          { className: "quiet", attributes: { "aria-label": `Delete the post of ${clock(it.at)}` } })),
      ...(it.content ? [make("p", { className: "content" }, ...rich(it.content, it.pings), " ", ...edited)] : []),
      ...it.embeds.map(card),
      ...(it.content ? [] : edited)));
}

function hook(it) {
  const change = (text, deed) => button(text, () => control(`discord/webhooks/${it.id}`, { do: deed }),
    { className: "quiet", attributes: { "aria-label": `${text} of ${it.name} in ${it.channel}` } });
  return make("li", { className: "hook" },
    make("span", {}, make("bdi", { textContent: it.name }), make("small", { textContent: ` #${it.channel}` })),
    button("Copy address", () => navigator.clipboard.writeText(it.url), { className: "quiet", attributes: { "aria-label": `Copy the address of ${it.name} in ${it.channel}` } }),
    change("New token", "new_token"), change("Delete", "delete"));
}

export function drawDiscord() {
  const { messages, webhooks, channels, invalid_calls: invalid, messages_total: posts, webhooks_total: hooks } = world.discord;
  const chosen = at("discord-channel").value;
  draw(at("discord-channel"), [{ id: "", name: "" }, ...channels], (it) => it.id,
    (it) => make("option", { value: it.id, textContent: it.id ? `#${it.name} · ${it.guild}` : "All channels" }));
  at("discord-channel").value = chosen;
  draw(at("posts"), messages.filter((it) => !chosen || it.channel === chosen), (it) => it.id, post);
  at("no-posts").hidden = at("posts").children.length > 0;
  at("post-count").textContent = posts ? `${posts.toLocaleString("en")} ${posts === 1 ? "post" : "posts"}` : "";
  draw(at("hooks"), webhooks, (it) => it.id, hook);
  at("hook-count").textContent = `${hooks.toLocaleString("en")} ${hooks === 1 ? "webhook" : "webhooks"}`;
  at("invalid-calls").textContent = `${invalid.toLocaleString("en")} invalid calls; the real one shuts out after 10,000 in ten minutes.`;
  for (const [name, value] of Object.entries(world.discord.limits)) {
    const field = at("discord-limits").elements[name];
    if (document.activeElement !== field) field.value = value;
  }
}

export function listenToDiscord() {
  at("discord-channel").onchange = drawDiscord;
  at("new-hook").onclick = () => control("discord/webhooks", { channel: at("discord-channel").value || world.discord.channels[0].id });
  at("discord-limits").onsubmit = (event) => {
    event.preventDefault();
    const fields = [...event.target.elements].filter((it) => it.name);
    control("discord/limits", Object.fromEntries(fields.map((it) => [it.name, it.valueAsNumber])));
  };
}
