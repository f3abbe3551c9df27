// What each stage of a training step says: one sentence, and its equation with the numbers put in. Pure functions.

import { fill, percent, plain, short, sub, tick } from "../format.js";
import { layerOf } from "../names.js";
import { lastRead } from "../rows/halves.js";
import { symbol, written } from "../terms.js";

export const PHASES = [
  ["ahead", "forward", " and loss"],
  ["backward", "backward", ""],
  ["clip", "clip", "ping"],
  ["update", "update", ""],
  ["again", "again", ""],
];
export const phaseOf = (kind) => (kind === "forward" || kind === "loss" ? "ahead" : kind);

// film: a step as ui/board/slow.py packs it. u: the unit, from 0, whose numbers are told.
// -> {sentence, lines}; a line is [class, text] or, in columns, [class, text, text, …], in the equations' notation;
// what stands after a | is left out where there is little room.
export function tell(film, stage, u) {
  const [kind, t] = film.stages[stage];
  return { forward, loss, backward, clip, update, again }[kind](film, t, u);
}

function forward(film, t, u) {
  const { H, layers } = film,
    i = t * H + u,
    h = `h${sub(t + 1)}`;
  if (film.padding[t])
    return {
      sentence: `Forward, t = ${t + 1}: padding, for this sequence is shorter than others of its batch.`,
      lines: [],
    };
  const values = { h: film.h_now[i] };
  for (const name of film.term_names) values[name] = film[`term ${name}`][i % film[`term ${name}`].length];
  for (const [, name] of film.gate_lines.join().matchAll(/\{(\w+_[xhb])\}/g)) values[name] = film[`gate ${name}`][i];
  const equations = film.equation.map((line, k) =>
    hasNumbers(line)
      ? ["numbers", `unit ${u + 1}: ${left(film.equation, k, t, u)}${fill(line, values)}`]
      : ["equation", line],
  );
  const [symbols, ...gates] = film.gate_lines,
    computed = symbols
      ? [
          ["equation", `|${symbols}`],
          ["numbers", `unit ${u + 1}: ${gates.map((line) => fill(line, values)).join(",  ")}`],
        ]
      : [];
  const lines = [...computed, ...(symbols ? inOneLine(film.equation, values) : equations)];
  if (layers > 1)
    lines.push([
      "note",
      `In ${layerOf(film, layers - 1)}, the top one; its x_t is the state of layer ${layers - 1}, which read first.`,
    ]);
  const by =
    film.read && t === film.read
      ? ", by the decoder’s own weights, W′"
      : film.forced[t]
        ? ""
        : ", by the same weights as at every step";
  return { sentence: `Forward, t = ${t + 1}: ${read(film, t)} and ${from(film, t)} become ${h}${by}.`, lines };
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

function read(film, t) {
  const x = `x${sub(t + 1)}`;
  if (film.pictures.includes(t)) return `the picture ${x}`;
  if (film.fed[t]) return `${x}, the network’s own last answer,`;
  const what = film.inputs[t] ? `the input ${x} = ${film.inputs[t]}` : `an empty input ${x}`;
  if (!film.forced[t]) return what;
  return film.forcing === 1
    ? `${what}, the right answer of the step before (teacher forcing),`
    : `${what}, the right last answer or its own (teacher forcing ${percent(film.forcing)}),`;
}

function from(film, t) {
  if (t === 0) return film.start === "carried" ? "the state that the last batch ended with" : "the state h₀ = 0";
  return film.read && t === film.read ? `the encoder’s state after step ${lastRead(film) + 1}` : `the state h${sub(t)}`;
}

function loss(film, t) {
  const asked = film.stages.filter(([kind]) => kind === "loss").map(([, at]) => at);
  const before = asked.filter((at) => at < t),
    part = film.share_loss[t],
    first = before.length === 0;
  const so_far = before.reduce((sum, at) => sum + film.share_loss[at], 0),
    n = film.answers_of[t];
  const sum = first ? `L = ${short(part)}` : `L = ${short(so_far)} + ${short(part)} = ${short(so_far + part)}`;
  const all = film.answers_of.reduce((a, b) => a + b, 0),
    here = n === 1 ? "the batch’s one answer here adds" : `the batch’s ${n} answers here add`;
  const whole = all === 1 ? "; no other has a target" : `, the mean over all ${all} answers`;
  const lines = [
    ["note", `${here} ${short(part)} to L${whole}:`],
    ["numbers strong", sum],
  ];
  const end = t === asked.at(-1) ? " Now L is complete." : "";
  if (!film.answers[t])
    return {
      sentence: `Loss at t = ${t + 1}: this sequence has no target here, but ${n} other${n === 1 ? " has" : "s have"}.${end}`,
      lines,
    };
  const values = { p: film.p[t], y: film.y[t], y_hat: film.y_hat[t], error: film.error[t] };
  return {
    sentence: `Loss at t = ${t + 1}: ${answer(film, t)}${end}`,
    lines: [
      ["equation", film.read_out],
      ["numbers", `${film.scaled ? "here, standardized" : "this sequence"}: ${fill(film.error_line, values, short)}`],
      ...lines,
    ],
  };
}

// The target as it is said: a number's sign is a minus.
const wanted = (film, t) => film.targets[t].replace(/^-(?=\d)/, "−");

function answer(film, t) {
  const target = wanted(film, t);
  if (film.kind === "number") return `the network says ${short(film.answer[t])}, and the target is ${target}.`;
  const said = film.symbols[film.answer[t]];
  if (Number.isFinite(film.p[t]) && film.error_line.includes("{p}"))
    return `the target is ${target}, to which the network gives ${percent(film.p[t])}.`;
  return `the network says ${said}, and the target is ${target}.`;
}

function backward(film, t, u) {
  const { T, H, B } = film,
    i = t * H + u,
    row = (cls, name, unit, norm) => [cls, name, short(unit), short(norm)];
  const W = symbol(film, film.weights[t]),
    start = t > 0 || film.start === "carried";
  const parts = [
    ["part head", "", `unit ${u + 1}`, B > 1 ? `‖·‖|, mean of ${B}` : "‖·‖"],
    row("part output", "from its own output|, W_hyᵀ ∂L/∂y_t", film.unit_dh_output[i], film.dh_output[t]),
    row(
      "part future",
      t + 1 < T ? `from step ${t + 2}|, the future` : "from the future|: there is none",
      film.unit_dh_future[i],
      film.dh_future[t],
    ),
    row("part sum", `together ∂L/∂h${sub(t + 1)}`, film.unit_dh[i], film.dh_norm[t]),
  ];
  const adds = start
    ? `∂L/∂${W} ← ∂L/∂${W} + ∂L/∂a${sub(t + 1)} h${sub(t)}ᵀ: its share ${percent(film.share[t]).replace("-", "−")}, ‖·‖ ${short(film.part[t])}; so far ‖·‖ ${short(film.so_far[t])}`
    : `∂L/∂${W} is complete, for h₀ = 0 adds nothing: ‖·‖ ${short(film.so_far[t])}`;
  return {
    sentence: `Backward, t = ${t + 1}${film.padding[t] ? " (padding here, not in the whole batch)" : ""}: ${arrives(film, t)}`,
    lines: [...parts, ["share", adds]],
  };
}

function arrives(film, t) {
  const { T, window } = film,
    own = film.dh_output[t] > 0,
    later = film.dh_future[t] > 0,
    h = `h${sub(t + 1)}`;
  if (t + 1 < T && window && (t + 1) % window === 0) {
    return `the gradient is cut off after ${window} steps, so nothing comes back from step ${t + 2}; ${own ? `only its own output asks something of ${h}` : `nothing reaches ${h}`}.`;
  }
  if (own && later) return `what its own output asks of ${h} and what comes back from step ${t + 2} are added up.`;
  if (own)
    return `only its own output asks something of ${h}${t + 1 === T ? ", the last one: there is no future yet" : ""}.`;
  if (later)
    return `no output is asked here; all that reaches ${h} comes back from step ${t + 2}${t === film.read - 1 && film.read ? ", the decoder’s first" : ""}.`;
  return `nothing is asked here and nothing comes back, so no gradient reaches ${h}.`;
}

function clip(film) {
  const [norm] = film.norm_before,
    [ratio] = film.ratio,
    [cut] = film.cut,
    { threshold } = film;
  const size = ["equation", "‖g‖ = √(Σ g²), over all weights’ gradients"];
  const bar = ["bar", ""];
  if (film.clip === "none") {
    return {
      sentence: "Clipping is off: the gradient g is used as it is.",
      lines: [size, ["numbers", `‖g‖ = ${short(norm)}, of ${film.numbers} numbers`], bar],
    };
  }
  if (film.clip === "value") {
    const did = cut
      ? `${cut} of ${film.numbers} numbers lie beyond ±${tick(threshold)} and are set to it, which turns the gradient’s direction`
      : `none of the ${film.numbers} numbers lies beyond ±${tick(threshold)}, so nothing is cut`;
    return {
      sentence: `Clipping by value: ${did}.`,
      lines: [size, ["numbers", `‖g‖ = ${short(norm)} → ${short(ratio * norm)}`], bar],
    };
  }
  const over = ratio < 1;
  return {
    sentence: over
      ? `Clipping by norm: ‖g‖ is above the threshold, so the whole gradient is made shorter; its direction stays.`
      : "Clipping by norm: ‖g‖ is not above the threshold, so nothing is cut.",
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
  const far = tick(Number(Math.abs(film.after[0] - film.before[0]).toPrecision(2))),
    all = film.alike === film.numbers;
  const most = all
    ? `all equally far, by ${far}`
    : film.alike > film.moves.length
      ? `${film.alike} of them by ${far}`
      : `${entry(film, name, at)} moves most`;
  return {
    sentence: `Update: ${film.optimizer} moves every weight θ against ${film.against}; ${most}. Training step ${film.step[0]} is done.`,
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
      ["note", `all ${film.numbers} weights: ‖Δθ‖ = ${short(delta)}, ${plain((100 * delta) / theta)} % of ‖θ‖`],
    ],
  };
}

const CHANGED = 3; // answers that are told

function again(film) {
  const { T } = film,
    total = (values) => values.reduce((sum, v) => sum + v, 0),
    before = total(film.share_loss),
    now = total(film.share_again);
  const asked = Array.from({ length: T }, (_, t) => t).filter((t) => film.answers[t]),
    number = film.kind === "number";
  const moved = asked.filter((t) => film.answer[t] !== film.answer[T + t]);
  if (number)
    moved.sort((a, b) => Math.abs(film.answer[T + b] - film.answer[b]) - Math.abs(film.answer[T + a] - film.answer[a]));
  const said = (i) => (number ? short(film.answer[i]) : film.symbols[film.answer[i]]);
  const which = number
    ? ""
    : moved.length
      ? ` ${moved.length} of this sequence’s ${asked.length} answers changed.`
      : " None of this sequence’s answers changed.";
  return {
    sentence: `Again, the same batch with the new weights: its loss ${now < before ? "fell" : now > before ? "rose" : "stayed the same"}.${which}`,
    lines: [
      ["numbers strong", `L = ${short(before, 4)} → ${short(now, 4)}`],
      ...moved
        .slice(0, CHANGED)
        .map((t) => ["numbers", `t = ${t + 1}: ${said(t)} → ${said(T + t)}, the target is ${wanted(film, t)}`]),
    ],
  };
}

// Stages worth going to at once: {name: stage}. A number is never just wrong: there it is the answer with the largest
// error.
export function landmarks(film) {
  const { T, stages } = film,
    at = (kind, t) => stages.findIndex(([k, s]) => k === kind && s === t),
    found = {};
  const asked = Array.from({ length: T }, (_, t) => t).filter((t) => film.answers[t]);
  const most = (values, steps) => steps.reduce((a, b) => (values[b] > values[a] ? b : a), steps[0]);
  const wrong =
    film.kind === "number"
      ? most(film.error, asked)
      : asked.find((t) => film.symbols[film.answer[t]] !== film.targets[t]);
  if (wrong !== undefined) found[film.kind === "number" ? "largest error" : "first wrong answer"] = at("loss", wrong);
  found["largest gradient"] = at(
    "backward",
    most(
      film.dh_norm,
      Array.from({ length: T }, (_, t) => t),
    ),
  );
  return found;
}

const entry = (film, name, [row, column = null]) => written(film, { name, row, column });
