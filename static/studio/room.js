// The control room: panels that the server renders, put in place as they change.
import { obey } from "./actions.js";
import { draw } from "./chart.js";
import { localise } from "./clock.js";
import { connect } from "./connection.js";
import { tame } from "./menus.js";
import { morph } from "./morph.js";

const slots = new Map([...document.querySelectorAll("[data-panel]")].map((slot) => [slot.dataset.panel, slot]));

function show(panels) {
  for (const [name, html] of Object.entries(panels)) {
    const slot = slots.get(name);
    if (!slot) continue;
    morph(slot, html, plot);
    dress(slot);
  }
}

/** The chart draws itself anew from its points. */
function plot(was, will) {
  if (was.dataset?.chart === undefined || will.dataset?.chart === undefined) return true;
  was.dataset.points = will.dataset.points;
  was.setAttribute("aria-label", will.getAttribute("aria-label"));
  return false;
}

function dress(slot) {
  localise(slot);
  slot.querySelectorAll("[data-chart]").forEach(draw);
}

slots.forEach(dress);
obey(document.body);
tame(document.body);
connect(show, document.getElementById("link"));
