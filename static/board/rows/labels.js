// The names of the rows, in the gutter that stays while the time axis scrolls.

import { add } from "../svg.js";

export function labels(gutter, { film, lay, theme }) {
  const { y, narrow } = lay;
  const title = (at, text) => add(gutter, "text", { class: "title", x: 0, y: at }, text);
  const symbol = (at, parts) => {
    const text = add(gutter, "text", { class: "sub", x: 0, y: at });
    let low = false;
    for (const [part, isLow] of parts) {
      add(text, "tspan", { class: isLow ? "low" : "", dy: isLow === low ? 0 : isLow ? 3 : -3 }, part);
      low = isLow;
    }
  };
  title(y.input + 13, "input");
  symbol(y.input + 29, [["x", 0], ["t", 1]]);

  const top = y.hidden + Math.max(14, lay.hiddenHeight / 2 - 26);
  title(top, narrow ? "hidden" : "hidden state");
  symbol(top + 17, [["h", 0], ["t", 1], [`, ${film.H} unit${film.H === 1 ? "" : "s"}`, 0]]);
  if (lay.hiddenHeight >= 64) legend(gutter, top + 28, theme, narrow ? 72 : 96);

  title(y.output + 13, "output");
  symbol(y.output + 30, narrow ? [["ŷ", 0], ["t", 1], [", y", 0], ["t", 1]] : [["ŷ", 0], ["t", 1], [", target y", 0], ["t", 1]]);
  if (film.answers.includes(false)) {
    add(gutter, "circle", { class: "none", cx: 3, cy: y.output + 43, r: 2 });
    add(gutter, "text", { class: "sub", x: 11, y: y.output + 47 }, "no target");
  }
  add(gutter, "text", { class: "sub", x: 0, y: y.loss + lay.lossBars - 3 }, narrow ? "loss at t" : "its share of loss");

  title(y.grad + 10, "gradient");
  symbol(y.grad + 28, [["‖∂L/∂h", 0], ["t", 1], [narrow ? "‖" : "‖, log scale", 0]]);
  if (!narrow || lay.gradHeight > 70) add(gutter, "text", { class: "sub", x: 0, y: y.grad + 46 }, narrow ? "log scale" : "before clipping");
  add(gutter, "text", { class: "sub", x: 0, y: y.axis + 15 }, "time step t");
}

// −1 … +1 as colours, with the minus that marks negative values.
function legend(gutter, y, theme, width) {
  const n = 13, step = width / n;
  const colour = (i) => `rgb(${theme.diverging[Math.round((i / (n - 1)) * 254)]})`;
  for (let i = 0; i < n; i++) add(gutter, "rect", { x: i * step, y, width: step + 0.4, height: 9, fill: colour(i) });
  add(gutter, "rect", { class: "frame", x: 0.5, y: y + 0.5, width: width - 1, height: 8 });
  add(gutter, "path", { class: "minus", d: `M4 ${y + 4.5}h7` });
  [["−1", 0, "start"], ["0", width / 2, "middle"], ["+1", width, "end"]].forEach(([text, x, anchor]) => (
    add(gutter, "text", { class: "sub", x, y: y + 23, "text-anchor": anchor }, text)));
}
