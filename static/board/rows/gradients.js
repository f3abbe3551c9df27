// Row 4: ‖∂L/∂h_t‖, and where c is seen ‖∂L/∂c_t‖ beside it, before clipping, relative to the largest of them; what
// clipping took away is the hatched top. In the first minute of the last step's loss alone, on a linear scale.

import { percent, power, short } from "../format.js";
import { relative } from "../scales.js";
import { steps } from "../pinned.js";
import { explain, isCut } from "../flow.js";
import { add, say, set } from "../svg.js";
import { about, symbol, title } from "./labels.js";
import { t } from "../../words.js";

// How it counts, as its button says; and where there is little room.
export const AXES = {
  eight: [t("log, 10⁻⁸"), t("log")],
  all: [t("all, log"), t("all")],
  linear: [t("linear"), t("linear")],
};
const FADES = 0.85; // a step: below this a newcomer is told that it vanishes
export const axis = { kind: "eight" }; // the same for every board of the page

/** @type {Row} What is left of the height is its own; slow motion draws it in its parts (slow/rows.js). */
export const gradient = {
  name: "grad",
  help: t(
    "‖∂L/∂h_t‖, how much the loss depends on the hidden state of each step, computed from right to left. Where it " +
      "shrinks from step to step it vanishes, and the early steps are hardly taught.",
  ),
  gap: ({ narrow }) => (narrow ? 38 : 26),
  takes: (_, free) => ({ height: Math.min(free, 150) }),
  small: { gap: 10, takes: null, height: 48 },
  place: (_, height) => ({ gradHeight: height }),
  label,
  draw: gradients,
  slow: false,
  until: ({ y }) => y.axis + 20,
  lasting: true,
  explain: (film, frame, { t }) => explain(film, frame, t),
  column: (_, frame) => [["‖∂L/∂h‖", (t) => short(frame.dh[t])]],
};

function label(gutter, { film, lay }) {
  const y = named(lay),
    norm = (of) => [
      [`‖∂L/∂${of}`, 0],
      ["t", 1],
      ["‖", 0],
    ];
  title(gutter, y, t("gradient"));
  if (film.show === "c") {
    add(gutter, "rect", { class: "kept", x: 0, y: y + 9, width: 9, height: 10 });
    symbol(gutter, y + 18, norm("h"), 13);
    add(gutter, "rect", { class: "of-c", x: 0.5, y: y + 28, width: 8, height: 9 });
    symbol(gutter, y + 37, norm("c"), 13);
  } else if (film.dh_last)
    symbol(gutter, y + 18, [
      [lay.narrow ? t("of step {step}", { step: film.T }) : t("of step {step}’s loss", { step: film.T }), 0],
    ]);
  else symbol(gutter, y + 18, norm("h"));
  const { beside, from } = aboutScale(film, lay);
  beside.forEach((text, i) => about(gutter, from + 17 * i, text));
}

// Where its name stands: on a narrow screen over its axis, not beside it.
const named = ({ y, narrow }) => y.grad + (narrow ? -10 : 10);

// What is said of it beside the button that chooses its scale: beside it, from this height on, as far as there is room
// for it; over it, what is left.
export function aboutScale(film, lay) {
  const { y, narrow, layers } = lay,
    from = named(lay) + (film.show === "c" ? 56 : 37),
    room = narrow ? Number(y.axis - y.grad > 90) : Math.max(0, Math.floor((y.axis - 30 - from) / 17) + 1);
  const all = [
    ...(layers > 1
      ? [narrow ? t("layer {layer}", { layer: layers }) : t("layer {layer}, the top", { layer: layers })]
      : []),
    ...(film.dh_last ? [] : [t("before clipping")]),
  ];
  return { beside: all.slice(0, room), over: all.slice(room), from };
}

