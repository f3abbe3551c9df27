// Row 2: the hidden state, H units a column. With arrows where there is room, a heat map where there is not.

import { tick } from "../format.js";
import { easedRange, niceTop, rgb } from "../scales.js";
import { add, html, say, set } from "../svg.js";
import { middle } from "./labels.js";

const STEPS = [1, 1.5, 2, 3, 4, 5, 7, 10];  // of full colour, where activations have no bounds
const NONE = -2;  // a cell of padding: never painted
const VISIBLE = 4;  // of 127: below this a value is too near to 0 for a minus

export function hidden(svg, board) {
  const paint = board.lay.heat ? heatMap(svg, board) : cells(svg, board);
  const named = legend(board);
  const range = easedRange();
  return (frame, seconds) => {
    const full = range([0, niceTop(frame.scale, STEPS)], seconds).goal[1];
    paint(frame.h, frame.scale / full);
    named(full);
  };
}

// −1 … +1 as colours, with the minus that marks negative values.
function legend({ lay, theme, gutter }) {
  if (lay.hiddenHeight < 64) return () => {};
  const n = 13, width = lay.narrow ? 72 : 96, step = width / n, y = lay.y.hidden + middle(lay) + 28;
  for (let i = 0; i < n; i++) {
    const fill = rgb(theme.diverging[Math.round((i / (n - 1)) * 254)]);
    add(gutter, "rect", { x: i * step, y, width: step + 0.4, height: 9, fill });
  }
  add(gutter, "rect", { class: "frame", x: 0.5, y: y + 0.5, width: width - 1, height: 8 });
  add(gutter, "path", { class: "minus", d: `M4 ${y + 4.5}h7` });
  const ends = [["start", 0], ["middle", width / 2], ["end", width]].map(([anchor, x]) => (
    add(gutter, "text", { class: "sub", x, y: y + 23, "text-anchor": anchor })));
  return (full) => [`−${tick(full)}`, "0", `+${tick(full)}`].forEach((text, i) => say(ends[i], text));
}

function cells(svg, { film, lay, theme }) {
  const { T, H, y, row } = lay;
  const group = add(svg, "g", { class: "hidden" });
  const gap = row > 8 ? 2 : 1;
  const rects = [], signs = [];
  const padding = (t) => (film.padding[t] ? { visibility: "hidden" } : {});
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const at = { ...padding(t), x: lay.x(t) - lay.cell / 2 + 0.5, y: y.hidden + u * row + 0.5, width: lay.cell - 1, height: row - gap, rx: row > 10 ? 3 : 1.5 };
      rects.push(add(group, "rect", { class: "unit", ...at }));
    }
  }
  const wide = Math.min(4, lay.cell / 5);
  const marks = add(svg, "g", { class: "signs" });
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const middle = y.hidden + u * row + (row - gap + 1) / 2;
      signs.push(add(marks, "path", { d: `M${lay.x(t) - wide} ${middle}h${2 * wide}`, visibility: "hidden" }));
    }
  }
  arrows(svg, film, lay);
  const colours = theme.diverging.map(rgb);
  return (h, factor) => {
    for (let i = 0; i < rects.length; i++) {
      const v = Math.round(h[i] * factor);
      if (rects[i].value === v) continue;
      rects[i].value = v;
      rects[i].setAttribute("fill", colours[v + 127]);
      set(signs[i], { visibility: v < -VISIBLE && !film.padding[Math.floor(i / H)] ? "visible" : "hidden" });
    }
  };
}

