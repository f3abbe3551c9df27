// Row 2: the hidden state, or a gate in its place: H units a column, a block of them for every open layer, the lowest
// on top. With arrows where there is room, a heat map where there is not.

import { plain, tick } from "../format.js";
import { clamp, easedRange, niceTop, rgb } from "../scales.js";
import { add, html, say, set } from "../svg.js";
import { sameUnits } from "../pinned.js";
import { nameOf, shortNameOf } from "../names.js";
import { explain } from "../unit.js";
import { TALL, arrows } from "./arrows.js";
import { symbol, title } from "./labels.js";
import { plural, t } from "../../words.js";

const FRAMED = 5; // px: lower units have no room for a frame each
const LANE = 38,
  LOW_LANE = 30; // px, of the state that is carried; on a low screen
const SEEN = 3; // px of a unit at least, beside such lanes in a stack
const LOW = 56,
  MANY = 32; // where less than LOW px were left for the gradient's bars, more than MANY units have one px each
const FOLDED = 20; // px, of a layer that is folded
const STEPS = [1, 1.5, 2, 3, 4, 5, 7, 10]; // of full colour, where activations have no bounds
const NONE = -2; // a cell of padding: never painted
const FINE = 6; // px: lower rows have no room for a dash
const LETTER = 7.2; // px
const VISIBLE = 4; // of 127: below this a value is too near to 0 for a minus

/** @type {Row} Its layers, those that are open with what they carry over them (carry.js). */
export const hidden = {
  name: "hidden",
  help: t(
    "h_t, all that the network can remember: a square for every unit, blue below zero and orange above. It is computed " +
      "from x_t and from h of the step before.",
  ),
  gap: ({ arrow }) => arrow,
  takes,
  small: { takes: null, height: ({ room, H }) => Math.max(room.hidden, unitIn(room.hidden, H) * H) },
  place,
  label,
  draw,
  targets: ({ shown, row, H }) =>
    shown.flatMap(({ k, top }) => Array.from({ length: H }, (_, unit) => ({ u: k * H + unit, y: top + unit * row }))),
  near: (lay, u) => Math.min(u, lay.units - 1),
  box(lay, { t, u }) {
    const { top } = lay.shown[Math.floor(u / lay.H)];
    return { x: lay.x(t) - lay.cell / 2, y: top + (u % lay.H) * lay.row, width: lay.cell, height: lay.row };
  },
  hit(lay, _, y) {
    if (y >= lay.y.hidden + lay.hiddenHeight + lay.arrow / 2) return null;
    const far = (b) => Math.max(b.top - y, y - b.top - b.height),
      block = lay.shown.reduce((a, b) => (far(b) < far(a) ? b : a));
    return block.k * lay.H + clamp(Math.floor((y - block.top) / lay.row), 0, lay.H - 1);
  },
  explain: (film, frame, { t, u }) => explain(film, frame, t, u),
  many: true,
  column: (film, _, wide) => (wide ? columns(film) : []),
};

// How many px of the free ones: a unit's, `row`, and a lane for what is carried over so many of the highest open layers.
function takes({ H, open, layers, heat, short, bars, carry, tallest = Infinity }, room) {
  const between = layers > 1 ? (heat ? 8 : 22) : 0,
    strips = FOLDED * (layers - open.length) + between * (layers - 1),
    rows = H * open.length,
    free = room - strips,
    lane = short ? LOW_LANE : LANE,
    most = layers === 1 && !short ? 1 : Math.floor((free - bars - (short ? FRAMED : SEEN) * rows) / lane),
    lanes = carry ? clamp(most, 0, open.length) : 0,
    spare = free - lane * lanes,
    lowest = rows > MANY && spare - 2 * rows < LOW ? 1 : 2;
  const highest = Math.min(Math.max(heat ? 18 : 30, TALL / H), Math.max(lowest, tallest / rows)),
    row = Math.floor(clamp((spare - bars) / rows, lowest, highest));
  return { height: strips + lane * lanes + row * rows, row, lane, lanes, between, low: row < FRAMED };
}

const unitIn = (room, H) => Math.max(2, Math.floor(room / H)); // px, in a miniature

