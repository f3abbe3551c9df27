// The weights as heat maps between the names of the rows and the columns: the rows of each are a layer's units, at the
// height of those units in every column. W_hy stands transposed, so that a unit's row is what it sends on.

import { short } from "../format.js";
import { MAPS } from "../layout.js";
import { add, html, say, set } from "../svg.js";

const GAP = 7, LEAST = 12;  // px between two maps; the narrowest
const NAMED = 18, ROOMY = 44;  // px over a map for its name; of its width for the gate's
const ACROSS = 3;  // dots of a cell, of which the middle one pales where a weight is negative
const SPLIT = 4;  // px: narrower cells have no room for that

// The maps of each open layer, side by side: {index, kind, decoder, rows, columns, x, y, width, height}.
export function places(film, lay) {
  return lay.shown.flatMap(({ layer, top }) => {
    const own = film.maps.map((map, index) => ({ ...map, index })).filter((map) => map.layer === layer);
    const all = own.reduce((sum, map) => sum + map.columns, 0), room = MAPS - GAP * (own.length - 1) - LEAST * own.length;
    let x = lay.maps;
    return own.map((map) => {
      const width = LEAST + (room * map.columns) / all, place = { ...map, x, y: top, width, height: lay.row * lay.H };
      x += width + GAP;
      return place;
    });
  });
}

export function weights(axis, { film, lay, theme, gutter }, time) {
  axis.querySelectorAll(":scope > canvas, :scope > .weigh").forEach((node) => node.remove());
  if (!lay.maps) return () => false;
  const palette = theme.diverging, colour = (c) => (255 << 24) | (c[2] << 16) | (c[1] << 8) | c[0];
  const plain = Uint32Array.from(palette, colour);
  const pale = Uint32Array.from(palette, (c) => colour(c.map((x, i) => Math.round(x + 0.6 * (theme.background[i] - x)))));
  const all = places(film, lay), own = new Map(all.map(({ layer }) => [layer, all.filter((place) => place.layer === layer).length]));
  const drawn = all.map((place) => {
    const canvas = html(axis, "canvas");
    canvas.width = place.columns * ACROSS;
    canvas.height = place.rows;
    Object.assign(canvas.style, {
      position: "absolute", imageRendering: "pixelated",
      left: `${place.x}px`, top: `${place.y}px`, width: `${place.width}px`, height: `${place.height}px`,
    });
    add(gutter, "rect", { class: "frame", x: place.x - 0.5, y: place.y - 0.5, width: place.width + 1, height: place.height + 1 });
    if (place.y === lay.y.hidden || lay.between >= NAMED) named(gutter, place, own.get(place.layer));
    return { ...place, canvas };
  });
  axis.append(tip(axis, drawn, film, lay, time));
  let shown = null;
  return (frame) => {
    if (!frame.last || shown === frame.film || frame.film.maps.length !== film.maps.length) return false;
    shown = frame.film;
    for (const { canvas, index, rows, columns, width } of drawn) {
      const context = canvas.getContext("2d"), picture = context.createImageData(canvas.width, canvas.height);
      const dots = new Uint32Array(picture.data.buffer), values = frame.film[`map ${index}`], split = width / columns >= SPLIT;
      for (let i = 0; i < rows * columns; i++) {
        const v = values[i] + 127;
        dots.fill(plain[v], i * ACROSS, (i + 1) * ACROSS);
        if (split && v < 125) dots[i * ACROSS + 1] = pale[v];
      }
      context.putImageData(picture, 0, 0);
    }
    return false;
  };
}

// Over a map its name, of which as much as there is room for: several stand close.
function named(gutter, { x, y, width, kind, decoder, gate }, several) {
  const name = add(gutter, "text", { class: "weight low", x: x + width / 2, y: y - 6, "text-anchor": "middle" });
  const mark = decoder ? "′" : "";
  if (several > 3) return name.append(`${kind}${mark}`);
  name.append(`W${mark}`);
  add(name, "tspan", { dy: 3 }, gate && width >= ROOMY ? `${kind}, ${gate}` : kind);
  if (kind === "hy") add(name, "tspan", { dy: -7 }, "T");
  return name;
}

// What a weight under the pointer is, in words, and where it acts: its unit in every column, and the one that it reads.
function tip(axis, drawn, film, lay, time) {
  const sheet = document.createElement("div"), told = html(axis, "p", "weigh-told"), marks = add(time, "path", { class: "acts" });
  sheet.className = "weigh";
  Object.assign(sheet.style, { left: `${lay.maps}px`, width: `${MAPS}px`, top: `${lay.y.hidden}px`, height: `${lay.hiddenHeight}px` });
  told.hidden = true;
  const leave = () => {
    told.hidden = true;
    set(marks, { d: "" });
  };
  sheet.addEventListener("pointerleave", leave);
  sheet.addEventListener("pointermove", (event) => {
    const x = lay.maps + event.offsetX, y = lay.y.hidden + event.offsetY;
    const map = drawn.find((m) => x >= m.x && x < m.x + m.width && y >= m.y && y < m.y + m.height);
    if (!map) return leave();
    const row = Math.floor(((y - map.y) / map.height) * map.rows), column = Math.floor(((x - map.x) / map.width) * map.columns);
    say(told, sentence(map, row, column, film));
    told.hidden = false;
    Object.assign(told.style, { left: `${map.x + map.width + 8}px`, top: `${Math.max(0, y - 30)}px` });
    set(marks, { d: acts(map, row, column, lay) });
  });
  return sheet;
}

// W_hh[2, 5] = −0.31 reads …
export function sentence(map, row, column, film) {
  const [to, from] = map.kind === "hy" ? [column, row] : [row, column], W = `W${map.decoder ? "′" : ""}_${map.kind}`;
  const value = short((film[`map ${map.index}`][row * map.columns + column] * map.scale) / 127);
  const words = {
    xh: `from input ${from + 1} to unit ${to + 1}`, hh: `from unit ${from + 1} a step before to unit ${to + 1}`,
    hy: `from unit ${from + 1} to output ${to + 1}`,
  }[map.kind];
  return `${W}[${to + 1}, ${from + 1}] ${map.gate ? `of ${map.gate} ` : ""}= ${value}: ${words}, the same at every step`;
}

// Boxes around the units that it joins, in every column.
function acts(map, row, column, lay) {
  const box = (unit, t) => `M${lay.x(t) - lay.cell / 2 - 1.5} ${map.y + unit * lay.row}h${lay.cell + 3}v${lay.row}h${-lay.cell - 3}z`;
  const columns = Array.from({ length: lay.T }, (_, t) => t).filter((t) => map.decoder || map.kind === "hy" ? t >= lay.read : !lay.read || t < lay.read);
  const rows = map.kind === "hh" ? [row, column] : [row];
  return columns.flatMap((t) => rows.map((unit) => box(unit, t))).join("");
}
