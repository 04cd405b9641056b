// Pages that do not change: their times and charts.
import { draw } from "./chart.js";
import { localise } from "./clock.js";

localise(document.body);
document.querySelectorAll("[data-chart]").forEach(draw);
