// What each stage of a training step says: one sentence, and its equation with the numbers put in. Pure functions.

import { fill, percent, plain, short, sub, tick } from "../format.js";
import { layerOf } from "../names.js";
import { lastRead } from "../rows/halves.js";
import { symbol, written } from "../terms.js";
import { plural, t } from "../../words.js";

// [phase, its name where there is little room, its name]
export const PHASES = [
  ["ahead", t("forward"), t("forward and loss")],
  ["backward", t("backward"), t("backward")],
  ["clip", t("clip"), t("clipping")],
  ["update", t("update"), t("update")],
  ["again", t("again"), t("again")],
];
export const phaseOf = (kind) => (kind === "forward" || kind === "loss" ? "ahead" : kind);

// film: a step as ui/board/slow.py packs it. u: the unit, from 0, whose numbers are told.
// -> {sentence, lines}; a line is [class, text] or, in columns, [class, text, text, …], in the equations' notation;
// what stands after a | is left out where there is little room.
export function tell(film, stage, u) {
  const [kind, at] = film.stages[stage];
  return { forward, loss, backward, clip, update, again }[kind](film, at, u);
}

function forward(film, at, u) {
  const { H, layers } = film,
    i = at * H + u,
    step = at + 1;
  if (film.padding[at])
    return {
      sentence: t("Forward, t = {step}: padding, for this sequence is shorter than others of its batch.", { step }),
      lines: [],
    };
  const values = { h: film.h_now[i] };
  for (const name of film.term_names) values[name] = film[`term ${name}`][i % film[`term ${name}`].length];
  for (const [, name] of film.gate_lines.join().matchAll(/\{(\w+_[xhb])\}/g)) values[name] = film[`gate ${name}`][i];
  const ofUnit = (equation) => ["numbers", t("unit {unit}: {equation}", { unit: u + 1, equation })];
  const equations = film.equation.map((line, k) =>
    hasNumbers(line) ? ofUnit(`${left(film.equation, k, at, u)}${fill(line, values)}`) : ["equation", line],
  );
  const [symbols, ...gates] = film.gate_lines,
    computed = symbols
      ? [["equation", `|${symbols}`], ofUnit(gates.map((line) => fill(line, values)).join(",  "))]
      : [];
  const lines = [...computed, ...(symbols ? inOneLine(film.equation, values) : equations)];
  if (layers > 1)
    lines.push([
      "note",
      t("In {layer}, the top one; its x_t is the state of layer {below}, which read first.", {
        layer: layerOf(film, layers - 1),
        below: layers - 1,
      }),
    ]);
  const content = { step, read: read(film, at), from: from(film, at), h: `h${sub(step)}` };
  const sentence =
    film.read && at === film.read
      ? t("Forward, t = {step}: {read} and {from} become {h}, by the decoder’s own weights, W′.", content)
      : film.forced[at]
        ? t("Forward, t = {step}: {read} and {from} become {h}.", content)
        : t("Forward, t = {step}: {read} and {from} become {h}, by the same weights as at every step.", content);
  return { sentence, lines };
}

// What stands left of "= …", of one unit: "h₃[2] ", for the line before says "h_t = …"; "" of a line with a left side.
const left = (lines, k, t, u) => (lines[k].startsWith("=") ? `${lines[k - 1][0]}${sub(t + 1)}[${u + 1}] ` : "");

// Each equation with its numbers behind it, where gates need the room; what has none of its own stands by itself.
const inOneLine = (equation, values) =>
  equation
    .map((line, k) => [line, equation[k + 1] ?? ""])
    .filter(([line]) => !hasNumbers(line))
    .map(([line, next]) => (next.startsWith("=") ? ["numbers", `${line} ${fill(next, values)}`] : ["equation", line]));

