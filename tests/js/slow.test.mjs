import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { progress } from "../../static/board/slow/rows.js";
import { carried } from "../../static/board/slow/token.js";
import { landmarks, PHASES, phaseOf, tell } from "../../static/board/slow/words.js";
import { symbol } from "../../static/board/terms.js";
import { unpack } from "../../static/board/unpack.js";

const stages = [
  ["forward", 0],
  ["forward", 1],
  ["loss", 1],
  ["forward", 2],
  ["loss", 2],
  ["backward", 2],
  ["backward", 1],
  ["backward", 0],
  ["clip", -1],
  ["update", -1],
  ["again", -1],
];
const film = (more = {}) => ({
  stages,
  T: 3,
  H: 2,
  O: 2,
  B: 4,
  layers: 1,
  read: 0,
  kind: "class",
  symbols: ["A", "B"],
  inputs: ["B", "A", "A"],
  targets: ["", "B", "A"],
  answers: [false, true, true],
  padding: [false, false, false],
  pictures: [],
  fed: [false, false, false],
  forced: [false, false, false],
  forcing: 1,
  equation: ["h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h)", "= tanh({from_x} + {from_h} + {b_h}) = {h}"],
  term_names: ["from_x", "from_h", "b_h"],
  gate_lines: [],
  h_now: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
  "term from_x": [0, 0, 0, -0.25, 0, 0],
  "term from_h": [0, 0, 0, 0.5, 0, 0],
  "term b_h": [0.1, 0.17],
  answer: [0, 0, 0, 0, 1, 0],
  share_loss: [0, 0.5, 0.25],
  share_again: [0, 0.25, 0.25],
  answers_of: [0, 4, 3],
  error: [NaN, 2, 1],
  p: [0, 0.135, 0.368],
  y: [0, 0, 1],
  y_hat: [0, 0, 0],
  read_out: "ŷ_t = softmax(W_hy h_t + b_y)",
  error_line: "−ln(ŷ_t of the target) = −ln {p} = {error}",
  scaled: false,
  unit_dh: [0.5, 0.6, -0.1, 0.2, 0.3, 0.4],
  unit_dh_output: [0, 0, 0.1, 0.5, 0.3, 0.4],
  unit_dh_future: [0.5, 0.6, -0.2, -0.3, 0, 0],
  dh_norm: [0.7, 0.3, 0.5],
  dh_output: [0, 0.4, 0.5],
  dh_future: [0.7, 0.35, 0],
  share: [0, 0.4, 0.6],
  part: [0, 0.02, 0.03],
  so_far: [0.05, 0.05, 0.03],
  weights: ["W_hh", "W_hh", "W_hh"],
  start: "zero",
  window: 0,
  clip: "norm",
  threshold: 0.5,
  norm_before: [2],
  ratio: [0.25],
  cut: [20],
  numbers: 20,
  gates: ["h"],
  optimizer: "sgd",
  against: "its gradient g",
  update: ["θ ← θ − η g", "= {theta} − {rate} · {g} = {after}"],
  move_terms: ["g"],
  moves: [
    ["W_hh", [0, 1]],
    ["b_y", [1]],
  ],
  before: [0.5, 0.1],
  after: [0.51, 0.1001],
  moved: [0.02, 0.001],
  terms: [-0.1, 0.001],
  sizes: [4, 0.03],
  rate: [0.1],
  step: [7],
  ...more,
});
const said = (told) => [told.sentence, ...told.lines.map(([, ...cells]) => cells.join(" "))].join("\n");
const at = (kind, t = -1) => stages.findIndex(([k, s]) => k === kind && s === t);

test("forward: the unit's equation with its numbers, and where the state comes from", () => {
  assert.match(said(tell(film(), at("forward", 0), 0)), /x₁ = B and the state h₀ = 0 become h₁/);
  const told = tell(film(), at("forward", 1), 1);
  assert.match(told.sentence, /^Forward, t = 2: the input x₂ = A and the state h₁ become h₂, by the same weights/);
  assert.deepEqual(told.lines.at(-1), ["numbers", "unit 2: h₂[2] = tanh(−0.25 + 0.50 + 0.17) = 0.40"]);
});

