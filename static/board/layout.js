// Where everything stands, from the sizes alone. One time axis: column t is centred on x(t) in every row. Lines that
// all columns stand on run from start to end.

import { clamp } from "./scales.js";

export const TALL = 40; // px, of a layer that has room for the names of its arrow; a lone unit is as tall
const FRAMED = 5; // px: lower units have no room for a frame each
const LANE = 38,
  LOW_LANE = 30; // px, of the state that is carried; on a low screen
const SEEN = 3; // px of a unit at least, beside such lanes in a stack
const LOW = 56,
  MANY = 32; // where less than LOW px were left for the gradient's bars, more than MANY units have one px each
export const MAPS = 132; // px, of the weights
const NARROW = 640,
  LINE = 860,
  WIDE = 1000,
  SHORT = 600; // the tools: in one line from LINE on, beside the counters from WIDE on

// longest: the letters of the longest input. read: so many steps are the encoder's. fed: the network reads its own
// answers. image: [rows, columns] of the inputs that are pictures, so many. open: the layers, from 0, whose units are
// drawn. big: for a room, where the tools are few; first: for a newcomer, where there are none. maps: whether there
// are weights to draw. bottom: what is kept under the axis; bars: for the gradient at least; tallest: the units at
// most. fine: frames around units so low would hide their colours.
export function layout(sizes) {
  const {
    width,
    height,
    T,
    H,
    kind,
    longest,
    read = 0,
    fed = false,
    image = null,
    pictures = 0,
    layers = 1,
    open = [0],
    big = false,
    first = false,
    maps = false,
    carry = false,
    fine = false,
  } = sizes;
  const narrow = width < NARROW;
  const beside = maps && !big && !first && width >= WIDE ? 150 : 0; // where the weights stand
  const gutter = (narrow ? 92 : 150) + (beside && MAPS + 8);
  const [tools, counters] = first
    ? [0, 54]
    : big
      ? [0, narrow ? 106 : 54]
      : narrow
        ? [106, 168]
        : width < WIDE
          ? [54, width < LINE ? 114 : 86]
          : [0, 54];
  const short = !narrow && height < SHORT,
    bottom = sizes.bottom ?? (narrow ? 286 : short ? 124 : 160);
  const room = width - gutter;

  const seam = read ? 46 : 0; // between encoder and decoder
  const heat = fine || T > 30 || H * open.length > 24 || (!narrow && room - 52 - seam < 27 * T);
  const start = 48; // room for the arrow from h₀ and the weights' names
  const widest = T === 1 ? 160 : narrow ? 56 : 150;
  const pitch = Math.floor(clamp((room - start - seam - 4) / T, heat ? (narrow ? 16 : 11) : narrow ? 30 : 25, widest));
  const left = Math.max(start, Math.floor((room - T * pitch - seam) / 2)); // few columns stand in the middle
  const end = left + T * pitch + seam + left - start;
  const cell = heat ? Math.max(10, pitch - 2) : Math.round(clamp(pitch - 10, 20, T === 1 ? 150 : 36));

  const upright = longest * 7.6 + 4 > pitch; // a label that is wider than its column is turned
  const wordHeight = upright ? clamp(longest * 8 + 8, 24, 74) : 28;
  const side = image
    ? 8 *
      Math.floor(
        (T === 1
          ? short
            ? 56
            : 88
          : clamp(pictures > 1 ? pitch - 6 : 2 * pitch - cell - 6, pictures > 1 ? 8 : 24, 56)) / 8,
      )
    : 0; // of a picture
  const inputHeight = Math.max(wordHeight, image ? (side * image[0]) / Math.max(...image) : 0);
  const band = read || fed ? 24 : 0; // over the columns: who reads them
  const arrow = heat ? 10 : 24;
  const out = kind === "class" ? 58 : 66;
  const lossBars = 22,
    lossGap = 8,
    wayBack = narrow ? 38 : 26,
    axis = 20;

  const time = height - counters - bottom;
  const fixed = band + inputHeight + 2 * arrow + out + lossGap + lossBars + wayBack + axis + 2;
  const bars = sizes.bars ?? (short ? 60 : 80); // px at least, for the gradient
  const folded = 20,
    between = layers > 1 ? (heat ? 8 : 22) : 0;
  const strips = folded * (layers - open.length) + between * (layers - 1),
    rows = H * open.length;
  const free = time - fixed - strips,
    lane = short ? LOW_LANE : LANE,
    most = layers === 1 && !short ? 1 : Math.floor((free - bars - (short ? FRAMED : SEEN) * rows) / lane),
    lanes = carry ? clamp(most, 0, open.length) : 0; // of the highest layers that are open
  const spare = free - lane * lanes,
    lowest = rows > MANY && spare - 2 * rows < LOW ? 1 : 2;
  const row = Math.floor(
    clamp(
      (spare - bars) / rows,
      lowest,
      Math.min(Math.max(heat ? 18 : 30, TALL / H), Math.max(lowest, (sizes.tallest ?? Infinity) / rows)),
    ),
  );
  if (row < FRAMED && !heat) return layout({ ...sizes, fine: true });
  const gradHeight = Math.min(spare - row * rows, 150);

  const y = {};
  y.band = 0;
  y.input = 1 + band;
  y.lane = y.input + inputHeight + arrow;
  const blocks = [];
  let at = y.lane;
  for (let layer = 0; layer < layers; layer++) {
    const k = open.indexOf(layer),
      tall = k < 0 ? folded : row * H,
      over = k >= open.length - lanes ? lane : 0;
    blocks.push({ layer, k, top: at + over, height: tall, open: k >= 0, lane: over });
    at += over + tall + between;
  }
  y.hidden = blocks[0].top;
  const hiddenHeight = at - between - y.hidden;
  y.output = y.hidden + hiddenHeight + arrow;
  y.loss = y.output + out + lossGap;
  y.grad = y.loss + lossBars + wayBack;
  y.axis = y.grad + gradHeight;
  const used = y.axis + axis + 1;
  return {
    names: /** @type {any[]} */ ([]), // of the weights, once rows/arrows.js has named them
    narrow,
    width,
    height,
    gutter,
    counters,
    heat,
    pitch,
    cell,
    left,
    upright,
    inputHeight,
    arrow,
    row,
    hiddenHeight,
    out,
    lossBars,
    gradHeight,
    y,
    T,
    H,
    kind,
    longest,
    time: used,
    bottom: height - counters - used,
    canvas: end + 4,
    maps: beside,
    between,
    tools,
    blocks,
    shown: blocks.filter((block) => block.open),
    layers,
    units: rows,
    band,
    read,
    seam,
    side,
    wordHeight,
    start,
    end,
    ...columns({ T, left, pitch, read, seam }),
  };
}