const hasNumbers = (line) => /(^|[^_])\{/.test(line);

function read(film, at) {
  const x = `x${sub(at + 1)}`,
    value = film.inputs[at];
  if (film.pictures.includes(at)) return t("the picture {x}", { x });
  if (film.fed[at]) return t("{x}, the network’s own last answer,", { x });
  const what = value ? t("the input {x} = {value}", { x, value }) : t("an empty input {x}", { x });
  if (!film.forced[at]) return what;
  return film.forcing === 1
    ? t("{input}, the right answer of the step before (teacher forcing),", { input: what })
    : t("{input}, the right last answer or its own (teacher forcing {share}),", {
        input: what,
        share: percent(film.forcing),
      });
}

function from(film, at) {
  if (at === 0) return film.start === "carried" ? t("the state that the last batch ended with") : t("the state h₀ = 0");
  return film.read && at === film.read
    ? t("the encoder’s state after step {step}", { step: lastRead(film) + 1 })
    : t("the state {h}", { h: `h${sub(at)}` });
}

function loss(film, at) {
  const answered = film.stages.filter(([kind]) => kind === "loss").map(([, step]) => step);
  const before = answered.filter((step) => step < at),
    part = film.share_loss[at],
    first = before.length === 0;
  const so_far = before.reduce((sum, step) => sum + film.share_loss[step], 0),
    n = film.answers_of[at];
  const sum = first ? `L = ${short(part)}` : `L = ${short(so_far)} + ${short(part)} = ${short(so_far + part)}`;
  const all = film.answers_of.reduce((a, b) => a + b, 0),
    parts = { part: short(part), all };
  const adds =
    all === 1
      ? t("the batch’s one answer here adds {part} to L; no other has a target:", parts)
      : plural(
          "the batch’s one answer here adds {part} to L, the mean over all {all} answers:",
          "the batch’s {count} answers here add {part} to L, the mean over all {all} answers:",
          n,
          parts,
        );
  const lines = [
    ["note", adds],
    ["numbers strong", sum],
  ];
  const ended = (sentence) => (at === answered.at(-1) ? [sentence, t("Now L is complete.")].join(" ") : sentence);
  if (!film.answers[at]) {
    const others = plural(
      "Loss at t = {step}: this sequence has no target here, but {count} other has.",
      "Loss at t = {step}: this sequence has no target here, but {count} others have.",
      n,
      { step: at + 1 },
    );
    return { sentence: ended(others), lines };
  }
  const values = { p: film.p[at], y: film.y[at], y_hat: film.y_hat[at], error: film.error[at] };
  const equation = fill(film.error_line, values, short);
  return {
    sentence: ended(answer(film, at)),
    lines: [
      ["equation", film.read_out],
      [
        "numbers",
        film.scaled ? t("here, standardized: {equation}", { equation }) : t("this sequence: {equation}", { equation }),
      ],
      ...lines,
    ],
  };
}

// The target as it is said: a number's sign is a minus.
const wanted = (film, at) => film.targets[at].replace(/^-(?=\d)/, "−");

function answer(film, at) {
  const step = at + 1,
    target = wanted(film, at),
    number = film.kind === "number";
  if (!number && Number.isFinite(film.p[at]) && film.error_line.includes("{p}"))
    return t("Loss at t = {step}: the target is {target}, to which the network gives {share}.", {
      step,
      target,
      share: percent(film.p[at]),
    });
  return t("Loss at t = {step}: the network says {answer}, and the target is {target}.", {
    step,
    answer: number ? short(film.answer[at]) : film.symbols[film.answer[at]],
    target,
  });
}

function backward(film, at, u) {
  const { T, H, B } = film,
    i = at * H + u,
    row = (cls, name, unit, norm) => [cls, name, short(unit), short(norm)];
  const W = symbol(film, film.weights[at]),
    start = at > 0 || film.start === "carried",
    future = at + 1 < T ? t("from step {step}|, the future", { step: at + 2 }) : t("from the future|: there is none");
  const parts = [
    ["part head", "", t("unit {unit}", { unit: u + 1 }), B > 1 ? t("‖·‖|, mean of {batch}", { batch: B }) : "‖·‖"],
    row("part output", t("from its own output|, W_hyᵀ ∂L/∂y_t"), film.unit_dh_output[i], film.dh_output[at]),
    row("part future", future, film.unit_dh_future[i], film.dh_future[at]),
    row("part sum", t("together {gradient}", { gradient: `∂L/∂h${sub(at + 1)}` }), film.unit_dh[i], film.dh_norm[at]),
  ];
  const sum = short(film.so_far[at]);
  const adds = start
    ? t("{equation}: its share {share}, ‖·‖ {part}; so far ‖·‖ {sum}", {
        equation: `∂L/∂${W} ← ∂L/∂${W} + ∂L/∂a${sub(at + 1)} h${sub(at)}ᵀ`,
        share: percent(film.share[at]).replace("-", "−"),
        part: short(film.part[at]),
        sum,
      })
    : t("{gradient} is complete, for h₀ = 0 adds nothing: ‖·‖ {sum}", { gradient: `∂L/∂${W}`, sum });
  const values = { step: at + 1, what: arrives(film, at) };
  return {
    sentence: film.padding[at]
      ? t("Backward, t = {step} (padding here, not in the whole batch): {what}", values)
      : t("Backward, t = {step}: {what}", values),
    lines: [...parts, ["share", adds]],
  };
}

function arrives(film, at) {
  const { T, window } = film,
    own = film.dh_output[at] > 0,
    later = film.dh_future[at] > 0,
    values = { h: `h${sub(at + 1)}`, next: at + 2, window };
  if (at + 1 < T && window && (at + 1) % window === 0)
    return own
      ? t(
          "the gradient is cut off after {window} steps, so nothing comes back from step {next}; " +
            "only its own output asks something of {h}.",
          values,
        )
      : t(
          "the gradient is cut off after {window} steps, so nothing comes back from step {next}; nothing reaches {h}.",
          values,
        );
  if (own && later)
    return t("what its own output asks of {h} and what comes back from step {next} are added up.", values);
  if (own)
    return at + 1 === T
      ? t("only its own output asks something of {h}, the last one: there is no future yet.", values)
      : t("only its own output asks something of {h}.", values);
  if (later)
    return at === film.read - 1 && film.read
      ? t("this step has no target; all that reaches {h} comes back from step {next}, the decoder’s first.", values)
      : t("this step has no target; all that reaches {h} comes back from step {next}.", values);
  return t("this step has no target and nothing comes back, so no gradient reaches {h}.", values);
}

function clip(film) {
  const [norm] = film.norm_before,
    [ratio] = film.ratio,
    [cut] = film.cut,
    { threshold } = film;
  const size = ["equation", t("‖g‖ = √(Σ g²), over all weights’ gradients")];
  const bar = ["bar", ""];
  if (film.clip === "none") {
    return {
      sentence: t("Clipping is off: the gradient g is used as it is."),
      lines: [size, ["numbers", t("‖g‖ = {norm}, of {all} numbers", { norm: short(norm), all: film.numbers })], bar],
    };
  }
  const values = { cut, all: film.numbers, threshold: tick(threshold) };
  if (film.clip === "value") {
    return {
      sentence: cut
        ? t(
            "Clipping by value: {cut} of {all} numbers lie beyond ±{threshold} and are set to it, " +
              "which turns the gradient’s direction.",
            values,
          )
        : t("Clipping by value: none of the {all} numbers lies beyond ±{threshold}, so nothing is cut.", values),
      lines: [size, ["numbers", `‖g‖ = ${short(norm)} → ${short(ratio * norm)}`], bar],
    };
  }
  const over = ratio < 1;
  return {
    sentence: over
      ? t("Clipping by norm: ‖g‖ is above the threshold, so the whole gradient is made shorter; its direction stays.")
      : t("Clipping by norm: ‖g‖ is not above the threshold, so nothing is cut."),
    lines: [
      size,
      [
        "numbers",
        over
          ? `g ← g · ${tick(threshold)} / ${short(norm)} = ${short(ratio)} g`
          : `‖g‖ = ${short(norm)} ≤ ${tick(threshold)}`,
      ],
      bar,
    ],
  };
}

function update(film) {
  const [theta, delta] = film.sizes;
  const values = { theta: film.before[0], after: film.after[0] };
  film.move_terms.forEach((name, k) => {
    values[name] = film.terms[k];
  });
  const [name, at] = film.moves[0],
    four = (x) => short(x, 4),
    others = [1, 2].filter((k) => k < film.moves.length);
  const content = {
    optimizer: film.optimizer,
    against: film.against,
    far: tick(Number(Math.abs(film.after[0] - film.before[0]).toPrecision(2))),
    count: film.alike,
    weight: entry(film, name, at),
    step: film.step[0],
  };
  const sentence =
    film.alike === film.numbers
      ? t(
          "Update: {optimizer} moves every weight θ against {against}; all equally far, by {far}. " +
            "Training step {step} is done.",
          content,
        )
      : film.alike > film.moves.length
        ? t(
            "Update: {optimizer} moves every weight θ against {against}; {count} of them by {far}. " +
              "Training step {step} is done.",
            content,
          )
        : t(
            "Update: {optimizer} moves every weight θ against {against}; {weight} moves most. " +
              "Training step {step} is done.",
            content,
          );
  return {
    sentence,
    lines: [
      ...film.update.slice(0, -1).map((line) => ["equation", line]),
      [
        "numbers",
        `${entry(film, name, at)} ${fill(film.update.at(-1).replace("{rate}", tick(film.rate[0])), values, four)}`,
      ],
      ...others.map((k) => [
        "move",
        entry(film, ...film.moves[k]),
        `${four(film.before[k])} → ${four(film.after[k])}`,
        `‖Δ${symbol(film, film.moves[k][0])}‖ ${short(film.moved[k])}`,
      ]),
      [
        "note",
        t("all {all} weights: ‖Δθ‖ = {far}, {share} % of ‖θ‖", {
          all: film.numbers,
          far: short(delta),
          share: plain((100 * delta) / theta),
        }),
      ],
    ],
  };
}

const CHANGED = 3; // answers that are told

function again(film) {
  const { T } = film,
    total = (values) => values.reduce((sum, v) => sum + v, 0),
    before = total(film.share_loss),
    now = total(film.share_again);
  const answered = Array.from({ length: T }, (_, t) => t).filter((t) => film.answers[t]),
    number = film.kind === "number";
  const moved = answered.filter((t) => film.answer[t] !== film.answer[T + t]);
  if (number)
    moved.sort((a, b) => Math.abs(film.answer[T + b] - film.answer[b]) - Math.abs(film.answer[T + a] - film.answer[a]));
  const text = (i) => (number ? short(film.answer[i]) : film.symbols[film.answer[i]]);
  const lost =
    now < before
      ? t("Again, the same batch with the new weights: its loss fell.")
      : now > before
        ? t("Again, the same batch with the new weights: its loss rose.")
        : t("Again, the same batch with the new weights: its loss stayed the same.");
  const which = moved.length
    ? t("{changed} of this sequence’s {all} answers changed.", { changed: moved.length, all: answered.length })
    : t("None of this sequence’s answers changed.");
  return {
    sentence: number ? lost : `${lost} ${which}`,
    lines: [
      ["numbers strong", `L = ${short(before, 4)} → ${short(now, 4)}`],
      ...moved.slice(0, CHANGED).map((at) => {
        const content = { step: at + 1, before: text(at), after: text(T + at), target: wanted(film, at) };
        return ["numbers", t("t = {step}: {before} → {after}, the target is {target}", content)];
      }),
    ],
  };
}

// Stages worth going to at once: {name: stage}. A number is never just wrong: there it is the answer with the largest
// error.
export function landmarks(film) {
  const { T, stages } = film,
    at = (kind, t) => stages.findIndex(([k, s]) => k === kind && s === t),
    result = {};
  const answered = Array.from({ length: T }, (_, t) => t).filter((t) => film.answers[t]);
  const most = (values, steps) => steps.reduce((a, b) => (values[b] > values[a] ? b : a), steps[0]);
  const wrong =
    film.kind === "number"
      ? most(film.error, answered)
      : answered.find((t) => film.symbols[film.answer[t]] !== film.targets[t]);
  if (wrong !== undefined) result[film.kind === "number" ? "largest error" : "first wrong answer"] = at("loss", wrong);
  result["largest gradient"] = at(
    "backward",
    most(
      film.dh_norm,
      Array.from({ length: T }, (_, t) => t),
    ),
  );
  return result;
}

const entry = (film, name, [row, column = null]) => written(film, { name, row, column });
