// The loss over training steps: training thin, held-out thick, the baseline dashed with its name; a mark wherever a
// control was changed, and where the run diverged. Log or linear.

import { count, short, tick } from "../format.js";
import { clamp, decadeTicks, easedRange, linear, niceTop, ticks } from "../scales.js";
import { add, say, set } from "../svg.js";
import { t } from "../../words.js";

const LETTER = 7; // px
const RUNAWAY = 1000; // times the first loss: as in rnn_core/trainer.py

export function curve(svg, { film, lay, box, scale, pinned }) {
  const { left, top, right, bottom } = box;
  const id = "curve";
  add(add(svg, "clipPath", { id }), "rect", { x: left, y: top - 3, width: right - left, height: bottom - top + 6 });
  const lines = add(svg, "g", { class: "lines" });
  const plot = add(svg, "g", { "clip-path": `url(#${id})` });
  const marks = Array.from({ length: 14 }, () => ({
    line: add(lines, "path"),
    text: add(svg, "text", { class: "tick", x: left - 8, dy: ".35em" }),
  }));
  const steps = Array.from({ length: 8 }, () => add(svg, "text", { class: "axis", y: bottom + 17 }));
  add(svg, "path", { class: "base", d: `M${left} ${bottom + 0.5}H${right}` });
  const baseline = add(plot, "path", { class: "baseline" });
  const ghost = add(plot, "path", { class: "ghost" }); // of another run that is held
  const training = add(plot, "path", { class: "training" }),
    heldOut = add(plot, "path", { class: "held-out" });
  const changed = changes(svg, box),
    name = add(svg, "text", { class: "baseline" });
  const legend = key(svg, lay.narrow ? 0 : Math.min(left, right - 232), box.legend); // short of the gauge's title
  const rangeY = easedRange(),
    rangeX = easedRange();
  let wasLog = null,
    drawn = "",
    place = null;

  return (frame, seconds, idle) => {
    const {
        diverged,
        baseline: { loss: base },
      } = frame.film,
      end = diverged ? [[diverged.step, t("diverged: {array} is not finite", diverged)]] : [];
    const jumps = (values, last) => (diverged ? [...values, last] : values); // to the loss of the step that diverged
    const s = jumps(frame.film.curve_step, diverged?.step),
      loss = jumps(frame.film.curve_loss, frame.loss),
      held = jumps(frame.film.curve_held_out, NaN);
    const log = scale() === "log";
    const n = s.length;
    let last = n;
    while (last > 0 && s[last - 1] > Math.max(frame.step, diverged?.step ?? 0)) last--;

    const jump = wasLog !== null && wasLog !== log;
    wasLog = log;
    const other = pinned && pinned.film.run !== film.run ? [...pinned.film.curve_held_out] : [];
    const [low, high] = log
      ? logRange(loss, [...held, ...other], base, 20 / (bottom - top))
      : [0, linearTop(loss, base)];
    const y = rangeY([low, high], jump ? Infinity : seconds, idle);
    const x = rangeX([0, niceTop(Math.max(20, s[n - 1] ?? 0, frame.step))], seconds, idle);
    const px = linear(0, x.range[1], left, right),
      value = linear(...y.range, bottom, top);
    const py = (v) => clamp(value(log ? Math.log10(v) : v), -1e4, 1e4);

    const path = (values, at = s, until = last) => {
      const points = [];
      for (let i = 0; i < until; i++) {
        const v = values[i];
        if (Number.isFinite(v) && (!log || v > 0)) points.push([tenth(px(at[i])), tenth(py(v))]);
      }
      return trace(points);
    };
    const here =
      pinned && pinned.film.run === film.run && pinned.step <= x.range[1]
        ? [[pinned.step, t("compared: step {step}, {loss}", { step: pinned.step, loss: short(pinned.heldOut) })]]
        : [];
    const now = `${frame.film.film} ${last} ${x.range} ${y.range}`;
    if (now !== drawn) {
      set(training, { d: path(loss) });
      set(heldOut, { d: path(held) });
      set(ghost, { d: other.length ? path(other, pinned.film.curve_step, other.length) : "" });
    }
    drawn = now;
    let beside = null;
    if (Number.isFinite(base) && base !== null) {
      const at = py(base),
        words = t("baseline: {name}", frame.film.baseline);
      const lines = [loss, held].map((values) =>
        [...s].flatMap((v, i) =>
          i < last && Number.isFinite(values[i]) && (!log || values[i] > 0) ? [[px(v), py(values[i])]] : [],
        ),
      );
      place = label(words, at, box, lines, place);
      set(baseline, { d: `M${left} ${at.toFixed(1)}H${right}` });
      beside = {
        at,
        y: place.y,
        from: place.x - (place.end ? LETTER * words.length : 0),
        to: place.end ? right : place.x + LETTER * words.length,
      };
      set(name, { x: place.x, y: place.y.toFixed(1), "text-anchor": place.end ? "end" : "start" });
      say(name, words);
    }
    changed(
      [...frame.film.changes, ...here, ...end].sort(([a], [b]) => a - b),
      Math.max(frame.step, pinned?.step ?? 0, diverged?.step ?? 0),
      px,
      beside,
    );
    legend(frame);

    const shown = log ? logTicks(...y.goal) : ticks(y.goal[1], 3);
    marks.forEach(({ line, text }, i) => {
      const visibility = i < shown.length ? "visible" : "hidden";
      set(line, { visibility });
      set(text, { visibility });
      if (i >= shown.length) return;
      const where = clamp(py(shown[i]), top, bottom).toFixed(1);
      set(line, { d: `M${left} ${where}H${right}` });
      set(text, { y: where });
      say(text, tick(Number(shown[i].toPrecision(3))));
    });
    const along = ticks(x.goal[1], lay.narrow ? 2 : 5);
    steps.forEach((text, i) => {
      set(text, { visibility: i < along.length && along[i] <= x.range[1] * 1.002 ? "visible" : "hidden" });
      if (i >= along.length) return;
      set(text, { x: px(along[i]).toFixed(1), "text-anchor": along[i] > 0.95 * x.goal[1] ? "end" : "middle" });
      say(text, count(Math.round(along[i])));
    });
    return y.moving || x.moving;
  };
}

