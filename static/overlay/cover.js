// A cover, or the record that is drawn where there is none.
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Return its frame at once; `whenReady` gets the image if it comes and its pixels may be read. */
export function cover(address, motion, whenReady = () => {}) {
  const frame = document.querySelector("template#cover").content.firstElementChild.cloneNode(true);
  const url = allowed(address);
  if (url) fill(frame, url, motion, whenReady);
  return frame;
}

async function fill(frame, url, motion, whenReady) {
  // Whoever lets everybody read his images gives their colours, too; most do.
  const open = await load(url, "anonymous");
  const image = open ?? (await load(url, null));
  if (!image) return;
  frame.append(image);
  motion.fade(image, 0, 1, 300);
  if (open) whenReady(open);
}

async function load(url, crossOrigin) {
  const image = new Image();
  image.crossOrigin = crossOrigin;
  image.alt = "";
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

/** https, or this machine, as in a rehearsal; which hosts, says the page's content security policy. */
function allowed(address) {
  let url;
  try {
    url = new URL(address || "about:blank", location.href);
  } catch {
    return null;
  }
  const isSafe = url.protocol === "https:" || url.origin === location.origin;
  const isHere = url.protocol === "http:" && LOOPBACK.includes(url.hostname);
  return isSafe || isHere ? url.href : null;
}
