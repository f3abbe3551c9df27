// What a matrix of weights is: the card of its name.

import { plain, short } from "./format.js";
import { layerOf } from "./names.js";
import { weightName, written } from "./terms.js";
import { t } from "../words.js";

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
    to = out ? t("the output ŷ_t") : many ? t("the gates {gates}", { gates: gates.join(", ") }) : "h_t";
  const joins = { xh: t("Input to hidden"), hh: t("Hidden to hidden: the recurrence"), hy: t("Hidden to output") }[
      kind
    ],
    values = {
      joins: layers > 1 && !out ? t("{joins} of {layer}", { joins, layer: layerOf(film, layer) }) : joins,
      from,
      to,
    },
    steps = out ? T - read : decoder ? T - read : read || T;
  /** @type {Line[]} */
  const lines = [
    [
      "",
      decoder
        ? t("{joins}, the decoder’s own. It multiplies {from} on the way to {to}.", values)
        : read && !out
          ? t("{joins}, the encoder’s. It multiplies {from} on the way to {to}.", values)
          : t("{joins}. It multiplies {from} on the way to {to}.", values),
    ],
  ];
  if (!W)
    return {
      title: sign,
      lines: [...lines, ["", t("Shared: the same numbers at all {steps} steps. Pause to see them.", { steps })]],
    };
  const rows = out ? W.length / H : gates.length * H,
    columns = W.length / rows,
    size = { rows, columns, all: W.length, rows_of_gate: H, steps };
  lines.push([
    "",
    many
      ? t(
          "{rows} × {columns} = {all} numbers, {rows_of_gate} rows for each gate, " +
            "shared: the same at all {steps} time steps.",
          size,
        )
      : t("{rows} × {columns} = {all} numbers, shared: the same at all {steps} time steps.", size),
  ]);
  const norms = film[`norms ${name}`];
  if (kind === "hh") {
    gates.forEach((gate, g) =>
      lines.push([
        "numbers",
        (many ? `W_h${gate}: ` : "") +
          t("spectral radius {radius}, ‖·‖_2 = {norm}", { radius: short(norms[2 * g]), norm: short(norms[2 * g + 1]) }),
      ]),
    );
    lines.push([
      "",
      t("Spectral radius: its largest |eigenvalue|. Much below 1, what is remembered fades; above 1, it may grow."),
    ]);
  } else lines.push(["numbers", t("{norm}, its largest singular value", { norm: `‖${sign}‖_2 = ${short(norms[0])}` })]);
  const order = Array.from(W.keys())
    .sort((a, b) => Math.abs(W[b]) - Math.abs(W[a]))
    .slice(0, 3);
  lines.push(["heading", t("Its largest weights")]);
  for (const i of order) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    lines.push([
      W[i] < 0 ? "share negative" : "share",
      [`${written(film, { name, row, column })}`, `${between(film, kind, row, column)}`, plain(W[i])],
    ]);
  }
  return { title: t("{matrix}: {rows} × {columns} weights", { matrix: sign, rows, columns }), lines };
}

function between({ H, symbols, kind: output }, kind, row, column) {
  const symbol = output === "class" && symbols[row],
    from = column + 1,
    to = (row % H) + 1;
  if (kind === "hy")
    return symbol
      ? t("unit {from} → {output}", { from, output: symbol })
      : t("unit {from} → output {to}", { from, to: row + 1 });
  return kind === "xh" ? t("input {from} → unit {to}", { from, to }) : t("unit {from} → unit {to}", { from, to });
}
