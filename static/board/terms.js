// What a unit is made of: every weight that enters it, times what it multiplies. Only a film that stands still has the
// weights (ui/board/still.py). Everything here is a pure function.

import { lastRead } from "./rows/halves.js";

// The engine's name of a layer's weights: W_hh, W_hh_2, decoder_W_hh.
export const weightName = (name, layer, decoder) => `${decoder ? "decoder_" : ""}${name}${layer ? `_${layer + 1}` : ""}`;

export const hasWeights = (film) => Boolean(film.W_hy);

// Which gate a unit's weights are of: the one that is seen, else what is written to the state.
export const gateOf = ({ gates, show }) => (gates.includes(show) ? show : ["g", "n"].find((gate) => gates.includes(gate)) ?? gates[0]);

// The column whose h a step reads: the one before; the decoder's first, the encoder's last; none at the very start.
export const before = (film, t) => (t === 0 ? null : film.read && t === film.read ? lastRead(film) : t - 1);

// The summands of a gate's a_t in one unit: {kind: "x" | "h" | "b", from, name, row, column, weight, value, product}.
// from: the input or unit, from 0. name, row, column: where the engine keeps the weight; column null for a bias.
export function summands(film, layer, t, unit, gate = gateOf(film)) {
  const { H } = film, decoder = Boolean(film.read) && t >= film.read, g = film.gates.indexOf(gate), row = g * H + unit;
  const of = (name) => weightName(name, layer, decoder), found = [];
  const through = film.through[gate], times = through ? film[`gate ${layer} ${through}`][t * H + unit] : 1;
  const x = film[`x ${layer}`], D = x.length / film.T, W_xh = film[of("W_xh")];
  for (let d = 0; d < D; d++) {
    const weight = W_xh[row * D + d], value = x[t * D + d];
    found.push({ kind: "x", from: d, name: of("W_xh"), row, column: d, weight, value, product: weight * value });
  }
  const past = before(film, t), h = film[`h ${layer}`], W_hh = film[of("W_hh")];
  for (let j = 0; j < H; j++) {
    const weight = W_hh[row * H + j], value = past === null ? 0 : h[past * H + j];
    found.push({ kind: "h", from: j, name: of("W_hh"), row, column: j, weight, value, times, product: times * weight * value });
  }
  found.push({ kind: "b", from: null, name: of("b_h"), row, column: null, weight: film[of("b_h")][row], value: 1, product: film[of("b_h")][row] });
  if (through) {
    const weight = film[of("b_hn")][unit];
    found.push({ kind: "b", from: null, name: of("b_hn"), row: unit, column: null, weight, value: 1, times, product: times * weight });
  }
  return found;
}

// The largest of the weighed ones, biases aside; and what all others add up to.
export function strongest(all, n = 5) {
  const inputs = all.filter(({ kind, product }) => kind !== "b" && product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const rest = inputs.slice(n);
  return { most: inputs.slice(0, n), rest: rest.length, others: sum(rest), biases: all.filter(({ kind }) => kind === "b"), whole: sum(all) };
}

export const sum = (all) => all.reduce((total, { product }) => total + product, 0);

// A weight as the equations write it: W_hh[4,7], W_xf[1,2], b_h[4]; a layer's number raised, a decoder's own with a prime.
export function written(film, { name, row, column }) {
  const [, decoder, letter, kind, number] = /^(decoder_)?([Wb])_([a-z]+)(?:_(\d))?$/.exec(name);
  const { H, gates } = film, gate = gates[Math.floor(row / H)], many = gates.length > 1 && kind !== "hy" && kind !== "y";
  const low = kind === "hn" || !many ? kind : letter === "b" ? gate : kind[0] + gate;
  const raised = film.layers > 1 && !["hy", "y"].includes(kind) ? `⁽${"¹²³⁴"[number ? number - 1 : 0]}⁾` : "";
  const place = column === null ? `[${(row % H) + 1}]` : `[${(kind === "hy" ? row : row % H) + 1},${column + 1}]`;
  return `${letter}${decoder ? "′" : ""}${raised}_{${low}}${place}`;
}
