// `?demo`: samples that never end, to place the source and to write custom CSS for it.
const SAMPLES = [
  { name: "Nightjar", roll: 7318, winning_number: 2046, is_win: false, is_record: false },
  { name: "MapleFox", roll: 4203, winning_number: 4207, is_win: false, is_record: true },
  { name: "pixel_pilot", roll: 9001, winning_number: 9001, is_win: true, is_record: false },
];
const EVERY_MS = 7500;

export function sampleCues(add) {
  let seq = 0;
  const next = () => {
    const sample = SAMPLES[seq % SAMPLES.length];
    const distance = Math.abs(sample.roll - sample.winning_number);
    seq += 1;
    add({ seq, kind: "roll", payload: { ...sample, distance, is_test: true } });
  };
  next();
  setInterval(next, EVERY_MS);
}
