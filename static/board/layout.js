// Where everything stands, from the sizes alone. One time axis: column t is centred on x(t) in every row. Lines that
// all columns stand on run from start to end.

import { covered } from "./covers.js";
import { ROWS, rowOf } from "./rows/index.js";
import { MAPS } from "./rows/weights.js";
import { clamp } from "./scales.js";

const NARROW = 640,
  LINE = 860,
  WIDE = 1000,
  SHORT = 600; // the tools: in one line from LINE on, beside the counters from WIDE on

// longest: the letters of the longest input. read: so many steps are the encoder's. fed: the network reads its own
// answers. image: [rows, columns] of the inputs that are pictures, so many. open: the layers, from 0, whose units are
// drawn. covers: the rows that are covered (covers.js). big: for a room, where the tools are few; first: for a newcomer,
// where there are none. maps: whether there are weights to draw. bottom: what is kept under the axis; bars: for the
// gradient at least; tallest: the units at most. fine: frames around units so low would hide their colours.
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
    covers = [],
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
  const arrow = heat ? 10 : 24;

  /** @type {Lay} */
  const lay = {
    names: [], // of the weights, once rows/arrows.js has named them
    narrow,
    short,
    width,
    height,
    gutter,
    counters,
    tools,
    heat,
    pitch,
    cell,
    left,
    upright,
    wordHeight,
    side,
    image,
    arrow,
    bars: sizes.bars ?? (short ? 60 : 80), // px at least, for the gradient
    tallest: sizes.tallest,
    T,
    H,
    kind,
    longest,
    layers,
    open,
    covers,
    places: {}, // of what is no row, once it is drawn
    carry,
    read,
    fed,
    seam,
    start,
    end,
    canvas: end + 4,
    maps: beside,
    ...columns({ T, left, pitch, read, seam }),
  };
  const result = stack(lay, height - counters - bottom - 1);
  if (result.low && !heat) return layout({ ...sizes, fine: true });
  const time = result.used + 1;
  return Object.assign(result, { time, bottom: height - counters - time });
}

/**
 * The rows one under another: where each with a name begins, `y`, how tall it is, `tall`, and what each says besides of
 * itself. lay: what is known before that; small: a miniature. room: px in all, where rows take what is free.
 * @param {Lay} lay
 */
export function stack(lay, room = 0) {
  const rows = ROWS.map((row) => (lay.small ? { ...row, ...row.small } : row)),
    px = (size) => (typeof size === "function" ? size(lay) : (size ?? 0)),
    gaps = rows.map(({ gap }) => px(gap)),
    heights = rows.map(({ height }) => px(height));
  let free = room - [...gaps, ...heights].reduce((sum, size) => sum + size);
  rows.forEach(({ takes }, i) => {
    if (!takes) return;
    const { height, ...more } = takes(lay, free);
    Object.assign(lay, more);
    heights[i] = height;
    free -= height;
  });
  Object.assign(lay, { y: {}, tall: {} });
  let used = 0;
  rows.forEach(({ name }, i) => {
    if (name) [lay.y[name], lay.tall[name]] = [used + gaps[i], heights[i]];
    used += gaps[i] + heights[i];
  });
  rows.forEach(({ place }, i) => Object.assign(lay, place?.(lay, heights[i])));
  return Object.assign(lay, { used });
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

// What can be pointed at in a row: [{row, u, y: where it stands}, …]. u runs over the units of all open layers, from the
// lowest; of a carried state it is its layer's place among these, of a weight's name its place in lay.names.
export const targets = (lay, row) =>
  row.explain && !covered(lay, row.name)
    ? (row.targets?.(lay) ?? [{ u: 0, y: lay.y[row.name] }]).map((target) => ({ row, ...target }))
    : [];

// What stands at (x, y) of the time axis: {row, t, u}, or null between the columns' ends.
export function hit(lay, x, y) {
  const pointed = ROWS.filter((row) => row.explain && !covered(lay, row.name)),
    until = (row) => row.until?.(lay) ?? lay.y[row.name] + lay.tall[row.name],
    unit = (row) => (row.hit ? row.hit(lay, x, y) : y < until(row) ? 0 : null);
  const find = (rows, t) => {
    for (const row of rows) {
      const u = unit(row);
      if (u !== null) return { row: row.name, t, u };
    }
    return null;
  };
  const [anywhere, rows] = [true, false].map((one) => pointed.filter((row) => Boolean(row.timeless) === one)),
    result = find(anywhere, 0);
  if (result) return result;
  const segment = lay.segments.find((s) => x >= s.left && x < s.left + (s.to - s.from) * lay.pitch);
  if (!segment || y < lay.y[rows[0].name]) return null;
  return find(rows, segment.from + Math.floor((x - segment.left) / lay.pitch));
}

// The box that a target takes on the time axis.
export function box(lay, target) {
  const row = rowOf(target.row),
    { name } = row;
  return row.box
    ? row.box(lay, target)
    : { x: lay.x(target.t) - lay.cell / 2, y: lay.y[name], width: lay.cell, height: lay.tall[name] };
}

// The target that an arrow key leads to.
export function move(lay, { row, t, u }, key) {
  const own = rowOf(row);
  if (own.timeless) {
    const last = targets(lay, own).length - 1,
      next = { ArrowLeft: u - 1, ArrowRight: u + 1, Home: 0, End: last }[key];
    if (next !== undefined) return { row, t, u: clamp(next, 0, last) };
  }
  const to = { ArrowLeft: Math.max(0, t - 1), ArrowRight: Math.min(lay.T - 1, t + 1), Home: 0, End: lay.T - 1 }[key];
  if (to !== undefined) return { row, t: to, u };
  const all = ROWS.flatMap((each) => targets(lay, each).slice(0, each.timeless ? 1 : Infinity)),
    stops = all.sort((a, b) => a.y - b.y),
    rows = [...new Set(stops.map((stop) => stop.row))],
    here = stops.filter((stop) => stop.row === own),
    at = stops.indexOf(here.find((stop) => stop.u === u) ?? here[0]);
  const turn = (by) => stops.findIndex((stop) => stop.row === rows[clamp(rows.indexOf(own) + by, 0, rows.length - 1)]);
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, PageUp: turn(-1), PageDown: turn(1) }[key];
  if (next === undefined) return null;
  const stop = stops[next];
  return { row: stop?.row.name ?? row, t, u: stop?.u ?? u };
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
  const result = places.find(([x, y]) => fits(x, y));
  if (result) return result;
  const below = target.y + target.height / 2 < view.height / 2; // no room at all: the other half of the viewport
  return [middleX, below ? Math.max(edge, view.height - edge - card.height) : edge];
}
