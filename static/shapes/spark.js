// The held-out loss over training steps in a small box, on a log scale, with the baseline dashed: nothing to read off,
// only its way down.

import { clamp, easedRange, linear, niceTop } from "../board/scales.js";
import { add, set } from "../board/svg.js";

const HEIGHT = 46;

// [step, ln loss] of the run up to this frame, where there is a held-out loss that has a logarithm.
export function descent({ film, step, heldOut }) {
  const drawable = (loss) => loss > 0 && loss < Infinity,
    result = [];
  for (let i = 0; i < film.curve_step.length && film.curve_step[i] <= step; i++)
    if (drawable(film.curve_held_out[i])) result.push([film.curve_step[i], Math.log(film.curve_held_out[i])]);
  if (drawable(heldOut) && result.at(-1)?.[0] !== step) result.push([step, Math.log(heldOut)]);
  return result;
}

export function spark(svg, { width, film }) {
  set(svg, { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
  svg.textContent = "";
  add(svg, "path", { class: "base", d: `M0 ${HEIGHT - 0.5}H${width}` });
  const baseline = add(svg, "path", { class: "baseline" }),
    line = add(svg, "path", { class: "held-out" });
  const dot = add(svg, "circle", { class: "now", r: 3 });
  const rangeX = easedRange(),
    rangeY = easedRange(),
    base = film.baseline.loss;
  return (frame, seconds) => {
    const seen = descent(frame);
    if (!seen.length) return false;
    const values = [...seen.map(([, v]) => v), ...(base > 0 ? [Math.log(base)] : [])];
    const x = rangeX([0, niceTop(Math.max(20, seen.at(-1)[0]))], seconds),
      y = rangeY([Math.min(...values) - 0.1, Math.max(...values) + 0.1], seconds);
    const px = linear(...x.range, 1, width - 4),
      py = linear(...y.range, HEIGHT - 4, 4),
      at = (v) => clamp(py(v), 2, HEIGHT - 2).toFixed(1);
    set(line, { d: seen.map(([s, v], i) => `${i ? "L" : "M"}${px(s).toFixed(1)} ${at(v)}`).join("") });
    if (base > 0) set(baseline, { d: `M0 ${at(Math.log(base))}H${width}` });
    set(dot, { cx: px(seen.at(-1)[0]).toFixed(1), cy: at(seen.at(-1)[1]) });
    return x.moving || y.moving;
  };
}
