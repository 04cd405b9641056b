// The chart of viewers: drawn by uPlot in the page's own colours, as wide as there is room.
const HEIGHT = 160;
// Steps of the clock: labels tell minutes, so none stands there twice.
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => 60 * minutes);
const charts = new WeakMap();

/** Draw the chart in this element from its `data-points`, or bring it up to date. */
export function draw(element) {
  const points = JSON.parse(element.dataset.points);
  const known = charts.get(element);
  if (!known) {
    charts.set(element, make(element, points));
  } else if (known.text !== element.dataset.points) {
    known.plot.setData(points);
  }
  charts.get(element).text = element.dataset.points;
}

function make(element, points) {
  const plot = new uPlot(options(element), points, element);
  new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT })).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  return { plot, text: "" };
}

function options(element) {
  const colour = (name) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
  const clocks = (_, seconds) => seconds.map((at) => clock.format(new Date(at * 1000)));
  const whole = (_, numbers) => numbers.map((n) => (Number.isInteger(n) ? n.toLocaleString() : ""));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false } },
    padding: [8, 28, 0, 0],
    scales: { y: { range: (_, least, most) => [0, Math.max(most * 1.1, 5)] } },
    axes: [
      { ...axis, values: clocks, space: 80, size: 30, incrs: STEPS },
      { ...axis, values: whole, size: 44 },
    ],
    series: [{}, { stroke: colour("--accent"), fill: colour("--area"), width: 2, points: { show: false } }],
  };
}
