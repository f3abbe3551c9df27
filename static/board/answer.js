// What an output is: the read-out's equation with its numbers, what enters it most, and what it costs.

import { covered } from "./covers.js";
import { plain, short, sub } from "./format.js";
import { weighed } from "./shares.js";
import { hasWeights, outputOf, readOut, sum, writes } from "./terms.js";
import { t } from "../words.js";

const LINKS = { softmax: "softmax(y_t) = exp(y_t) / Σ exp(y_t)", σ: t("σ(y_t), each a yes or no of its own") };

// The name of one output: a class, or of several numbers which; "" of the only one.
export const named = ({ link, symbols, O }, k) =>
  link === "softmax" ? symbols[k] : link ? symbols[2 ** k] : O > 1 ? String(k + 1) : "";

// k: which of the outputs is told of; the one that decides unless another is chosen.
/** @param {Film} film */
export function output(film, frame, at, k = outputOf(film, frame, at)) {
  const y = `ŷ${sub(at + 1)}`;
  if (!film.answers[at])
    return {
      title: t("output {y}: no target", { y }),
      lines: covered(film, "loss")
        ? []
        : [["", t("Time step {step} has no target, so it adds nothing to the loss.", { step: at + 1 })]],
    };
  const known = Boolean(film.targets[at]),
    number = film.kind === "number",
    text = number ? short(frame.answer[at]) : film.symbols[frame.answer[at]];
  const mark = number || !known ? "" : frame.answer[at] === film.target[at] ? " ✓" : " ✗";
  const shown = { y, answer: `${text}${mark}`, share: Math.round(100 * frame.sure[at]) };
  const title = number ? t("output {y}: {answer}", shown) : t("output {y}: {answer}, {share} % sure", shown);
  const late =
    film.over && at >= frame.over
      ? [
          [
            "",
            t(
              "The network said its end at step {step}: this is no part of what it wrote, " +
                "but the loss asks for the target all the same.",
              { step: frame.over },
            ),
          ],
        ]
      : [];
  if (hasWeights(film)) {
    return {
      title,
      lines: [
        ...late,
        ...equations(film),
        ...numbers(film, at, k),
        ...cost(film, frame, at, known),
        ...entering(film, at, k),
        ["hint", t("What if? Click or Enter sets a weight by hand.")],
      ],
    };
  }
  const paused = film.playing ? [["", t("Pause to see its equation with the numbers in it.")]] : [];
  return { title, lines: [...late, ...cost(film, frame, at, known), ...equations(film), ...paused] };
}

const UNKNOWN = t("Its target is not known: it does not follow from what was typed. So it adds nothing to the loss.");
const reads = (film) => (film.skip && film.layers > 1 ? "(h_t + x_t)" : "h_t");
const equations = (film) => [
  ["equation", `${film.link || film.scale[1] !== 1 ? "y" : "ŷ"}_t = W_hy ${reads(film)} + b_y`],
  ...(film.link ? [["equation", `ŷ_t = ${LINKS[film.link]}`]] : []),
];

// One output's row of the equation, and what becomes of it.
function numbers(film, at, k) {
  const all = readOut(film, at, k),
    weights = all.slice(0, -1),
    bias = all.at(-1).product,
    { y, y_hat } = writes(film, at),
    of = named(film, k),
    what = of ? t("y of {output}", { output: of }) : "y",
    ofIt = t("ŷ of {output}", { output: of });
  const sign = bias < 0 ? "−" : "+",
    lines = [["numbers", `${what} = ${plain(sum(weights))} ${sign} ${plain(Math.abs(bias))} = ${plain(y[k])}`]];
  if (film.link === "softmax") {
    const whole = y.reduce((total, v) => total + Math.exp(v), 0),
      divided = Number.isFinite(whole) ? ` = ${short(Math.exp(y[k]))} / ${short(whole)}` : "";
    lines.push(["numbers", `${ofIt}${divided} = ${short(y_hat[k])}`]);
  } else if (film.link) {
    const equation = `${ofIt} = σ(${plain(y[k])}) = ${short(y_hat[k])}`;
    lines.push(["numbers", y_hat[k] > 0.5 ? t("{equation}: yes", { equation }) : t("{equation}: no", { equation })]);
  } else if (film.scale[1] !== 1)
    lines.push([
      "numbers",
      `ŷ = ${plain(y[k])} · ${short(film.scale[1])}${film.scale[0] ? ` + ${short(film.scale[0])}` : ""} = ${short(y[k] * film.scale[1] + film.scale[0])}`,
    ]);
  return lines;
}

// The target, and what this step adds to the loss of the sequence that is shown.
function cost(film, frame, at, known) {
  if (!known) return [["", UNKNOWN]];
  const answers = film.targets.filter(Boolean).length,
    values = { y: `y${sub(at + 1)}`, target: film.targets[at], all: answers },
    target = t("target {y} = {target}", values),
    share = short(frame.lossT[at]);
  if (covered(film, "loss")) return [["", target]];
  if (!hasWeights(film))
    return [
      ["", target],
      ["", t("its share of the loss: {share}", { share })],
    ];
  const { y, y_hat } = writes(film, at),
    [mean, deviation] = film.scale,
    among = answers > 1 ? ` / ${answers}` : "";
  const how =
    film.link === "softmax"
      ? `−ln ${short(y_hat[film.target[at]])}${among} = `
      : !film.link && film.O === 1
        ? `(${plain(y[0])} − ${bracket((film.target[at] - mean) / deviation)})²${among} = `
        : "";
  return [
    ["", answers > 1 ? t("target {y} = {target}; one of {all} answers", values) : target],
    ["numbers", t("its share of the loss: {share}", { share: `${how}${share}` })],
  ];
}

const bracket = (x) => (x < 0 ? `(${plain(x)})` : plain(x));

function entering(film, at, k) {
  const of = named(film, k),
    what = of ? t("y of {output}", { output: of }) : "y",
    plus = film.skip && film.layers > 1;
  return weighed(film, readOut(film, at, k), t("What enters {what} most (weight · value)", { what }), ({ from }) =>
    plus ? `(h_t[${from + 1}] + x_t[${from + 1}])` : `h_t[${from + 1}]`,
  );
}
