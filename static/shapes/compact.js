// Where the board's rows stand in a miniature: as in board/layout.js, without the names beside them, and of one height.

import { columns } from "../board/layout.js";
import { clamp } from "../board/scales.js";

const GRADIENT = 48; // pixels

// hidden: how high the hidden units are in all, where a unit is more than two pixels; input: how high a row of inputs
// is, at least; least: how wide a column is, at least.
export function compact({ width, film, hidden: HIDDEN = 144, input = 50, least = 7 }) {
  const { T, H, read, image } = film,
    seam = read ? 16 : 0,
    room = width - seam - 2;
  const pitch = Math.floor(clamp((room - (image && T > 1 ? 12 : 0)) / T, least, T === 1 ? 64 : 40)),
    used = T * pitch + seam;
  const side = image ? 40 : 0,
    cell = Math.max(1, pitch - 2);
  const left = Math.max(1, Math.floor((width - used) / 2), side && T > 1 ? Math.ceil((side + 8 - pitch) / 2) : 0);
  const longest = Math.max(1, ...film.inputs.map((word, t) => (film.pictures.includes(t) ? 1 : word.length)));
  const upright = longest * 7.6 + 2 > pitch && longest > 1,
    wordHeight = upright ? 48 : 24;
  const inputHeight = image ? 48 : wordHeight,
    INPUT = Math.max(input, inputHeight + 2),
    row = Math.max(2, Math.floor(HIDDEN / H)),
    hiddenHeight = row * H,
    arrow = 8,
    out = 58,
    lossBars = 12;
  const y = { band: 0, input: INPUT - inputHeight };
  y.hidden = INPUT + arrow + Math.floor((HIDDEN - Math.min(HIDDEN, hiddenHeight)) / 2);
  y.output = INPUT + 2 * arrow + Math.max(HIDDEN, hiddenHeight);
  y.loss = y.output + out + 6;
  y.grad = y.loss + lossBars + 10;
  y.axis = y.grad + GRADIENT;
  const block = { layer: 0, k: 0, top: y.hidden, height: hiddenHeight, open: true };
  return {
    narrow: true,
    width,
    gutter: 0,
    heat: true,
    pitch,
    cell,
    left,
    upright,
    inputHeight,
    wordHeight,
    arrow,
    row,
    hiddenHeight,
    out,
    lossBars,
    gradHeight: GRADIENT,
    y,
    T,
    H,
    kind: film.kind,
    longest,
    height: y.axis + 20,
    blocks: [block],
    shown: [block],
    layers: 1,
    units: H,
    band: 0,
    read,
    seam,
    side,
    start: left,
    end: left + used,
    names: [],
    ...columns({ T, left, pitch, read, seam }),
  };
}
