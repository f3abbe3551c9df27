// What slow motion adds to the board's rows: the gradient in its two parts, each step's share of ∂L/∂W_hh, and the
// veils over what is not computed yet. Each draw(at) gets where the replay stands: see `progress`.

import { percent, short } from "../format.js";
import { axis, thinned, written } from "../rows/gradients.js";
import { middle, split } from "../rows/hidden.js";
import { linear, relative } from "../scales.js";
import { add, say, set } from "../svg.js";
import { t } from "../../words.js";

// How far a stage has come: the steps up to which h and the outputs are there, the step back to which the gradient is
// (T: none yet), and where the stage itself is.
export function progress({ stages, T }, stage) {
  const [kind, t] = stages[stage],
    answered = stages.flatMap(([k, at]) => (k === "loss" ? [at] : []));
  const over = kind !== "forward" && kind !== "loss";
  const outputs = over ? T : Math.max(-1, ...answered.filter((at) => at < t || (at === t && kind === "loss"))) + 1;
  return {
    kind,
    t,
    h: over ? T : t + 1,
    outputs: outputs >= (answered.at(-1) ?? -1) + 1 ? T : outputs,
    back: kind === "backward" ? t : over ? 0 : T,
  };
}

// ‖∂L/∂h_t‖ as an outlined bar; in it the part from the step's own output at the left, that from the future at the
// right.
export function gradientParts(svg, { film, lay, gutter }) {
  const { y, gradHeight, T, start, end, cell } = lay,
    floor = y.grad + gradHeight;
  const scale = relative([...film.dh_norm, ...film.dh_output, ...film.dh_future], axis.kind),
    top = (v) => floor - scale.at(v) * gradHeight;
  const lines = add(svg, "g", { class: "lines" }),
    group = add(svg, "g", { class: "parts" });
  for (const [share, value] of thinned(scale.marks, Math.max(2, Math.floor(gradHeight / 22)))) {
    const where = (floor - share * gradHeight).toFixed(1);
    add(lines, "path", { d: `M${start} ${where}H${end}` });
    add(gutter, "text", { class: "tick", x: lay.gutter - 8, y: where, dy: ".35em" }, written(value));
  }
  const half = cell / 2 - 1.5,
    bar = (name, x, width, from, to) =>
      add(group, "rect", {
        class: name,
        x,
        width: Math.max(1, width),
        y: from.toFixed(1),
        height: Math.max(0, to - from).toFixed(1),
      });
  const kept = film.ratio[0] < 0.9995 ? film.ratio[0] : 1;
  const columns = Array.from({ length: T }, (_, t) => {
    const x = lay.x(t) - cell / 2,
      v = film.dh_norm[t];
    const parts = [
      bar("sum", x + 0.5, cell - 1, top(v), floor),
      bar("output", x + 2, half - 1, top(film.dh_output[t]), floor),
      bar("future", x + cell / 2 + 0.5, half - 1, top(film.dh_future[t]), floor),
    ];
    if (v > 0 && !scale.seen(v))
      parts.push(add(group, "path", { class: "under", d: `M${lay.x(t) - 4} ${floor - 9}h8l-4 6z` }));
    if (v === 0) parts.push(add(group, "text", { class: "zero", x: lay.x(t), y: floor - 4 }, "0"));
    return { parts, cut: kept < 1 && bar("cut", x + 0.5, cell - 1, top(v), top(v * kept)) };
  });
  add(svg, "path", { class: "base", d: `M${start} ${floor + 0.5}H${end}` });
  const legend = key(gutter, { film, lay });
  return (at) => {
    const over = at.kind === "clip" || at.kind === "update" || at.kind === "again";
    legend(over);
    columns.forEach(({ parts, cut }, t) => {
      for (const part of parts) set(part, { visibility: t >= at.back ? "visible" : "hidden" });
      if (cut) set(cut, { visibility: over ? "visible" : "hidden" });
    });
  };
}

