// Row 4: ‖∂L/∂h_t‖, and where c is seen ‖∂L/∂c_t‖ beside it, before clipping, on a log scale that eases; what clipping took away is the hatched top.

import { labelled, power } from "../format.js";
import { decades, decadeTicks, easedRange, linear, onDecades } from "../scales.js";
import { steps } from "../pinned.js";
import { about } from "./labels.js";
import { add, say, set } from "../svg.js";

export function gradients(svg, { film, lay, gutter, pinned }) {
  const { y, gradHeight, T, start, pitch, end } = lay, floor = y.grad + gradHeight;
  const lines = add(svg, "g", { class: "lines" }), group = add(svg, "g", { class: "gradients" });
  const { over } = gutter.isConnected ? about(film, lay) : { over: [] };  // a miniature has no words beside it
  const cuts = Array.from({ length: T - 1 }, (_, t) => t + 1).filter((t) => isCut(film, t));  // between columns t and t + 1, counted from 1
  for (const t of cuts) add(lines, "path", { class: "window", d: `M${(lay.x(t - 1) + lay.x(t)) / 2} ${y.hidden}V${y.axis + 16}` });
  const back = cuts.length ? `← back through time, cut at the dashed lines: window ${film.window}` : T > 1 ? "← the way back through time" : "", said = over.join(", ");
  const note = [[said, back].filter(Boolean).join("; "), back].find((text) => text && end > 7 * text.length + 120);
  if (note) add(svg, "text", { class: "note", x: end - 2, y: y.grad - 8, "text-anchor": "end" }, note);
  const both = film.show === "c", width = both ? Math.round(lay.cell * 0.55) : lay.cell;
  const columns = Array.from({ length: T }, (_, t) => ({
    kept: add(group, "rect", { class: "kept", x: lay.x(t) - lay.cell / 2, width }),
    cut: add(group, "rect", { class: "cut", x: lay.x(t) - lay.cell / 2 + 0.5, width: width - 1 }),
    ofC: both && add(group, "rect", { class: "of-c", x: lay.x(t) - lay.cell / 2 + width + 1, width: Math.max(1, lay.cell - width - 1.5) }),
    under: add(group, "path", { class: "under", d: `M${lay.x(t) - 4} ${floor - 9}h8l-4 6z`, visibility: "hidden" }),
    zero: add(group, "text", { class: "zero", x: lay.x(t), y: floor - 4, visibility: "hidden" }, "0"),
  }));
  const ghost = pinned && add(group, "path", { class: "ghost" });
  add(svg, "path", { class: "base", d: `M${start} ${floor + 0.5}H${end}` });
  for (const t of labelled(T, pitch)) add(svg, "text", { class: "axis", x: lay.x(t - 1), y: y.axis + 15, "text-anchor": "middle" }, String(t));
  const marks = Array.from({ length: 14 }, () => ({
    line: add(lines, "path", { visibility: "hidden" }), text: add(gutter, "text", { class: "tick", x: lay.gutter - 8, dy: ".35em" }) }));
  const range = easedRange();
  return (frame, seconds, idle) => {
    const eased = range(reach(frame.dh, frame.ratio, [...(both ? frame.dc : []), ...(pinned?.dh ?? [])]), seconds, idle), [low, high] = eased.range;
    const place = linear(low, high, floor, y.grad), at = onDecades(eased.range, y.grad, floor);
    const shown = decadeTicks(...eased.goal, Math.max(2, Math.floor(gradHeight / 22)));
    marks.forEach(({ line, text }, i) => {
      const visibility = i < shown.length ? "visible" : "hidden";
      set(line, { visibility });
      set(text, { visibility });
      if (i >= shown.length) return;
      const where = place(shown[i]).toFixed(1);
      set(line, { d: `M${start} ${where}H${end}` });
      set(text, { y: where });
      say(text, power(shown[i]));
    });
    if (ghost) set(ghost, { d: steps(T, lay.x, lay.cell, (t) => (pinned.dh[t] > 10 ** low ? at(pinned.dh[t]) : null)) });
    const cutting = frame.ratio < 0.9995;
    for (let t = 0; t < T; t++) {
      const v = frame.dh[t], { kept, cut, under, zero, ofC } = columns[t];
      if (ofC) {
        const top = at(frame.dc[t]);
        set(ofC, { y: top.toFixed(1), height: (floor - top).toFixed(1) });
      }
      const drawn = v > 10 ** low && v < Infinity, top = at(v), left = cutting ? at(v * frame.ratio) : top;
      set(kept, { y: left.toFixed(1), height: (floor - left).toFixed(1) });
      set(cut, { y: (top + 0.5).toFixed(1), height: Math.max(0, left - top - 0.5).toFixed(1) });
      set(zero, { visibility: v === 0 ? "visible" : "hidden" });
      set(under, { visibility: v > 0 && !drawn ? "visible" : "hidden" });
    }
    return eased.moving;
  };
}

// Whether no gradient goes back from step t to the one before, counted from 0: a window of truncated BPTT begins at t.
export const isCut = ({ window }, t) => Boolean(window) && t > 0 && t % window === 0;

// The decades of a row of gradients: all that is drawn, and what clipping leaves of it, so that a bar that is cut is not cut to nothing.
export const reach = (dh, ratio, others = []) => decades([...dh, ...Array.from(dh, (v) => v * ratio), ...others]);
