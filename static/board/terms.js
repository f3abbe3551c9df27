// What a unit is made of: every weight that enters it, times what it multiplies. Only a film that stands still has the
// weights (ui/board/still.py). Everything here is a pure function.

import { beyond, lastRead } from "./rows/halves.js";

// The engine's name of a layer's weights: W_hh, W_hh_2, decoder_W_hh.
export const weightName = (name, layer, decoder) =>
  `${decoder ? "decoder_" : ""}${name}${layer ? `_${layer + 1}` : ""}`;

export const hasWeights = (film) => Boolean(film.W_hy);

// Which gate a unit's weights are of: the one that is seen, else what is written to the state.
export const gateOf = ({ gates, show }) =>
  gates.includes(show) ? show : (["g", "n"].find((gate) => gates.includes(gate)) ?? gates[0]);

// The column whose h a step reads: the one before; the decoder's first, the encoder's last; none at the very start.
export const before = (film, t) => (t === 0 ? null : film.read && t === film.read ? lastRead(film) : t - 1);

// The summands of a gate's a_t in one unit: {kind: "x" | "h" | "b", from, name, row, column, weight, value, product}.
// from: the input or unit, from 0. name, row, column: where the engine keeps the weight; column null for a bias.
export function summands(film, layer, t, unit, gate = gateOf(film)) {
  const { H } = film,
    decoder = Boolean(film.read) && t >= film.read,
    g = film.gates.indexOf(gate),
    row = g * H + unit;
  const of = (name) => weightName(name, layer, decoder),
    result = [];
  const through = film.through[gate],
    times = through ? film[`gate ${layer} ${through}`][t * H + unit] : 1;
  const x = film[`x ${layer}`],
    D = x.length / film.T,
    W_xh = film[of("W_xh")];
  for (let d = 0; d < D; d++) {
    const weight = W_xh[row * D + d],
      value = x[t * D + d];
    result.push({ kind: "x", from: d, name: of("W_xh"), row, column: d, weight, value, product: weight * value });
  }
  const past = before(film, t),
    h = film[`h ${layer}`],
    W_hh = film[of("W_hh")];
  for (let j = 0; j < H; j++) {
    const weight = W_hh[row * H + j],
      value = past === null ? 0 : h[past * H + j];
    result.push({
      kind: "h",
      from: j,
      name: of("W_hh"),
      row,
      column: j,
      weight,
      value,
      times,
      product: times * weight * value,
    });
  }
  result.push({
    kind: "b",
    from: null,
    name: of("b_h"),
    row,
    column: null,
    weight: film[of("b_h")][row],
    value: 1,
    product: film[of("b_h")][row],
  });
  if (through) {
    const weight = film[of("b_hn")][unit];
    result.push({
      kind: "b",
      from: null,
      name: of("b_hn"),
      row: unit,
      column: null,
      weight,
      value: 1,
      times,
      product: times * weight,
    });
  }
  return result;
}

// Which output decides: the class that is answered, of several yes or no the one that is least sure, else the only one.
export function outputOf(film, frame, t) {
  if (film.link === "softmax") return frame.answer[t];
  if (!hasWeights(film) || !film.link) return 0;
  const far = Array.from(writes(film, t).y_hat, (p) => Math.abs(p - 0.5));
  return far.indexOf(Math.min(...far));
}

// The summands of y_t's row k, the bias last: like a unit's.
export function readOut(film, t, k) {
  const { H, top, W_hy, b_y } = film;
  const result = Array.from({ length: H }, (_, j) => {
    const weight = W_hy[k * H + j],
      value = top[t * H + j];
    return { kind: "h", from: j, name: "W_hy", row: k, column: j, weight, value, product: weight * value };
  });
  return [
    ...result,
    { kind: "b", from: null, name: "b_y", row: k, column: null, weight: b_y[k], value: 1, product: b_y[k] },
  ];
}