// What the bars are, where no stage's own lines say it: over them, beside the axis that stays.
function key(gutter, { lay, film }) {
  const group = add(gutter, "g", { class: "parts key" }),
    { narrow } = lay,
    y = lay.y.grad - 10,
    cut = film.ratio[0] < 0.9995;
  const words = narrow
    ? { output: t("own"), future: t("future"), sum: t("both"), cut: t("cut") }
    : {
        output: t("from its own output"),
        future: t("from the future"),
        sum: t("together"),
        cut: t("cut off by clipping"),
      };
  if (!cut) delete words.cut;
  let x = lay.gutter + (narrow ? 12 : lay.start);
  for (const [name, text] of Object.entries(words)) {
    add(group, "rect", { class: name, x, y: y - 9, width: 9, height: 9 });
    add(group, "text", { class: "axis", x: x + 13, y }, text);
    x += 13 + 7.2 * text.length + (narrow ? 8 : 14);
  }
  return (seen) => set(group, { visibility: seen ? "visible" : "hidden" });
}

// Under the name of the hidden state, where there is room: how another unit is chosen.
export function invite(gutter, lay) {
  const block = lay.shown.at(-1),
    stack = lay.layers > 1,
    y = (stack ? block.top + 66 : middle(lay) + 70) + (split(lay) ? 17 : 0);
  if (y + 4 <= block.top + block.height)
    add(gutter, "text", { class: "sub", x: 0, y }, lay.narrow ? t("press a unit") : t("press a unit or ↑ ↓"));
}

// Each step's share of ∂L/∂W_hh, from a line at 0: a share below it pulls against the whole. `height` under the axis.
export function shares(svg, { film, lay, gutter }, height) {
  const { T, start, end, cell, narrow } = lay,
    top = lay.time + 6,
    bottom = lay.time + height - 4;
  let low = 0,
    high = 1e-9;
  for (const v of film.share) if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const place = linear(low, high, bottom, top),
    zero = place(0);
  add(gutter, "text", { class: "title", x: 0, y: lay.time + 16 }, "∂L/∂W").append(
    add(gutter, "tspan", { class: "low", dy: 3 }, "hh"),
  );
  add(gutter, "text", { class: "sub", x: 0, y: lay.time + 33 }, narrow ? t("shares") : t("each step’s share"));
  const so_far = add(gutter, "text", { class: "sub", x: 0, y: lay.time + 50 });
  add(
    gutter,
    "text",
    { class: "tick", x: lay.gutter - 8, y: narrow ? lay.time + 29 : top + 2, dy: ".35em" },
    percent(high),
  );
  const group = add(svg, "g", { class: "shares-of-W" });
  add(svg, "path", { class: "base", d: `M${start} ${zero.toFixed(1)}H${end}` });
  const bars = Array.from({ length: T }, (_, t) => {
    const y = place(Number.isFinite(film.share[t]) ? film.share[t] : 0);
    return add(group, "rect", {
      x: lay.x(t) - cell / 2,
      width: cell,
      y: Math.min(y, zero).toFixed(1),
      height: Math.abs(y - zero).toFixed(1),
      rx: 1,
    });
  });
  return (at) => {
    bars.forEach((bar, t) =>
      set(bar, {
        visibility: t >= at.back ? "visible" : "hidden",
        class: t === at.t && at.kind === "backward" ? "now" : "",
      }),
    );
    const sum = at.back < T ? `‖·‖ ${short(film.so_far[at.back])}` : "";
    say(so_far, sum && !narrow ? t("so far {sum}", { sum }) : sum);
  };
}

