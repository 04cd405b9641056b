// A line that is too long for its place runs to its end and back.
const HOLD = 2000;
const EM_PER_S = 2.4;

/** Let the only child of `line` run while it does not fit; a still motion leaves the ellipsis. */
export function marquee(line, motion) {
  if (motion.still) return;
  const text = line.firstElementChild;
  let running = null;
  const measure = () => {
    running?.cancel();
    delete line.dataset.marquee;
    const excess = line.scrollWidth - line.clientWidth;
    if (excess > 0) running = run(line, text, excess);
  };
  new ResizeObserver(measure).observe(line);
}

function run(line, text, excess) {
  const { direction, fontSize } = getComputedStyle(line);
  const way = (1000 * excess) / (EM_PER_S * parseFloat(fontSize));
  const whole = way + 2 * HOLD;
  const end = `translateX(${direction === "rtl" ? excess : -excess}px)`;
  line.dataset.marquee = "on";
  const frames = [
    { transform: "none", offset: 0 },
    { transform: "none", offset: HOLD / whole },
    { transform: end, offset: 1 - HOLD / whole },
    { transform: end, offset: 1 },
  ];
  return text.animate(frames, { duration: whole, iterations: Infinity, direction: "alternate" });
}
