// Row 1: the input x_t as a person reads it: a word, a letter, a picture. What a network answers itself changes with
// every frame.

import { add, say, set } from "../svg.js";

export function inputs(svg, { film, lay }) {
  const group = add(svg, "g", { class: "inputs" });
  const { y, inputHeight, wordHeight, upright, longest } = lay;
  const width = upright ? lay.cell : Math.max(Math.min(lay.cell, 60), Math.min(lay.pitch - 4, longest * 7.6 + 12));
  const top = y.input + inputHeight - wordHeight,
    middle = top + wordHeight / 2;
  const draws = film.inputs.map((_, t) => {
    if (film.padding[t]) return () => {};
    if (film.pictures.includes(t)) return picture(group, film, lay, t);
    const x = lay.x(t),
      turn = upright ? { transform: `rotate(-90 ${x} ${middle})` } : {};
    if (!lay.heat)
      add(group, "rect", {
        class: film.fed[t] ? "chip own" : "chip",
        rx: 6,
        x: x - width / 2,
        y: top,
        width,
        height: wordHeight,
      });
    const word = add(group, "text", { class: longest > 1 ? "long" : "letter", x, y: middle, dy: ".35em", ...turn });
    return (frame) => {
      const text = read(frame, t);
      say(word, text.length > 8 && upright ? `${text.slice(0, 7)}…` : text);
    };
  });
  return (frame) => draws.forEach((draw) => draw(frame));
}

// What is read at step t: in a frame, its own last prediction is that frame's.
export const read = ({ film, answer }, t) => (film.fed[t] ? (film.symbols[answer[t - 1]] ?? "") : film.inputs[t]);

// An image, a square for every pixel: the more ink, the darker.
function picture(group, film, lay, t) {
  const [rows, columns] = film.image,
    tall = lay.side / Math.max(rows, columns);
  const wide = columns === 1 ? lay.cell - 4 : tall; // one column of pixels is a strip: as wide as there is room
  const left = lay.x(t) - (columns * wide) / 2,
    top = lay.y.input + lay.inputHeight - rows * tall;
  add(group, "rect", {
    class: "chip",
    x: left - 2,
    y: top - 1,
    width: columns * wide + 4,
    height: rows * tall + 2,
    rx: 3,
  });
  const squares = Array.from({ length: rows * columns }, (_, i) =>
    add(group, "rect", {
      class: "pixel",
      x: left + (i % columns) * wide,
      y: top + Math.floor(i / columns) * tall,
      width: wide,
      height: tall,
    }),
  );
  const from = film.pictures.indexOf(t) * squares.length;
  let drawn = null;
  return (frame) => {
    if (drawn === frame.film) return;
    drawn = frame.film;
    squares.forEach((square, i) => set(square, { "fill-opacity": (frame.film.pixels[from + i] / 255).toFixed(2) }));
  };
}
