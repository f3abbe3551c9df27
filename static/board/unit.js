// What a unit is: the card of one, its equation with the numbers in it and what enters it most.

import { fill, plain } from "./format.js";
import { layerOf, nameOf } from "./names.js";
import { lastRead } from "./rows/halves.js";
import { weighed } from "./shares.js";
import { gateOf, sum, summands } from "./terms.js";

/** @param {Film} film */
export function explain(film, frame, t, u) {
  const { T, H, show = "h", layers = 1, open = [0] } = film,
    k = Math.floor(u / H),
    unit = u % H,
    layer = open[k],
    i = t * H + unit;
  const still = film[`h ${layer}`],
    top = layer === layers - 1;
  const title = (value) =>
    `${nameOf(show) === "hidden state" ? "" : `${nameOf(show)} ${show} of `}unit ${unit + 1} at time step ${t + 1}: ${plain(value)}`;
  const reads = `What it reads, x_t, is ${layer ? `layer ${layer}’s hidden state${film.skip && layer > 1 ? ", its own input added" : ""}` : "the input"}.`;
  if (!top && !still) {
    return {
      title: title(film.seen_now[k * T * H + i]),
      lines: [
        ["", `In ${layerOf(film, layer)}. ${reads}`],
        ["", "Pause to see its equation with the numbers in it."],
      ],
    };
  }
  const values = { h: (still ?? film.h_now)[i] };
  for (const name of film.term_names) {
    const term = film[still ? `term ${layer} ${name}` : `term ${name}`];
    values[name] = term[i % term.length];
  }
  const lines = film.equation.map((line) => [
    (line.includes("{") && !line.includes("_{")) || /\{[a-z]/.test(line) ? "numbers" : "equation",
    fill(line, values),
  ]);
  lines.push(...(still ? contributions(film, layer, t, unit, values) : []));
  if (film.read && t === film.read)
    lines.push([
      "",
      `The decoder starts here: h_{t−1} is the encoder’s state after step ${lastRead(film) + 1}. Its weights are its own, W′.`,
    ]);
  else if (film.read)
    lines.push([
      "",
      t < film.read ? "In the encoder, with its weights W." : "In the decoder, with weights of its own, W′.",
    ]);
  if (layers > 1) lines.push(["", `In ${layerOf(film, layer)}${top ? ", the top one" : ""}. ${reads}`]);
  if (film.playing && !still) lines.push(["", "Pause to see what enters it most."]);
  if (still) lines.push(["hint", "What if? Click or Enter sets a weight by hand."]);
  return { title: title(values[show] ?? film.seen_now[k * T * H + i]), lines };
}

// The largest of weight times value, in order, and what is left.
function contributions(film, layer, t, unit, values) {
  const gate = gateOf(film),
    all = summands(film, layer, t, unit, gate),
    many = film.gates.length > 1,
    word = film.inputs[t];
  const whole = many
    ? [
        [
          "numbers",
          `${gate} = ${film.sigmoids.includes(gate) ? "σ" : "tanh"}(${plain(sum(all))})${gate in values ? ` = ${plain(values[gate])}` : ""}`,
        ],
      ]
    : [];
  const heading = `What enters ${many ? gate : "it"} most (${film.through[gate] ? `${film.through[gate]} · ` : ""}weight · value)`;
  // a time is set low and a place stands in brackets, as in W_hh[4,9]: the ninth of the state before is no ninth state
  const of = ({ kind, from, value }) =>
    kind === "h"
      ? `h_{t−1}[${from + 1}]`
      : `x_t[${from + 1}]${!layer && value === 1 && word && word.length < 3 ? `, ${word}` : ""}`;
  return [...whole, ...weighed(film, all, heading, of)];
}
