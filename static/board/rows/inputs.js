// Row 1: the input x_t as a person reads it. Where a network reads its own last answers, the words change.

import { add, say, set } from "../svg.js";

export function inputs(svg, { film, lay }) {
  const group = add(svg, "g", { class: "inputs" });
  const { y, inputHeight, upright, longest } = lay;
  const width = upright ? lay.cell : Math.max(lay.cell, Math.min(lay.pitch - 4, longest * 7.6 + 12));
  const columns = film.inputs.map((_, t) => {
    const x = lay.x(t), middle = y.input + inputHeight / 2, at = { x: x - width / 2, y: y.input, width, height: inputHeight };
    const chip = lay.heat ? null : add(group, "rect", { class: "chip", rx: 6, ...at });
    const turn = upright ? { transform: `rotate(-90 ${x} ${middle})` } : {};
    return { chip, word: add(group, "text", { class: longest > 1 ? "long" : "letter", x, y: middle, dy: ".35em", ...turn }) };
  });
  return (frame) => columns.forEach(({ chip, word }, t) => {
    const text = frame.film.inputs[t];
    say(word, text.length > 8 && upright ? `${text.slice(0, 7)}…` : text);
    if (chip) set(chip, { visibility: text ? "visible" : "hidden" });  // padding is no input
  });
}
