// Paper that falls over the whole source: each piece is one element that is only transformed.
const PIECES = 110;
const COLOURS = 5;

/** Let it fall inside `root`, which removes it with everything else. */
export function confetti(root, motion) {
  const sky = document.createElement("div");
  sky.dataset.part = "confetti";
  for (let n = 0; n < PIECES; n += 1) {
    const piece = document.createElement("i");
    piece.className = `paper-${n % COLOURS}`;
    sky.append(piece);
    fall(piece, motion);
  }
  // Behind the card, which is to stay readable.
  root.prepend(sky);
}

function fall(piece, motion) {
  const x = 100 * Math.random();
  const drift = 24 * (Math.random() - 0.5);
  const turns = () => `rotate3d(${Math.random()},${Math.random()},.4,${Math.random() * 3}turn)`;
  const at = (dx, y) => `translate(${x + dx}vw,${y}vh) ${turns()}`;
  const frames = {
    transform: [at(0, -8), at(drift * 0.7, 45 + 20 * Math.random()), at(drift, 108)],
    opacity: [1, 1, 0.6],
  };
  motion.move(piece, frames, {
    duration: 2200 + 1600 * Math.random(),
    delay: 900 * Math.random(),
    easing: "cubic-bezier(.25,.45,.6,1)",
  });
}
