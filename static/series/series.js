// The Series page's picture: numbers above, the series and its forecasts below. Built once, then every message only
// changes what has changed. Whatever a person brought becomes a text node, or words in a chart, never markup.

import { mounted } from "../board/mount.js";
import { html, say } from "../board/svg.js";
import { watch } from "../board/watch.js";
import { plot } from "../chart/plot.js";

export const show = mounted(create);

function create(root) {
  const page = root.querySelector(".series");
  const head = html(page, "div", "head"),
    top = html(head, "div", "numbers"),
    counters = [];
  const curve = plot(head, "curve"),
    picture = plot(page, "chart");
  let tell = /** @type {Tell} */ (() => {});
  const overdue = watch((times) => tell("overdue", times));
  return {
    receive(now, teller) {
      tell = teller ?? tell;
      overdue.film(now);
      say(root.querySelector(".says"), "");
      now.numbers.forEach(([name, value, more], i) => {
        counters[i] ??= counter(top);
        counters[i](name, value, more);
      });
      counters.slice(now.numbers.length).forEach((each) => each("", "", ""));
      curve.receive(now.curve);
      picture.receive(now.picture, { step: now.step, loss: now.loss ?? "NaN", film: now.film });
    },
    close: () => [curve, picture, overdue].forEach((part) => part.close()),
  };
}

function counter(parent) {
  const box = html(parent, "div", "counter");
  const parts = ["name", "value", "more"].map((name) => html(box, "span", name));
  return (...texts) => texts.forEach((text, i) => say(parts[i], text));
}
