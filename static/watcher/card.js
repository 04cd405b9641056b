// A post as Discord shows it: its markup becomes elements, and everything else stays text.
const MARKS = [
  ["literal", /\\([^a-zA-Z0-9\s])/],
  ["code", /`([^`\n]+)`/],
  ["time", /<t:(-?\d{1,12})(?::([tTdDfFR]))?>/],
  ["mention", /<@&\d+>|@everyone|@here/],
  ["link", /https?:\/\/[^\s<>]+/],
  ["strong", /\*\*((?:\\.|[^*\\])+)\*\*/],
  ["u", /__((?:\\.|[^_\\])+)__/],
  ["s", /~~((?:\\.|[^~\\])+)~~/],
  ["em", /\*((?:\\.|[^*\n\\])+)\*|(?<!\w)_((?:\\.|[^_\n\\])+)_(?!\w)/],
];
const MENTIONED_ROLE = "@role";
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Return the elements of a post, `payload` being what Discord was sent. */
export function post(payload) {
  const said = payload.content ? [make("p", "content", ...rich(payload.content))] : [];
  return [...said, ...payload.embeds.map(embed)];
}

function embed(it) {
  const { author, fields = [], footer, timestamp } = it;
  const foot = [footer?.text, timestamp && clock.format(new Date(timestamp))].filter(Boolean).join(" • ");
  const node = make("div", "embed",
    ...(it.thumbnail ? [picture(it.thumbnail.url, "thumbnail")] : []),
    ...(author ? [make("p", "author", ...(author.icon_url ? [picture(author.icon_url, "icon")] : []), bdi(author.name))] : []),
    ...(it.title ? [make("p", "title", ...rich(it.title))] : []),
    ...(fields.length ? [make("dl", "", ...fields.map(field))] : []),
    ...(it.image ? [picture(it.image.url, "image")] : []),
    ...(foot ? [make("p", "foot", foot)] : []));
  node.style.setProperty("--tint", `#${it.color.toString(16).padStart(6, "0")}`);
  return node;
}

function field({ name, value }) {
  return make("div", "", make("dt", "", ...rich(name)), make("dd", "", ...rich(value)));
}

function picture(address, className) {
  const frame = make("span", `picture ${className}`);
  const image = new Image();
  image.alt = "";
  image.referrerPolicy = "no-referrer";
  image.onerror = () => image.remove();
  image.src = address;
  frame.append(image);
  return frame;
}

function rich(text) {
  let first = null;
  for (const [kind, pattern] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { kind, found };
  }
  if (!first) return text ? [text] : [];
  const { kind, found } = first;
  const rest = text.slice(found.index + found[0].length);
  return [text.slice(0, found.index), marked(kind, found), ...rich(rest)];
}

function marked(kind, [whole, inner, other]) {
  if (kind === "literal") return inner;
  if (kind === "code") return make("code", "", inner);
  if (kind === "time") return make("span", "moment", when(Number(inner), other));
  if (kind === "mention") return make("span", "mention", whole.startsWith("<") ? MENTIONED_ROLE : whole);
  if (kind === "link") return make("span", "link", whole);
  return make(kind, "", ...rich(inner ?? other));
}

function when(seconds, style) {
  if (style !== "R") return clock.format(new Date(seconds * 1000));
  const away = seconds - Date.now() / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return relative.format(Math.trunc(away / length), unit);
}

function bdi(text) {
  return make("bdi", "", text);
}

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}
