// Row 3: the output ŷ_t and the target y_t, and this step's share of the loss.

import { short, tick } from "../format.js";
import { clamp, easedRange, linear, niceTop } from "../scales.js";
import { sameSequence, steps } from "../pinned.js";
import { add, say, set } from "../svg.js";
import { beyond } from "./halves.js";

const LETTER = 11; // px, of a bold one

// As many letters as there is room for.
export const cut = (text, letters) =>
  text.length <= Math.max(1, letters) ? text : letters > 1 ? `${text.slice(0, letters - 1)}…` : "…";

export function outputs(svg, board) {
  const draw = board.film.kind === "class" ? classes(svg, board) : numbers(svg, board);
  const share = losses(svg, board);
  return (...at) => [draw(...at), share(...at)].some(Boolean);
}

// covered: the steps whose dot would lie under a neighbour's wide answer.
function noTarget(group, lay, film, covered = (_t) => false) {
  const middle = lay.y.output + (film.kind === "class" ? 14 : lay.out / 2);
  film.answers.forEach((asked, t) => {
    if (!asked && !film.padding[t] && !covered(t))
      add(group, "circle", { class: "none", cx: lay.x(t), cy: middle, r: 2 });
  });
}

function classes(svg, { film, lay, pinned }) {
  const { y } = lay,
    before = sameSequence(pinned, film) ? pinned.answer : null;
  const group = add(svg, "g", { class: "outputs" });
  const longest = Math.max(...film.symbols.map((symbol) => symbol.length));
  const room = (t) =>
    film.answers[t - 1] || film.answers[t + 1] ? lay.pitch - 2 : Math.max(lay.cell, Math.min(2 * lay.pitch, 60));
  const wide = (t) => Math.max(lay.cell, Math.min(room(t), LETTER * longest + 4));
  // a wide one at the end stays in the picture
  const across = (t) => Math.min(lay.x(t), (lay.canvas ?? Infinity) - 1 - wide(t) / 2);
  noTarget(group, lay, film, (t) =>
    film.answers.some((asked, u) => asked && Math.abs(lay.x(u) - lay.x(t)) < wide(u) / 2 + 3),
  );
  const fit = (text, t) => cut(text, Math.floor((Math.max(wide(t), room(t)) - 2) / LETTER));
  const columns = film.answers
    .map(
      (asked, t) =>
        asked && {
          t,
          target: film.target[t],
          chip: add(group, "rect", {
            class: "chip",
            x: across(t) - wide(t) / 2,
            y: y.output,
            width: wide(t),
            height: 28,
            rx: lay.heat ? 3 : 6,
          }),
          said: add(group, "text", { class: "letter", x: across(t), y: y.output + 14, dy: ".35em" }),
          wanted: add(
            group,
            "text",
            { class: "target", x: across(t), y: y.output + 42 },
            fit(film.targets[t] || "–", t),
          ),
          was: before && add(group, "text", { class: "was", x: lay.x(t) - lay.cell / 2 + 2, y: y.output + 11 }),
          mark: add(group, "text", { class: "mark", x: across(t), y: y.output + 57 }),
        },
    )
    .filter(Boolean);
  return (frame) => {
    for (const { t, target, chip, said, wanted, mark, was } of columns) {
      if (film.over) {
        const seen = beyond(frame, t) ? "hidden" : "visible",
          late = t >= frame.over ? " late" : "";
        for (const part of [chip, said, wanted, mark, was]) if (part) set(part, { visibility: seen });
        set(chip, { class: `chip${late}` });
        set(said, { class: `letter${late}` });
      }
      const struck = was && before[t] !== frame.answer[t] ? fit(film.symbols[before[t]] ?? "", t) : "";
      if (was) {
        say(was, struck);
        set(said, { x: across(t) + (struck && longest === 1 ? 5 : 0) }); // beside it, not under it
      }
      const right = frame.answer[t] === target || Number.isNaN(target);
      set(chip, { "fill-opacity": (0.08 + 0.72 * clamp(frame.sure[t], 0, 1)).toFixed(2) });
      say(said, fit(film.symbols[frame.answer[t]] ?? "", t));
      say(mark, Number.isNaN(target) ? "" : right ? "✓" : "✗");
      set(mark, { class: right ? "mark" : "mark wrong" });
      set(wanted, { class: right ? "target" : "target wrong" });
    }
  };
}