// W_xh, W_hh, W_hy: the same three at every step, so each is named once; a decoder's own have a prime.
function arrows(svg, film, lay) {
  const { y, T, arrow, hiddenHeight, inputHeight } = lay;
  const group = add(svg, "g", { class: "arrows" });
  const line = (x1, y1, x2, y2) => add(group, "path", { d: `M${x1} ${y1}L${x2} ${y2}`, "marker-end": "url(#head)" });
  const name = (x, at, low, anchor, W = "W") => {
    const text = add(group, "text", { class: "weight", x, y: at, "text-anchor": anchor });
    text.append(W);
    add(text, "tspan", { class: "low", dy: 3 }, low);
  };
  const middle = y.hidden + hiddenHeight / 2;
  for (let t = 0; t < T; t++) {
    if (film.padding[t]) continue;
    line(lay.x(t), y.input + inputHeight + 2, lay.x(t), y.hidden - 3);
    if (t >= film.read) line(lay.x(t), y.hidden + hiddenHeight + 1, lay.x(t), y.output - 3);
    if (!t || t !== film.read) line(t ? lay.x(t - 1) + lay.cell / 2 + 1 : 4, middle, lay.x(t) - lay.cell / 2 - 2, middle);
  }
  name(lay.x(0) - 7, y.hidden - arrow / 2 + 3, "xh", "end");
  name(4, middle - 8, "hh", "start");
  name(lay.x(film.read) - 7, y.output - arrow / 2 + 3, "hy", "end");
  if (film.read) name(lay.x(film.read) - 7, y.hidden - arrow / 2 + 3, "xh", "end", "W′");
  if (film.read && film.read < T - 1 && !film.padding[film.read + 1]) {
    name(lay.x(film.read) + lay.cell / 2 + 1, middle - 8, "hh", "start", "W′");
  }
  add(group, "text", { class: "weight", x: 4, y: middle + 17 }, "h₀ = 0");
}

// One canvas for each stretch of columns, `across` by `down` dots a cell, so that a negative cell can carry a thin dash;
// enlarged without smoothing.
function heatMap(svg, board) {
  const { film, lay, theme } = board, { H, y, row, pitch } = lay;
  const paint = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
  const plain = Uint32Array.from(theme.diverging, paint);
  const dash = Uint32Array.from(theme.diverging, (c) => paint(c.map((x, k) => Math.round(x + 0.6 * (theme.background[k] - x)))));
  const maps = lay.segments.map((segment) => stretch(svg, film, lay, segment, plain, dash));
  const group = add(svg, "g", { class: "grid" });
  for (const { from, to, left } of lay.segments) {
    for (let t = 0; t <= to - from; t++) add(group, "path", { d: `M${left + t * pitch} ${y.hidden}v${H * row}` });
    if (row >= 5) for (let u = 0; u <= H; u++) add(group, "path", { d: `M${left} ${y.hidden + u * row}h${(to - from) * pitch}`, class: "thin" });
  }
  return (h, factor) => maps.forEach((map) => map(h, factor));
}

function stretch(svg, film, { H, y, row, pitch }, { from, to, left }, plain, dash) {
  const across = row >= 6 ? 5 : 1, down = row >= 6 ? 2 * Math.floor(row / 4) + 1 : 1, T = to - from;
  const canvas = html(svg.parentNode, "canvas");
  canvas.width = T * across;
  canvas.height = H * down;
  Object.assign(canvas.style, { left: `${left}px`, top: `${y.hidden}px`, width: `${T * pitch}px`, height: `${H * row}px` });
  svg.parentNode.insertBefore(canvas, svg);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const dots = new Uint32Array(picture.data.buffer);
  const was = new Int16Array(T * H).fill(-1), wide = canvas.width, half = down >> 1;
  for (let t = 0; t < T; t++) if (film.padding[from + t]) was.fill(NONE, t * H, (t + 1) * H);
  return (h, factor) => {
    for (let i = 0; i < was.length; i++) {
      if (was[i] === NONE) continue;
      const v = Math.round(h[from * H + i] * factor) + 127;
      if (v === was[i]) continue;
      was[i] = v;
      const at = (i % H) * down * wide + Math.floor(i / H) * across, colour = plain[v];
      for (let b = 0; b < down; b++) for (let a = 0; a < across; a++) dots[at + b * wide + a] = colour;
      if (down > 1 && v < 127 - VISIBLE) for (let a = 1; a < 4; a++) dots[at + half * wide + a] = dash[v];
    }
    context.putImageData(picture, 0, 0);
  };
}
