// Asking the API, as the person who is signed in.
const token = document.querySelector("meta[name=csrf-token]").content;
const SAID_FOR = 6000;
let hiding;

/** What the API refused: `field` is what it is about, or "". */
export class Refused extends Error {
  constructor({ code, detail }) {
    const [, field, words] = /^([a-z_]+): (.*)$/s.exec(detail) ?? [null, "", detail];
    super(words);
    this.code = code;
    this.field = field;
  }
}

/** Ask with a verb, an address and a body; return the answer's body. */
export async function ask(verb, address, body, signal) {
  const answer = await fetch(address, {
    method: verb,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  // Signed out meanwhile: the page asks to sign in again.
  if (answer.status === 401) location.reload();
  if (answer.status === 204) return null;
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const said = isJson ? await answer.json() : { code: "away", detail: "Greenroom does not answer as it should." };
  if (!answer.ok) throw new Refused(said);
  return said;
}

/** Return the sentence for what went wrong. */
export function wrong(error) {
  return error instanceof Refused ? error.message : "It could not be sent. Is Greenroom running?";
}

/** Say something that is read out, and goes away. */
export function say(text, isBad = false) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.classList.toggle("bad", isBad);
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.textContent = ""), SAID_FOR);
}
