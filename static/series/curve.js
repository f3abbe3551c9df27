// The error by one step over training: in training thin, held out thick, the best rule dashed. So one sees when to stop.

import { count, short } from "../board/format.js";
import { linear, niceTop } from "../board/scales.js";
import { add, html, say, set } from "../board/svg.js";
import { path } from "./axis.js";

export function curve(parent) {
  const box = html(parent, "div", "curve"), svg = add(box, "svg", { "aria-hidden": "true" });
  const base = add(svg, "path", { class: "base" }), rule = add(svg, "path", { class: "rule seasonal" });
  const training = add(svg, "path", { class: "training" }), held = add(svg, "path", { class: "held-out" });
  const dot = add(svg, "circle", { class: "dot", r: 3 });
  const words = Object.fromEntries(["top", "rule", "last", "steps"].map((name) => [name, add(svg, "text")]));
  let now = null;

  const draw = () => {
    const width = box.clientWidth, height = box.clientHeight;
    if (!now || !width) return;
    const { steps, training: trained, heldOut, rule: best } = now.curve;
    const left = 4, right = width - 116, top = 8, bottom = height - 16;
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    const values = [...heldOut, ...trained].filter((v) => v !== null), lowest = Math.min(...heldOut.filter((v) => v !== null));
    const most = Math.min(Math.max(...values, best ?? 0, 1e-12), 3 * Math.max(best ?? 0, lowest));
    const x = linear(0, niceTop(Math.max(20, now.step)), left, right), y = linear(0, 1.05 * most, bottom, top);
    const inside = (v) => Math.max(top - 20, y(v)), line = (points) => {
      const there = steps.map((s, i) => [s, points[i]]).filter(([, v]) => v !== null);
      return path(there.map(([, v]) => v), (i) => x(there[i][0]), inside);
    };
    set(base, { d: `M${left} ${bottom + 0.5}H${right}` });
    set(training, { d: line(trained) });
    set(held, { d: line(heldOut) });
    const last = heldOut.findLastIndex((v) => v !== null), known = last >= 0;
    set(rule, { d: best === null ? "" : `M${left} ${y(best).toFixed(1)}H${right}` });
    set(dot, known ? { cx: x(steps[last]).toFixed(1), cy: inside(heldOut[last]).toFixed(1), visibility: "visible" } : { visibility: "hidden" });
    const at = best === null ? bottom : y(best), mine = known ? inside(heldOut[last]) : top, above = mine <= at ? -1 : 1;
    const apart = Math.abs(mine - at) < 15 ? (15 - Math.abs(mine - at)) / 2 : 0;
    set(words.rule, { x: right + 8, y: (at - above * apart).toFixed(1), dy: ".35em", visibility: best === null ? "hidden" : "visible" });
    say(words.rule, "best rule");
    set(words.last, { x: right + 8, y: (mine + above * apart).toFixed(1), dy: ".35em", class: "mine", visibility: known ? "visible" : "hidden" });
    say(words.last, known ? `held out ${short(heldOut[last])}` : "");
    set(words.steps, { x: right, y: height - 3, "text-anchor": "end" });
    say(words.steps, `${count(niceTop(Math.max(20, now.step)))} steps`);
    set(words.top, { x: left, y: height - 3 });
    say(words.top, right - left > 270 ? "RMSE, 1 ahead, over training" : "RMSE over training");
  };
  const resized = new ResizeObserver(draw);
  resized.observe(box);
  return { receive(told) { now = told; draw(); }, close: () => resized.disconnect() };
}