// Of T columns from `left` on, at the seam between an encoder's and a decoder's apart: the middle of each, x(t), and what
// stands together.
export const columns = ({ T, left, pitch, read, seam }) => ({
  x: (t) => left + (t + 0.5) * pitch + (t >= read ? seam : 0),
  segments: (read
    ? [
        [0, read],
        [read, T],
      ]
    : [[0, T]]
  ).map(([from, to], k) => ({ from, to, left: left + from * pitch + k * seam })),
});

// What stands at (x, y) of the time axis: {row, t, u}, or null between the columns' ends. u runs over the units of all
// open layers, from the lowest; of a carried state it is its layer's place among these, of a weight's name its place in
// lay.names (rows/arrows.js).
export function hit(lay, x, y) {
  const name =
    lay.names?.findIndex(({ box: at }) => x >= at.x && x < at.x + at.width && y >= at.y && y < at.y + at.height) ?? -1;
  if (name >= 0) return { row: "weight", t: 0, u: name };
  const segment = lay.segments.find((s) => x >= s.left && x < s.left + (s.to - s.from) * lay.pitch);
  if (!segment || y < lay.y.input) return null;
  const t = segment.from + Math.floor((x - segment.left) / lay.pitch);
  const { y: at, arrow } = lay;
  if (y < at.lane - arrow / 2) return { row: "input", t, u: 0 };
  const over = lay.shown.find(({ top, lane }) => lane && y >= top - lane - arrow / 2 && y < top - 1);
  if (over) return { row: "carry", t, u: over.k };
  if (y < at.hidden + lay.hiddenHeight + arrow / 2) {
    const far = (b) => Math.max(b.top - y, y - b.top - b.height);
    const block = lay.shown.reduce((a, b) => (far(b) < far(a) ? b : a));
    return { row: "hidden", t, u: block.k * lay.H + clamp(Math.floor((y - block.top) / lay.row), 0, lay.H - 1) };
  }
  if (y < at.loss + lay.lossBars + 6) return { row: "output", t, u: 0 };
  return y < at.axis + 20 ? { row: "grad", t, u: 0 } : null;
}

