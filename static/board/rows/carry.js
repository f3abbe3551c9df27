// Over the units of a layer: the state that the cell hands on without a matrix, a line through all columns, as thick as
// the state is large. Its gates are valves: on the line what is kept, over it what comes in, under it what is let out into h. A
// disc grows to its ring as the gate opens, on average over the units.

import { percent, sub } from "../format.js";
import { layerOf } from "../names.js";
import { add, set } from "../svg.js";
import { symbol, title } from "./labels.js";
import { plural, t } from "../../words.js";

const THIN = 1,
  THICK = 7; // px of the line
// What the gates do: {gate} keeps the state, and so on.
const DOES = {
  keep: (values) => t("{state} kept by {gate}", values),
  write: (values) => t("{state} let in by {gate}", values),
  read: (values) => t("{state} let out by {gate}", values),
};

/** @type {Row} The hidden state's own layers have the room for it (hidden.js). */
export const carry = {
  name: "carry",
  help: t(
    "The state that is handed on without a matrix: a line as thick as the state is large. The discs on it are the " +
      "gates, which say how much is kept, let in and let out.",
  ),
  label(gutter, { film, lay }) {
    for (const { top, lane } of lay.shown) {
      if (!lane) continue;
      const name = top - lane + Math.min(15, lane - 19);
      title(gutter, name, carriedName(film));
      symbol(gutter, name + 16, [
        [film.carry.state, 0],
        ["t", 1],
        [valves(film.carry), 0],
      ]);
    }
  },
  draw: lanes,
  targets: ({ shown }) => shown.filter(({ lane }) => lane).map(({ k, top, lane }) => ({ u: k, y: top - lane })),
  box(lay, { t, u }) {
    const { top, lane } = lay.shown[u];
    return { x: lay.x(t) - lay.cell / 2, y: top - lane, width: lay.cell, height: lane - 2 };
  },
  hit({ shown, arrow }, _, y) {
    return shown.find(({ top, lane }) => lane && y >= top - lane - arrow / 2 && y < top - 1)?.k ?? null;
  },
  explain,
  many: true,
  column: ({ carry, open = [0], layers }, frame) =>
    Object.entries(DOES)
      .filter(([does]) => carry?.[does])
      .flatMap(([does, text]) =>
        open.map((layer, k) => {
          const column = text({ state: carry.state, gate: carry[does] });
          return [
            layers > 1 ? t("{column}, layer {layer}", { column, layer: layer + 1 }) : column,
            (step) => percent(opening(frame, carry[does], step, k)),
          ];
        }),
      ),
};

const carriedName = (film) => (film.carry.state === "c" ? t("cell state") : t("carried on"));

// How far a gate of the carried state is open at step t, in the k-th of the open layers: 1 where there is none.
export function opening({ film, carried }, gate, t, k = 0) {
  const [, rest, name] = gate.match(/^(1 − )?(.*)$/),
    g = film.carry.gates.indexOf(name);
  const value = g < 0 ? 1 : carried[at(film, k, g + 1) + t] / 255;
  return rest ? 1 - value : value;
}

// Where a row of the k-th open layer begins in what a film tells of the carried state: its size, then its gates.
const at = ({ carry, T }, k, row) => (k * (1 + carry.gates.length) + row) * T;

/** @type {Paint} */
function lanes(svg, { film, lay }) {
  const all = lay.shown.filter((block) => block.lane).map((block) => lane(svg, film, lay, block));
  return (frame) => all.forEach((draw) => draw(frame));
}

