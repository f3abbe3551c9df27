import assert from "node:assert/strict";
import { test } from "node:test";
import { news } from "../../static/board/announce.js";
import { explain } from "../../static/board/card.js";
import { around } from "../../static/board/flow.js";
import { beyond } from "../../static/board/rows/halves.js";
import { cells, inWords } from "../../static/board/table.js";
import { entering } from "../../static/board/terms.js";
import { phrase, put, sentence } from "../../static/board/whatif.js";

test("a weight set again keeps its place, another comes after it", () => {
  const one = put([], ["W_hh", 0, 1, 2]),
    two = put(one, ["b_h", 3, null, 1]);
  assert.deepEqual(two, [
    ["W_hh", 0, 1, 2],
    ["b_h", 3, null, 1],
  ]);
  assert.deepEqual(put(two, ["W_hh", 0, 1, -1]), [
    ["W_hh", 0, 1, -1],
    ["b_h", 3, null, 1],
  ]);
  assert.deepEqual(two[0], ["W_hh", 0, 1, 2]);
});

test("what is set, in words", () => {
  const film = {
    H: 4,
    layers: 1,
    gates: ["h"],
    weights: [
      ["b_h", 0, null, 1, 0],
      ["W_hh", 2, 6, 1.5, 0.41],
    ],
  };
  assert.equal(phrase(film, film.weights[1]), "W_{hh}[3,7] = 0.41 → 1.50");
  assert.equal(
    sentence(film),
    "What if W_{hh}[3,7] = 0.41 → 1.50, and 1 more? Training has not changed; Play, Step or Reset drops this.",
  );
});

const film = {
  run: 1,
  F: 1,
  T: 3,
  H: 2,
  step: [7],
  loss: [0.5],
  held_out_loss: [0.25],
  held_out_metric: [0.5],
  metric_name: "accuracy",
  kind: "class",
  sequence: 0,
  sequences: 64,
  playing: false,
  diverged: null,
  typed: "",
  weights: [],
  layers: 1,
  symbols: ["A", "B"],
  inputs: ["A", "B", ""],
  targets: ["", "A", ""],
  fed: [false, false, false],
  answers: [false, true, false],
  padding: [false, false, true],
  link: "softmax",
  scale: [0, 1],
  O: 2,
  target: Float32Array.of(NaN, 0, NaN),
  answer: Float32Array.of(1, 1, 0),
  h_now: Float32Array.of(0.1, -0.2, 1, 0, 0, 0),
};
const frame = { film, answer: film.answer, sure: [0, 0.75, 0], lossT: [0, 0.5, 0], dh: [0.1, 0.2, 0] };

test("one sentence for a change of state, none for a frame", () => {
  const to = (more, from = film) => news(from, { ...film, ...more });
  assert.equal(news(null, film), "");
  assert.equal(to({}), "");
  assert.equal(to({ playing: true }), "Training plays.");
  assert.equal(to({ playing: true, step: [9] }, { ...film, playing: true }), "");
  assert.equal(
    to({ step: [9] }, { ...film, playing: true }),
    "Paused at training step 9: loss 0.500, held out 0.250, accuracy 50 %.",
  );
  assert.equal(to({ step: [8] }), "Now at training step 8: loss 0.500, held out 0.250, accuracy 50 %.");
  assert.equal(to({ run: 2, step: [0] }), "A new run, training step 0: loss 0.500, held out 0.250, accuracy 50 %.");
  assert.equal(to({ sequence: 2 }), "Held-out sequence 3 of 64 is shown: 0 of 1 correct.");
  assert.equal(to({ typed: "AB" }), "The typed sequence is shown: 0 of 1 correct.");
  assert.equal(
    to({ diverged: { step: 8, array: "h" }, playing: false }, { ...film, playing: true }),
    "Training stopped at step 8: h was no longer finite.",
  );
});

test("the table says the same as the picture", () => {
  const { head, rows } = cells(film, frame, true);
  assert.deepEqual(head, [
    "time step",
    "input",
    "target",
    "answer",
    "how sure",
    "share of loss",
    "‖∂L/∂h‖",
    "h of unit 1",
    "h of unit 2",
  ]);
  assert.deepEqual(rows, [
    ["1", "A", "no target", "–", "–", "–", "0.100", "0.10", "−0.20"],
    ["2", "B", "A", "B", "75 %", "0.500", "0.200", "1.00", "0.00"],
    ["3", "padding", "–", "–", "–", "–", "0", "0.00", "0.00"],
  ]);
  const stack = {
    ...film,
    layers: 3,
    open: [1, 2],
    show: "c",
    seen_now: Float32Array.from({ length: 12 }, (_, i) => i),
  }; // two layers, three steps, two units
  const wide = cells(stack, { ...frame, film: stack }, true);
  assert.deepEqual(wide.head.slice(7), [
    "c of unit 1, layer 2",
    "c of unit 2, layer 2",
    "c of unit 1, layer 3",
    "c of unit 2, layer 3",
  ]);
  assert.deepEqual(wide.rows[1].slice(7), ["2.00", "3.00", "8.00", "9.00"]);
  const gate = { ...film, show: "f", open: [0], "term f": Float32Array.of(1, 2, 3, 4, 5, 6) };
  assert.deepEqual(cells(gate, { ...frame, film: gate }, true).rows[2].slice(7), ["5.00", "6.00"]);
  const open = { ...film, answers: [true, true, false] };
  assert.deepEqual(cells(open, { ...frame, film: open }, false).rows[0], [
    "1",
    "A",
    "not known",
    "B",
    "0 %",
    "–",
    "0.100",
  ]);
});