// Its blocks, one a layer: {layer, k: its place among the open ones, top, height, open, lane: px over it}.
function place(lay, height) {
  const { H, open, layers, lane, lanes = 0, between = 0, row = unitIn(height, H) } = lay,
    blocks = [];
  let at = lay.y.hidden;
  for (let layer = 0; layer < layers; layer++) {
    const k = open.indexOf(layer),
      tall = k < 0 ? FOLDED : row * H,
      over = k >= open.length - lanes ? lane : 0;
    blocks.push({ layer, k, top: at + over, height: tall, open: k >= 0, lane: over });
    at += over + tall + between;
  }
  const down = Math.floor((height - (at - between - lay.y.hidden)) / 2); // in the middle of a miniature's room
  for (const block of blocks) block.top += down;
  const hiddenHeight = at - between + down - blocks[0].top;
  Object.assign(lay.y, { lane: lay.y.hidden + down, hidden: blocks[0].top });
  return { row, blocks, shown: blocks.filter((block) => block.open), units: H * open.length, hiddenHeight };
}

function label(gutter, { film, lay }) {
  const many = plural("{count} unit", "{count} units", film.H);
  const units = [
    [film.show, 0],
    ["t", 1],
    [`, ${many}`, 0],
  ];
  if (lay.layers === 1) {
    title(gutter, middle(lay), lay.narrow ? shortNameOf(film.show) : nameOf(film.show));
    symbol(gutter, middle(lay) + 17, units);
  } else for (const { top, height } of lay.shown) if (height >= 54) symbol(gutter, top + 32, units);
}

// Where its name stands, so that it and the legend under it are centred on the row.
export const middle = (lay) => lay.y.hidden + Math.max(13, lay.hiddenHeight / 2 - 26);

// What is seen of every unit, layer by layer as they are open.
function columns({ T, H, show = "h", open = [0], layers = 1, ...film }) {
  return open.flatMap((layer, k) =>
    Array.from({ length: H }, (_, u) => {
      const top = show === "h" ? film.h_now : film[`term ${show}`];
      const value = film.seen_now ? (t) => film.seen_now[(k * T + t) * H + u] : (t) => top[(t * H + u) % top.length];
      const values = { state: show, unit: u + 1, layer: layer + 1 };
      return [
        layers > 1 ? t("{state} of unit {unit}, layer {layer}", values) : t("{state} of unit {unit}", values),
        (step) => plain(value(step)),
      ];
    }),
  );
}

/** @type {Paint} */
function draw(svg, board) {
  const paints = board.lay.shown.map((block) => (board.lay.heat ? heatMap : cells)(svg, board, block));
  if (board.lay.names.length) arrows(svg, board.film, board.lay); // a miniature names none and has none
  for (const { top, height, open, layer } of board.lay.blocks) if (!open) folded(svg, board.lay, layer, top, height);
  const named = legend(board);
  const range = easedRange();
  const { T, H } = board.lay;
  return (frame, seconds, idle) => {
    const {
      goal: [, full],
      moving,
    } = range([0, niceTop(Math.max(...frame.scales), STEPS)], seconds, idle);
    paints.forEach((paint, k) => paint(frame.h.subarray(k * T * H, (k + 1) * T * H), frame.scales[k] / full, full));
    named(full);
    return moving;
  };
}

// 255 colours for −127 … 127. A gate is never below 0: from the background, closed, to ink, open.
const colours = ({ film, theme }) => (film.range === "unit" ? theme.opening : theme.diverging);

// Whether negative cells are split in two, for want of room for a dash.
export const split = ({ heat, row }) => heat && row < FINE;

// The scale as colours, with what marks negative values, a minus or the split: under the row's name, or in one line
// beside a layer.
function legend(board) {
  const { film, lay, gutter } = board,
    unit = film.range === "unit",
    stack = lay.layers > 1,
    top = lay.shown.at(-1);
  if (stack ? top.height < 36 : lay.hiddenHeight < 64) return () => {};
  const n = 13,
    x = stack ? 31 : 0,
    width = stack ? (lay.narrow ? 28 : 40) : lay.narrow ? 72 : 96,
    step = width / n;
  const y = stack ? top.top + (top.height >= 54 ? 40 : 22) : middle(lay) + 28;
  for (let i = 0; i < n; i++) {
    const fill = rgb(colours(board)[unit ? 127 + Math.round((i / (n - 1)) * 127) : Math.round((i / (n - 1)) * 254)]);
    add(gutter, "rect", { x: x + i * step, y, width: step + 0.4, height: 9, fill });
  }
  add(gutter, "rect", { class: "frame", x: x + 0.5, y: y + 0.5, width: width - 1, height: 8 });
  if (!unit && split(lay)) {
    const pale = `rgba(${board.theme.background},0.6)`,
      words = y + (stack ? 25 : 40);
    for (let i = 0; i < 5; i++)
      add(gutter, "rect", { x: x + (i + 1 / 3) * step, y, width: step / 3, height: 9, fill: pale });
    if (words < top.top + top.height + 4)
      add(
        gutter,
        "text",
        { class: "sub", x: 0, y: words },
        lay.narrow ? t("split: below 0") : t("split cell: below 0"),
      );
  } else if (!unit) add(gutter, "path", { class: "minus", d: `M${x + 4} ${y + 4.5}h7` });
  const at = stack
    ? [
        ["start", 0, 9],
        ["start", x + width + 5, 9],
      ]
    : [
        ["start", 0, 23],
        ["middle", width / 2, 23],
        ["end", width, 23],
      ];
  const ends = at.map(([anchor, left, down]) =>
    add(gutter, "text", { class: "sub", x: left, y: y + down, "text-anchor": anchor }),
  );
  return (full) => {
    const labels = unit
      ? [stack ? "0" : t("0 shut"), "", stack ? "1" : t("1 open")]
      : scaleEnds(tick(full), stack ? 29 : width, stack);
    (stack ? [labels[0], labels[2]] : labels).forEach((text, i) => say(ends[i], text));
  };
}

