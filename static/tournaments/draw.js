// The page of the draw: the server renders it; here it is fetched anew when the server's clock shows the next player.
import { follow, morph } from "./news.js";

// A moment behind the clock, and not all pages at once.
const LATE_MS = 60;
const SPREAD_MS = 240;
const AGAIN_MS = 2000;
const PANELS = ["draw-spotlight", "draw-pots", "draw-before", "draw-coins", "draw-proof"];

const root = document.getElementById("draw");
// How far the server's clock is ahead of ours, as of the moment in which the page came.
const ahead = Number(root.dataset.now) - Date.now();
let timer = 0;

async function renew() {
  clearTimeout(timer);
  await morph(root.dataset.panels, PANELS);
  if ("directs" in root.dataset) await morph(location.pathname, ["draw-director"]);
  wait();
}

function wait() {
  const { nextAt } = document.getElementById("draw-spotlight").dataset;
  if (!nextAt) return;
  const left = Math.max(0, Number(nextAt) - (Date.now() + ahead));
  timer = setTimeout(() => renew().catch(() => setTimeout(wait, AGAIN_MS)), left + LATE_MS + Math.random() * SPREAD_MS);
}

/** Buttons work without a new page; what they change is heard as by everybody. */
root.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("#draw-director")) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(form, button);
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    // What was refused is said on the page that came back, and has changed nothing: what is chosen here stays.
    const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".said.error");
    tell(said?.textContent ?? (answer.ok ? "" : "That did not work. Load the page again and try once more."));
    if (said) return;
    await renew();
    // The button that was pressed may be gone: who uses the keyboard goes on from the first.
    if (document.activeElement === document.body) document.querySelector("#draw-director button")?.focus();
  } catch {
    tell("The server did not answer. Try again in a moment.");
  } finally {
    button.removeAttribute("aria-busy");
  }
});

function tell(text) {
  document.querySelector(".said.error")?.remove();
  if (!text) return;
  const line = document.createElement("p");
  line.className = "said error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  root.before(line);
}

wait();
follow(root.dataset.socket, Number(root.dataset.revision), { renew });
