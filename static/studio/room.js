// The control room: panels that the server renders, put in place as they change.
import { obey } from "./actions.js";
import { draw } from "./chart.js";
import { localise } from "./clock.js";
import { connect } from "./connection.js";
import { tame } from "./menus.js";

const slots = new Map([...document.querySelectorAll("[data-panel]")].map((slot) => [slot.dataset.panel, slot]));
// What the reader has opened or typed is theirs, and stays as it is.
const KEPT = new Set(["open"]);

function show(panels) {
  for (const [name, html] of Object.entries(panels)) {
    const slot = slots.get(name);
    if (!slot) continue;
    Idiomorph.morph(slot, html, {
      morphStyle: "innerHTML",
      ignoreActiveValue: true,
      callbacks: {
        beforeAttributeUpdated: (attribute, node) => !(node.matches("details") && KEPT.has(attribute)),
        // The chart draws itself anew from its points.
        beforeNodeMorphed: (was, will) => {
          if (was.dataset?.chart === undefined || will.dataset?.chart === undefined) return true;
          was.dataset.points = will.dataset.points;
          was.setAttribute("aria-label", will.getAttribute("aria-label"));
          return false;
        },
      },
    });
    dress(slot);
  }
}

function dress(slot) {
  localise(slot);
  slot.querySelectorAll("[data-chart]").forEach(draw);
}

slots.forEach(dress);
obey(document.body);
tame(document.body);
connect(show, document.getElementById("link"));
