// The weights as heat maps between the names of the rows and the columns: the rows of each are a layer's units, at the
// height of those units in every column. W_hy stands transposed, so that a unit's row is what it sends on.

import { short } from "../format.js";
import { explain } from "../matrix.js";
import { add, html, say, set } from "../svg.js";
import { t } from "../../words.js";

export const MAPS = 132; // px, of all side by side
const GAP = 7,
  LEAST = 12; // px between two maps; the narrowest
const NAMED = 18,
  ROOMY = 44; // px over a map for its name; of its width for the gate's
const ACROSS = 3; // dots of a cell, of which the middle one pales where a weight is negative
const PALE = 123; // of 254: above this a weight is too near to 0 for that
const SPLIT = 4; // px: narrower cells have no room for that

/** @type {Row} Pointed at are their names beside the arrows, lay.names: they stand at no time step. */
export const weight = {
  name: "weight",
  draw: (svg, board) => board.axis && weights(board.axis, board, svg),
  slow: false,
  timeless: true,
  targets: ({ names = [] }) => names.map((_, u) => ({ u, y: -1 })),
  box: ({ names }, { u }) => names[u].box,
  hit({ names = [] }, x, y) {
    const result = names.findIndex(
      ({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
    );
    return result < 0 ? null : result;
  },
  lasting: true,
  explain: (film, _, { u }, names) => explain(film, names[u]),
};

// The maps of each open layer, side by side: {index, kind, decoder, rows, columns, x, y, width, height}.
export function places(film, lay) {
  return lay.shown.flatMap(({ layer, top }) => {
    const own = film.maps.map((map, index) => ({ ...map, index })).filter((map) => map.layer === layer);
    const all = own.reduce((sum, map) => sum + map.columns, 0),
      room = MAPS - GAP * (own.length - 1) - LEAST * own.length;
    let x = lay.maps;
    return own.map((map) => {
      const width = LEAST + (room * map.columns) / all,
        place = { ...map, x, y: top, width, height: lay.row * lay.H };
      x += width + GAP;
      return place;
    });
  });
}

// Draws the maps of a board, empty: each is its place, with paint(values), mark(used) and name(prefix).
export function maps(axis, { film, lay, theme, gutter }) {
  axis.querySelectorAll(":scope > canvas, :scope > .weigh, :scope > .weigh-told").forEach((node) => node.remove());
  if (!lay.maps) return [];
  const colour = (c) => (255 << 24) | (c[2] << 16) | (c[1] << 8) | c[0];
  const plain = Uint32Array.from(theme.diverging, colour);
  const pale = Uint32Array.from(theme.diverging, (c) =>
    colour(c.map((x, i) => Math.round(x + 0.6 * (theme.background[i] - x)))),
  );
  const all = places(film, lay);
  return all.map((place) => {
    const { x, y, width, height, rows, columns } = place,
      split = width / columns >= SPLIT;
    const canvas = html(axis, "canvas");
    canvas.width = columns * ACROSS;
    canvas.height = rows;
    Object.assign(canvas.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    const frame = add(gutter, "rect", { class: "frame", x: x - 0.5, y: y - 0.5, width: width + 1, height: height + 1 });
    const named = place.y === lay.y.hidden || Math.max(lay.between, lay.blocks[place.layer].lane) >= NAMED;
    const several = all.filter(({ layer }) => layer === place.layer).length;
    const text = add(gutter, "text", { class: "weight low", x: x + width / 2, y: y - 6, "text-anchor": "middle" });
    const name = (before) => {
      if (named) nameIt(text, place, several, before);
    };
    name("");
    const context = canvas.getContext("2d"),
      picture = context.createImageData(canvas.width, canvas.height);
    const dots = new Uint32Array(picture.data.buffer);
    const paint = (values) => {
      for (let i = 0; i < rows * columns; i++) {
        const v = values[i] + 127;
        dots.fill(plain[v], i * ACROSS, (i + 1) * ACROSS);
        if (split && v < PALE) dots[i * ACROSS + 1] = pale[v];
      }
      context.putImageData(picture, 0, 0);
    };
    return { ...place, paint, name, mark: (used) => set(frame, { class: used ? "frame used" : "frame" }) };
  });
}

// The board's: as they are at the end of each film.
function weights(axis, board, time) {
  const { film, lay } = board,
    drawn = maps(axis, board);
  if (!drawn.length) return () => false;
  axis.append(tip(axis, drawn, film, lay, time));
  let shown = null;
  return (frame) => {
    if (frame.last && shown !== frame.film && frame.film.maps.length === film.maps.length) {
      shown = frame.film;
      for (const { paint, index } of drawn) paint(shown[`map ${index}`]);
    }
    return false;
  };
}

// Slow motion's: framed where a stage uses them; on the way back W_hh gives its place to what is gathered of its
// gradient, and the update changes all.
const USED = {
  forward: ["xh", "hh"],
  loss: ["hy"],
  backward: ["hh", "hy"],
  clip: [],
  update: ["xh", "hh", "hy"],
  again: ["xh", "hh", "hy"],
};

export function weightsInUse(axis, board) {
  const { film, lay } = board,
    drawn = maps(axis, board);
  return ({ kind, t }) => {
    for (const { index, paint, mark, name, kind: of, decoder, rows, columns } of drawn) {
      const grown = ["backward", "clip"].includes(kind) && film[`grown ${index}`],
        n = rows * columns,
        at = Math.max(0, t) * n;
      paint(
        grown
          ? grown.subarray(at, at + n)
          : film[kind === "update" || kind === "again" ? `after ${index}` : `map ${index}`],
      );
      name(grown ? "∂" : "");
      mark(USED[kind].includes(of) && (t < 0 || of === "hy" || !lay.read || decoder === t >= lay.read));
    }
  };
}

// Over a map its name, of which as much as there is room for: several stand close. before: "∂" of a gradient.
function nameIt(text, { width, kind, decoder, gate }, several, before) {
  const mark = decoder ? "′" : "";
  text.textContent = several > 3 ? `${before}${kind}${mark}` : `${before}W${mark}`;
  if (several > 3) return;
  add(text, "tspan", { dy: 3 }, gate && width >= ROOMY ? `${kind}, ${gate}` : kind);
  if (kind === "hy") add(text, "tspan", { dy: -7 }, "T");
}

// What a weight under the pointer is, in words, and where it acts: its unit in every column, and the one that it reads.
function tip(axis, drawn, film, lay, time) {
  const sheet = document.createElement("div"),
    tip = html(axis, "p", "weigh-told"),
    marks = add(time, "path", { class: "acts" });
  sheet.className = "weigh";
  Object.assign(sheet.style, {
    left: `${lay.maps}px`,
    width: `${MAPS}px`,
    top: `${lay.y.hidden}px`,
    height: `${lay.hiddenHeight}px`,
  });
  tip.hidden = true;
  const leave = () => {
    tip.hidden = true;
    set(marks, { d: "" });
  };
  sheet.addEventListener("pointerleave", leave);
  sheet.addEventListener("pointermove", (event) => {
    const x = lay.maps + event.offsetX,
      y = lay.y.hidden + event.offsetY;
    const map = drawn.find((m) => x >= m.x && x < m.x + m.width && y >= m.y && y < m.y + m.height);
    if (!map) return leave();
    const row = Math.floor(((y - map.y) / map.height) * map.rows),
      column = Math.floor(((x - map.x) / map.width) * map.columns);
    say(tip, sentence(map, row, column, film));
    tip.hidden = false;
    Object.assign(tip.style, { left: `${map.x + map.width + 8}px`, top: `${Math.max(0, y - 30)}px` });
    set(marks, { d: acts(map, row, column, lay) });
  });
  return sheet;
}

// W_hh[2, 5] = −0.31 reads …
export function sentence(map, row, column, film) {
  const [to, from] = map.kind === "hy" ? [column, row] : [row, column],
    W = `W${map.decoder ? "′" : ""}_${map.kind}`;
  const value = short((film[`map ${map.index}`][row * map.columns + column] * map.scale) / 127);
  const weight = `${W}[${to + 1}, ${from + 1}]`,
    values = {
      weight: map.gate ? t("{weight} of {gate}", { weight, gate: map.gate }) : weight,
      value,
      from: from + 1,
      to: to + 1,
    };
  return {
    xh: t("{weight} = {value}: from input {from} to unit {to}, the same at every step", values),
    hh: t("{weight} = {value}: from unit {from} a step before to unit {to}, the same at every step", values),
    hy: t("{weight} = {value}: from unit {from} to output {to}, the same at every step", values),
  }[map.kind];
}

// Boxes around the units that it joins, in every column.
function acts(map, row, column, lay) {
  const box = (unit, t) =>
    `M${lay.x(t) - lay.cell / 2 - 1.5} ${map.y + unit * lay.row}h${lay.cell + 3}v${lay.row}h${-lay.cell - 3}z`;
  const columns = Array.from({ length: lay.T }, (_, t) => t).filter((t) =>
    map.decoder || map.kind === "hy" ? t >= lay.read : !lay.read || t < lay.read,
  );
  const rows = map.kind === "hh" ? [row, column] : [row];
  return columns.flatMap((t) => rows.map((unit) => box(unit, t))).join("");
}