test("forward: gates are computed before what they act on, each from what enters it", () => {
  const gated = film({
    equation: ["c_t = f ⊙ c_{t−1} + i ⊙ g", "= {f} · {c_prev} + {i} · {g} = {c}", "h_t = o ⊙ tanh(c_t)", "= {o} = {h}"],
    term_names: ["f"],
    "term f": [0, 0, 0, 0.78, 0, 0],
    gate_lines: ["f = σ(W_xh x_t + W_hh h_{t−1} + b_h)", "f = σ({f_x} + {f_h} + {f_b}) = {f}"],
    "gate f_x": [0, 0, 0, -0.1, 0, 0],
    "gate f_h": [0, 0, 0, 0.04, 0, 0],
    "gate f_b": [0, 0, 0, 1.32, 0, 0],
  });
  const { lines } = tell(gated, at("forward", 1), 1);
  assert.deepEqual(lines[1], ["numbers", "unit 2: f = σ(−0.10 + 0.04 + 1.32) = 0.78"]);
  assert.match(lines[2][1], /^c_t = f ⊙ c_\{t−1\} \+ i ⊙ g = 0\.78 · /);
  assert.equal(lines.length, 4);
});

test("a token carries the number that the stage hands on, from where it comes to where it goes", () => {
  const lay = {
    x: (t) => 40 * t + 20,
    y: { input: 0, output: 120, loss: 160, grad: 190 },
    inputHeight: 24,
    lossBars: 10,
    gradHeight: 60,
    cell: 32,
    row: 10,
    shown: [{ top: 50 }],
  };
  const of = (kind, t, u = 1, more = {}) => carried(film(more), lay, { kind, t }, u);
  assert.deepEqual(of("forward", 0), [{ from: [20, 12], to: [20, 65], words: "B" }]);
  assert.deepEqual(of("forward", 2, 0), [{ from: [60, 55], to: [100, 55], words: "0.300" }]); // h₂[1]
  assert.deepEqual(of("loss", 1), [{ from: [60, 130], to: [60, 165], words: "2.00" }]);
  assert.deepEqual(
    of("backward", 1).map(({ from, words }) => [from[0], words]),
    [
      [60, "0.400"],
      [100, "0.350"],
    ],
  );
  assert.deepEqual(
    of("backward", 2).map(({ words }) => words),
    ["0.500"],
  ); // nothing comes from the future
  assert.deepEqual(of("forward", 1, 0, { padding: [false, true, false] }), []);
  for (const kind of ["clip", "update", "again"]) assert.deepEqual(of(kind, -1), []);
});

test("forward: carried states, a decoder's start, a teacher, own answers, padding, layers", () => {
  assert.match(tell(film({ start: "carried" }), 0, 0).sentence, /the state that the last batch ended with/);
  assert.match(
    tell(film({ read: 1, padding: [false, false, false] }), at("forward", 1), 0).sentence,
    /the encoder’s state after step 1 become h₂, by the decoder’s own weights, W′/,
  );
  assert.match(
    tell(film({ forced: [false, true, false] }), at("forward", 1), 0).sentence,
    /right answer of the step before \(teacher forcing\)/,
  );
  assert.match(
    tell(film({ forced: [false, true, false], forcing: 0.5 }), at("forward", 1), 0).sentence,
    /the right last answer or its own \(teacher forcing 50 %\)/,
  );
  assert.match(tell(film({ fed: [false, true, false] }), at("forward", 1), 0).sentence, /own last answer/);
  assert.match(tell(film({ padding: [false, true, false] }), at("forward", 1), 0).sentence, /padding/);
  assert.match(
    said(tell(film({ layers: 3 }), at("forward", 1), 0)),
    /layer 3 of 3, the top one; its x_t is the state of layer 2/,
  );
});

test("the shares of the loss are added up until L is complete", () => {
  assert.match(
    said(tell(film(), at("loss", 1), 0)),
    /the target is B, to which the network gives 14 %.\n[^]*−ln 0.135 = 2.00\n[^]*4 answers here add 0.500 to L, the mean over all 7 answers:\nL = 0.500$/,
  );
  const last = tell(film(), at("loss", 2), 0);
  assert.match(last.sentence, /Now L is complete\.$/);
  assert.equal(last.lines.at(-1)[1], "L = 0.500 + 0.250 = 0.750");
  const three = {
    stages: [["forward", 0], ["loss", 0], ...stages.slice(1)],
    share_loss: [0.125, 0.5, 0.25],
    answers: [true, true, true],
    answers_of: [4, 4, 4],
    error: [1, 2, 1],
  };
  assert.equal(tell(film(three), at("loss", 2) + 1, 0).lines.at(-1)[1], "L = 0.625 + 0.250 = 0.875");
  assert.match(
    tell(film({ answers: [false, false, true] }), at("loss", 1), 0).sentence,
    /no target here, but 4 others have/,
  );
  assert.match(
    tell(film({ kind: "number", answer: [0, 0.5, 0] }), at("loss", 1), 0).sentence,
    /says 0.500, and the target is B/,
  );
});

