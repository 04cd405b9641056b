// A page that stays as it is on the server: its buttons and forms act, and its panels follow.
import { ask, say, wrong } from "./asking.js";

const FIELDS = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const formats = {
  "": new Intl.DateTimeFormat(undefined, FIELDS),
  seconds: new Intl.DateTimeFormat(undefined, { ...FIELDS, second: "2-digit" }),
};

/** Write times in the clock of whoever looks; `data-local` says how exactly. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const text = formats[time.dataset.local].format(new Date(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Fetch the page anew; what somebody has opened or typed stays. */
export async function renew() {
  const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
  if (!answer.ok) return;
  const news = new DOMParser().parseFromString(await answer.text(), "text/html");
  // It would leave the words on a button that has the focus, too.
  const ignoreActiveValue = document.activeElement?.matches("input");
  for (const ours of document.querySelectorAll("[id^=panel-]")) {
    const theirs = news.getElementById(ours.id);
    if (theirs) Idiomorph.morph(ours, theirs, { ignoreActiveValue, callbacks: { beforeAttributeUpdated, beforeNodeMorphed } });
  }
  localise(document);
}

function beforeAttributeUpdated(name, node) {
  return !(node.matches("details") && name === "open") && !(name === "value" && node.matches("input"));
}

function beforeNodeMorphed(node) {
  return !node.matches?.("[data-card], [data-raw], .problem, .face");
}

/** Act on every `[data-api]` of the page: `after(answer, element)` may go somewhere else. */
export function obey(after) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-api]");
    if (button) act(button, button.dataset.body ? JSON.parse(button.dataset.body) : undefined, after);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-api]")) return;
    event.preventDefault();
    act(event.target, Object.fromEntries(new FormData(event.target)), after);
  });
}

async function act(element, body, after) {
  if (element.dataset.confirm && !confirm(element.dataset.confirm)) return;
  if (element.getAttribute("aria-busy")) return;
  const [verb, address] = element.dataset.api.split(" ");
  element.setAttribute("aria-busy", "true");
  mark(element, null);
  try {
    const answer = await ask(verb, address, body);
    if (element.dataset.goes) return location.assign(element.dataset.goes + answer.id);
    if (element.dataset.said) say(element.dataset.said);
    if (element.matches("form")) element.closest("details")?.removeAttribute("open");
    if (after?.(answer, element)) return;
  } catch (error) {
    if (!mark(element, error)) say(wrong(error), true);
  } finally {
    element.removeAttribute("aria-busy");
  }
  await renew();
}

/** Show beside its field what was refused, or with null that nothing was; tell whether it could. */
export function mark(form, error) {
  const line = form.querySelector?.(".problem");
  if (!line) return false;
  line.textContent = error ? wrong(error) : "";
  for (const field of form.elements) field.removeAttribute("aria-invalid");
  const field = error?.field ? form.elements[error.field] : null;
  if (field instanceof HTMLElement) {
    field.setAttribute("aria-invalid", "true");
    field.closest("details:not([open])")?.setAttribute("open", "");
    field.focus();
  }
  return true;
}

// A picture that is not there leaves the letter behind it.
const drop = (image) => image.closest?.(".face") && image.remove();
document.addEventListener("error", (event) => drop(event.target), true);
for (const image of document.querySelectorAll(".face img")) if (image.complete && !image.naturalWidth) drop(image);
