// Row 2: the hidden state, H units a column. With arrows where there is room, a heat map where there is not.

import { rgb } from "../scales.js";
import { add, html, set } from "../svg.js";

const VISIBLE = 4;  // of 127: below this a value is too near to 0 for a minus

export function hidden(svg, board) {
  return board.lay.heat ? heatMap(svg, board) : cells(svg, board);
}

function cells(svg, { lay, theme }) {
  const { T, H, y, row } = lay;
  const group = add(svg, "g", { class: "hidden" });
  const gap = row > 8 ? 2 : 1;
  const rects = [], signs = [];
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const at = { x: lay.x(t) - lay.cell / 2 + 0.5, y: y.hidden + u * row + 0.5, width: lay.cell - 1, height: row - gap, rx: row > 10 ? 3 : 1.5 };
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
  arrows(svg, lay);
  const colours = theme.diverging.map(rgb);
  return (frame) => {
    for (let i = 0; i < rects.length; i++) {
      const v = frame.h[i];
      if (rects[i].value === v) continue;
      rects[i].value = v;
      rects[i].setAttribute("fill", colours[v + 127]);
      set(signs[i], { visibility: v < -VISIBLE ? "visible" : "hidden" });
    }
  };
}

// W_xh, W_hh, W_hy: the same three at every step, so each is named once.
function arrows(svg, lay) {
  const { y, T, arrow, hiddenHeight, inputHeight } = lay;
  const group = add(svg, "g", { class: "arrows" });
  const line = (x1, y1, x2, y2) => add(group, "path", { d: `M${x1} ${y1}L${x2} ${y2}`, "marker-end": "url(#head)" });
  const name = (x, at, low, anchor) => {
    const text = add(group, "text", { class: "weight", x, y: at, "text-anchor": anchor });
    text.append("W");
    add(text, "tspan", { class: "low", dy: 3 }, low);
  };
  const middle = y.hidden + hiddenHeight / 2;
  for (let t = 0; t < T; t++) {
    line(lay.x(t), y.input + inputHeight + 2, lay.x(t), y.hidden - 3);
    line(lay.x(t), y.hidden + hiddenHeight + 1, lay.x(t), y.output - 3);
    line(t ? lay.x(t - 1) + lay.cell / 2 + 1 : 4, middle, lay.x(t) - lay.cell / 2 - 2, middle);
  }
  name(lay.x(0) - 7, y.hidden - arrow / 2 + 3, "xh", "end");
  name(4, middle - 8, "hh", "start");
  name(lay.x(0) - 7, y.output - arrow / 2 + 3, "hy", "end");
  add(group, "text", { class: "weight", x: 4, y: middle + 17 }, "h₀ = 0");
}

// One canvas, A×B dots a cell, so that a negative cell can carry a dash; enlarged without smoothing.
function heatMap(svg, { lay, theme }) {
  const { T, H, y, row, pitch, left } = lay;
  const across = row >= 6 ? 5 : 1, down = row >= 6 ? 3 : 1;
  const canvas = html(svg.parentNode, "canvas");
  canvas.width = T * across;
  canvas.height = H * down;
  Object.assign(canvas.style, { left: `${left}px`, top: `${y.hidden}px`, width: `${T * pitch}px`, height: `${H * row}px` });
  svg.parentNode.insertBefore(canvas, svg);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const dots = new Uint32Array(picture.data.buffer);
  const paint = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
  const plain = Uint32Array.from(theme.diverging, paint);
  const dash = Uint32Array.from(theme.diverging, (c) => paint(c.map((x, k) => Math.round(x + 0.6 * (theme.background[k] - x)))));
  const group = add(svg, "g", { class: "grid" });
  for (let t = 0; t <= T; t++) add(group, "path", { d: `M${left + t * pitch} ${y.hidden}v${H * row}` });
  if (row >= 5) for (let u = 0; u <= H; u++) add(group, "path", { d: `M${left} ${y.hidden + u * row}h${T * pitch}`, class: "thin" });
  return (frame) => {
    for (let t = 0; t < T; t++) {
      for (let u = 0; u < H; u++) {
        const v = frame.h[t * H + u] + 127, from = u * down * canvas.width + t * across;
        for (let b = 0; b < down; b++) dots.fill(plain[v], from + b * canvas.width, from + b * canvas.width + across);
        if (down > 1 && v < 127 - VISIBLE) dots.fill(dash[v], from + canvas.width + 1, from + canvas.width + 4);
      }
    }
    context.putImageData(picture, 0, 0);
  };
}