// Rounded squares: the colours are dots of a canvas, one a unit, seen through the holes of a sheet that lies over it.
// To set one attribute a unit in every frame took three times as long.
function cells(svg, board, block) {
  const { film, lay } = board,
    { T, H, row } = lay,
    { top } = block,
    gap = row > 8 ? 2 : 1,
    r = row > 10 ? 3 : 1.5;
  const group = add(svg, "g", { class: "hidden" }),
    signs = [],
    wide = Math.min(4, lay.cell / 5);
  const maps = lay.segments.map((segment) => stretch(svg, board, segment, block, { across: 1, down: 1 }));
  const cover = lay.segments.map(
    ({ from, to, left }) =>
      `M${left - 1} ${top - 1}h${(to - from) * lay.pitch + 2}v${H * row + 2}h${-(to - from) * lay.pitch - 2}z`,
  );
  const sheet = add(group, "path", { class: "sheet-over", "fill-rule": "evenodd" });
  const marks = add(svg, "g", { class: "signs" });
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      const x = lay.x(t) - lay.cell / 2 + 0.5,
        y = top + u * row + 0.5,
        width = lay.cell - 1,
        height = row - gap,
        middle = y + height / 2;
      signs.push(add(marks, "path", { d: `M${lay.x(t) - wide} ${middle}h${2 * wide}`, visibility: "hidden" }));
      if (film.padding[t]) continue;
      cover.push(
        `M${x + r} ${y}h${width - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${height - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}h${2 * r - width}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - height}a${r} ${r} 0 0 1 ${r} ${-r}z`,
      );
      add(group, "rect", { class: "unit", x, y, width, height, rx: r });
    }
  }
  set(sheet, { d: cover.join("") });
  const before = sameUnits(board.pinned, film) ? edges(group, board, block) : () => {};
  const was = new Int8Array(T * H);
  return (h, factor, full) => {
    maps.forEach((map) => map(h, factor, full));
    before(full);
    for (let i = 0; i < was.length; i++) {
      const below = Math.round(h[i] * factor) < -VISIBLE && !film.padding[Math.floor(i / H)] ? 1 : 0;
      if (was[i] === below) continue;
      was[i] = below;
      set(signs[i], { visibility: below ? "visible" : "hidden" });
    }
  };
}

// What stands under a scale from −full to full, so wide: both ends and 0, or once ± where they would meet.
export function scaleEnds(full, width, stack = false) {
  const letters = stack ? full.length + 1 : 2 * full.length + 7;
  return LETTER * letters <= width
    ? [`−${full}`, "0", `+${full}`]
    : stack
      ? ["", "", `±${full}`]
      : ["", `±${full}`, ""];
}

// The held values: at both sides of each unit, drawn when the scale changes.
function edges(group, board, { top, k }) {
  const { lay, pinned, film } = board,
    { T, H, row } = lay,
    palette = colours(board).map(rgb),
    more = Math.min(4, lay.cell / 6),
    gap = row > 8 ? 2 : 1;
  const sides = [];
  for (let t = 0; t < T; t++) {
    for (let u = 0; u < H; u++) {
      if (film.padding[t]) continue;
      const at = { class: "shadow", y: top + u * row + 0.5, width: more, height: row - gap };
      sides.push([
        [-lay.cell / 2 - more, lay.cell / 2].map((x) => add(group, "rect", { ...at, x: lay.x(t) + x })),
        (k * T + t) * H + u,
      ]);
    }
  }
  let shade = null;
  return (full) => {
    if (shade === full) return;
    shade = full;
    for (const [pair, i] of sides)
      for (const side of pair) set(side, { fill: palette[held(pinned, i, k, full)] ?? "none" });
  };
}

