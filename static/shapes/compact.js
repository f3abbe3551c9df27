// Where the board's rows stand in a miniature: the stack of board/layout.js, without the names beside them, and of one
// height: each row says how high it is in a small picture.

import { columns, stack } from "../board/layout.js";
import { clamp } from "../board/scales.js";

// hidden: how high the hidden units are in all, where a unit is more than two pixels; input: how high a row of inputs
// is, at least; least: how wide a column is, at least.
export function compact({ width, film, hidden = 144, input = 50, least = 7 }) {
  const { T, H, read, image } = film,
    seam = read ? 16 : 0,
    room = width - seam - 2;
  const pitch = Math.floor(clamp((room - (image && T > 1 ? 12 : 0)) / T, least, T === 1 ? 64 : 40)),
    used = T * pitch + seam;
  const side = image ? 40 : 0,
    cell = Math.max(1, pitch - 2);
  const left = Math.max(1, Math.floor((width - used) / 2), side && T > 1 ? Math.ceil((side + 8 - pitch) / 2) : 0);
  const longest = Math.max(1, ...film.inputs.map((word, t) => (film.pictures.includes(t) ? 1 : word.length)));
  const upright = longest * 7.6 + 2 > pitch && longest > 1;
  /** @type {Lay} */
  const lay = {
    small: true,
    narrow: true,
    room: { hidden, input },
    width,
    gutter: 0,
    heat: true,
    pitch,
    cell,
    left,
    upright,
    wordHeight: upright ? 48 : 24,
    arrow: 8,
    T,
    H,
    kind: film.kind,
    longest,
    image,
    layers: 1,
    open: [0],
    read,
    seam,
    side,
    start: left,
    end: left + used,
    names: [],
    ...columns({ T, left, pitch, read, seam }),
  };
  lay.height = stack(lay).used;
  return lay;
}
