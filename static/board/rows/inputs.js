// Row 1: the input x_t as a person reads it: a word, a letter, a picture. What a network answers itself changes with
// every frame.

import { sub } from "../format.js";
import { add, say, set } from "../svg.js";
import { beyond } from "./halves.js";
import { symbol, title } from "./labels.js";
import { t } from "../../words.js";

/** @type {Row} */
export const input = {
  name: "input",
  help: t(
    "What the network reads at each time step, x_t. It enters the hidden state through W_xh, the same matrix in every " +
      "column.",
  ),
  gap: 1,
  height: ({ wordHeight, side, image }) => Math.max(wordHeight, image ? (side * image[0]) / Math.max(...image) : 0),
  small: { gap: (lay) => Math.max(lay.room.input - tall(lay), 2), height: (lay) => tall(lay) },
  place: (_, height) => ({ inputHeight: height }),
  label(gutter, { lay }) {
    const reads = lay.y.input + Math.max(0, lay.inputHeight / 2 - 14);
    title(gutter, reads + 13, t("input"));
    symbol(gutter, reads + 29, [
      ["x", 0],
      ["t", 1],
    ]);
  },
  draw: inputs,
  until: ({ y, inputHeight, arrow }) => y.input + inputHeight + arrow / 2,
  explain,
  column: (film, frame) => [
    [t("input"), (at) => (film.padding[at] || (film.over && beyond(frame, at)) ? t("padding") : read(frame, at))],
  ],
};

const tall = /** @param {Lay} lay */ ({ wordHeight, image }) => (image ? 48 : wordHeight); // in a miniature

/** @type {Paint} */
function inputs(svg, { film, lay }) {
  const group = add(svg, "g", { class: "inputs", translate: "no" });
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

/** @type {Tale} */
function explain(film, frame, { t: at }) {
  const who = film.read ? (at < film.read ? t("the encoder") : t("the decoder")) : t("the network");
  const own = film.fed?.[at],
    values = { who, step: at + 1, steps: film.T, size: film.image?.join(" × ") };
  const lines = [
    [
      "",
      film.pictures?.includes(at)
        ? t("What {who} reads at time step {step} of {steps}, a picture of {size}.", values)
        : t("What {who} reads at time step {step} of {steps}.", values),
    ],
  ];
  if (own)
    lines.push([
      "equation",
      t("{equation}, its own last prediction, right or wrong", { equation: `x_${at + 1} = ŷ_${at}` }),
    ]);
  if (film.forced?.[at])
    lines.push(
      ["equation", t("{equation}, the right answer of step {step}", { equation: `x_${at + 1} = y_${at}`, step: at })],
      ["", t("Teacher forcing: it reads the right symbol, not its own prediction.")],
    );
  const value = own ? read(frame, at) : film.inputs[at];
  return { title: t("input {x}: {value}", { x: `x${sub(at + 1)}`, value }), lines };
}