function lane(svg, film, lay, { k, top, lane: height }) {
  const { T, pitch, x } = lay,
    { keep, write, read } = film.carry,
    first = top - height,
    line = first + height / 2 - 1,
    r = Math.max(2, Math.min(5.5, 0.2 * pitch));
  const group = add(svg, "g", { class: "carry" }),
    result = [];
  for (let t = 0; t < T; t++) {
    if (film.padding[t]) continue;
    const from = before(film, lay, t),
      gate = from === null ? null : (from + x(t)) / 2;
    const parts = { t, pipes: [], valves: [] };
    if (from !== null) {
      parts.pipes.push([add(group, "path", { class: "pipe", d: `M${from} ${line}H${gate}` }), t - 1, false]);
      parts.pipes.push([add(group, "path", { class: "pipe", d: `M${gate} ${line}H${x(t)}` }), t - 1, true]);
    }
    add(group, "path", { class: "in", d: `M${x(t)} ${first + 1}V${line}` });
    add(group, "path", { class: "in", d: `M${x(t)} ${line}V${top - 3}` });
    if (keep && gate !== null) parts.valves.push(valve(group, gate, line, r, keep));
    if (write) parts.valves.push(valve(group, x(t), first + r + 1, r, write));
    if (read) parts.valves.push(valve(group, x(t), top - r - 4, r, read));
    result.push(parts);
  }
  return (frame) => {
    for (const { t, pipes, valves } of result) {
      for (const [pipe, of, through] of pipes) {
        const size =
          of < 0 ? 0 : (frame.carried[at(film, k, 0) + of] / 255) * (through ? opening(frame, keep, t, k) : 1);
        set(pipe, { "stroke-width": (THIN + (THICK - THIN) * size).toFixed(1) });
      }
      for (const { disc, gate } of valves) set(disc, { r: (r * opening(frame, gate, t, k)).toFixed(1) });
    }
  };
}

// Where the state comes from that step t keeps: the column before, or the encoder's last; null: there is none.
function before(film, lay, t) {
  if (t === 0) return lay.x(0) - lay.pitch;
  return lay.x(t === lay.read ? film.padding.slice(0, lay.read).lastIndexOf(false) : t - 1);
}

function valve(group, x, y, r, gate) {
  add(group, "circle", { class: "valve", cx: x, cy: y, r });
  return { gate, disc: add(group, "circle", { class: "open", cx: x, cy: y, r: 0 }) };
}

// ", gates i f o", in the order of the flow.
/** @param {Record<string, any>} of */
function valves({ write, keep, read }) {
  const gates = [...new Set([write, keep, read].map((gate) => gate.replace("1 − ", "")).filter(Boolean))];
  const words = gates.length
    ? plural("gate {gates}", "gates {gates}", gates.length, { gates: gates.join(" ") })
    : t("no gate");
  return `, ${words}`;
}

// The state that is handed on, and what its gates do with it at this step.
/** @type {Tale} */
function explain(film, frame, { t: at, u: k }) {
  const { state, keep, write, read } = film.carry,
    share = (gate) => `${Math.round(100 * opening(frame, gate, at, k))} %`;
  const values = { before: at ? `${state}${sub(at)}` : `${state}₀ = 0` },
    opens = (gate) => ({ ...values, gate: `${gate} = ${share(gate)}` });
  const lines = [
    [
      "",
      t("The line carries {state} from step to step without a matrix; it is as thick as {state} is large.", { state }),
    ],
    ["numbers", keep ? t("kept of {before}: {gate}", opens(keep)) : t("kept of {before}: all", values)],
    ["numbers", write ? t("let in of what is new: {gate}", opens(write)) : t("added to it: tanh(…)")],
  ];
  if (read) lines.push(["numbers", t("let out into h: {gate}", opens(read))]);
  if (keep)
    lines.push([
      "",
      plural(
        "A disc grows to its ring as the gate opens (mean over {count} unit).",
        "A disc grows to its ring as the gate opens (mean over {count} units).",
        film.H,
      ),
    ]);
  const here = { carried: carriedName(film), step: at + 1, layer: layerOf(film, film.open[k]) };
  const title =
    film.layers > 1 ? t("{carried} at time step {step}, {layer}", here) : t("{carried} at time step {step}", here);
  return { title, lines };
}
