// Row 2: the hidden state, or a gate in its place: H units a column, a block of them for every open layer, the lowest
// on top. With arrows where there is room, a heat map where there is not.

import { tick } from "../format.js";
import { easedRange, niceTop, rgb } from "../scales.js";
import { add, html, say, set } from "../svg.js";
import { sameUnits } from "../pinned.js";
import { arrows } from "./arrows.js";
import { middle } from "./labels.js";

const STEPS = [1, 1.5, 2, 3, 4, 5, 7, 10];  // of full colour, where activations have no bounds
const NONE = -2;  // a cell of padding: never painted
const VISIBLE = 4;  // of 127: below this a value is too near to 0 for a minus

export function hidden(svg, board) {
  const paints = board.lay.shown.map((block) => (board.lay.heat ? heatMap : cells)(svg, board, block));
  if (!board.lay.heat) arrows(svg, board.film, board.lay);
  for (const { top, height, open, layer } of board.lay.blocks) if (!open) folded(svg, board.lay, layer, top, height);
  const named = legend(board);
  const range = easedRange();
  const { T, H } = board.lay;
  return (frame, seconds) => {
    const full = range([0, niceTop(Math.max(...frame.scales), STEPS)], seconds).goal[1];
    paints.forEach((paint, k) => paint(frame.h.subarray(k * T * H, (k + 1) * T * H), frame.scales[k] / full, full));
    named(full);
  };
}

// 255 colours for −127 … 127. A gate is never below 0: from the background, closed, to ink, open.
const colours = ({ film, theme }) => (film.range === "unit" ? theme.opening : theme.diverging);

// The scale as colours, with the minus that marks negative values: under the row's name, or in one line beside a layer.
function legend(board) {
  const { film, lay, gutter } = board, unit = film.range === "unit", stack = lay.layers > 1, top = lay.shown.at(-1);
  if (stack ? top.height < 36 : lay.hiddenHeight < 64) return () => {};
  const n = 13, x = stack ? 26 : 0, width = stack ? 40 : lay.narrow ? 72 : 96, step = width / n;
  const y = stack ? top.top + (top.height >= 54 ? 40 : 22) : middle(lay) + 28;
  for (let i = 0; i < n; i++) {
    const fill = rgb(colours(board)[unit ? 127 + Math.round((i / (n - 1)) * 127) : Math.round((i / (n - 1)) * 254)]);
    add(gutter, "rect", { x: x + i * step, y, width: step + 0.4, height: 9, fill });
  }
  add(gutter, "rect", { class: "frame", x: x + 0.5, y: y + 0.5, width: width - 1, height: 8 });
  if (!unit) add(gutter, "path", { class: "minus", d: `M${x + 4} ${y + 4.5}h7` });
  const at = stack ? [["start", 0, 9], ["start", x + width + 5, 9]] : [["start", 0, 23], ["middle", width / 2, 23], ["end", width, 23]];
  const ends = at.map(([anchor, left, down]) => add(gutter, "text", { class: "sub", x: left, y: y + down, "text-anchor": anchor }));
  return (full) => {
    const said = unit ? [stack ? "0" : "0 shut", "", stack ? "1" : "1 open"] : [`−${tick(full)}`, "0", `+${tick(full)}`];
    (stack ? [said[0], said[2]] : said).forEach((text, i) => say(ends[i], text));
  };
}