test("backward: the two parts stand over their sum, and ∂L/∂W_hh grows", () => {
  const told = tell(film(), at("backward", 1), 1),
    columns = told.lines.filter((line) => line.length === 4).map((line) => line.slice(2));
  assert.match(told.sentence, /what its own output asks of h₂ and what comes back from step 3 are added up/);
  assert.deepEqual(columns.slice(1), [
    ["0.500", "0.400"],
    ["−0.300", "0.350"],
    ["0.200", "0.300"],
  ]);
  assert.match(said(told), /∂L\/∂W_hh ← ∂L\/∂W_hh \+ ∂L\/∂a₂ h₁ᵀ: its share 40 %, ‖·‖ 0.0200; so far ‖·‖ 0.0500/);
  assert.match(tell(film(), at("backward", 2), 0).sentence, /only its own output.*no future yet/);
  assert.match(
    said(tell(film(), at("backward", 0), 0)),
    /this step has no target[^]*complete, for h₀ = 0 adds nothing: ‖·‖ 0.0500/,
  );
  assert.match(said(tell(film({ start: "carried" }), at("backward", 0), 0)), /∂L\/∂a₁ h₀ᵀ/);
  assert.match(
    tell(film({ window: 2, dh_future: [0.7, 0, 0] }), at("backward", 1), 0).sentence,
    /cut off after 2 steps.*from step 3; only its own output/,
  );
  assert.match(
    tell(film({ dh_output: [0, 0, 0], dh_future: [0, 0, 0] }), at("backward", 1), 0).sentence,
    /no gradient reaches h₂/,
  );
});

test("clipping says what it did, by its rule", () => {
  assert.match(said(tell(film(), at("clip"), 0)), /above the threshold[^]*g ← g · 0.5 \/ 2.00 = 0.250 g/);
  assert.match(said(tell(film({ ratio: [1], norm_before: [0.3] }), at("clip"), 0)), /nothing is cut[^]*0.300 ≤ 0.5/);
  assert.match(said(tell(film({ clip: "none", threshold: null, ratio: [1] }), at("clip"), 0)), /Clipping is off/);
  assert.match(said(tell(film({ clip: "value" }), at("clip"), 0)), /20 of 20 numbers lie beyond ±0.5[^]*2.00 → 0.500/);
});

test("the update puts the numbers of the largest move in", () => {
  const told = tell(film(), at("update"), 0);
  assert.match(
    told.sentence,
    /sgd moves every weight θ against its gradient g; W_\{hh\}\[1,2\] moves most\. Training step 7 is done\./,
  );
  assert.match(
    said(told),
    /W_\{hh\}\[1,2\] = 0.5000 − 0.1 · \(−0.1000\) = 0.5100\nb_\{y\}\[2\] 0.1000 → 0.1001 ‖Δb_y‖ 0.00100\nall 20 weights: ‖Δθ‖ = 0.0300, 0.75 % of ‖θ‖/,
  );
});

test("none is said to move most where they move alike, as in Adam's first step", () => {
  const sentence = (alike) => tell(film({ alike }), at("update"), 0).sentence;
  assert.match(sentence(1), /W_\{hh\}\[1,2\] moves most/);
  assert.match(sentence(17), /; 17 of them by 0.01\./);
  assert.match(sentence(20), /; all equally far, by 0.01\./);
});

test("a weight's unit is told with its gate, as the card writes it", () => {
  const gated = film({
    gates: ["i", "f", "g", "o"],
    layers: 2,
    moves: [
      ["W_xh", [3, 3]],
      ["b_y", [1]],
    ],
  });
  // two units: row 3 is the forget gate's second
  assert.match(tell(gated, at("update"), 0).sentence, /W⁽¹⁾_\{xf\}\[2,4\] moves most/);
});

