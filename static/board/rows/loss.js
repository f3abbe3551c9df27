// Under the outputs: each step's share of the loss, bars on one linear scale.

import { short, tick } from "../format.js";
import { sameSequence, steps } from "../pinned.js";
import { clamp, easedRange, niceTop } from "../scales.js";
import { add, say, set } from "../svg.js";
import { about } from "./labels.js";
import { answering } from "./outputs.js";
import { t } from "../../words.js";

/** @type {Row} */
export const loss = {
  name: "loss",
  help: t("How much of the loss comes from each time step. The bars add up to L."),
  gap: 8,
  height: 22,
  small: { gap: 6, height: 12 },
  place: (_, height) => ({ lossBars: height }),
  label: (gutter, { lay: { y, lossBars, narrow } }) =>
    about(gutter, y.loss + lossBars - 3, narrow ? t("loss at t") : t("share of loss")),
  draw: losses,
  column: (film, frame) => [[t("share of loss"), (at) => (film.targets[at] ? short(frame.lossT[at]) : "–")]],
};

/** @type {Paint} */
function losses(svg, { film, lay: place, gutter, pinned }) {
  const lay = answering(film, place);
  const before = sameSequence(pinned, film) ? pinned.lossT : null;
  const { y, lossBars } = lay,
    floor = y.loss + lossBars;
  const group = add(svg, "g", { class: "shares" });
  add(group, "path", { class: "base", d: `M${lay.start} ${floor + 0.5}H${lay.end}` });
  const label = add(gutter, "text", { class: "tick", x: lay.gutter - 8, y: y.loss + 4, dy: ".35em" });
  const bars = film.answers.map(
    (answered, t) => answered && add(group, "rect", { x: lay.x(t) - lay.cell / 2, width: lay.cell, rx: 1 }),
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
