// Perplexity over the training steps, on a log scale: in training thin, held out thick, the counting rules dashed.

import { count, tick } from "../board/format.js";
import { linear, niceTop, ticks } from "../board/scales.js";
import { add, html, say, set } from "../board/svg.js";

const LEVELS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300];

export function chart(root) {
  const top = html(root, "div", "numbers");
  const picture = html(root, "div", "chart");
  picture.setAttribute("role", "img");
  const verdict = html(root, "p", "verdict");
  const svg = add(picture, "svg");
  const counters = [];
  let now = null, drawn = 0;

  const receive = (message) => {
    now = message;
    message.numbers.forEach(([name, value, more], i) => {
      counters[i] ??= counter(top, i > 0 && i < 3);
      counters[i](name, value, more);
    });
    say(verdict, message.verdict);
    draw();
  };

  const draw = () => {
    const { curve: { steps, training, points, baselines }, kinds, step } = now;
    const width = picture.clientWidth, height = picture.clientHeight;
    if (!width) return;
    const left = 34, right = width - 52, bottom = height - 20, above = 8;
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    const all = [...baselines.map(([, v]) => v), ...points.map(([, v]) => v), ...training, kinds].filter((v) => v > 0);
    const low = LEVELS.findLast((v) => v < 0.93 * Math.min(...all)) ?? 1;
    const x = linear(0, niceTop(Math.max(20, step)), left, right);
    const y = (v) => linear(Math.log(low), Math.log(1.1 * kinds), bottom, above)(Math.log(Math.min(v, 1.1 * kinds)));
    const levels = LEVELS.filter((v) => v > low && v < 1.1 * kinds && ![3, 30, 300].includes(v));
    const line = (pairs) => pairs.filter(([, v]) => v > 0).map(([s, v], i) => `${i ? "L" : "M"}${x(s).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const pool = pools(svg);
    for (const v of levels) {
      pool("path", { class: "level", d: `M${left} ${Math.round(y(v)) + 0.5}H${right}` });
      pool("text", { class: "tick", x: left - 6, y: y(v).toFixed(1), dy: ".35em", "text-anchor": "end" }, tick(v));
    }
    for (const s of ticks(niceTop(Math.max(20, step)), width < 420 ? 2 : 4)) {
      pool("text", { class: "tick", x: x(s).toFixed(1), y: height - 4, dy: 0, "text-anchor": x(s) > right - 20 ? "end" : "middle" }, count(Math.round(s)));
    }
    pool("path", { class: "base", d: `M${left} ${bottom + 0.5}H${right}` });
    pool("path", { class: "training", d: line(steps.map((s, i) => [s, training[i]])) });
    pool("path", { class: "held-out", d: line(points) });
    const places = apart(baselines.map(([, v]) => y(v)));
    baselines.forEach(([name, v], i) => {
      pool("path", { class: "baseline", d: `M${left} ${y(v).toFixed(1)}H${right}` });
      pool("text", { class: "name", x: right + 6, y: places[i].toFixed(1), dy: ".35em", "text-anchor": "start" }, name);
    });
    const last = points.at(-1);
    if (last?.[1]) pool("circle", { class: "dot", cx: x(last[0]).toFixed(1), cy: y(last[1]).toFixed(1), r: 3.5 });
    pool();
    drawn++;
    Object.assign(picture.dataset, { step, loss: now.loss ?? "NaN", frames: drawn });
    Object.assign(picture.dataset, { perplexity: last?.[1] ?? "NaN", film: now.film, rest: true });
    picture.setAttribute("aria-label", `Perplexity over the training steps. Step ${step}. ${now.numbers.map(([name, v]) => `${name} ${shown(v)}`).join(", ")}. ${now.verdict}`);
  };

  const resized = new ResizeObserver(() => now && draw());
  resized.observe(picture);
  return { receive, close: () => resized.disconnect() };
}

// Elements that are kept from one drawing to the next, in order; called with nothing, the rest are hidden.
function pools(svg) {
  const kept = (svg.kept ??= []);
  let used = 0;
  return (name, attributes, text) => {
    if (!name) return kept.slice(used).forEach((node) => set(node, { visibility: "hidden" }));
    if (kept[used]?.tagName !== name) {
      const node = add(svg, name);
      if (kept[used]) kept[used].replaceWith(node);
      kept[used] = node;
    }
    const node = kept[used++];
    set(node, { visibility: "visible", ...attributes });
    if (text !== undefined) say(node, text);
  };
}

// Names beside the ends of their lines, 16 px apart at least: over a line, they would hide the curve that comes to it.
function apart(ys) {
  const push = (y, i) => (other, j) => Math.sign(y - other || i - j) * Math.max(0, 16 - Math.abs(y - other)) / 2;
  return ys.map((y, i) => ys.map(push(y, i)).reduce((sum, by) => sum + by, y));
}

const shown = (value) => (value === null ? "–" : value >= 100 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2));

function counter(parent, baseline) {
  const box = html(parent, "div", baseline ? "counter baseline" : "counter");
  const parts = ["name", "value", "more"].map((name) => html(box, "span", name));
  return (name, value, more) => [name, shown(value), more].forEach((text, i) => say(parts[i], text));
}