// Numbers: target and output as two lines on the time axis; written out where few steps answer.
function numbers(svg, { film, lay, gutter, pinned }) {
  const before = sameSequence(pinned, film) ? pinned.answer : null;
  const { y, out } = lay,
    top = y.output + 6,
    bottom = y.output + out - 6;
  const asked = film.answers.flatMap((a, t) => (a ? [t] : [])),
    known = asked.filter((t) => film.targets[t]);
  const group = add(svg, "g", { class: "outputs numbers" });
  noTarget(group, lay, film);
  const written = asked.length <= 3;
  const labels = [0, 1].map(() => add(gutter, "text", { class: "tick", x: lay.gutter - 8, dy: ".35em" }));
  const ghost = before && add(group, "path", { class: "ghost" });
  const target = add(group, "path", { class: "targets" }),
    said = add(group, "path", { class: "said" });
  const dots = asked.map(() => [
    add(group, "circle", { class: "wanted", r: written ? 5 : 2.5 }),
    add(group, "circle", { class: "answer", r: written ? 5 : 3.5 }),
  ]);
  const words = written
    ? asked.map((t) => {
        const end = lay.x(t) > 150;
        return ["answer", "wanted"].map((name) =>
          add(group, "text", { class: name, x: lay.x(t) + (end ? -14 : 14), "text-anchor": end ? "end" : "start" }),
        );
      })
    : [];
  const range = easedRange();
  return (frame, seconds, idle) => {
    let low = Infinity,
      high = -Infinity;
    for (const t of asked) {
      for (const v of [film.target[t], frame.answer[t], before ? before[t] : NaN]) {
        if (Number.isFinite(v)) {
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
      }
    }
    if (low > high) return false;
    if (written) [low, high] = [Math.min(0, low), Math.max(0, high)];
    const room = niceTop((high - low || Math.abs(high) || 1) / 4);
    const eased = range([Math.floor(low / room) * room, Math.ceil(high / room) * room], seconds, idle);
    const [a, b] = eased.range,
      place = linear(a, b, bottom, top),
      at = (v) => clamp(place(v), top - 4, bottom + 4);
    eased.goal.forEach((v, i) => {
      set(labels[i], { y: clamp(place(v), top, bottom).toFixed(1) });
      say(labels[i], tick(Number(v.toPrecision(3))));
    });
    const line = (values, steps = asked) =>
      steps.map((t, i) => `${i && steps[i - 1] === t - 1 ? "L" : "M"}${lay.x(t)} ${at(values[t]).toFixed(1)}`).join("");
    if (ghost && asked.length)
      set(ghost, {
        d: written ? steps(lay.T, lay.x, 12, (t) => (film.answers[t] ? at(before[t]) : null)) : line(before),
      });
    set(target, { d: line(film.target, known) });
    if (asked.length) set(said, { d: line(frame.answer) });
    asked.forEach((t, i) => {
      const [wanted, answer] = dots[i],
        yAnswer = at(frame.answer[t]),
        sure = Boolean(film.targets[t]),
        yWanted = sure ? at(film.target[t]) : yAnswer;
      set(wanted, { cx: lay.x(t), cy: yWanted, visibility: sure ? "visible" : "hidden" });
      set(answer, { cx: lay.x(t), cy: yAnswer });
      if (!written) return;
      const apart = Math.max(0, 17 - Math.abs(yWanted - yAnswer)) / 2,
        up = yAnswer <= yWanted ? -1 : 1;
      say(words[i][0], `ŷ ${short(frame.answer[t])}`);
      say(words[i][1], sure ? `y ${film.targets[t]}` : "");
      set(words[i][0], { y: clamp(yAnswer + up * apart, top, bottom) + 4 });
      set(words[i][1], { y: clamp(yWanted - up * apart, top, bottom) + 4 });
    });
    return eased.moving;
  };
}

// This step's share of the loss: bars on one linear scale.
function losses(svg, { film, lay, gutter, pinned }) {
  const before = sameSequence(pinned, film) ? pinned.lossT : null;
  const { y, lossBars } = lay,
    floor = y.loss + lossBars;
  const group = add(svg, "g", { class: "shares" });
  add(group, "path", { class: "base", d: `M${lay.start} ${floor + 0.5}H${lay.end}` });
  const label = add(gutter, "text", { class: "tick", x: lay.gutter - 8, y: y.loss + 4, dy: ".35em" });
  const bars = film.answers.map(
    (asked, t) => asked && add(group, "rect", { x: lay.x(t) - lay.cell / 2, width: lay.cell, rx: 1 }),
  );
  const ghost = before && add(group, "path", { class: "ghost" });
  const range = easedRange();
  return (frame, seconds, idle) => {
    let most = 0;
    for (const v of [...frame.lossT, ...(before ?? [])]) if (v > most && v < Infinity) most = v;
    const eased = range([0, niceTop(most)], seconds, idle),
      top = eased.range[1];
    say(label, tick(eased.goal[1]));
    if (ghost)
      set(ghost, {
        d: steps(lay.T, lay.x, lay.cell, (t) =>
          bars[t] ? floor - clamp((before[t] / top) * lossBars, 0, lossBars) : null,
        ),
      });
    bars.forEach((bar, t) => {
      if (!bar) return;
      const tall = Number.isFinite(frame.lossT[t]) ? clamp((frame.lossT[t] / top) * lossBars, 0, lossBars) : 0;
      set(bar, { y: (floor - tall).toFixed(1), height: tall.toFixed(1) });
    });
    return eased.moving;
  };
}