/** @type {Paint} */
function gradients(svg, { film, lay, gutter, pinned }) {
  const { y, gradHeight, T, start, end } = lay,
    floor = y.grad + gradHeight;
  const lines = add(svg, "g", { class: "lines" }),
    group = add(svg, "g", { class: "gradients" });
  const kind = () => (film.dh_last ? "linear" : axis.kind);
  const alone = !gutter.isConnected; // a miniature, which has no words beside it
  const { over } = alone ? { over: [] } : aboutScale(film, lay);
  const cuts = Array.from({ length: T - 1 }, (_, t) => t + 1).filter((t) => isCut(film, t)); // before column t, from 0
  for (const t of cuts) {
    const x = (lay.x(t - 1) + lay.x(t)) / 2; // over no word
    add(lines, "path", { class: "window", d: `M${x} ${y.hidden}V${y.output - 6}M${x} ${y.grad}V${y.axis + 16}` });
  }
  const note = add(svg, "text", { class: "note", x: end - 2, y: y.grad - 8, "text-anchor": "end" });
  const both = film.show === "c",
    width = both ? Math.round(lay.cell * 0.55) : lay.cell;
  const left = (t) => lay.x(t) - lay.cell / 2,
    rest = Math.max(1, lay.cell - width - 1.5);
  const columns = Array.from({ length: T }, (_, t) => ({
    kept: add(group, "rect", { class: "kept", x: left(t), width }),
    cut: add(group, "rect", { class: "cut", x: left(t) + 0.5, width: width - 1 }),
    ofC: both && add(group, "rect", { class: "of-c", x: left(t) + width + 1, width: rest }),
    under: add(group, "path", { class: "under", d: `M${lay.x(t) - 4} ${floor - 9}h8l-4 6z`, visibility: "hidden" }),
    zero: add(group, "text", { class: "zero", x: lay.x(t), y: floor - 4, visibility: "hidden" }, "0"),
  }));
  const ghost = pinned && add(group, "path", { class: "ghost" });
  add(svg, "path", { class: "base", d: `M${start} ${floor + 0.5}H${end}` });
  const marks = Array.from({ length: 9 }, () => ({
    line: add(lines, "path", { visibility: "hidden" }),
    text: add(gutter, "text", { class: "tick", x: lay.gutter - 8, dy: ".35em" }),
  }));
  return (frame) => {
    const scale = relative([...frame.dh, ...(both ? frame.dc : [])], kind());
    const at = (v) => floor - scale.at(v) * gradHeight;
    const shown = thinned(scale.marks, Math.max(2, Math.floor(gradHeight / 22)));
    marks.forEach(({ line, text }, i) => {
      const visibility = i < shown.length ? "visible" : "hidden";
      set(line, { visibility });
      set(text, { visibility });
      if (i >= shown.length) return;
      const [share, value] = shown[i],
        where = (floor - share * gradHeight).toFixed(1);
      set(line, { d: `M${start} ${where}H${end}` });
      set(text, { y: where });
      say(text, written(value, kind()));
    });
    if (!alone) {
      const lines = wayBack(film, frame.dh, scale.largest, cuts.length > 0);
      const whole = lines.map((text) => [...over, text].filter(Boolean).join("; "));
      say(note, whole.find((text) => end > 7 * text.length + 20) ?? "");
    }
    if (ghost) {
      const own = relative(pinned.dh, axis.kind),
        height = (v) => (own.seen(v) ? floor - own.at(v) * gradHeight : null);
      set(ghost, { d: steps(T, lay.x, lay.cell, (t) => height(pinned.dh[t])) });
    }
    const cutting = frame.ratio < 0.9995 && !film.dh_last;
    for (let t = 0; t < T; t++) {
      const v = frame.dh[t],
        { kept, cut, under, zero, ofC } = columns[t];
      if (ofC) {
        const top = at(frame.dc[t]);
        set(ofC, { y: top.toFixed(1), height: (floor - top).toFixed(1) });
      }
      const drawn = scale.seen(v),
        top = at(v),
        left = cutting ? at(v * frame.ratio) : top;
      set(kept, { y: left.toFixed(1), height: (floor - left).toFixed(1) });
      set(cut, { y: (top + 0.5).toFixed(1), height: Math.max(0, left - top - 0.5).toFixed(1) });
      set(zero, { visibility: v === 0 ? "visible" : "hidden" });
      set(under, { visibility: v > 0 && !drawn && kind() !== "linear" ? "visible" : "hidden" });
    }
    return false;
  };
}

// A mark’s number.
export const written = (value, kind = axis.kind) =>
  kind === "linear" ? String(value) : power(Math.round(Math.log10(value)));

// Marks that have room: n at most, the largest among them.
export const thinned = (marks, n) => marks.filter((_, i) => i % Math.ceil(marks.length / (n + 1)) === 0);

// What goes back through time, in words, the longest first: how much of what reaches the last step reaches the first.
export function wayBack(film, dh, largest, cut) {
  const T = dh.length,
    size = t("1 is {largest}", { largest: short(largest) }),
    last = dh.findLastIndex((v) => v > 0);
  const window = t("cut at the dashed lines: window {window}", film);
  if (cut) return [t("{size}; ← back through time, {cut}", { size, cut: window }), window];
  if (T < 2 || last < 1 || !Number.isFinite(dh[0])) return [size];
  if (film.dh_last) return fading(dh, last);
  const share = dh[0] / dh[last],
    values = { step: last + 1, times: short(share, 2) };
  const from =
    share > 1
      ? t("← of what reaches step {step}, {times} times as much reaches step 1", values)
      : share
        ? t("← of what reaches step {step}, {times} reaches step 1", values)
        : t("← of what reaches step {step}, nothing reaches step 1", values);
  const atEnd = film.answers.every((answered, t) => !answered || t >= last); // else the steps between add their own
  const paced = share > 0 ? t("{from}: × {pace} a step", { from, pace: short(share ** (1 / last), 2) }) : from;
  const each = t("each step adds its own loss"),
    between = t("← step 1 has {times} of step {step}’s", values);
  return atEnd
    ? [`${size}; ${paced}`, paced, from, size]
    : [`${size}; ${each}; ${between}`, `${size}; ${between}`, between, size];
}

// The same of the last step's loss alone, for a newcomer.
function fading(dh, last) {
  const share = dh[0] / dh[last],
    pace = share ** (1 / last),
    values = { pace: short(pace, 2) };
  const back = t("← it goes back: × {pace} a step", values),
    [whole, brief] =
      pace < FADES
        ? [t("← it vanishes on its way back: × {pace} a step", values), t("← it vanishes: × {pace} a step", values)]
        : [back, back];
  return [t("{way}, {share} of it is left at step 1", { way: whole, share: percent(share) }), whole, brief];
}