// A line through these points; of a single one, a ring, for a line of one point is nothing.
export const trace = (points) =>
  points.length === 1
    ? `M${points[0][0] - 2} ${points[0][1]}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`
    : points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");

const tenth = (x) => Math.round(10 * x) / 10;

function key(svg, x, y) {
  const group = add(svg, "g", { class: "key" });
  add(group, "path", { class: "held-out", d: `M${x} ${y - 4}h22` });
  const held = add(group, "text", { class: "held-out", x: x + 28, y });
  add(group, "path", { class: "training", d: `M${x + 178} ${y - 4}h22` });
  const training = add(group, "text", { x: x + 206, y });
  let last = "–";
  return (frame) => {
    if (Number.isFinite(frame.heldOut)) last = short(frame.heldOut);
    say(held, t("held out {loss}", { loss: last }));
    say(training, t("training {loss}", { loss: short(frame.loss) }));
  };
}

// A flag at every step where something was set, and in words what, as far as there is room: the newest first. Under the
// pointer each says all of it; so does the table of the numbers (table.js).
function changes(svg, { left, right, top, bottom }) {
  const group = add(svg, "g", { class: "changes" }),
    lines = add(group, "g"),
    words = add(group, "g"),
    areas = add(group, "g"); // no line over a word
  const flags = [];
  const flag = () => {
    const area = add(areas, "rect", { class: "area", width: 13, y: top - 5, height: bottom - top + 5 });
    return { line: add(lines, "path"), text: add(words, "text"), area, title: add(area, "title") };
  };
  return (all, step, px, baseline) => {
    const seen = all.filter(([at]) => at <= step),
      rows = free(top, bottom, right, baseline);
    while (flags.length < seen.length) flags.push(flag());
    const places = besides(
      seen.map(([at, words]) => [px(at), words.length * LETTER]),
      left,
      right,
      rows.map(({ taken }) => taken),
    );
    flags.forEach(({ line, text, area, title }, i) => {
      const visible = i < seen.length ? "visible" : "hidden",
        place = places[i];
      set(line, { visibility: visible });
      set(area, { visibility: visible });
      set(text, { visibility: place ? visible : "hidden" });
      if (i >= seen.length) return;
      const x = px(seen[i][0]).toFixed(1);
      set(line, { d: `M${x} ${bottom}V${top - 3}m-4 0h8l-4 7z` });
      set(area, { x: (x - 6.5).toFixed(1) });
      say(title, t("step {step}: {change}", { step: seen[i][0], change: seen[i][1] }));
      if (!place) return;
      set(text, { x: place.x.toFixed(1), y: rows[place.row].y });
      say(text, seen[i][1]);
    });
  };
}

