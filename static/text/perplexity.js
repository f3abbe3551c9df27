// Perplexity: the numbers, their chart over training, and who is ahead, in words.

import { plot } from "../chart/plot.js";
import { html, say } from "../board/svg.js";

export function perplexity(root) {
  const top = html(root, "div", "numbers"), chart = plot(root, "chart"), verdict = html(root, "p", "verdict"), counters = [];
  return {
    receive(now) {
      now.numbers.forEach(([name, value, more], i) => {
        counters[i] ??= counter(top, i > 0 && i < 3);
        counters[i](name, value, more);
      });
      say(verdict, now.verdict);
      chart.receive(now.chart, { step: now.step, loss: now.loss ?? "NaN", perplexity: now.perplexity ?? "NaN", film: now.film });
    },
    close: chart.close,
  };
}

const shown = (value) => (value === null ? "–" : value >= 100 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2));

function counter(parent, baseline) {
  const box = html(parent, "div", baseline ? "counter baseline" : "counter");
  const parts = ["name", "value", "more"].map((name) => html(box, "span", name));
  return (name, value, more) => [name, shown(value), more].forEach((text, i) => say(parts[i], text));
}
