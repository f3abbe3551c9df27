// What a matrix of weights is: the card of its name.

import { plain, short } from "./format.js";
import { layerOf } from "./names.js";
import { weightName, written } from "./terms.js";

// A named arrow: what it is, how large, and its largest weights.
/** @param {Film} film */
export function explain(film, { kind, decoder, layer }) {
  const { H, T, read, layers, gates } = film,
    out = kind === "hy",
    name = out ? "W_hy" : weightName(`W_${kind}`, layer, decoder),
    W = film[name];
  const sign = `W${decoder ? "′" : ""}${layers > 1 && !out ? `⁽${"¹²³⁴"[layer]}⁾` : ""}_${kind}`,
    many = !out && gates.length > 1;
  const from = out ? "h_t" : kind === "hh" ? "h_{t−1}" : "x_t",
    to = out ? "the output ŷ_t" : many ? `the gates ${gates.join(", ")}` : "h_t";
  const where = layers > 1 && !out ? ` of ${layerOf(film, layer)}` : "",
    steps = out ? T - read : decoder ? T - read : read || T;
  /** @type {Line[]} */
  const lines = [
    [
      "",
      `${{ xh: "Input to hidden", hh: "Hidden to hidden: the recurrence", hy: "Hidden to output" }[kind]}${where}${decoder ? ", the decoder’s own" : read && !out ? ", the encoder’s" : ""}. It multiplies ${from} on the way to ${to}.`,
    ],
  ];
  if (!W)
    return {
      title: sign,
      lines: [...lines, ["", `Shared: the same numbers at all ${steps} steps. Pause to see them.`]],
    };
  const rows = out ? W.length / H : gates.length * H,
    columns = W.length / rows;
  lines.push([
    "",
    `${rows} × ${columns} = ${W.length} numbers${many ? `, ${H} rows for each gate` : ""}, shared: the same at all ${steps} time steps.`,
  ]);
  const norms = film[`norms ${name}`];
  if (kind === "hh") {
    gates.forEach((gate, g) =>
      lines.push([
        "numbers",
        `${many ? `W_h${gate}: ` : ""}spectral radius ${short(norms[2 * g])}, ‖·‖_2 = ${short(norms[2 * g + 1])}`,
      ]),
    );
    lines.push([
      "",
      "Spectral radius: its largest |eigenvalue|. Much below 1, what is remembered fades; above 1, it may grow.",
    ]);
  } else lines.push(["numbers", `‖${sign}‖_2 = ${short(norms[0])}, its largest singular value`]);
  const order = Array.from(W.keys())
    .sort((a, b) => Math.abs(W[b]) - Math.abs(W[a]))
    .slice(0, 3);
  lines.push(["heading", "Its largest weights"]);
  for (const i of order) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    lines.push([
      W[i] < 0 ? "share negative" : "share",
      [`${written(film, { name, row, column })}`, `${between(film, kind, row, column)}`, plain(W[i])],
    ]);
  }
  return { title: `${sign}: ${rows} × ${columns} weights`, lines };
}

function between({ H, symbols, kind: output }, kind, row, column) {
  if (kind === "hy")
    return `unit ${column + 1} → ${output === "class" && symbols.length > row ? symbols[row] : `output ${row + 1}`}`;
  return `${kind === "xh" ? "input" : "unit"} ${column + 1} → unit ${(row % H) + 1}`;
}