// All outputs of a step, as the read-out writes them and as the loss reads them.
export function writes(film, t) {
  const y = Array.from(film.b_y, (_, k) => sum(readOut(film, t, k)));
  if (film.link === "σ") return { y, y_hat: y.map((v) => 1 / (1 + Math.exp(-v))) };
  if (!film.link) return { y, y_hat: y };
  const largest = Math.max(...y),
    parts = y.map((v) => Math.exp(v - largest)),
    whole = parts.reduce((a, b) => a + b, 0);
  return { y, y_hat: parts.map((part) => part / whole) };
}

// What enters the part that is asked about: {key: of which unit or output, layer, unit or k, all: its summands}; null
// where nothing does, or while it is not known.
export function entering(film, frame, lay, { row, t, u, k = outputOf(film, frame, t) }) {
  if (!hasWeights(film) || film.T !== lay.T || film.padding[t] || (film.over && beyond(frame, t))) return null;
  if (row === "output" && film.answers[t]) return { key: `output ${k}`, k, all: readOut(film, t, k) };
  if (row !== "hidden") return null;
  const layer = film.open[Math.floor(u / lay.H)],
    unit = u % lay.H;
  return film[`h ${layer}`]
    ? { key: `${layer} ${unit} ${film.show}`, layer, unit, all: summands(film, layer, t, unit) }
    : null;
}

// The largest of the weighed ones, biases aside; and what all others add up to.
export function strongest(all, n = 5) {
  const inputs = all
    .filter(({ kind, product }) => kind !== "b" && product !== 0)
    .sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const rest = inputs.slice(n);
  return {
    most: inputs.slice(0, n),
    rest: rest.length,
    others: sum(rest),
    biases: all.filter(({ kind }) => kind === "b"),
    whole: sum(all),
  };
}

export const sum = (all) => all.reduce((total, { product }) => total + product, 0);

// The parts of a weight's name in the engine, and its letters on the board: W, W⁽²⁾ in a stack, W′ the decoder's.
function parts(film, name) {
  const [, decoder, letter, kind, number] = /^(decoder_)?([Wb])_([a-z]+)(?:_(\d))?$/.exec(name),
    out = ["hy", "y"].includes(kind);
  const raised = film.layers > 1 && !out ? `⁽${"¹²³⁴"[Number(number ?? 1) - 1]}⁾` : "";
  return { letter, kind, out, sign: `${letter}${decoder ? "′" : ""}${raised}` };
}

// A whole matrix or vector: W_hh, W⁽²⁾_hh, W′_hh.
export function symbol(film, name) {
  const { sign, kind } = parts(film, name);
  return `${sign}_${kind}`;
}

// One weight by what it joins: W_xh[4, D] where an input of the shown sequence is that column's alone, else as below.
export function joined(film, weight) {
  const text = written(film, weight),
    word = inputOf(film, weight);
  return word ? text.replace(/,\d+]$/, `, ${word}]`) : text;
}

// The input, as a person reads it, that a column of the lowest W_xh stands for: "" where none of the shown is it alone.
export function inputOf(film, { name, column }) {
  const x = film["x 0"],
    D = x ? x.length / film.T : 0;
  if (!D || !/^(decoder_)?W_xh$/.test(name)) return "";
  const decoder = name.startsWith("decoder"),
    alone = (t) => Array.from({ length: D }, (_, d) => x[t * D + d]).every((v, d) => v === Number(d === column));
  return film.inputs.find((word, t) => word && decoder === (Boolean(film.read) && t >= film.read) && alone(t)) ?? "";
}

// One weight as the equations write it: W_hh[4,7], b_h[4]; of several gates, its own and the unit in it: W_xf[1,2].
export function written(film, { name, row, column }) {
  const { letter, kind, out, sign } = parts(film, name),
    { H, gates } = film,
    gate = gates[Math.floor(row / H)],
    many = gates.length > 1 && !out;
  const low = kind === "hn" || !many ? kind : letter === "b" ? gate : kind[0] + gate;
  const at = (out ? row : row % H) + 1,
    place = column === null ? `[${at}]` : `[${at},${column + 1}]`;
  return `${sign}_{${low}}${place}`;
}
