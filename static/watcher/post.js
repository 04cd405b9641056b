// One post: the card as Discord shows it, and what becomes of it.
import { post } from "./card.js";
import { localise, obey, renew } from "./page.js";

const EVERY_MS = { due: 500, posted: 5000 };

function show() {
  const source = document.getElementById("payload");
  for (const frame of document.querySelectorAll("[data-card]")) {
    if (frame.dataset.shown === source.textContent) continue;
    frame.dataset.shown = source.textContent;
    const payload = JSON.parse(source.textContent);
    frame.replaceChildren(...post(payload));
    document.querySelector("[data-raw]").textContent = JSON.stringify(payload, null, 2);
  }
}

async function follow() {
  const every = EVERY_MS[document.getElementById("panel-post").dataset.status];
  if (!every) return;
  await new Promise((resolve) => setTimeout(resolve, every));
  if (!document.hidden) await renew().catch(() => {});
  show();
  follow();
}

obey();
localise(document);
show();
follow();