function cells(svg, board, { top }) {
  const { film, lay } = board, { T, H, row } = lay, before = sameUnits(board.pinned, film) ? board.pinned : null;
  const group = add(svg, "g", { class: "hidden" });
  const gap = row > 8 ? 2 : 1;
  const rects = [], signs = [];
  const padding = (t) => (film.padding[t] ? { visibility: "hidden" } : {});
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const at = { ...padding(t), x: lay.x(t) - lay.cell / 2 + 0.5, y: top + u * row + 0.5, width: lay.cell - 1, height: row - gap, rx: row > 10 ? 3 : 1.5 };
      rects.push(add(group, "rect", { class: "unit", ...at }));
    }
  }
  const wide = Math.min(4, lay.cell / 5);
  const marks = add(svg, "g", { class: "signs" });
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const middle = top + u * row + (row - gap + 1) / 2;
      signs.push(add(marks, "path", { d: `M${lay.x(t) - wide} ${middle}h${2 * wide}`, visibility: "hidden" }));
    }
  }
  const palette = colours(board).map(rgb), k = lay.shown.findIndex((block) => block.top === top);
  const backs = before ? rects.map((rect) => group.insertBefore(shadow(rect, lay.cell), group.firstChild)) : [];
  let shade = null;
  return (h, factor, full) => {
    if (before && shade !== full) backs.forEach((back, i) => set(back, { fill: palette[Math.round(before.h[k * T * H + i] * before.scales[k] / full) + 127] ?? "none" }));
    shade = full;
    for (let i = 0; i < rects.length; i++) {
      const v = Math.round(h[i] * factor);
      if (rects[i].value === v) continue;
      rects[i].value = v;
      rects[i].setAttribute("fill", palette[v + 127]);
      set(signs[i], { visibility: v < -VISIBLE && !film.padding[Math.floor(i / H)] ? "visible" : "hidden" });
    }
  };
}

// A layer that is folded: one strip, with what is in it in words.
function folded(svg, lay, layer, top, height) {
  for (const { from, to, left } of lay.segments) {
    const width = (to - from) * lay.pitch;
    add(svg, "rect", { class: "folded", x: left + 1, y: top + 1, width: width - 2, height: height - 2, rx: 5 });
    const text = `layer ${layer + 1}, folded: ${lay.H} unit${lay.H === 1 ? "" : "s"} at each step`;
    if (width > 7.2 * text.length) add(svg, "text", { class: "empty", x: left + width / 2, y: top + height / 2, dy: ".35em" }, text);
  }
}

// What a unit's pinned value is painted on: the same place, a little wider, so that it shows at both sides.
function shadow(rect, cell) {
  const back = rect.cloneNode(), more = Math.min(4, cell / 6);
  back.was = {};
  set(back, { class: "shadow", x: Number(rect.getAttribute("x")) - more, width: Number(rect.getAttribute("width")) + 2 * more });
  return back;
}

// One canvas for each stretch of columns, `across` by `down` dots a cell, so that a negative cell can carry a thin dash;
// enlarged without smoothing.
function heatMap(svg, board, { top }) {
  const { film, lay, theme } = board, { H, row, pitch } = lay, palette = colours(board);
  const paint = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
  const plain = Uint32Array.from(palette, paint);
  const dash = Uint32Array.from(palette, (c) => paint(c.map((x, k) => Math.round(x + 0.6 * (theme.background[k] - x)))));
  const maps = lay.segments.map((segment) => stretch(svg, film, lay, segment, top, plain, dash));
  const group = add(svg, "g", { class: "grid" });
  for (const { from, to, left } of lay.segments) {
    for (let t = 0; t <= to - from; t++) add(group, "path", { d: `M${left + t * pitch} ${top}v${H * row}` });
    if (row >= 5) for (let u = 0; u <= H; u++) add(group, "path", { d: `M${left} ${top + u * row}h${(to - from) * pitch}`, class: "thin" });
  }
  return (h, factor) => maps.forEach((map) => map(h, factor));
}

function stretch(svg, film, { H, row, pitch }, { from, to, left }, top, plain, dash) {
  const across = row >= 6 ? 5 : 1, down = row >= 6 ? 2 * Math.floor(row / 4) + 1 : 1, T = to - from;
  const canvas = html(svg.parentNode, "canvas");
  canvas.width = T * across;
  canvas.height = H * down;
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${T * pitch}px`, height: `${H * row}px` });
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
