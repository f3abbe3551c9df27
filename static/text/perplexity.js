// Perplexity: the numbers, their chart over training, and who is ahead, in words.

import { plot } from "../chart/plot.js";
import { short } from "../board/format.js";
import { html, say } from "../board/svg.js";

export function perplexity(root) {
  const top = html(root, "div", "numbers"),
    chart = plot(root, "chart"),
    verdict = html(root, "p", "verdict");
  const counters = [];
  return {
    receive(now) {
      now.numbers.forEach(([name, value, more], i) => {
        counters[i] ??= counter(top, i > 0 && i < 3);
        counters[i](name, value, more);
      });
      say(verdict, now.verdict);
      const { step, film } = now;
      chart.receive(now.chart, { step, film, loss: now.loss ?? "NaN", perplexity: now.perplexity ?? "NaN" });
    },
    close: chart.close,
  };
}

function counter(parent, baseline) {
  const box = html(parent, "div", baseline ? "counter baseline" : "counter");
  const parts = ["name", "value", "more"].map((name) => html(box, "span", name));
  return (name, value, more) => [name, short(value), more].forEach((text, i) => say(parts[i], text));
}
