// The page of one tournament: the server renders its panels, and renders them anew when something changed.
import { follow, morph } from "./news.js";
import { tabs } from "./tabs.js";
import { localise } from "./times.js";

const root = document.getElementById("live-page");
// These change how the reader stands to the tournament, too.
const OWN = ["all", "tournament", "participants"];

tabs(document.getElementById("tabs"));
follow(root.dataset.socket, Number(root.dataset.revision), { renew, hear });

async function renew(what) {
  if (OWN.some((name) => what.has(name))) await morph(location.pathname, ["place", "panel-status"]);
  await morph(root.dataset.panels);
  localise(root);
}

/** A goal is shown at once; what follows from it comes with the panels. */
function hear({ type, match, home_goals, away_goals, status }) {
  if (type !== "SCORE_UPDATE" || status === "SCHEDULED" || home_goals === null) return;
  for (const score of document.querySelectorAll(`[data-match="${CSS.escape(match)}"] .score`)) {
    score.classList.remove("none");
    score.textContent = `${home_goals}–${away_goals}`;
  }
}
