// What a unit is: the card of one, its equation with the numbers in it and what enters it most.

import { fill, plain } from "./format.js";
import { layerOf, nameOf } from "./names.js";
import { lastRead } from "./rows/halves.js";
import { weighed } from "./shares.js";
import { gateOf, sum, summands } from "./terms.js";
import { t } from "../words.js";

/** @param {Film} film */
export function explain(film, frame, at, u) {
  const { T, H, show = "h", layers = 1, open = [0] } = film,
    k = Math.floor(u / H),
    unit = u % H,
    layer = open[k],
    i = at * H + unit;
  const still = film[`h ${layer}`],
    top = layer === layers - 1;
  const title = (value) => {
    const content = { state: `${nameOf(show)} ${show}`, unit: unit + 1, step: at + 1, value: plain(value) };
    return show === "h"
      ? t("unit {unit} at time step {step}: {value}", content)
      : t("{state} of unit {unit} at time step {step}: {value}", content);
  };
  const where = { layer: layerOf(film, layer) };
  const reads = !layer
    ? t("What it reads, x_t, is the input.")
    : film.skip && layer > 1
      ? t("What it reads, x_t, is layer {layer}’s hidden state, its own input added.", { layer })
      : t("What it reads, x_t, is layer {layer}’s hidden state.", { layer });
  if (!top && !still) {
    return {
      title: title(film.seen_now[k * T * H + i]),
      lines: [
        ["", [t("In {layer}.", where), reads].join(" ")],
        ["", t("Pause to see its equation with the numbers in it.")],
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
  lines.push(...(still ? contributions(film, layer, at, unit, values) : []));
  if (film.read && at === film.read)
    lines.push([
      "",
      t("The decoder starts here: h_{t−1} is the encoder’s state after step {step}. Its weights are its own, W′.", {
        step: lastRead(film) + 1,
      }),
    ]);
  else if (film.read)
    lines.push([
      "",
      at < film.read ? t("In the encoder, with its weights W.") : t("In the decoder, with weights of its own, W′."),
    ]);
  const stands = top ? t("In {layer}, the top one.", where) : t("In {layer}.", where);
  if (layers > 1) lines.push(["", `${stands} ${reads}`]);
  if (film.playing && !still) lines.push(["", t("Pause to see what enters it most.")]);
  if (still) lines.push(["hint", t("What if? Click or Enter sets a weight by hand.")]);
  return { title: title(values[show] ?? film.seen_now[k * T * H + i]), lines };
}

// The largest of weight times value, in order, and what is left.
function contributions(film, layer, at, unit, values) {
  const gate = gateOf(film),
    all = summands(film, layer, at, unit, gate),
    many = film.gates.length > 1,
    word = film.inputs[at];
  const whole = many
    ? [
        [
          "numbers",
          `${gate} = ${film.sigmoids.includes(gate) ? "σ" : "tanh"}(${plain(sum(all))})${gate in values ? ` = ${plain(values[gate])}` : ""}`,
        ],
      ]
    : [];
  const heading = film.through[gate]
    ? t("What enters {what} most ({gate} · weight · value)", { what: gate, gate: film.through[gate] })
    : many
      ? t("What enters {what} most (weight · value)", { what: gate })
      : t("What enters it most (weight · value)");
  // a time is set low and a place stands in brackets, as in W_hh[4,9]: the ninth of the state before is no ninth state
  const of = ({ kind, from, value }) =>
    kind === "h"
      ? `h_{t−1}[${from + 1}]`
      : `x_t[${from + 1}]${!layer && value === 1 && word && word.length < 3 ? `, ${word}` : ""}`;
  return [...whole, ...weighed(film, all, heading, of)];
}
