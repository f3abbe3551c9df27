import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explain } from "../../static/board/card.js";
import {
  count,
  fill,
  labelled,
  percent,
  pieces,
  plain,
  power,
  score,
  short,
  sub,
  tick,
} from "../../static/board/format.js";

const CASES = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url)));

test("numbers are written by the rule that Python has, too", () => {
  for (const [name, write] of Object.entries({ short, "four digits": (x) => short(x, 4), count, percent })) {
    assert.deepEqual(
      CASES[name].map(([x]) => write(x)),
      CASES[name].map(([, text]) => text),
      name,
    );
  }
  assert.deepEqual(
    [NaN, undefined, Infinity, -Infinity].map((x) => short(x)),
    ["–", "–", "∞", "−∞"],
  );
});

test("two decimals in equations, more where two would say 0", () => {
  assert.deepEqual([0.333, -0.4, 0, -0.001, 0.00001, 1234, NaN].map(plain), [
    "0.33",
    "−0.40",
    "0.00",
    "−0.0010",
    "1.0·10⁻⁵",
    "1,234",
    "–",
  ]);
});

test("powers, indices, axis numbers, counts, shares", () => {
  assert.deepEqual([0, 1, 2, -4, -12].map(power), ["1", "10", "10²", "10⁻⁴", "10⁻¹²"]);
  assert.equal(sub(107), "₁₀₇");
  assert.deepEqual([0, 0.3, 25, 1500, 0.001, 1e-5, 5e-5, 2.5e-4, -3].map(tick), [
    "0",
    "0.3",
    "25",
    "1500",
    "0.001",
    "10⁻⁵",
    "5·10⁻⁵",
    "2.5·10⁻⁴",
    "−3",
  ]);
  assert.deepEqual([NaN, 0.994, 0.9999, 1].map(percent), ["–", "99 %", "99 %", "100 %"]);
});

test("a metric is a share, or a number in its unit", () => {
  assert.equal(score({ metric_name: "exact match", unit: "" }, 0.374), "exact match 37 %");
  assert.equal(score({ metric_name: "rmse", unit: "% points" }, 5.93), "rmse 5.93 % points");
  assert.equal(score({ metric_name: "rmse", unit: "" }, 0.031), "rmse 0.0310");
});

test("an equation gets its numbers, with their signs merged", () => {
  assert.equal(
    fill("= tanh({a} + {b} + {c}) = {h}", { a: 0.61, b: -0.38, c: 0.05, h: -0.1 }),
    "= tanh(0.61 − 0.38 + 0.05) = −0.10",
  );
  assert.equal(fill("= {f} · {c} + {i} · {g}", { f: 0.5, c: -2, i: 0.25, g: 1 }), "= 0.50 · (−2.00) + 0.25 · 1.00");
  assert.equal(fill("h_t = W_hh h_{t−1}", { t: 1 }), "h_t = W_hh h_{t−1}");
});

test("indices are set low", () => {
  assert.deepEqual(pieces("W_xh x_t + h_{t−1}!"), [
    ["W", false],
    ["xh", true],
    [" x", false],
    ["t", true],
    [" + h", false],
    ["t−1", true],
    ["!", false],
  ]);
  assert.deepEqual(pieces("plain"), [["plain", false]]);
});

test("labels of time steps thin out with the columns", () => {
  assert.deepEqual(labelled(3, 40), [1, 2, 3]);
  assert.deepEqual(labelled(12, 14), [1, 5, 10]);
  assert.deepEqual(labelled(25, 7), [1, 10, 20]);
  assert.deepEqual(labelled(1, 8), [1]);
});

