// What the network writes: now, at every temperature, and at earlier steps.

import { count } from "../board/format.js";
import { html, say } from "../board/svg.js";

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
      say(head, `What it writes after ${count(Math.max(0, sample.step))} steps`);
      sample.texts.forEach(([temperature, text], i) => {
        cards[i] ??= card(samples);
        cards[i](temperature, sample.start, text);
      });
      say(title, `As it learned, at temperature ${earlier.temperature}`);
      earlier.lines.forEach(([step, text], i) => {
        rows[i] ??= row(list);
        rows[i](step, text);
      });
      while (rows.length > earlier.lines.length) rows.pop().node.remove();
    },
  };
}

const SAYS = { 0.3: "careful", 0.7: "balanced", 1: "as it is" };

function card(parent) {
  const box = html(parent, "figure");
  const caption = html(box, "figcaption");
  const name = html(caption, "b"),
    more = html(caption, "span");
  const text = html(box, "blockquote");
  text.dir = "auto";
  const start = html(text, "span", "start"),
    rest = html(text, "span");
  return (temperature, begun, wrote) => {
    say(name, `temperature ${temperature.toFixed(1)}`);
    say(more, SAYS[temperature] ?? "");
    say(start, begun);
    say(rest, begun ? wrote : wrote.trimStart());
  };
}

function row(list) {
  const node = html(list, "li");
  const step = html(node, "span", "step"),
    text = html(node, "span", "line");
  text.dir = "auto";
  const update = (n, line) => {
    say(step, count(n));
    say(text, line.replaceAll(/\n+/g, " ↵ "));
  };
  return Object.assign(update, { node });
}