test("the table lists what the flags mark", () => {
  assert.equal(inWords([]), "");
  assert.equal(
    inWords([
      [7, "learning rate 0.01 → 0.1"],
      [30, "clip norm → value"],
    ]),
    "Set while it trained: learning rate 0.01 → 0.1 at training step 7; clip norm → value at training step 30.",
  );
});

test("an answer without a known target is an answer", () => {
  const open = { ...film, answers: [true, true, false] };
  assert.equal(explain(open, frame, { row: "output", t: 0, u: 0 }, []).title, "output ŷ₁: B, 0 % sure");
});

test("an input says whose answer it is, where it is one", () => {
  const said = (more) =>
    explain({ ...film, read: 0, pictures: [], ...more }, frame, { row: "input", t: 1, u: 0 }, []).lines.map(
      ([, text]) => text,
    );
  assert.deepEqual(said({ forced: [false, true, false] }).slice(1), [
    "x_2 = y_1, the right answer of step 1",
    "Teacher forcing: it reads the right symbol, not its own prediction.",
  ]);
  assert.deepEqual(said({ fed: [false, true, false], forced: [false, false, false] }).slice(1), [
    "x_2 = ŷ_1, its own last prediction, right or wrong",
  ]);
  assert.equal(said({ forced: [false, false, true] }).length, 1);
});

// Two units, two classes, one layer: y = (3 + 1, 4 − 1) at the step that answers.
const still = {
  ...film,
  W_hy: Float32Array.of(3, 4, 2, -2),
  b_y: Float32Array.of(1, -1),
  top: Float32Array.of(9, 9, 1, 0, 9, 9),
  gates: ["h"],
  open: [0],
  padding: [false, false, true],
};
const texts = (lines) => lines.map(([, text]) => [text].flat().join(" | "));

test("an output shows its equation, its softmax and what it costs", () => {
  const at = { ...frame, film: still, answer: Float32Array.of(1, 0, 0) },
    { title, lines } = explain(still, at, { row: "output", t: 1, u: 0 }, []);
  assert.equal(title, "output ŷ₂: A ✓, 75 % sure");
  assert.deepEqual(texts(lines).slice(0, 8), [
    "y_t = W_hy h_t + b_y",
    "ŷ_t = softmax(y_t) = exp(y_t) / Σ exp(y_t)",
    "y of A = 3.00 + 1.00 = 4.00",
    "ŷ of A = 54.6 / 57.3 = 0.953",
    "target y₂ = A",
    "its share of the loss: −ln 0.953 = 0.500",
    "What enters y of A most (weight · value)",
    "W_{hy}[1,1] h_t[1] | 3.00 · 1.00 | 3.00",
  ]);
  assert.equal(
    texts(explain(still, at, { row: "output", t: 1, u: 0, k: 1 }, []).lines)[2],
    "y of B = 2.00 − 1.00 = 1.00",
  );
  assert.equal(
    texts(explain(film, { ...frame, film }, { row: "output", t: 1, u: 0 }, []).lines).at(-2),
    "y_t = W_hy h_t + b_y",
  );
});

test("an output that is a number is told in the units of a person", () => {
  const numbers = {
    ...still,
    kind: "number",
    link: "",
    scale: [40, 10],
    O: 1,
    W_hy: Float32Array.of(2, 3),
    b_y: Float32Array.of(-1),
    targets: ["", "60", ""],
    target: Float32Array.of(NaN, 60, NaN),
  };
  const { lines } = explain(
    numbers,
    { ...frame, film: numbers, answer: [0, 50, 0] },
    { row: "output", t: 1, u: 0 },
    [],
  );
  assert.deepEqual(texts(lines).slice(0, 5), [
    "y_t = W_hy h_t + b_y",
    "y = 2.00 − 1.00 = 1.00",
    "ŷ = 1.00 · 10.0 + 40.0 = 50.0",
    "target y₂ = 60",
    "its share of the loss: (1.00 − 2.00)² = 0.500",
  ]);
});

test("of several yes or no the least sure one is told of, in the words of its own", () => {
  const many = { ...still, link: "σ", symbols: ["∅", "P", "Q", "PQ"], b_y: Float32Array.of(1, -1.5) };
  const { lines } = explain(many, { ...frame, film: many }, { row: "output", t: 1, u: 0 }, []);
  assert.deepEqual(texts(lines).slice(0, 4), [
    "y_t = W_hy h_t + b_y",
    "ŷ_t = σ(y_t), each a yes or no of its own",
    "y of Q = 2.00 − 1.50 = 0.50",
    "ŷ of Q = σ(0.50) = 0.622: yes",
  ]);
});

