// The network folded: one cell with a loop, as every article draws it. Unrolled, it stands once in every column. Drawn
// in the place of the columns, on their heights, so that each row keeps its name beside it.

import { covered } from "../covers.js";
import { add } from "../svg.js";
import { t } from "../../words.js";

const WIDE = 96,
  TURN = 60, // px: the cell; how far the loop goes out
  LETTERS = 54; // of a line under it

export function loop(svg, { film, lay }) {
  const { y, hiddenHeight, inputHeight, out } = lay,
    x = Math.round(Math.min(lay.canvas, lay.width - lay.gutter) / 2);
  const top = y.lane,
    height = y.hidden - top + hiddenHeight,
    middle = top + height / 2,
    half = WIDE / 2,
    group = add(svg, "g", { class: "loop" });
  const text = (at, down, words, kind = "", anchor = "middle") => {
    const node = add(group, "text", { class: kind, x: at, y: down, "text-anchor": anchor });
    words.forEach(([part, low], i) =>
      add(node, "tspan", { class: low ? "low" : "", dy: low === Boolean(words[i - 1]?.[1]) ? 0 : low ? 4 : -4 }, part),
    );
  };
  const arrow = (d) => add(group, "path", { class: "way", d, "marker-end": "url(#head)" });
  const box = (kind, at, tall, words) => {
    add(group, "rect", { class: kind, x: x - half, y: at, width: WIDE, height: tall, rx: 8 });
    text(x, at + tall / 2 + 7, words, "name");
  };
  box("reads", y.input + inputHeight / 2 - 14, 28, [["x"], ["t", true]]);
  box(
    "cell",
    top,
    height,
    film.carry?.state === "c" ? [["h"], ["t", true], [", c"], ["t", true]] : [["h"], ["t", true]],
  );
  box("writes", y.output, 28, [["ŷ"], ["t", true]]);
  arrow(`M${x} ${y.input + inputHeight / 2 + 15}V${top - 3}`);
  arrow(`M${x} ${top + height + 1}V${y.output - 3}`);
  const low = Math.min(28, height / 4),
    r = Math.min(14, low),
    far = x + half + TURN;
  arrow(
    `M${x + half} ${middle + low}H${far - r}Q${far} ${middle + low} ${far} ${middle + low - r}V${middle - low + r}Q${far} ${middle - low} ${far - r} ${middle - low}H${x + half + 3}`,
  );
  text(x - 9, (y.input + inputHeight / 2 + 14 + top) / 2 + 3, [["W"], ["xh", true]], "weight", "end");
  text(x - 9, (top + height + y.output) / 2 + 3, [["W"], ["hy", true]], "weight", "end");
  text(far + 10, middle - 4, [["W"], ["hh", true]], "weight", "start");
  text(
    far + 10,
    middle + 16,
    [["h"], ["t", true], [" ", false], [t("is read again as h"), false], ["t−1", true]],
    "about",
    "start",
  );
  const lines = [
    t("{cell}: one cell, used at all {steps} steps.", { cell: film.cell, steps: film.T }),
    ...wrapped(t("Unrolled, it is drawn once for every step, and the gradient goes back through the copies.")),
  ];
  const down = Math.min(y.output + out + 22, lay.time - 50);
  lay.places.loop = { x: lay.gutter, y: down - 20, width: lay.width - lay.gutter, height: 21 * lines.length + 10 };
  if (covered(film, "loop")) return;
  const about = add(group, "text", { class: "about", x, y: down, "text-anchor": "middle" });
  lines.forEach((line, i) => add(about, "tspan", { x, dy: i ? 21 : 0 }, line));
}

// A sentence in lines, each as long as it may be.
const wrapped = (sentence) =>
  sentence.split(" ").reduce(
    (lines, word) => {
      const longer = [lines.at(-1), word].filter(Boolean).join(" ");
      return longer.length <= LETTERS ? [...lines.slice(0, -1), longer] : [...lines, word];
    },
    [""],
  );
