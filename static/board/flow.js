// What ∂L/∂h_t is made of: the card of the gradient, with the sequence around the step.

import { short, sub } from "./format.js";
import { layerOf } from "./names.js";
import { beyond } from "./rows/halves.js";
import { read } from "./rows/inputs.js";

// Whether no gradient goes back from step t to the one before, counted from 0: a window of truncated BPTT begins at t.
export const isCut = ({ window }, t) => Boolean(window) && t > 0 && t % window === 0;

/** @param {Film} film */
export function explain(film, frame, t) {
  if (film.dh_last)
    return {
      title: `‖∂L${sub(film.T)}/∂h${sub(t + 1)}‖ = ${short(frame.dh[t])}`,
      lines: [
        [
          "",
          `How much the held-out loss at step ${film.T} alone depends on the hidden state of step ${t + 1}, on average over the sequences.`,
        ],
      ],
    };
  const last = t === film.T - 1;
  /** @type {Line[]} */
  const lines = [
    ["equation", last ? "∂L/∂h_t = from this step’s output" : "∂L/∂h_t = from this step’s output + from the future"],
    ["numbers", `from this step’s output: ‖·‖ = ${short(film.dh_output[t])}`],
    [
      "numbers",
      last
        ? "from the future: nothing, this is the last step"
        : isCut(film, t + 1)
          ? `from the future: 0, for the gradient is cut after step ${t + 1} (window ${film.window})`
          : `from the future, step ${t + 2}: ‖·‖ = ${short(film.dh_future[t])}`,
    ],
  ];
  const top = film.layers - 1,
    dc = frame.dc ?? film[`dc ${top}`]; // at rest it is known whatever is seen
  if (dc) lines.push(["numbers", `the cell state’s: ‖∂L/∂c${sub(t + 1)}‖ = ${short(dc[t])}`]);
  if (film.layers > 1) {
    const all = (name) =>
      Array.from({ length: film.layers }, (_, layer) => short(film[`${name} ${layer}`][t])).join(",  ");
    lines.push(["", `Of ${layerOf(film, top)}, the top one${film["dh 0"] ? "; of all, from the lowest:" : "."}`]);
    if (film["dh 0"]) lines.push(["numbers", `‖∂L/∂h${sub(t + 1)}‖: ${all("dh")}`]);
    if (film["dc 0"]) lines.push(["numbers", `‖∂L/∂c${sub(t + 1)}‖: ${all("dc")}`]);
  }
  if (frame.ratio < 0.9995)
    lines.push(["numbers", `clipping then left ${Math.round(100 * frame.ratio)} % of the whole gradient`]);
  lines.push(["heading", moment(film, frame, t)], ...sequence(film, frame, t));
  lines.push([
    "",
    `Norms, averaged over the B = ${film.B} sequences of the training batch, before clipping. ` +
      "The two parts are vectors, so their norms need not add up.",
  ]);
  return { title: `‖∂L/∂h${sub(t + 1)}‖ = ${short(frame.dh[t])}`, lines };
}

// A time step of the sequence that is shown, in one line: what is read, what is answered, what it costs.
function moment(film, frame, t) {
  const word = film.fed?.[t] ? read(frame, t) : film.inputs[t];
  if (film.over && beyond(frame, t))
    return `At step ${t + 1} nothing is written any more: the end was said at step ${frame.over}.`;
  const reads = film.padding?.[t]
    ? "nothing is read any more"
    : film.pictures?.includes(t)
      ? "it reads the picture"
      : `it reads ${word}`;
  if (!film.answers[t]) return `At step ${t + 1} ${reads}; no answer is asked.`;
  const said = film.kind === "number" ? short(frame.answer[t]) : film.symbols[frame.answer[t]];
  return `At step ${t + 1} ${reads} and answers ${said}; ${film.targets[t] ? `target ${film.targets[t]}, loss ${short(frame.lossT[t])}` : "its target is not known"}.`;
}

/**
 * The whole sequence as a person reads it, as far as there is room around step t: what is read, answered and wanted.
 * @returns {Line[]}
 */
function sequence(film, frame, t) {
  const gone = (k) => film.padding?.[k] || (film.over && beyond(frame, k)),
    steps = Array.from({ length: film.T }, (_, k) => k);
  const said = (k) => (film.kind === "number" ? short(frame.answer[k]) : film.symbols[frame.answer[k]]);
  const inputs = steps.map((k) =>
    gone(k) ? "" : film.pictures?.includes(k) ? "▦" : film.fed?.[k] ? read(frame, k) : film.inputs[k],
  );
  const answers = steps.map((k) => (film.answers[k] && !gone(k) ? said(k) : "")),
    all = /** @type {[string, string[]][]} */ ([
      ["read", inputs],
      ["answer", answers],
      ["target", film.targets],
    ]);
  const told = film.T > 1 ? all.filter(([, words]) => words.some(Boolean)) : [],
    lines = around(
      told.map(([, words]) => words),
      t,
    );
  return told.map(([name], i) => ["sequence", [name, lines[i]]]);
}

// Rows of words, each in one line, the word of step t in brackets, as many beside it as every row has room for:
// "… A B [C] D …"; a dot where none is.
export function around(rows, t, room = 30) {
  const said = rows.map((words) => words.map((word, k) => (k === t ? `[${word || "·"}]` : word || "·")));
  const wide = (k) => 1 + Math.max(...said.map((words) => words[k].length)),
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
  return said.map((words) =>
    [from > 0 ? "…" : "", ...words.slice(from, to), to < T ? "…" : ""].filter(Boolean).join(" "),
  );
}
