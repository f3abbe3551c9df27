// The strongest of what enters a unit or an output, drawn into the picture: a line from each input or unit, as wide as
// its share, solid where it pushes up and dashed where it pulls down.

import { add } from "./svg.js";
import { before, entering, strongest } from "./terms.js";

const MOST = 5;

// -> show(state, target): draw them for a unit or an output, or clear them for anything else.
export function strands() {
  let group = null;
  return ({ exact, lay, time }, target) => {
    group?.remove();
    group = null;
    const film = exact?.film,
      into = lay && target && film && entering(film, exact, lay, target);
    if (!into) return;
    group = add(time, "g", { class: "strands" });
    const { most } = strongest(into.all, MOST),
      largest = Math.abs(most[0]?.product ?? 1);
    for (const part of [...most].reverse()) {
      const size = Math.abs(part.product) / largest;
      if (target.row === "output") out(group, lay, target.t, part, size);
      else strand(group, lay, into.layer, target, part, before(film, target.t), size);
    }
  };
}

const line = (group, d, { product }, size) => {
  add(group, "path", { class: "halo", d, "stroke-width": 4 + 4 * size });
  add(group, "path", { class: product < 0 ? "down" : "up", d, "stroke-width": (1 + 3.4 * size).toFixed(2) });
};

const ring = (group, lay, x, shown, unit) =>
  add(group, "rect", {
    class: "source",
    x: x - lay.cell / 2,
    y: shown.top + unit * lay.row,
    width: lay.cell,
    height: lay.row - (lay.row > 8 ? 1 : 0),
    rx: lay.row > 10 ? 3 : 1,
  });

const aside = (lay) => Math.max(3, Math.min(9, lay.pitch - lay.cell - 2)); // how far a line goes beside its column

// From a unit of the top layer down to the output of the same step.
function out(group, lay, t, part, size) {
  const block = lay.blocks.at(-1),
    x = lay.x(t),
    right = x + lay.cell / 2,
    to = lay.y.output - 1;
  const from = block.open ? block.top + (part.from + 0.5) * lay.row : block.top + block.height / 2,
    end = x + Math.min(lay.cell / 2 - 3, 10);
  if (block.open) ring(group, lay, x, block, part.from);
  line(
    group,
    `M${right - 2} ${from}C${right + aside(lay)} ${from + 4} ${right + aside(lay)} ${to - 12} ${end} ${to}`,
    part,
    size,
  );
}

function strand(group, lay, layer, { t, u }, part, past, size) {
  const H = lay.H,
    at = (shown, unit) => shown.top + (unit + 0.5) * lay.row,
    home = lay.shown[Math.floor(u / H)],
    to = at(home, u % H);
  const right = lay.x(t) + lay.cell / 2,
    left = lay.x(t) - lay.cell / 2,
    out = aside(lay),
    draw = (d) => line(group, d, part, size);
  if (part.kind === "h") {
    const from = at(home, part.from),
      x = lay.x(past) + lay.cell / 2,
      near = past < t - 1 || t === lay.read;
    ring(group, lay, lay.x(past), home, part.from);
    const mid = near ? left - 14 : (x + left) / 2;
    draw(`M${lay.x(past)} ${from}H${x - 2}C${mid + 4} ${from} ${mid - 4} ${to} ${left} ${to}`);
    return;
  }
  const below = lay.blocks[layer - 1];
  if (layer && !below.open)
    draw(
      `M${right - 4} ${below.top + below.height / 2}C${right + out} ${below.top + below.height} ${right + out} ${to} ${right} ${to}`,
    );
  else if (layer) {
    ring(group, lay, lay.x(t), below, part.from);
    draw(
      `M${lay.x(t)} ${at(below, part.from)}H${right}C${right + out} ${at(below, part.from)} ${right + out} ${to} ${right} ${to}`,
    );
  } else {
    const from = lay.y.input + lay.inputHeight;
    draw(`M${right - 6} ${from}C${right + out} ${from + 8} ${right + out} ${to - 4} ${right} ${to}`);
  }
}
