// A text coloured by one unit: blue and underlined below zero, orange above. What does it follow?

import { html, say } from "../board/svg.js";
import { t } from "../words.js";

const segments = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

export function unit(root, ask) {
  say(html(root, "h2"), t("What a unit follows"));
  const bar = html(root, "div", "choices");
  const which = choice(bar, t("Unit")),
    over = choice(bar, t("Over"));
  for (const [value, name] of [
    ["held-out", t("the held-out text")],
    ["typed", t("what is typed above")],
  ]) {
    const option = html(over, "option", "", name);
    option.value = value;
  }
  const step = (by, name) => {
    const button = html(bar, "button", "small", by < 0 ? "←" : "→");
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => {
      which.selectedIndex = (which.selectedIndex + by + which.length) % which.length;
      which.dispatchEvent(new Event("change"));
    });
  };
  step(-1, t("a unit that is clearer"));
  step(1, t("the next unit"));
  const legend = html(bar, "span", "legend");
  legend.append(mark(-0.9, "−1"), mark(0, "0"), mark(0.9, "+1"));
  const words = html(root, "p", "note");
  const text = html(root, "p", "coloured");
  text.dir = "auto";
  let shown = null,
    spans = [],
    ends = [], // of each, its last character
    values = [],
    scale = 1;

  which.addEventListener("change", () => ask({ unit: Number(which.value) }));
  over.addEventListener("change", () => ask({ over: over.value }));
  text.addEventListener("pointerover", ({ target }) => {
    const value = values[spans.indexOf(target)];
    if (value !== undefined)
      target.title = t("after “{letter}”: {value}", {
        letter: target.textContent,
        value: signed((value / 127) * scale),
      });
  });

  return {
    receive({ unit: now }) {
      const focused = root.getRootNode().activeElement;
      if (focused !== which) fill(which, now.options, now.unit);
      if (focused !== over) over.value = now.over;
      const [, follows, r] = now.options.find(([u]) => u === now.unit) ?? [0, "", 0];
      const content = { unit: now.unit + 1, follows, correlation: follows && signed(r) };
      const goes = !follows
        ? ""
        : r < 0
          ? t("Unit {unit} goes with {follows}, turned round (correlation {correlation}).", content)
          : t("Unit {unit} goes with {follows} (correlation {correlation}).", content);
      say(words, `${goes && `${goes} `}${now.after}`);
      if (now.text !== shown) {
        shown = now.text;
        const parts = segments ? [...segments.segment(now.text)].map((s) => s.segment) : Array.from(now.text);
        text.replaceChildren(
          ...parts.map((part) =>
            Object.assign(document.createElement("span"), { textContent: part === "\n" ? "↵\n" : part }),
          ),
        );
        spans = [...text.children];
        let end = 0;
        // a grapheme has its last character's colour
        ends = parts.map((part) => (end += Array.from(part).length) - 1);
      }
      const whole = new Int8Array(Uint8Array.from(atob(now.values), (c) => c.charCodeAt(0)).buffer);
      scale = now.scale;
      values = ends.map((end) => whole[end]);
      spans.forEach((span, i) => paint(span, values[i] / 127));
    },
  };
}

const signed = (x) => x.toFixed(2).replace("-", "−");

function paint(span, value) {
  const level = Math.round(20 * value);
  if (span.level === level) return;
  span.level = level;
  span.className = level < 0 ? "below" : level > 0 ? "above" : "";
  span.style.setProperty("--share", `${Math.round(2.8 * Math.abs(level))}%`);
}

function mark(value, name) {
  const span = document.createElement("span");
  span.textContent = name;
  paint(span, value);
  return span;
}

function choice(bar, name) {
  const label = html(bar, "label");
  say(html(label, "span"), name);
  const select = html(label, "select");
  select.setAttribute("aria-label", name); // or its options would be read as its name
  return select;
}

function fill(select, options, chosen) {
  options.forEach(([u, follows, r], i) => {
    const option = select.options[i] ?? html(select, "option");
    option.value = u;
    say(option, follows ? `${u + 1}: ${follows} (${signed(r)})` : `${u + 1}`);
  });
  while (select.length > options.length) select.remove(select.length - 1);
  select.value = chosen;
}
