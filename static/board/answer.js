// What an output is: the read-out's equation with its numbers, what enters it most, and what it costs.

import { plain, short, sub } from "./format.js";
import { weighed } from "./shares.js";
import { hasWeights, outputOf, readOut, sum, writes } from "./terms.js";

const LINKS = { softmax: "softmax(y_t) = exp(y_t) / Σ exp(y_t)", σ: "σ(y_t), each a yes or no of its own" };

// The name of one output: a class, or of several numbers which; "" of the only one.
export const named = ({ link, symbols, O }, k) =>
  link === "softmax" ? symbols[k] : link ? symbols[2 ** k] : O > 1 ? String(k + 1) : "";

// k: which of the outputs is told of; the one that decides unless another is chosen.
/** @param {Film} film */
export function output(film, frame, t, k = outputOf(film, frame, t)) {
  const name = `output ŷ${sub(t + 1)}`;
  if (!film.answers[t])
    return {
      title: `${name}: no target`,
      lines: [["", `Time step ${t + 1} has no target, so it adds nothing to the loss.`]],
    };
  const known = Boolean(film.targets[t]),
    number = film.kind === "number",
    said = number ? short(frame.answer[t]) : film.symbols[frame.answer[t]];
  const mark = number || !known ? "" : frame.answer[t] === film.target[t] ? " ✓" : " ✗";
  const title = `${name}: ${said}${mark}${number ? "" : `, ${Math.round(100 * frame.sure[t])} % sure`}`;
  const late =
    film.over && t >= frame.over
      ? [
          [
            "",
            `The network said its end at step ${frame.over}: this is no part of what it wrote, but the loss asks for the target all the same.`,
          ],
        ]
      : [];
  if (hasWeights(film)) {
    return {
      title,
      lines: [
        ...late,
        ...equations(film),
        ...numbers(film, t, k),
        ...cost(film, frame, t, known),
        ...entering(film, t, k),
        ["hint", "What if? Click or Enter sets a weight by hand."],
      ],
    };
  }
  const paused = film.playing ? [["", "Pause to see its equation with the numbers in it."]] : [];
  return { title, lines: [...late, ...cost(film, frame, t, known), ...equations(film), ...paused] };
}

const UNKNOWN = "Its target is not known: it does not follow from what was typed. So it adds nothing to the loss.";
const reads = (film) => (film.skip && film.layers > 1 ? "(h_t + x_t)" : "h_t");
const equations = (film) => [
  ["equation", `${film.link || film.scale[1] !== 1 ? "y" : "ŷ"}_t = W_hy ${reads(film)} + b_y`],
  ...(film.link ? [["equation", `ŷ_t = ${LINKS[film.link]}`]] : []),
];

// One output's row of the equation, and what becomes of it.
function numbers(film, t, k) {
  const all = readOut(film, t, k),
    weights = all.slice(0, -1),
    bias = all.at(-1).product,
    { y, y_hat } = writes(film, t),
    of = named(film, k);
  const sign = bias < 0 ? "−" : "+",
    lines = [
      ["numbers", `y${of && ` of ${of}`} = ${plain(sum(weights))} ${sign} ${plain(Math.abs(bias))} = ${plain(y[k])}`],
    ];
  if (film.link === "softmax") {
    const whole = y.reduce((total, v) => total + Math.exp(v), 0),
      divided = Number.isFinite(whole) ? ` = ${short(Math.exp(y[k]))} / ${short(whole)}` : "";
    lines.push(["numbers", `ŷ of ${of}${divided} = ${short(y_hat[k])}`]);
  } else if (film.link)
    lines.push(["numbers", `ŷ of ${of} = σ(${plain(y[k])}) = ${short(y_hat[k])}: ${y_hat[k] > 0.5 ? "yes" : "no"}`]);
  else if (film.scale[1] !== 1)
    lines.push([
      "numbers",
      `ŷ = ${plain(y[k])} · ${short(film.scale[1])}${film.scale[0] ? ` + ${short(film.scale[0])}` : ""} = ${short(y[k] * film.scale[1] + film.scale[0])}`,
    ]);
  return lines;
}

// The target, and what this step adds to the loss of the sequence that is shown.
function cost(film, frame, t, known) {
  if (!known) return [["", UNKNOWN]];
  const answers = film.targets.filter(Boolean).length,
    target = `target y${sub(t + 1)} = ${film.targets[t]}`,
    share = short(frame.lossT[t]);
  if (!hasWeights(film))
    return [
      ["", target],
      ["", `its share of the loss: ${share}`],
    ];
  const { y, y_hat } = writes(film, t),
    [mean, deviation] = film.scale,
    among = answers > 1 ? ` / ${answers}` : "";
  const how =
    film.link === "softmax"
      ? `−ln ${short(y_hat[film.target[t]])}${among} = `
      : !film.link && film.O === 1
        ? `(${plain(y[0])} − ${bracket((film.target[t] - mean) / deviation)})²${among} = `
        : "";
  return [
    ["", `${target}${answers > 1 ? `; one of ${answers} answers` : ""}`],
    ["numbers", `its share of the loss: ${how}${share}`],
  ];
}

const bracket = (x) => (x < 0 ? `(${plain(x)})` : plain(x));

function entering(film, t, k) {
  const of = named(film, k),
    plus = film.skip && film.layers > 1;
  return weighed(film, readOut(film, t, k), `What enters y${of && ` of ${of}`} most (weight · value)`, ({ from }) =>
    plus ? `(h_t[${from + 1}] + x_t[${from + 1}])` : `h_t[${from + 1}]`,
  );
}
