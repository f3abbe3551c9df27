// Row 3: the output ŷ_t and the target y_t.

import { percent, short, tick } from "../format.js";
import { clamp, easedRange, linear, niceTop } from "../scales.js";
import { sameSequence, steps } from "../pinned.js";
import { add, say, set } from "../svg.js";
import { output as explain } from "../answer.js";
import { outputOf } from "../terms.js";
import { beyond } from "./halves.js";
import { about, symbol, title } from "./labels.js";
import { t } from "../../words.js";

const LETTER = 11; // px, of a bold one

/** @type {Row} The loss under it is told of with it. */
export const output = {
  name: "output",
  help: t(
    "ŷ_t, what the network predicts, computed from h_t alone: the stronger the colour, the surer. Under it stand the " +
      "target and whether the prediction is right.",
  ),
  gap: ({ arrow }) => arrow,
  height: ({ kind }) => (kind === "class" ? 58 : 66),
  small: { height: 58 },
  place: (_, height) => ({ out: height }),
  label,
  draw: outputs,
  until: ({ y, lossBars }) => y.loss + lossBars + 6,
  box: (lay, { t }) => ({
    x: lay.x(t) - lay.cell / 2,
    y: lay.y.output,
    width: lay.cell,
    height: lay.out + 8 + lay.lossBars,
  }),
  pick: outputOf,
  explain: (film, frame, { t, k }) => explain(film, frame, t, k),
  column(film, frame) {
    const past = (t) => film.over && beyond(frame, t),
      answered = (t) => film.answers[t] && !past(t),
      sure = film.kind === "class";
    const answerOf = (t) => (sure ? (film.symbols[frame.answer[t]] ?? "–") : short(frame.answer[t]));
    return [
      [
        t("target"),
        (at) =>
          film.targets[at] || (answered(at) ? t("not known") : film.padding[at] || past(at) ? "–" : t("no target")),
      ],
      [t("answer"), (t) => (answered(t) ? answerOf(t) : "–")],
      ...(sure ? [[t("how sure"), (t) => (answered(t) ? percent(frame.sure[t]) : "–")]] : []),
    ];
  },
};

function label(gutter, { film, lay }) {
  const { y, narrow } = lay,
    target = narrow ? "y" : t("target y");
  title(gutter, y.output + 13, t("output"));
  if (film.kind === "class")
    symbol(gutter, y.output + 30, [
      ["ŷ", 0],
      ["t", 1],
      [`, ${target}`, 0],
      ["t", 1],
    ]);
  else
    for (const { name, text, x } of [
      { name: "answer", text: "ŷ", x: 4 },
      { name: "wanted", text: target, x: 39 },
    ]) {
      add(gutter, "circle", { class: name, cx: x, cy: y.output + 26, r: 3.5 });
      symbol(
        gutter,
        y.output + 30,
        [
          [text, 0],
          ["t", 1],
        ],
        x + 8,
      );
    }
  if (film.answers.some((answered, t) => !answered && !film.padding[t])) {
    add(gutter, "circle", { class: "none", cx: 3, cy: y.output + 43, r: 2 });
    about(gutter, y.output + 47, t("no target"), 11);
  }
}

// In a miniature there is room for all of a word where one step alone answers.
export function answering(film, lay) {
  const letters = Math.max(1, ...(film.symbols ?? []).map((word) => word.length));
  return !lay.small || film.answers.filter(Boolean).length > 1
    ? lay
    : { ...lay, pitch: 10 * letters, cell: Math.max(lay.cell, 10 * letters + 4) };
}

// As many letters as there is room for.
export const cut = (text, letters) =>
  text.length <= Math.max(1, letters) ? text : letters > 1 ? `${text.slice(0, letters - 1)}…` : "…";

/** @param {Board} board */
function outputs(svg, board) {
  const lay = answering(board.film, board.lay);
  return (board.film.kind === "class" ? classes : numbers)(svg, { ...board, lay });
}

// covered: the steps whose dot would lie under a neighbour's wide answer.
function noTarget(group, lay, film, covered = (_t) => false) {
  const middle = lay.y.output + (film.kind === "class" ? 14 : lay.out / 2);
  film.answers.forEach((answered, t) => {
    if (!answered && !film.padding[t] && !covered(t))
      add(group, "circle", { class: "none", cx: lay.x(t), cy: middle, r: 2 });
  });
}