test("what enters an output, and nothing where nothing is asked, read or known", () => {
  const lay = { T: 3, H: 2, units: 2 },
    into = (t, more = {}) => entering({ ...still, ...more }, frame, lay, { row: "output", t, u: 0 });
  assert.deepEqual(
    into(1).all.map(({ name, row, column, product }) => [name, row, column, product]),
    [
      ["W_hy", 1, 0, 2],
      ["W_hy", 1, 1, -0],
      ["b_y", 1, null, -1],
    ],
  );
  assert.deepEqual([into(0), into(2), into(1, { W_hy: undefined }), into(1, { T: 4 })], [null, null, null, null]);
});

// A network that writes A, then its end (B), and goes on: at step 3 a target is known, at step 4 none is.
const ended = {
  ...film,
  T: 4,
  over: Int32Array.of(2),
  inputs: ["A", "A", "B", "A"],
  targets: ["A", "B", "A", ""],
  target: Float32Array.of(0, 1, 0, NaN),
  fed: [false, true, true, true],
  answers: [true, true, true, true],
  padding: [false, false, false, false],
  W_hy: Float32Array.of(1, 1, 1, 1),
  b_y: Float32Array.of(0, 0),
  top: new Float32Array(8),
  gates: ["h"],
  open: [0],
};
const after = {
  film: ended,
  over: 2,
  answer: Float32Array.of(0, 1, 0, 1),
  sure: [1, 1, 1, 1],
  lossT: [0, 0, 1, 0],
  dh: [0, 0, 0, 0],
};

test("after its own end nothing is written any more, and what the loss still asks for is told so", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((t) => beyond(after, t)),
    [false, false, false, true],
  );
  for (const row of ["input", "hidden", "output"])
    assert.equal(explain(ended, after, { row, t: 3, u: 0 }, []).title, "time step 4: after its own end");
  assert.match(explain(ended, after, { row: "output", t: 3, u: 0 }, []).lines[0][1], /ended its output, B, at step 2/);
  assert.match(
    explain(ended, after, { row: "output", t: 2, u: 0 }, []).lines[0][1],
    /the loss asks for the target all the same/,
  );
  assert.doesNotMatch(explain(ended, after, { row: "output", t: 1, u: 0 }, []).lines[0][1], /its end/);
  const lay = { T: 4, H: 2, units: 2 };
  assert.deepEqual(
    [1, 2, 3].map((t) => Boolean(entering(ended, after, lay, { row: "output", t, u: 0 }))),
    [true, true, false],
  );
  assert.deepEqual(cells(ended, after, false).rows[3], ["4", "padding", "–", "–", "–", "–", "0"]);
  assert.deepEqual(cells(ended, after, false).rows[2].slice(0, 4), ["3", "B", "A", "A"]);
});

test("a time step's card has the sequence as a person reads it, and where in it the step is", () => {
  assert.deepEqual(around([["A", "B", "", "D"]], 2), ["A B [·] D"]);
  assert.deepEqual(around([Array.from({ length: 40 }, (_, k) => String(k + 1))], 19, 18), ["… 18 19 [20] 21 22 …"]);
  assert.deepEqual(
    around(
      [
        ["1", "2", "3"],
        ["0.25", "", "12"],
      ],
      0,
      10,
    ),
    ["[1] 2 …", "[0.25] · …"],
  ); // the same steps in every row
  assert.deepEqual(around([], 0), []);
  const lines = (from, t) =>
    explain(
      { ...from, B: 4, dh_output: [0, 0, 0, 0], dh_future: [0, 0, 0, 0] },
      { ...after, film: from },
      { row: "grad", t, u: 0 },
      [],
    ).lines;
  const told = (from, t) =>
    lines(from, t)
      .filter(([kind]) => kind === "sequence")
      .map(([, words]) => words.join(": "));
  assert.deepEqual(told(ended, 1), ["read: A [A] B ·", "answer: A [B] A ·", "target: A [B] A ·"]);
  assert.deepEqual(told({ ...ended, targets: ["", "", "", ""] }, 0).length, 2);
  assert.deepEqual(told({ ...ended, T: 1 }, 0), []);
});

test("a cell state's gradient is told at rest, of every layer", () => {
  const lstm = {
    ...ended,
    B: 4,
    layers: 2,
    dh_output: [1, 0, 0, 0],
    dh_future: [0, 0, 0, 0],
    "dh 0": [1, 2, 3, 4],
    "dh 1": [5, 6, 7, 8],
    "dc 0": [0.1, 0, 0, 0],
    "dc 1": [0.2, 0, 0, 0],
  };
  const said = texts(explain(lstm, { ...after, film: lstm }, { row: "grad", t: 0, u: 0 }, []).lines);
  for (const line of ["the cell state’s: ‖∂L/∂c₁‖ = 0.200", "‖∂L/∂h₁‖: 1.00,  5.00", "‖∂L/∂c₁‖: 0.100,  0.200"])
    assert.ok(said.includes(line), said.join("\n"));
});
