// The curation board: its forms are sent without leaving the page, its keys press their buttons.
import { filterRows } from "./filter.js";
import { obeyKeys } from "./keys.js";
import { makeDraggable } from "./drag.js";

const SAID_FOR = 5000;
const board = document.querySelector(".board");
const rows = document.getElementById("rows");
const toast = document.getElementById("toast");
const undone = [];
// What somebody is typing, and where they are, survives an answer to what they did before.
const KEEP = {
  beforeNodeMorphed: (was) => !(was instanceof HTMLDetailsElement && was.open),
  beforeAttributeUpdated: (name) => name !== "tabindex" && name !== "hidden",
};
// One after another: a later answer shows what an earlier press did.
let queue = Promise.resolve();
let hiding;

const filter = filterRows(board, rows);
obeyKeys(rows, { undo });
makeDraggable(document.getElementById("side"), (form) => send(form.action, new FormData(form)));

board.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.dataset.asks && !("sure" in (button?.dataset ?? {})) && !confirm(form.dataset.asks)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || "leaves" in form.dataset) return;
  event.preventDefault();
  const data = new FormData(form, button);
  form.closest("details")?.removeAttribute("open");
  form.closest("tr")?.focus();
  send(form.action, data);
});
board.addEventListener("change", (event) => event.target.form?.matches("[data-on-change]") && event.target.form.requestSubmit());

/** Send one form's data, after those before it, and show what came of it. */
function send(address, data, isUndo = false) {
  queue = queue.then(async () => {
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      // Signed out meanwhile: the page asks to sign in again.
      if (answer.type === "opaqueredirect") return location.reload();
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok) show(said, isUndo);
      say(said.detail ?? "You may not do this, or not any more.", !answer.ok);
    } catch {
      say("It could not be sent. Is Greenroom running?", true);
    }
  });
  return queue;
}

function show(said, isUndo) {
  for (const [id, html] of Object.entries(said.rows)) {
    const row = document.getElementById(id);
    if (row) Idiomorph.morph(row, html, { morphStyle: "outerHTML", callbacks: KEEP });
  }
  for (const name of ["bar", "side"]) {
    Idiomorph.morph(document.getElementById(name), said[name], { morphStyle: "innerHTML" });
  }
  if (said.undo.length && !isUndo) undone.push(said.undo);
  filter();
}

/** Take back what was done last: everybody who needs the same is sent at once. */
function undo() {
  const last = undone.pop();
  if (!last) return say("There is nothing to undo.", false);
  const groups = new Map();
  for (const { registration, ...marks } of last) {
    const key = JSON.stringify(marks);
    groups.set(key, [...(groups.get(key) ?? []), registration]);
  }
  const form = rows.querySelector("form[action*='/mark/']");
  for (const [key, registrations] of groups) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(JSON.parse(key))) data.set(name, value);
    for (const registration of registrations) data.append("registration", registration);
    send(form.action, data, true);
  }
}

function say(text, isProblem) {
  toast.textContent = text;
  toast.classList.toggle("bad", isProblem);
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.textContent = ""), SAID_FOR);
}
