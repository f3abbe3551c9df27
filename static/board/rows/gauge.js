// The norm of the whole gradient over the last steps, with the threshold; what clipping cut off is hatched.

import { short, tick } from "../format.js";
import { clamp, easedRange, niceTop } from "../scales.js";
import { add, say, set } from "../svg.js";
import { plural, t } from "../../words.js";

const WINDOW = 100;

export function gauge(svg, { box }) {
  const { left, top, right, bottom } = box,
    step = (right - left) / WINDOW;
  const title = add(svg, "text", { class: "title", x: box.title, y: box.legend });
  const bars = Array.from({ length: WINDOW }, (_, i) => {
    const at = { x: (left + i * step).toFixed(2), width: Math.max(0.8, step - 0.5).toFixed(2) };
    return { kept: add(svg, "rect", { class: "kept", ...at }), cut: add(svg, "rect", { class: "over", ...at }) };
  });
  add(svg, "path", { class: "base", d: `M${left} ${bottom + 0.5}H${right}` });
  const line = add(svg, "path", { class: "threshold" });
  const label = add(svg, "text", { class: "threshold", x: left - 6, dy: ".35em", "text-anchor": "end" });
  const caption = add(svg, "text", { class: "sub", x: right, y: bottom + 17, "text-anchor": "end" });
  const range = easedRange();
  let drawn = null,
    moving = true;
  return (frame, seconds, idle) => {
    say(title, t("gradient norm {norm}", { norm: short(frame.norm) }));
    if (frame.film === drawn && !moving && !idle) return false; // the bars come once a film
    drawn = frame.film;
    const { ratios, threshold, clip, diverged } = frame.film,
      byNorm = clip === "norm" && threshold !== null;
    // the last belongs to no step that was taken
    const norms = diverged ? [...frame.film.norms.slice(1 - WINDOW), frame.norm] : frame.film.norms;
    const eased = range([0, gaugeTop(norms, byNorm ? threshold : 0)], seconds, idle),
      most = eased.range[1];
    const at = (v) => bottom - clamp(v / most, 0, 1) * (bottom - top);
    let cuts = 0;
    bars.forEach(({ kept, cut }, i) => {
      const k = i - (WINDOW - norms.length),
        v = k >= 0 && Number.isFinite(norms[k]) ? norms[k] : 0;
      const left = v * (k >= 0 && Number.isFinite(ratios[k]) ? ratios[k] : 1);
      if (k >= 0 && ratios[k] < 1) cuts++;
      set(kept, { y: at(left).toFixed(1), height: (bottom - at(left)).toFixed(1) });
      set(cut, { y: at(v).toFixed(1), height: Math.max(0, at(left) - at(v)).toFixed(1) });
    });
    const inside = byNorm && threshold <= eased.goal[1],
      where = at(inside ? threshold : eased.goal[1]).toFixed(1);
    set(line, { d: `M${left} ${where}H${right}`, visibility: inside ? "visible" : "hidden" });
    set(label, { y: where });
    say(label, tick(inside ? threshold : eased.goal[1]));
    const content = { threshold: clip === "none" ? "" : tick(threshold), cuts, steps: norms.length };
    say(
      caption,
      norms.length === 0
        ? t("no training step yet")
        : clip === "none"
          ? plural("last {count} step, no clipping", "last {count} steps, no clipping", norms.length)
          : clip === "value"
            ? t("values cut at ±{threshold} in {cuts} of {steps}", content)
            : t("cut at {threshold} in {cuts} of {steps}", content),
    );
    return (moving = eased.moving);
  };
}

// No bar is cut off: the axis holds the largest, and the threshold while that is near.
export function gaugeTop(norms, threshold) {
  const most = Math.max(0, ...Array.from(norms).filter(Number.isFinite));
  if (!most) return niceTop(threshold || 1);
  return niceTop(Math.max(most, threshold < 3 * most ? 1.15 * threshold : 0));
}
