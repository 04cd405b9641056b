// The desk: its buttons act without leaving the page, and what others do appears by itself.
import { follow } from "./news.js";
import { localise } from "./times.js";

const SAID_FOR = 6000;
const PANELS = ["panel-waiting", "panel-day"];
const root = document.getElementById("desk");
const toast = document.getElementById("toast");
const token = document.querySelector("meta[name=csrf-token]").content;
let hiding;

/** Fetch the page anew; an entry that somebody has opened is theirs until they close it. */
async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const news = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of PANELS) {
    const [ours, theirs] = [document.getElementById(id), news.getElementById(id)];
    if (!ours || !theirs) continue;
    Idiomorph.morph(ours, theirs, {
      ignoreActiveValue: true,
      callbacks: { beforeNodeMorphed: (node) => !node.matches?.("details.entry[open]") },
    });
  }
  localise(root);
}

function say(text, isProblem) {
  toast.textContent = text;
  toast.classList.toggle("bad", isProblem);
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.textContent = ""), SAID_FOR);
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button?.name ? button : null));
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" }, redirect: "manual",
    });
    // Signed out meanwhile: the page asks to sign in again.
    if (answer.type === "opaqueredirect") return location.reload();
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    // It has a result meanwhile: what a correction changes is shown on a page of its own.
    if (answer.ok && !isJson) return form.submit();
    say(isJson ? (await answer.json()).detail : "You may not do this, or not any more.", !answer.ok);
    if (answer.ok) form.closest("details.entry")?.removeAttribute("open");
    await renew();
  } catch {
    say("It could not be sent. Is Greenroom running?", true);
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.quick === undefined) return;
  event.preventDefault();
  send(form, event.submitter);
});

// A time is typed in the clock of whoever types it, and sent as the moment that it is.
for (const form of document.querySelectorAll("form[data-times]")) {
  form.querySelector("[data-zone]").textContent = "(your time)";
  form.addEventListener("formdata", ({ formData }) => {
    const typed = formData.get("starts_at");
    if (typed) formData.set("starts_at", new Date(typed).toISOString());
  });
}

document.querySelector(".days [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
follow(root.dataset.socket, Number(root.dataset.revision), { renew });
