// The strongest of what enters a unit, drawn into the picture: a line from each input or unit, as wide as its share,
// solid where it pushes up and dashed where it pulls down.

import { add } from "./svg.js";
import { before, strongest, summands } from "./terms.js";

const MOST = 5;

// svg: the time axis. -> show(state, target): draw them for a unit, or clear them for anything else.
export function strands() {
  let group = null;
  return ({ exact, lay, time }, target) => {
    group?.remove();
    group = null;
    const film = exact?.film;
    if (!lay || target?.row !== "hidden" || film.T !== lay.T || film.padding[target.t]) return;
    const k = Math.floor(target.u / lay.H), layer = film.open[k], unit = target.u % lay.H;
    if (!film[`h ${layer}`]) return;
    group = add(time, "g", { class: "strands" });
    const { most } = strongest(summands(film, layer, target.t, unit), MOST), largest = Math.abs(most[0]?.product ?? 1);
    for (const part of [...most].reverse()) strand(group, lay, layer, target, part, before(film, target.t), Math.abs(part.product) / largest);
  };
}

function strand(group, lay, layer, { t, u }, part, past, size) {
  const H = lay.H, at = (shown, unit) => shown.top + (unit + 0.5) * lay.row, home = lay.shown[Math.floor(u / H)], to = at(home, u % H);
  const right = lay.x(t) + lay.cell / 2, left = lay.x(t) - lay.cell / 2, out = Math.max(3, Math.min(9, lay.pitch - lay.cell - 2)), sign = part.product < 0 ? "down" : "up";
  const line = (d) => {
    add(group, "path", { class: "halo", d, "stroke-width": 4 + 4 * size });
    add(group, "path", { class: sign, d, "stroke-width": (1 + 3.4 * size).toFixed(2) });
  };
  const ring = (x, shown) => add(group, "rect", { class: "source", x: x - lay.cell / 2, y: shown.top + part.from * lay.row, width: lay.cell, height: lay.row - (lay.row > 8 ? 1 : 0), rx: lay.row > 10 ? 3 : 1 });
  if (part.kind === "h") {
    const from = at(home, part.from), x = lay.x(past) + lay.cell / 2, near = past < t - 1 || t === lay.read;
    ring(lay.x(past), home);
    const mid = near ? left - 14 : (x + left) / 2;
    line(`M${lay.x(past)} ${from}H${x - 2}C${mid + 4} ${from} ${mid - 4} ${to} ${left} ${to}`);
    return;
  }
  const below = lay.blocks[layer - 1];
  if (layer && !below.open) line(`M${right - 4} ${below.top + below.height / 2}C${right + out} ${below.top + below.height} ${right + out} ${to} ${right} ${to}`);
  else if (layer) {
    ring(lay.x(t), below);
    line(`M${lay.x(t)} ${at(below, part.from)}H${right}C${right + out} ${at(below, part.from)} ${right + out} ${to} ${right} ${to}`);
  } else {
    const from = lay.y.input + lay.inputHeight;
    line(`M${right - 6} ${from}C${right + out} ${from + 8} ${right + out} ${to - 4} ${right} ${to}`);
  }
}