// A held value as a place among 255 colours. i: in the held frame's h, whose layer k it is of.
const held = (pinned, i, k, full) => Math.round(clamp((pinned.h[i] * pinned.scales[k]) / full, -127, 127)) + 127;

// A layer that is folded: one strip, with what is in it in words.
function folded(svg, lay, layer, top, height) {
  for (const { from, to, left } of lay.segments) {
    const width = (to - from) * lay.pitch;
    add(svg, "rect", { class: "folded", x: left + 1, y: top + 1, width: width - 2, height: height - 2, rx: 5 });
    const text = plural(
      "layer {layer}, folded: {count} unit at each step",
      "layer {layer}, folded: {count} units at each step",
      lay.H,
      { layer: layer + 1 },
    );
    if (width > 7.2 * text.length)
      add(svg, "text", { class: "empty", x: left + width / 2, y: top + height / 2, dy: ".35em" }, text);
  }
}

// One canvas for each stretch of columns, several dots a cell, so that a negative cell can carry a thin dash, or where
// rows are fine a pale middle third from edge to edge, and its left edge what is held; enlarged without smoothing.
function heatMap(svg, board, block) {
  const { lay } = board,
    { H, row, pitch } = lay,
    { top } = block,
    dashed = !split(lay),
    before = sameUnits(board.pinned, board.film);
  const dots = {
    across: dashed ? 5 : before ? 4 : 3,
    down: dashed ? 2 * Math.floor(row / 4) + 1 : 1,
    sign: dashed ? [1, 4] : before ? [2, 3] : [1, 2],
    before: before ? board.pinned : null,
  };
  const maps = lay.segments.map((segment) => stretch(svg, board, segment, block, dots));
  const group = add(svg, "g", { class: "grid" });
  for (const { from, to, left } of lay.segments) {
    for (let t = 0; t <= to - from; t++) add(group, "path", { d: `M${left + t * pitch} ${top}v${H * row}` });
    if (row >= 5)
      for (let u = 0; u <= H; u++)
        add(group, "path", { d: `M${left} ${top + u * row}h${(to - from) * pitch}`, class: "thin" });
  }
  return (h, factor, full) => maps.forEach((map) => map(h, factor, full));
}

// The canvas of one stretch, `across` by `down` dots a cell. sign: of the middle row's dots, those from and up to which
// a negative cell pales. before: the frame whose values are its left edges.
function stretch(svg, board, { from, to, left }, { top, k }, { across, down, sign = null, before = null }) {
  const { film, lay, theme } = board,
    { H, row, pitch } = lay,
    T = to - from,
    palette = colours(board);
  const paint = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
  const plain = Uint32Array.from(palette, paint);
  const dash = Uint32Array.from(palette, (c) =>
    paint(c.map((x, i) => Math.round(x + 0.6 * (theme.background[i] - x)))),
  );
  const canvas = html(svg.parentNode, "canvas");
  canvas.width = T * across;
  canvas.height = H * down;
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${T * pitch}px`, height: `${H * row}px` });
  svg.parentNode.insertBefore(canvas, svg);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const dots = new Uint32Array(picture.data.buffer);
  const was = new Int16Array(T * H).fill(-1),
    wide = canvas.width,
    half = down >> 1,
    first = before ? 1 : 0;
  for (let t = 0; t < T; t++) if (film.padding[from + t]) was.fill(NONE, t * H, (t + 1) * H);
  const place = (i) => (i % H) * down * wide + Math.floor(i / H) * across;
  let shade = null;
  return (h, factor, full) => {
    if (before && shade !== full) {
      for (let i = 0; i < was.length; i++) {
        if (was[i] === NONE) continue;
        const colour = plain[held(before, (k * film.T + from) * H + i, k, full)];
        for (let b = 0; b < down; b++) dots[place(i) + b * wide] = colour;
      }
    }
    shade = full;
    for (let i = 0; i < was.length; i++) {
      if (was[i] === NONE) continue;
      const v = Math.round(h[from * H + i] * factor) + 127;
      if (v === was[i]) continue;
      was[i] = v;
      const at = place(i),
        colour = plain[v];
      for (let b = 0; b < down; b++) for (let a = first; a < across; a++) dots[at + b * wide + a] = colour;
      if (sign && v < 127 - VISIBLE) for (let a = sign[0]; a < sign[1]; a++) dots[at + half * wide + a] = dash[v];
    }
    context.putImageData(picture, 0, 0);
  };
}
