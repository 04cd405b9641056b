// Morphing: what the server renders takes the place of what is there, without losing what is the reader's.

// By attribute, where it stays as it is: what was opened or typed, and a picture that had to be hidden.
const KEPT = { open: "details", value: "input", hidden: "img" };

/** Put `html` into `slot`; what `beforeNodeMorphed` says false to is left alone. */
export function morph(slot, html, beforeNodeMorphed = () => true) {
  const beforeAttributeUpdated = (name, node) => !(name in KEPT && node.matches(KEPT[name]));
  Idiomorph.morph(slot, html, { morphStyle: "innerHTML", callbacks: { beforeAttributeUpdated, beforeNodeMorphed } });
}
