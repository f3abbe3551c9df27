// A number that moves along the arrow of a stage: forward the state of the step before (at first the input), then the
// output's error, on the way back what arrives from the own output and from the future. It comes, goes and is gone; what
// it said stands in the stage's own lines.

import { short } from "../format.js";
import { add, say, set } from "../svg.js";

const LONGEST = 700; // milliseconds on its way
const HIGH = 20; // pixels

// What moves in this stage, of unit u: [{from: [x, y], to: [x, y], words}, …].
export function carried(film, lay, { kind, t }, u) {
  const { y, lossBars, cell } = lay,
    block = lay.shown.at(-1),
    x = lay.x(Math.max(0, t)),
    unit = block.top + (u + 0.5) * lay.row;
  if (film.padding[t]) return [];
  if (kind === "forward") {
    const before = t ? [lay.x(t - 1), unit, short(film.h_now[(t - 1) * film.H + u])] : null;
    const [left, top, words] = before ?? [x, y.input + lay.inputHeight / 2, film.inputs[t]];
    return words ? [{ from: [left, top], to: [x, unit], words }] : [];
  }
  if (kind === "loss")
    return [{ from: [x, y.output + HIGH / 2], to: [x, y.loss + lossBars / 2], words: short(film.error[t]) }];
  if (kind !== "backward") return [];
  const ground = y.grad + lay.gradHeight / 2,
    result = [];
  if (film.dh_output[t] > 0)
    result.push({ from: [x, y.loss + lossBars / 2], to: [x - cell / 4, ground], words: short(film.dh_output[t]) });
  if (film.dh_future[t] > 0)
    result.push({
      from: [lay.x(Math.min(t + 1, film.T - 1)), ground],
      to: [x + cell / 4, ground],
      words: short(film.dh_future[t]),
    });
  return result;
}

// -> draw(at, unit, milliseconds until the next stage).
export function tokens(svg, { film, lay }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const both = [0, 1].map(() => {
    const group = add(svg, "g", { class: "token", opacity: 0 });
    return {
      group,
      box: add(group, "rect", { rx: HIGH / 2, height: HIGH, y: -HIGH / 2 }),
      text: add(group, "text", { dy: ".35em" }),
    };
  });
  return (at, u, time) => {
    const moving = carried(film, lay, at, u);
    both.forEach(({ group, box, text }, k) => {
      group.getAnimations().forEach((each) => each.cancel());
      const { from, to, words = "" } = moving[k] ?? {};
      say(text, words);
      if (!words || still.matches) return;
      const width = 14 + 7.4 * words.length;
      set(box, { x: -width / 2, width });
      const place = (/** @type {number[]} */ [left, top]) => `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      group.animate(
        [
          { transform: place(from), opacity: 1 },
          { transform: place(to), opacity: 1, offset: 0.75 },
          { transform: place(to), opacity: 0 },
        ],
        { duration: Math.min(LONGEST, 0.9 * time), easing: "ease-in-out" },
      );
    });
  };
}
