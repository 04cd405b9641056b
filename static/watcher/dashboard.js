// The dashboard: what is done here, and what happens meanwhile.
import { localise, obey, renew } from "./page.js";

const EVERY_MS = 5000;

obey((answer, element) => {
  if (element.dataset.done !== "added") return false;
  // On to the next step: whom to watch there.
  location.assign(`${location.pathname}?connected=${answer.id}`);
  return true;
});
localise(document);
setInterval(() => {
  if (!document.hidden) renew().catch(() => {});
}, EVERY_MS);
