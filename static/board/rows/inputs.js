// Row 1: the input x_t as a person reads it.

import { add } from "../svg.js";

export function inputs(svg, { film, lay }) {
  const group = add(svg, "g", { class: "inputs" });
  const { y, inputHeight, upright } = lay;
  film.inputs.forEach((text, t) => {
    const x = lay.x(t), middle = y.input + inputHeight / 2;
    if (!lay.heat) {
      add(group, "rect", { class: "chip", x: x - lay.cell / 2, y: y.input, width: lay.cell, height: inputHeight, rx: 6 });
    }
    const label = text.length > 8 && upright ? `${text.slice(0, 7)}…` : text;
    const turn = upright ? { transform: `rotate(-90 ${x} ${middle})` } : {};
    add(group, "text", { class: lay.longest > 1 ? "long" : "letter", x, y: middle, dy: ".35em", ...turn }, label);
  });
}