// The first two rows for words that the baseline does not strike out, {y, taken: spans}; its name stays free.
export function free(top, bottom, right, baseline) {
  const rows = [];
  for (let y = top + 8; y < bottom - 4 && rows.length < 2; y += 15) {
    if (baseline && Math.abs(y - 4 - baseline.at) < 9) continue;
    rows.push({ y, taken: baseline && Math.abs(y - baseline.y) < 15 ? [[baseline.from, baseline.to ?? right]] : [] });
  }
  return rows;
}

// Where the words of marks at x, this wide, go: beside the mark, in the first row that is free; null: nowhere. rows:
// the spans that are taken in each.
export function besides(marks, left, right, rows = [[], []]) {
  const taken = rows.map((spans) => [...spans]);
  return marks
    .map((mark, i) => [mark, i])
    .reverse()
    .map(([[x, width], i]) => {
      const start = x + 7 + width <= right ? x + 7 : x - 7 - width;
      const row =
        start < left ? -1 : taken.findIndex((spans) => spans.every(([a, b]) => start > b + 8 || start + width < a - 8));
      if (row < 0) return [i, null];
      taken[row].push([Math.min(x, start), start + width]);
      return [i, { x: start, row }];
    })
    .sort(([a], [b]) => a - b)
    .map(([, place]) => place);
}

// Where the baseline's name stands: over or under its line (at), at the right or at the left end, where no curve runs;
// in the place that it had, as long as that is free. lines: each a list of [x, y].
export function label(words, at, { left, right, top, bottom }, lines, before = null) {
  const width = LETTER * words.length;
  const places = [true, false].flatMap((end) =>
    [-6, 16].map((dy) => ({ x: end ? right - 4 : left + 6, y: at + dy, end, is: `${end}${dy}` })),
  );
  const inside = places.filter(({ y }) => y - 12 >= top && y + 4 <= bottom);
  const clear = inside.filter(
    ({ x, y, end }) =>
      !lines.some((line) => meets(line, x - (end ? width : 0) - 3, x + (end ? 0 : width) + 3, y - 12, y + 4)),
  );
  return (
    clear.find(({ is }) => is === before?.is) ??
    clear[0] ??
    inside.find(({ is }) => is === before?.is) ??
    inside[0] ??
    places[0]
  );
}

// Whether a line goes through a box.
function meets(line, x0, x1, y0, y1) {
  return line.some(([xb, yb], i) => {
    const [xa, ya] = line[Math.max(0, i - 1)];
    if (xb < x0 || xa > x1) return false;
    const y = (x) => (xb > xa ? ya + ((yb - ya) * (x - xa)) / (xb - xa) : yb),
      [p, q] = [y(Math.max(xa, x0)), y(Math.min(xb, x1))];
    return Math.max(p, q) > y0 && Math.min(p, q) < y1;
  });
}

// Half decades, so that the range neither jumps nor leaves half of the picture empty; a loss that explodes leaves it at
// the top. share: of the picture, kept free over the baseline for its name.
export function logRange(loss, held, base, share = 0) {
  let low = Infinity,
    high = -Infinity;
  const first = loss.find((v) => v > 0 && v < Infinity) ?? Infinity,
    most = RUNAWAY * Math.max(first, base ?? 0);
  for (const values of [loss, held, [base]]) {
    for (const v of values)
      if (v > 0 && v <= most && v < Infinity) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
  }
  if (low > high) return [-1, 0];
  const a = Math.floor(2 * Math.log10(low) - 0.05) / 2,
    b = Math.ceil(2 * Math.log10(high) + 0.05) / 2;
  const range = [Math.max(a, b - 12), Math.max(b, a + 1)];
  while (base > 0 && range[1] - Math.log10(base) < share * (range[1] - range[0])) range[1] += 0.5;
  return range;
}

export function linearTop(loss, base) {
  let most = 0;
  for (const v of loss) if (v > most && v < Infinity) most = v;
  // a loss that explodes leaves the picture, the rest stays
  const most_shown = base > 0 ? Math.min(most, 4 * base) : most;
  return niceTop(1.05 * Math.max(most_shown, base ?? 0));
}

// 1, 0.3, 0.1 … over few decades, powers of ten over many.
export function logTicks(low, high) {
  if (high - low > 3) return decadeTicks(low, high, 4).map((d) => 10 ** d);
  const result = [];
  for (let d = Math.floor(low); d <= high; d++) {
    for (const m of high - low > 1.6 ? [1] : [1, 3]) {
      const e = d + Math.log10(m);
      if (e >= low - 1e-6 && e <= high + 1e-6) result.push(m * 10 ** d);
    }
  }
  return result;
}
