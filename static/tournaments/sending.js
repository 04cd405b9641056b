// One press is one key: sent again while no answer comes, it counts once.
const TRIES = 3;
const PAUSE_MS = 700;

/** A new key for a press. */
export function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Post to the API; returns `{ ok, body }`, and throws if the server cannot be reached. */
export async function send(address, body) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(body),
      });
      const isOurs = answer.headers.get("Content-Type")?.includes("json");
      if (answer.status < 500) return { ok: answer.ok, body: isOurs ? await answer.json() : {} };
    } catch {
      // No answer is no verdict.
    }
    if (attempt === TRIES) throw new Error("unreachable");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

/** Put words into a line that is read out. */
export function say(line, text, isBad = false) {
  line.classList.toggle("bad", isBad);
  if (line.textContent !== text) line.textContent = text;
}
