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

/** A goal is shown at once; nothing else follows from it, so nothing need be fetched. */
function hear({ type, match, home_goals: home, away_goals: away, status }) {
  if (type !== "SCORE_UPDATE") return false;
  const tiles = [...document.querySelectorAll(`[data-match="${CSS.escape(match)}"]`)];
  const isGoal = status === "LIVE" && tiles.length > 0 && tiles.every((tile) => tile.dataset.status === status);
  if (isGoal) tiles.forEach((tile) => (tile.querySelector(".score").textContent = `${home}–${away}`));
  return isGoal;
}