test("a gated unit's lines have their left sides", () => {
  const lstm = film({
    equation: ["c_t = f ⊙ c_{t−1}", "= {f} · {c} = {c}", "h_t = tanh(c_t)", "= tanh({c}) = {h}"],
    term_names: ["f", "c"],
    "term f": [0.5],
    "term c": [0.2],
  });
  assert.deepEqual(
    tell(lstm, at("forward", 1), 1).lines.map(([, text]) => text),
    ["c_t = f ⊙ c_{t−1}", "unit 2: c₂[2] = 0.50 · 0.20 = 0.20", "h_t = tanh(c_t)", "unit 2: h₂[2] = tanh(0.20) = 0.40"],
  );
  const gru = film({ equation: ["n = r", "r = {r}"], term_names: ["r"], "term r": [0.5] });
  assert.equal(tell(gru, at("forward", 1), 1).lines[1][1], "unit 2: r = 0.50");
});

test("the mean over one answer is that answer's", () => {
  assert.match(
    said(tell(film({ answers_of: [0, 0, 1] }), at("loss", 2), 0)),
    /the batch’s one answer here adds 0.250 to L; no other has a target:/,
  );
});

test("read again: whether the loss fell, and which answers changed; where it is worth to go at once", () => {
  const told = tell(film(), at("again"), 0);
  assert.match(told.sentence, /its loss fell\. 1 of this sequence’s 2 answers changed\.$/);
  assert.deepEqual(told.lines, [
    ["numbers strong", "L = 0.7500 → 0.5000"],
    ["numbers", "t = 2: A → B, the target is B"],
  ]);
  assert.match(
    tell(film({ share_again: [0, 1, 1], answer: [0, 0, 0, 0, 0, 0] }), at("again"), 0).sentence,
    /its loss rose\. None/,
  );
  const number = { kind: "number", answer: [0, 1, 2, 0, 1.5, 2.1] };
  assert.match(said(tell(film(number), at("again"), 0)), /fell\.\nL[^]*t = 2: 1.00 → 1.50, the target is B\nt = 3/);
  assert.deepEqual(landmarks(film()), { "first wrong answer": at("loss", 1), "largest gradient": at("backward", 0) });
  assert.deepEqual(landmarks(film({ ...number })), {
    "largest error": at("loss", 1),
    "largest gradient": at("backward", 0),
  });
  assert.equal(landmarks(film({ symbols: ["B", "A"], targets: ["", "B", "B"] }))["first wrong answer"], undefined);
});

test("a weight's name is that on the board", () => {
  const named = (name, layers = 1) => symbol({ layers }, name);
  assert.deepEqual(
    [
      named("W_hh"),
      named("b_hn"),
      named("decoder_W_xh"),
      named("W_hy", 2),
      named("W_hh", 2),
      named("decoder_W_hh_2", 2),
    ],
    ["W_hh", "b_hn", "W′_xh", "W_hy", "W⁽¹⁾_hh", "W′⁽²⁾_hh"],
  );
});

test("what is computed grows forward, then the gradient grows back", () => {
  const all = stages.map((_, i) => progress({ stages, T: 3 }, i)).map(({ h, outputs, back }) => [h, outputs, back]);
  assert.deepEqual(all, [
    [1, 0, 3],
    [2, 0, 3],
    [2, 2, 3],
    [3, 2, 3],
    [3, 3, 3],
    [3, 3, 2],
    [3, 3, 1],
    [3, 3, 0],
    [3, 3, 0],
    [3, 3, 0],
    [3, 3, 0],
  ]);
});

// Python packs steps of every task, cell and setting into this folder: tests/test_slow.py.
test("every stage of every step can be told", { skip: !process.env.UNROLLED_STEPS }, () => {
  for (const name of readdirSync(process.env.UNROLLED_STEPS)) {
    const bytes = new Uint8Array(readFileSync(`${process.env.UNROLLED_STEPS}/${name}`)),
      first = unpack(bytes),
      step = unpack(bytes.subarray(first.size));
    assert.equal(first.size + step.size, bytes.length, name);
    const seen = new Set();
    step.stages.forEach(([kind], i) => {
      seen.add(phaseOf(kind));
      for (const u of [0, step.H - 1]) {
        const told = tell(step, i, u),
          text = said(told);
        assert.doesNotMatch(text, /undefined|NaN|null|(?<!_)\{|\[object|–/, `${name}, stage ${i + 1}: ${text}`);
        assert.ok(told.sentence.length < 150 && told.lines.length <= 5, `${name}: ${text}`);
        assert.equal(told.sentence.at(-1), ".");
      }
    });
    assert.deepEqual(
      [...seen],
      PHASES.map(([phase]) => phase),
      name,
    );
  }
});
