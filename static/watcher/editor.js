// The editor: a preview that follows every key, suggestions for games, and the way to the test.
import { ask, Refused, wrong } from "./asking.js";
import { post } from "./card.js";
import { mark } from "./page.js";

const PAUSE_MS = 350;
const form = document.getElementById("wish");
const watched = form.elements.watched;
const found = document.getElementById("found");
const about = document.querySelector(".about-preview");
let previewing, waiting, suggesting, lastQuery = "";

const kind = () => form.elements.kind.value;
/** Whom it is about: a watch that is there, or what is typed. */
const whom = () => (watched ? { kind: kind(), watched: watched.value } : { watch_id: form.dataset.watch });
const words = (name) => form.elements[name].value.split(",").map((word) => word.trim()).filter(Boolean);

/** What is chosen, as the API wants it. */
function wish() {
  const fields = form.elements;
  return {
    languages: [...form.querySelectorAll("[name=languages]:checked")].map((box) => box.value),
    title_includes: words("title_includes"),
    title_excludes: words("title_excludes"),
    least_viewers: fields.least_viewers.valueAsNumber || 0,
    least_minutes: fields.least_minutes.valueAsNumber || 0,
    mention: fields.mention.value,
    role_id: fields.role_id.value.trim(),
    template: fields.template.value,
    end_action: fields.end_action.value,
  };
}

// --- The preview ---------------------------------------------------------------------------------

async function preview() {
  previewing?.abort();
  previewing = new AbortController();
  const { signal } = previewing;
  const chosen = wish();
  // A role that is not typed yet pings nobody.
  if (chosen.mention === "role" && !chosen.role_id) chosen.mention = "none";
  try {
    const seen = await ask("POST", form.dataset.preview, { ...chosen, ...whom() }, signal);
    show(seen);
    mark(form, null);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error instanceof Refused && error.field === "watched" && found) found.textContent = error.message;
    else about.textContent = wrong(error);
  }
}

function show(seen) {
  if (found) found.textContent = watched.value.trim() ? `Found: ${seen.watched_name}` : "";
  about.textContent = seen.is_live ? "They are live: this is how it would look now." : "";
  document.querySelector("[data-as=live]").replaceChildren(...post(seen.live));
  document.querySelector("[data-as=ended]").replaceChildren(...(seen.ended ? post(seen.ended) : []));
  document.querySelector("[data-as=ended]").hidden = !seen.ended;
  for (const line of document.querySelectorAll("[data-end]")) line.hidden = line.dataset.end !== form.elements.end_action.value;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(preview, PAUSE_MS);
}

// --- Suggestions ---------------------------------------------------------------------------------

function suggest() {
  const query = watched.value.trim();
  if (kind() !== "game" || query.length < 2 || query === lastQuery) return;
  clearTimeout(suggesting);
  suggesting = setTimeout(async () => {
    lastQuery = query;
    const { results } = await ask("GET", `${form.dataset.games}?query=${encodeURIComponent(query)}`).catch(() => ({ results: [] }));
    document.getElementById("games").replaceChildren(...results.map((game) => new Option(game.name, game.name)));
  }, PAUSE_MS);
}

function chooseKind() {
  if (!watched) return;
  const isGame = kind() === "game";
  for (const label of form.querySelectorAll("[data-for]")) label.hidden = (label.dataset.for === "game") !== isGame;
  if (isGame) watched.setAttribute("list", "games");
  else watched.removeAttribute("list");
}

// --- Saving --------------------------------------------------------------------------------------

/** From here on it is there: another press changes it. */
function settle(saved) {
  form.dataset.api = `PATCH ${form.dataset.tests}${saved.id}`;
  if (watched) watched.disabled = true;
}

async function save(button) {
  const [verb, address] = form.dataset.api.split(" ");
  const more = watched && !watched.disabled ? { target_id: form.dataset.target, ...whom() } : {};
  button.setAttribute("aria-busy", "true");
  mark(form, null);
  try {
    const saved = await ask(verb, address, { ...wish(), ...more });
    settle(saved);
    if (button.value !== "test") return location.assign(`${form.dataset.home}#${saved.id}`);
    const test = await ask("POST", `${form.dataset.tests}${saved.id}/test`);
    location.assign(`${form.dataset.home}/posts/${test.id}`);
  } catch (error) {
    mark(form, error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

form.addEventListener("input", () => {
  form.querySelector("[data-if-role]").hidden = form.elements.mention.value !== "role";
  chooseKind();
  soon();
});
watched?.addEventListener("input", suggest);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button[type=submit]");
  if (!button.getAttribute("aria-busy")) save(button);
});
form.addEventListener("click", (event) => {
  const word = event.target.dataset?.put;
  if (!word) return;
  const field = form.elements.template;
  field.setRangeText(word, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  soon();
});
chooseKind();
preview();