// Over the columns that are not computed yet; around what the stage is about a frame, and arrows of where it comes
// from.
export function spotlight(svg, { lay, film }) {
  const { y, cell, end, heat, T } = lay,
    last = y.loss + lay.lossBars + 3;
  const veils = [
    [y.input + lay.inputHeight + 1, y.output - lay.arrow],
    [y.output - lay.arrow, last],
  ].map(([from, to]) => add(svg, "rect", { class: "veil", y: from, height: to - from }));
  const marker = add(svg, "g", { class: "marker" });
  const frame = add(marker, "rect", { class: "around", rx: 7 }),
    matrices = lay.names.map(({ box: at }) => add(marker, "rect", { class: "around", rx: 5, ...at })),
    unit = add(marker, "rect", { class: "chosen", rx: 3 });
  const flow = ["along", "before", "future", "own"].map((name) => ({
    name,
    line: add(marker, "path", { class: `flow ${name}` }),
    head: add(marker, "path", { class: `flow-head ${name}` }),
  }));
  const block = lay.shown.at(-1),
    middle = block.top + block.height / 2;
  const cover = (veil, t) =>
    t >= T
      ? set(veil, { visibility: "hidden" })
      : set(veil, { visibility: "visible", x: lay.x(t) - lay.pitch / 2, width: end - lay.x(t) + lay.pitch / 2 + 4 });

  return (at, u) => {
    const { kind, t } = at,
      x = lay.x(Math.max(0, t)),
      flows = [];
    cover(veils[0], at.h);
    cover(veils[1], at.outputs);
    const box = (from, tall, all) => {
      const start = Math.max(1.5, (all ? lay.x(0) : x) - cell / 2 - 4),
        stop = (all ? lay.x(T - 1) : x) + cell / 2 + 4;
      return { x: start, width: stop - start, y: from - 4, height: tall + 8 };
    };
    set(
      frame,
      {
        forward: () => box(y.hidden, lay.hiddenHeight),
        loss: () => box(y.output, last - y.output - 2),
        backward: () => box(y.grad, lay.gradHeight),
        clip: () => box(y.grad, lay.gradHeight, true),
        update: () => ({}),
        again: () => box(y.output, last - y.output - 2, true),
      }[kind](),
    );
    set(frame, { visibility: kind === "update" ? "hidden" : "visible" });
    // what an update changes
    for (const matrix of matrices) set(matrix, { visibility: kind === "update" ? "visible" : "hidden" });
    if (kind === "forward") {
      flows.push(["along", `M${x} ${y.hidden - lay.arrow}V${y.hidden - 11}`, x, y.hidden - 4]);
      if (!heat) flows.push(["before", "", x - cell / 2 - 5, middle, true]);
    }
    if (kind === "loss") flows.push(["along", `M${x} ${y.output - lay.arrow + 2}V${y.output - 11}`, x, y.output - 4]);
    if (kind === "backward") {
      const ground = y.grad - 5,
        own = x - cell / 4,
        later = x + cell / 4;
      if (film.dh_output[t] > 0) flows.push(["own", `M${own} ${y.loss + lay.lossBars + 4}V${ground - 7}`, own, ground]);
      if (film.dh_future[t] > 0) {
        const from = lay.x(Math.min(t + 1, T - 1)),
          high = Math.max(y.loss + lay.lossBars + 6, ground - 20);
        flows.push([
          "future",
          `M${from} ${ground}C${from} ${high} ${later} ${high} ${later} ${ground - 7}`,
          later,
          ground,
        ]);
      }
    }
    for (const { name, line, head } of flow) {
      const [, d, tipX, tipY, right] = flows.find(([is]) => is === name) ?? [];
      set(line, d ? { visibility: "visible", d } : { visibility: "hidden" });
      set(
        head,
        tipX === undefined
          ? { visibility: "hidden" }
          : {
              visibility: "visible",
              d: right ? `M${tipX - 9} ${tipY - 6}v12l9 -6z` : `M${tipX - 6} ${tipY - 9}h12l-6 9z`,
            },
      );
    }
    const shown = kind === "forward" || kind === "backward";
    set(
      unit,
      shown
        ? {
            visibility: "visible",
            x: x - cell / 2 - 1,
            width: cell + 2,
            y: block.top + u * lay.row - 1,
            height: lay.row + 1,
          }
        : { visibility: "hidden" },
    );
  };
}
