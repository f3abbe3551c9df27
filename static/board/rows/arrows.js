// The arrows between the units, and their names W_xh, W_hh, W_hy: the same at every step, so each is named once; a
// decoder's own have a prime, a layer's its number. A heat map has room for the first of each.

import { add } from "../svg.js";

export const TALL = 40; // px, of a layer that has room for the names of its arrow; a lone unit is as tall

export function arrows(svg, film, lay) {
  const { y, T, blocks, inputHeight, read, heat } = lay,
    air = heat ? 1 : 3;
  const group = add(svg, "g", { class: "arrows" });
  const line = (x1, y1, x2, y2) => add(group, "path", { d: `M${x1} ${y1}L${x2} ${y2}`, "marker-end": "url(#head)" });
  blocks.forEach(({ layer, top: first, height, open, lane }, i) => {
    const top = first - lane,
      bottom = first + height;
    const above = i ? blocks[i - 1].top + blocks[i - 1].height + 1 : y.input + inputHeight + air - 1,
      middle = first + height / 2;
    for (let t = 0; t < T; t++) {
      if (film.padding[t] || (heat && t && t !== read)) continue;
      line(lay.x(t), above, lay.x(t), top - air);
      if (layer === lay.layers - 1 && t >= read) line(lay.x(t), bottom + 1, lay.x(t), y.output - air);
      if (t ? t !== read : open)
        line(t ? lay.x(t - 1) + lay.cell / 2 + 1 : 4, middle, lay.x(t) - lay.cell / 2 - 2, middle);
    }
    if (open && height >= (lay.layers > 1 ? TALL + 11 : TALL))
      add(group, "text", { class: "weight", x: 4, y: middle + 17 }, "h₀ = 0");
  });
  for (const { kind, decoder, layer, x, base, end } of lay.names) {
    const text = add(group, "text", { class: "weight", x, y: base, "text-anchor": end ? "end" : "start" });
    text.append(decoder ? "W′" : "W");
    const raised = lay.layers > 1 && layer !== null;
    if (raised) add(text, "tspan", { class: "low", dy: -4 }, `(${layer + 1})`);
    add(text, "tspan", { class: "low", dy: raised ? 7 : 3 }, kind);
  }
}

// Where each weight's name stands: {kind, decoder, layer (null: the read-out), x, base, end: it ends at x}.
export function names(film, lay) {
  const { y, arrow, blocks, inputHeight, read, heat, segments } = lay,
    result = [];
  const halves = read
      ? [
          [0, false],
          [read, true],
        ]
      : [[0, false]],
    beside = (t) => (heat ? segments[t ? 1 : 0].left - 4 : lay.x(t) - 7);
  blocks.forEach(({ layer, top, height, open, lane }, i) => {
    const above = i ? blocks[i - 1].top + blocks[i - 1].height + 1 : y.input + inputHeight + 2,
      middle = top + height / 2;
    for (const [t, decoder] of halves)
      result.push({ kind: "xh", decoder, layer, x: beside(t), base: (above + top - lane) / 2 + 4, end: true });
    if (open && height < TALL) return;
    // of a folded layer in its arrow's place
    result.push({ kind: "hh", decoder: false, layer, x: 4, base: open ? middle - 8 : middle + 4, end: false });
    if (read && open)
      result.push({
        kind: "hh",
        decoder: true,
        layer,
        x: heat ? beside(read) : lay.x(read) - lay.cell / 2 - 7,
        base: middle + 17,
        end: true,
      }); // under the state that it meets
  });
  result.push({
    kind: "hy",
    decoder: false,
    layer: null,
    x: beside(read),
    base: y.output - arrow / 2 + (heat ? 4 : 3),
    end: true,
  });
  const wide = ({ layer, decoder }) => 29 + (lay.layers > 1 && layer !== null ? 16 : 0) + (decoder ? 4 : 0);
  return result.map((name) => ({
    ...name,
    box: { x: name.x - (name.end ? wide(name) : 1), y: name.base - 13, width: wide(name) + 1, height: 20 },
  }));
}