/** @type {Paint} */
function classes(svg, { film, lay, pinned }) {
  const { y } = lay,
    before = sameSequence(pinned, film) ? pinned.answer : null;
  const group = add(svg, "g", { class: "outputs", translate: "no" });
  const longest = Math.max(...film.symbols.map((symbol) => symbol.length));
  const room = (t) =>
    film.answers[t - 1] || film.answers[t + 1] ? lay.pitch - 2 : Math.max(lay.cell, Math.min(2 * lay.pitch, 60));
  const wide = (t) => Math.max(lay.cell, Math.min(room(t), LETTER * longest + 4));
  // a wide one at the end stays in the picture
  const across = (t) => Math.min(lay.x(t), (lay.canvas ?? Infinity) - 1 - wide(t) / 2);
  noTarget(group, lay, film, (t) =>
    film.answers.some((answered, u) => answered && Math.abs(lay.x(u) - lay.x(t)) < wide(u) / 2 + 3),
  );
  const fit = (text, t) => cut(text, Math.floor((Math.max(wide(t), room(t)) - 2) / LETTER));
  const columns = film.answers
    .map(
      (answered, t) =>
        answered && {
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
          letter: add(group, "text", { class: "letter", x: across(t), y: y.output + 14, dy: ".35em" }),
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
    for (const { t, target, chip, letter, wanted, mark, was } of columns) {
      if (film.over) {
        const seen = beyond(frame, t) ? "hidden" : "visible",
          late = t >= frame.over ? " late" : "";
        for (const part of [chip, letter, wanted, mark, was]) if (part) set(part, { visibility: seen });
        set(chip, { class: `chip${late}` });
        set(letter, { class: `letter${late}` });
      }
      const struck = was && before[t] !== frame.answer[t] ? fit(film.symbols[before[t]] ?? "", t) : "";
      if (was) {
        say(was, struck);
        set(letter, { x: across(t) + (struck && longest === 1 ? 5 : 0) }); // beside it, not under it
      }
      const right = frame.answer[t] === target || Number.isNaN(target);
      set(chip, { "fill-opacity": (0.08 + 0.72 * clamp(frame.sure[t], 0, 1)).toFixed(2) });
      say(letter, fit(film.symbols[frame.answer[t]] ?? "", t));
      say(mark, Number.isNaN(target) ? "" : right ? "✓" : "✗");
      set(mark, { class: right ? "mark" : "mark wrong" });
      set(wanted, { class: right ? "target" : "target wrong" });
    }
  };
}

// Numbers: target and output as two lines on the time axis; written out where few steps answer.
/** @type {Paint} */
function numbers(svg, { film, lay, gutter, pinned }) {
  const before = sameSequence(pinned, film) ? pinned.answer : null;
  const { y, out } = lay,
    top = y.output + 6,
    bottom = y.output + out - 6;
  const answered = film.answers.flatMap((a, t) => (a ? [t] : [])),
    known = answered.filter((t) => film.targets[t]);
  const group = add(svg, "g", { class: "outputs numbers" });
  noTarget(group, lay, film);
  const written = answered.length <= 3;
  const labels = [0, 1].map(() => add(gutter, "text", { class: "tick", x: lay.gutter - 8, dy: ".35em" }));
  const ghost = before && add(group, "path", { class: "ghost" });
  const target = add(group, "path", { class: "targets" }),
    answers = add(group, "path", { class: "said" });
  const dots = answered.map(() => [
    add(group, "circle", { class: "wanted", r: written ? 5 : 2.5 }),
    add(group, "circle", { class: "answer", r: written ? 5 : 3.5 }),
  ]);
  const words = written
    ? answered.map((t) => {
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
    for (const t of answered) {
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
    const line = (values, steps = answered) =>
      steps.map((t, i) => `${i && steps[i - 1] === t - 1 ? "L" : "M"}${lay.x(t)} ${at(values[t]).toFixed(1)}`).join("");
    if (ghost && answered.length)
      set(ghost, {
        d: written ? steps(lay.T, lay.x, 12, (t) => (film.answers[t] ? at(before[t]) : null)) : line(before),
      });
    set(target, { d: line(film.target, known) });
    if (answered.length) set(answers, { d: line(frame.answer) });
    answered.forEach((t, i) => {
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