test("the card says the numbers of the unit, of the step, and where they come from", () => {
  const film = {
    T: 2,
    H: 2,
    B: 16,
    kind: "class",
    link: "softmax",
    scale: [0, 1],
    symbols: ["A", "B"],
    inputs: ["A", "B"],
    targets: ["", "B"],
    answers: [false, true],
    target: [NaN, 1],
    term_names: ["from_x", "b_h"],
    h_now: [0.1, 0.2, -0.3, 0.4],
    "term from_x": [1, 2, 3, 4],
    "term b_h": [-7, 8],
    dh_output: [0, 0.5],
    dh_future: [0.25, 0],
    equation: ["h_t = tanh(W_xh x_t + b_h)", "= tanh({from_x} + {b_h}) = {h}"],
  };
  const frame = { ratio: 0.5, dh: [0.25, 0.5], lossT: [0, 0.7], answer: [0, 1], sure: [1, 0.8] };
  const unit = explain(film, frame, { row: "hidden", t: 1, u: 0 });
  assert.equal(unit.title, "unit 1 at time step 2: −0.30");
  assert.deepEqual(
    unit.lines.map(([, text]) => text),
    ["h_t = tanh(W_xh x_t + b_h)", "= tanh(3.00 − 7.00) = −0.30"],
  );
  assert.deepEqual(
    unit.lines.map(([kind]) => kind),
    ["equation", "numbers"],
  );

  const gradient = explain(film, frame, { row: "grad", t: 0, u: 0 });
  assert.equal(gradient.title, "‖∂L/∂h₁‖ = 0.250");
  const text = gradient.lines.map(([, line]) => line).join("\n");
  assert.match(text, /output: ‖·‖ = 0\n.*step 2: ‖·‖ = 0.250\n.*50 %/);
  assert.match(text, /B = 16 sequences of the training batch, before clipping/);
  assert.match(text, /At step 1 it reads A; it has no target\./);
  assert.match(explain(film, frame, { row: "grad", t: 1, u: 0 }).lines[2][1], /last step/);
  assert.match(
    explain(film, frame, { row: "grad", t: 1, u: 0 }).lines.find(([kind]) => kind === "heading")[1],
    /reads B and answers B; target B, loss 0.700\./,
  );

  assert.match(explain(film, frame, { row: "output", t: 0, u: 0 }).title, /no target/);
  assert.equal(explain(film, frame, { row: "output", t: 1, u: 0 }).title, "output ŷ₂: B ✓, 80 % sure");
  assert.equal(
    explain(film, { ...frame, answer: [0, 0] }, { row: "output", t: 1, u: 0 }).title,
    "output ŷ₂: A ✗, 80 % sure",
  );
  assert.equal(explain(film, frame, { row: "input", t: 1, u: 0 }).title, "input x₂: B");

  const own = { ...film, read: 0, fed: [false, true], padding: [false, false], pictures: [0], image: [8, 8] };
  const says = (t, row = "input") => explain(own, { ...frame, film: own }, { row, t, u: 0 });
  assert.equal(says(0).title, "input x₁: A");
  assert.match(says(0).lines[0][1], /, a picture of 8 × 8\.$/);
  assert.equal(says(1).title, "input x₂: A"); // what this frame answered at step 1, not what the film's last one read
  assert.match(says(1).lines[1][1], /its own last prediction/);

  const stack = {
    ...film,
    show: "z",
    layers: 2,
    open: [0, 1],
    seen_now: [0.5, 0.25, 0, 0, 1, 1, 1, 1],
    "term z": [0.1, 0.2, 0.3, 0.4],
    term_names: ["z"],
  };
  const of = (u) => explain(stack, frame, { row: "hidden", t: 0, u });
  assert.equal(of(1).title, "update gate z of unit 2 at time step 1: 0.25");
  assert.match(of(1).lines[0][1], /layer 1 of 2/);
  assert.equal(of(3).title, "update gate z of unit 2 at time step 1: 0.20");
  assert.match(of(3).lines.at(-1)[1], /layer 2 of 2, the top/);
  own.padding = [false, true];
  assert.match(says(1, "hidden").title, /step 2: padding/);
  assert.match(says(1, "grad").title, /‖∂L/); // the batch has longer sequences
});
