// A number whose digits run and stop one after another.
const CELL_EM = 1.1;
const TURNS = 2;

/** Fill `element` with `number` and let it run to it; `first` and `between` time when its digits stop. */
export function odometer(element, number, motion, { first, between, delay = 0 }) {
  const text = number.toLocaleString("en-US");
  element.setAttribute("aria-label", text);
  let position = 0;
  for (const character of text) {
    if (character === ",") {
      element.append(cell("comma", character));
      continue;
    }
    const strip = digits(Number(character), TURNS + position);
    const column = document.createElement("span");
    column.className = "digit";
    column.append(strip);
    element.append(column);
    const end = `translateY(${-CELL_EM * (strip.childElementCount - 1)}em)`;
    motion.move(strip, { transform: ["translateY(0)", end] }, {
      duration: first + between * position,
      delay,
      easing: "cubic-bezier(.12,.75,.16,1)",
    });
    position += 1;
  }
}

function digits(last, turns) {
  const strip = document.createElement("span");
  strip.className = "strip";
  for (let n = 0; n <= 10 * turns + last; n += 1) strip.append(cell("cell", String(n % 10)));
  return strip;
}

function cell(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