// The box that a target takes on the time axis.
export function box(lay, { row, t, u }) {
  const { y } = lay;
  if (row === "weight") return lay.names[u].box;
  const x = lay.x(t) - lay.cell / 2,
    block = lay.shown[row === "carry" ? u : Math.floor(u / lay.H)];
  const tall = {
    input: [y.input, lay.inputHeight],
    carry: [block.top - block.lane, block.lane - 2],
    hidden: [block.top + (u % lay.H) * lay.row, lay.row],
    output: [y.output, lay.out + 8 + lay.lossBars],
    grad: [y.grad, lay.gradHeight],
  }[row];
  return { x, y: tall[0], width: lay.cell, height: tall[1] };
}

// The target that an arrow key leads to.
export function move(lay, { row, t, u }, key) {
  const names = lay.names?.length ?? 0;
  if (row === "weight") {
    const next = { ArrowLeft: u - 1, ArrowRight: u + 1, Home: 0, End: names - 1 }[key];
    if (next !== undefined) return { row, t, u: clamp(next, 0, names - 1) };
  }
  const to = { ArrowLeft: Math.max(0, t - 1), ArrowRight: Math.min(lay.T - 1, t + 1), Home: 0, End: lay.T - 1 }[key];
  if (to !== undefined) return { row, t: to, u };
  const stops = [...(names ? [["weight", 0]] : []), ["input", 0]];
  for (const { k, lane } of lay.shown) {
    if (lane) stops.push(["carry", k]);
    for (let unit = 0; unit < lay.H; unit++) stops.push(["hidden", k * lay.H + unit]);
  }
  stops.push(["output", 0], ["grad", 0]);
  const many = row === "carry" || row === "hidden",
    at = stops.findIndex(([r, each]) => r === row && (!many || each === u)),
    rows = [...new Set(stops.map(([r]) => r))];
  const turn = (by) => stops.findIndex(([r]) => r === rows[clamp(rows.indexOf(row) + by, 0, rows.length - 1)]);
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, PageUp: turn(-1), PageDown: turn(1) }[key];
  if (next === undefined) return null;
  const [found, unit] = stops[next] ?? [row, u];
  return { row: found, t, u: unit };
}

// Where a card of this size goes beside a box, all in the viewport's pixels: right, left, below or above it,
// the first that has room; never outside the viewport, never over the box.
export function place(card, target, view, gap = 12, edge = 8) {
  const fits = (x, y) =>
    x >= edge && y >= edge && x + card.width <= view.width - edge && y + card.height <= view.height - edge;
  const middleX = clamp(
    target.x + target.width / 2 - card.width / 2,
    edge,
    Math.max(edge, view.width - edge - card.width),
  );
  const middleY = clamp(
    target.y + target.height / 2 - card.height / 2,
    edge,
    Math.max(edge, view.height - edge - card.height),
  );
  const places = [
    [target.x + target.width + gap, middleY],
    [target.x - gap - card.width, middleY],
    [middleX, target.y + target.height + gap],
    [middleX, target.y - gap - card.height],
  ];
  const found = places.find(([x, y]) => fits(x, y));
  if (found) return found;
  const below = target.y + target.height / 2 < view.height / 2; // no room at all: the other half of the viewport
  return [middleX, below ? Math.max(edge, view.height - edge - card.height) : edge];
}
