// Colours that can be read: contrast as WCAG 2 computes it, and the most colourful one of a cover that has enough.
export const READABLE = 4.5;
// What a card may look like at its lightest, over a white picture.
const LIGHTEST_CARD = [28, 41, 37];
const SIDE = 24;
const HUES = 12;
const LEAST_CHROMA = 48;
const MOST_WHITE = 0.5;

/** `[red, green, blue]` of `#rgb` or `#rrggbb`, with or without its `#`; null if it is none. */
export function rgb(text) {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (!digits) return null;
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g);
  return pairs.map((pair) => parseInt(pair, 16));
}

/** What colours must stand out from: `--gr-backdrop`, for those who change the cards' surface. */
export function backdrop() {
  const set = getComputedStyle(document.documentElement).getPropertyValue("--gr-backdrop");
  return rgb(set.trim()) ?? LIGHTEST_CARD;
}

/** From 1 for the same to 21 for black on white. */
export function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The accent that this image gives, as CSS, or null: it has no colour, or may not be read. */
export function accentOf(image) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  try {
    context.drawImage(image, 0, 0, SIDE, SIDE);
    const colours = colourful(context.getImageData(0, 0, SIDE, SIDE).data);
    const found = colours.map((colour) => readable(colour, backdrop())).find(Boolean);
    return found ? `rgb(${found.join(" ")})` : null;
  } catch {
    // Of another site, which does not let us look at the pixels.
    return null;
  }
}

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The mean colours of the hues there are, the most colourful first. */
function colourful(pixels) {
  const bins = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = [...pixels.slice(at, at + 3)];
    const most = Math.max(...colour);
    const chroma = most - Math.min(...colour);
    if (chroma < LEAST_CHROMA) continue;
    // A little of what is vivid says more about a cover than much of what is dark.
    const weight = (chroma * most) ** 2;
    const key = Math.floor((hue(colour, chroma) * HUES) / 6);
    const bin = bins.get(key) ?? { weight: 0, sum: [0, 0, 0] };
    bin.weight += weight;
    bin.sum = bin.sum.map((part, n) => part + weight * colour[n]);
    bins.set(key, bin);
  }
  const ordered = [...bins.values()].sort((a, b) => b.weight - a.weight);
  return ordered.map(({ weight, sum }) => sum.map((part) => Math.round(part / weight)));
}

/** From 0 up to 6. */
function hue([red, green, blue], chroma) {
  const most = Math.max(red, green, blue);
  if (most === red) return (((green - blue) / chroma) + 6) % 6;
  return most === green ? (blue - red) / chroma + 2 : (red - green) / chroma + 4;
}

/** The colour with as little white as it needs; null if it would be hardly a colour any more. */
function readable(colour, behind) {
  for (let white = 0; white <= MOST_WHITE; white += 0.05) {
    const mixed = colour.map((part) => Math.round(part + white * (255 - part)));
    if (contrast(mixed, behind) >= READABLE) return mixed;
  }
  return null;
}
