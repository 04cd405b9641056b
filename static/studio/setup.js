// Set-up: brings itself up to date after each round trip, and while it waits for the overlay.
import { obey } from "./actions.js";
import { morph } from "./morph.js";

const EVERY = 2000;
const steps = document.getElementById("setup");
const tried = new Set();

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  morph(steps, page.getElementById("setup").innerHTML);
  prove();
}

/** Start what may start by itself, once for each visit. */
function prove() {
  for (const form of steps.querySelectorAll("form[data-auto]")) {
    if (!tried.has(form.action)) form.requestSubmit();
    tried.add(form.action);
  }
}

steps.addEventListener("click", async ({ target }) => {
  const button = target.closest("button[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(text.textContent.trim());
    button.textContent = "Copied";
  } catch {
    // Without https there is no clipboard: the text is selected, to be copied by hand.
    getSelection().selectAllChildren(text);
    button.textContent = "Press Ctrl+C";
  }
});
// A picture that cannot be fetched, as in a rehearsal without the internet, leaves no hole.
const hide = (picture) => (picture.hidden = true);
steps.addEventListener("error", ({ target }) => target.matches("img") && hide(target), true);
steps.querySelectorAll("img").forEach((img) => img.complete && !img.naturalWidth && hide(img));

steps.addEventListener("done", refresh);
setInterval(() => {
  if (steps.querySelector("[data-waits]") && !document.hidden) refresh().catch(() => {});
}, EVERY);
obey(document.body);
prove();
