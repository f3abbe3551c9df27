// The names of the rows, in the gutter that stays while the time axis scrolls.

import { nameOf } from "../names.js";
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
  symbol(reads + 29, [
    ["x", 0],
    ["t", 1],
  ]);

  for (const { top, lane } of lay.shown) {
    if (!lane) continue;
    const name = top - lane + Math.min(15, lane - 19);
    title(name, film.carry.state === "c" ? "cell state" : "carried on");
    symbol(name + 16, [
      [film.carry.state, 0],
      ["t", 1],
      [valves(film.carry), 0],
    ]);
  }

  const units = [
    [film.show, 0],
    ["t", 1],
    [`, ${film.H} unit${film.H === 1 ? "" : "s"}`, 0],
  ];
  if (lay.layers === 1) {
    title(middle(lay), narrow ? nameOf(film.show).split(" ")[0] : nameOf(film.show));
    symbol(middle(lay) + 17, units);
  } else for (const { top, height } of lay.shown) if (height >= 54) symbol(top + 32, units);

  title(y.output + 13, "output");
  const target = narrow ? "y" : "target y";
  if (film.kind === "class")
    symbol(y.output + 30, [
      ["ŷ", 0],
      ["t", 1],
      [`, ${target}`, 0],
      ["t", 1],
    ]);
  else {
    add(gutter, "circle", { class: "answer", cx: 4, cy: y.output + 26, r: 3.5 });
    symbol(
      y.output + 30,
      [
        ["ŷ", 0],
        ["t", 1],
      ],
      12,
    );
    add(gutter, "circle", { class: "wanted", cx: 39, cy: y.output + 26, r: 3.5 });
    symbol(
      y.output + 30,
      [
        [target, 0],
        ["t", 1],
      ],
      47,
    );
  }
  if (film.answers.some((asked, t) => !asked && !film.padding[t])) {
    add(gutter, "circle", { class: "none", cx: 3, cy: y.output + 43, r: 2 });
    add(gutter, "text", { class: "sub", x: 11, y: y.output + 47 }, "no target");
  }
  add(gutter, "text", { class: "sub", x: 0, y: y.loss + lay.lossBars - 3 }, narrow ? "loss at t" : "share of loss");

  const grad = y.grad + (narrow ? -10 : 10); // on a narrow screen over its axis, not beside it
  title(grad, "gradient");
  if (film.show === "c") {
    add(gutter, "rect", { class: "kept", x: 0, y: grad + 9, width: 9, height: 10 });
    symbol(
      grad + 18,
      [
        ["‖∂L/∂h", 0],
        ["t", 1],
        ["‖", 0],
      ],
      13,
    );
    add(gutter, "rect", { class: "of-c", x: 0.5, y: grad + 28, width: 8, height: 9 });
    symbol(
      grad + 37,
      [
        ["‖∂L/∂c", 0],
        ["t", 1],
        ["‖", 0],
      ],
      13,
    );
  } else if (film.dh_last) symbol(grad + 18, [[`of step ${film.T}${narrow ? "" : "’s loss"}`, 0]]);
  else
    symbol(grad + 18, [
      ["‖∂L/∂h", 0],
      ["t", 1],
      ["‖", 0],
    ]);
  const { beside, from } = about(film, lay);
  beside.forEach((text, i) => add(gutter, "text", { class: "sub", x: 0, y: from + 17 * i }, text));
  add(gutter, "text", { class: "sub", x: 0, y: y.axis + 15 }, narrow ? "time t" : "time step t");
}

// ", gates i f o", in the order of the flow.
function valves({ write, keep, read }) {
  const gates = [...new Set([write, keep, read].map((gate) => gate.replace("1 − ", "")).filter(Boolean))];
  return gates.length ? `, gate${gates.length > 1 ? "s" : ""} ${gates.join(" ")}` : ", no gate";
}

// What is said of the gradient beside the button that chooses its scale: beside it, from this height on, as far as
// there is room for it; over it, what is left.
export function about(film, { y, narrow, layers }) {
  const from = y.grad + (narrow ? -10 : 10) + (film.show === "c" ? 56 : 37),
    room = narrow ? Number(y.axis - y.grad > 90) : Math.max(0, Math.floor((y.axis - 30 - from) / 17) + 1);
  const all = [
    ...(layers > 1 ? [`layer ${layers}${narrow ? "" : ", the top"}`] : []),
    ...(film.dh_last ? [] : ["before clipping"]),
  ];
  return { beside: all.slice(0, room), over: all.slice(room), from };
}

// Where the hidden state's name stands, so that it and the legend under it are centred on the row.
export const middle = (lay) => lay.y.hidden + Math.max(13, lay.hiddenHeight / 2 - 26);
