// What ∂L/∂h_t is made of: the card of the gradient, with the sequence around the step.

import { covered } from "./covers.js";
import { short, sub } from "./format.js";
import { layerOf } from "./names.js";
import { beyond } from "./rows/halves.js";
import { read } from "./rows/inputs.js";
import { t } from "../words.js";

// Whether no gradient goes back from step t to the one before, counted from 0: a window of truncated BPTT begins at t.
export const isCut = ({ window }, t) => Boolean(window) && t > 0 && t % window === 0;

/** @param {Film} film */
export function explain(film, frame, at) {
  if (film.dh_last)
    return {
      title: `‖∂L${sub(film.T)}/∂h${sub(at + 1)}‖ = ${short(frame.dh[at])}`,
      lines: [
        [
          "",
          t(
            "How much the held-out loss at step {last} alone depends on the hidden state of step {step}, " +
              "on average over the sequences.",
            { last: film.T, step: at + 1 },
          ),
        ],
      ],
    };
  const last = at === film.T - 1;
  /** @type {Line[]} */
  const lines = [
    [
      "equation",
      last ? t("∂L/∂h_t = from this step’s output") : t("∂L/∂h_t = from this step’s output + from the future"),
    ],
    ["numbers", t("from this step’s output: ‖·‖ = {norm}", { norm: short(film.dh_output[at]) })],
    [
      "numbers",
      last
        ? t("from the future: nothing, this is the last step")
        : isCut(film, at + 1)
          ? t("from the future: 0, for the gradient is cut after step {step} (window {window})", {
              step: at + 1,
              window: film.window,
            })
          : t("from the future, step {step}: ‖·‖ = {norm}", { step: at + 2, norm: short(film.dh_future[at]) }),
    ],
  ];
  const top = film.layers - 1,
    dc = frame.dc ?? film[`dc ${top}`]; // at rest it is known whatever is seen
  if (dc) lines.push(["numbers", t("the cell state’s: {norm}", { norm: `‖∂L/∂c${sub(at + 1)}‖ = ${short(dc[at])}` })]);
  if (film.layers > 1) {
    const all = (name) =>
      Array.from({ length: film.layers }, (_, layer) => short(film[`${name} ${layer}`][at])).join(",  ");
    lines.push([
      "",
      film["dh 0"]
        ? t("Of {layer}, the top one; of all, from the lowest:", { layer: layerOf(film, top) })
        : t("Of {layer}, the top one.", { layer: layerOf(film, top) }),
    ]);
    if (film["dh 0"]) lines.push(["numbers", `‖∂L/∂h${sub(at + 1)}‖: ${all("dh")}`]);
    if (film["dc 0"]) lines.push(["numbers", `‖∂L/∂c${sub(at + 1)}‖: ${all("dc")}`]);
  }
  if (frame.ratio < 0.9995)
    lines.push([
      "numbers",
      t("clipping then left {share} % of the whole gradient", { share: Math.round(100 * frame.ratio) }),
    ]);
  lines.push(["heading", moment(film, frame, at)], ...sequence(film, frame, at));
  lines.push([
    "",
    t(
      "Norms, averaged over the B = {batch} sequences of the training batch, before clipping. " +
        "The two parts are vectors, so their norms need not add up.",
      { batch: film.B },
    ),
  ]);
  return { title: `‖∂L/∂h${sub(at + 1)}‖ = ${short(frame.dh[at])}`, lines };
}

// A time step of the sequence that is shown, in one line: what is read, what is answered, what it costs.
function moment(film, frame, at) {
  const word = film.fed?.[at] ? read(frame, at) : film.inputs[at];
  if (film.over && beyond(frame, at))
    return t("At step {step} nothing is written any more: the end was said at step {end}.", {
      step: at + 1,
      end: frame.over,
    });
  const reads = film.padding?.[at]
    ? t("nothing is read any more")
    : film.pictures?.includes(at)
      ? t("it reads the picture")
      : t("it reads {input}", { input: word });
  if (!film.answers[at]) return t("At step {step} {reads}; it has no target.", { step: at + 1, reads });
  const text = film.kind === "number" ? short(frame.answer[at]) : film.symbols[frame.answer[at]];
  const values = { step: at + 1, reads, answer: text, target: film.targets[at], loss: short(frame.lossT[at]) };
  if (values.target && covered(film, "loss"))
    return t("At step {step} {reads} and answers {answer}; target {target}.", values);
  return values.target
    ? t("At step {step} {reads} and answers {answer}; target {target}, loss {loss}.", values)
    : t("At step {step} {reads} and answers {answer}; its target is not known.", values);
}

/**
 * The whole sequence as a person reads it, as far as there is room around step t: what is read, answered and wanted.
 * @returns {Line[]}
 */
function sequence(film, frame, at) {
  const gone = (k) => film.padding?.[k] || (film.over && beyond(frame, k)),
    steps = Array.from({ length: film.T }, (_, k) => k);
  const answerOf = (k) => (film.kind === "number" ? short(frame.answer[k]) : film.symbols[frame.answer[k]]);
  const inputs = steps.map((k) =>
    gone(k) ? "" : film.pictures?.includes(k) ? "▦" : film.fed?.[k] ? read(frame, k) : film.inputs[k],
  );
  const answers = steps.map((k) => (film.answers[k] && !gone(k) ? answerOf(k) : "")),
    all = /** @type {[string, string[]][]} */ ([
      [t("read"), inputs],
      [t("answer"), answers],
      [t("target"), film.targets],
    ]);
  const rows = film.T > 1 ? all.filter(([, words]) => words.some(Boolean)) : [],
    lines = around(
      rows.map(([, words]) => words),
      at,
    );
  return rows.map(([name], i) => ["sequence", [name, lines[i]]]);
}

// Rows of words, each in one line, the word of step t in brackets, as many beside it as every row has room for:
// "… A B [C] D …"; a dot where none is.
export function around(rows, t, room = 30) {
  const shown = rows.map((words) => words.map((word, k) => (k === t ? `[${word || "·"}]` : word || "·")));
  const wide = (k) => 1 + Math.max(...shown.map((words) => words[k].length)),
    T = rows[0]?.length ?? 0;
  let [from, to, left] = [t, t + 1, T ? room - wide(t) : 0];
  for (let grown = true; grown;) {
    grown = false;
    for (const k of [from - 1, to]) {
      if (k < 0 || k >= T || wide(k) > left) continue;
      left -= wide(k);
      k < from ? from-- : to++;
      grown = true;
    }
  }
  return shown.map((words) =>
    [from > 0 ? "…" : "", ...words.slice(from, to), to < T ? "…" : ""].filter(Boolean).join(" "),
  );
}
