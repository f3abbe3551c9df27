// The names of the rows, in the gutter that stays while the time axis scrolls.

import { add } from "../svg.js";

export function labels(gutter, { film, lay }) {
  const { y, narrow } = lay;
  const title = (at, text) => add(gutter, "text", { class: "title", x: 0, y: at }, text);
  const symbol = (at, parts, x = 0) => {
    const text = add(gutter, "text", { class: "sub", x, y: at });
    let low = false;
    for (const [part, isLow] of parts) {
      add(text, "tspan", { class: isLow ? "low" : "", dy: isLow === low ? 0 : isLow ? 3 : -3 }, part);
      low = isLow;
    }
  };
  const reads = y.input + Math.max(0, lay.inputHeight / 2 - 14);
  title(reads + 13, "input");
  symbol(reads + 29, [["x", 0], ["t", 1]]);

  const top = y.hidden + middle(lay);
  title(top, narrow ? "hidden" : "hidden state");
  symbol(top + 17, [["h", 0], ["t", 1], [`, ${film.H} unit${film.H === 1 ? "" : "s"}`, 0]]);

  title(y.output + 13, "output");
  const target = narrow ? "y" : "target y";
  if (film.kind === "class") symbol(y.output + 30, [["ŷ", 0], ["t", 1], [`, ${target}`, 0], ["t", 1]]);
  else {
    add(gutter, "circle", { class: "answer", cx: 4, cy: y.output + 26, r: 3.5 });
    symbol(y.output + 30, [["ŷ", 0], ["t", 1]], 12);
    add(gutter, "circle", { class: "wanted", cx: 39, cy: y.output + 26, r: 3.5 });
    symbol(y.output + 30, [[target, 0], ["t", 1]], 47);
  }
  if (film.answers.some((asked, t) => !asked && !film.padding[t])) {
    add(gutter, "circle", { class: "none", cx: 3, cy: y.output + 43, r: 2 });
    add(gutter, "text", { class: "sub", x: 11, y: y.output + 47 }, "no target");
  }
  add(gutter, "text", { class: "sub", x: 0, y: y.loss + lay.lossBars - 3 }, narrow ? "loss at t" : "share of loss");

  const grad = y.grad + (narrow ? -10 : 10);  // on a narrow screen over its axis, not beside it
  title(grad, "gradient");
  symbol(grad + 18, [["‖∂L/∂h", 0], ["t", 1], ["‖", 0]]);
  add(gutter, "text", { class: "sub", x: 0, y: grad + 37 }, narrow ? "log scale" : "before clipping");
  if (!narrow) add(gutter, "text", { class: "sub", x: 0, y: grad + 54 }, "log scale");
  add(gutter, "text", { class: "sub", x: 0, y: y.axis + 15 }, "time step t");
}

// Where the hidden state's name stands, so that it and the legend under it are centred on the row.
export const middle = (lay) => Math.max(13, lay.hiddenHeight / 2 - 26);
