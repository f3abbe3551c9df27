// What the network writes: now, at every temperature, and at earlier steps.

import { count } from "../board/format.js";
import { html, say } from "../board/svg.js";
import { plural, t } from "../words.js";

export function written(root) {
  const head = html(root, "h2");
  const samples = html(root, "div", "samples");
  const cards = [];
  const before = html(root, "div", "before");
  const title = html(before, "h3");
  const list = html(before, "ol");
  const rows = [];
  return {
    receive({ sample, earlier }) {
      const steps = Math.max(0, sample.step);
      say(
        head,
        plural("What it writes after {count} step", "What it writes after {count} steps", steps, {
          count: count(steps),
        }),
      );
      sample.texts.forEach(([temperature, text], i) => {
        cards[i] ??= card(samples);
        cards[i](temperature, sample.start, text);
      });
      say(title, t("As it learned, at temperature {temperature}", earlier));
      earlier.lines.forEach(([step, text], i) => {
        rows[i] ??= row(list);
        rows[i](step, text);
      });
      while (rows.length > earlier.lines.length) rows.pop().node.remove();
    },
  };
}

const SAYS = { 0.3: t("careful"), 0.7: t("balanced"), 1: t("as it is") };

function card(parent) {
  const box = html(parent, "figure");
  const caption = html(box, "figcaption");
  const name = html(caption, "b"),
    more = html(caption, "span");
  const text = html(box, "blockquote");
  Object.assign(text, { dir: "auto", translate: false });
  const start = html(text, "span", "start"),
    rest = html(text, "span");
  return (temperature, begun, wrote) => {
    say(name, t("temperature {temperature}", { temperature: temperature.toFixed(1) }));
    say(more, SAYS[temperature] ?? "");
    say(start, begun);
    say(rest, begun ? wrote : wrote.trimStart());
  };
}

function row(list) {
  const node = html(list, "li");
  const step = html(node, "span", "step"),
    text = html(node, "span", "line");
  Object.assign(text, { dir: "auto", translate: false });
  const update = (n, line) => {
    say(step, count(n));
    say(text, line.replaceAll(/\n+/g, " ↵ "));
  };
  return Object.assign(update, { node });
}
