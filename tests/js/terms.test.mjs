import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { explain } from "../../static/board/card.js";
import { hit, layout, move } from "../../static/board/layout.js";
import { names } from "../../static/board/rows/arrows.js";
import { before, gateOf, joined, strongest, summands, weightName, writes, written } from "../../static/board/terms.js";
import { frame, unpack } from "../../static/board/unpack.js";

// Two units, two inputs, two steps of an Elman network.
const elman = {
  T: 2,
  H: 2,
  read: 0,
  layers: 1,
  open: [0],
  show: "h",
  shows: ["h"],
  gates: ["h"],
  sigmoids: [],
  through: {},
  padding: [],
  inputs: ["A", "B"],
  answers: [],
  equation: ["= tanh({from_x} + {from_h} + {b_h}) = {h}"],
  term_names: ["from_x", "from_h", "b_h"],
  "x 0": Float32Array.of(1, 0, 0, 1),
  "h 0": Float32Array.of(0.5, -0.25, 0.1, 0.2),
  "term 0 from_x": Float32Array.of(1, 3, 2, 4),
  "term 0 from_h": Float32Array.of(0, 0, 1, 1),
  "term 0 b_h": Float32Array.of(9, -9, 9, -9),
  W_xh: Float32Array.of(1, 2, 3, 4),
  W_hh: Float32Array.of(5, -6, 7, 8),
  b_h: Float32Array.of(9, -9),
  W_hy: Float32Array.of(1, 2),
  "norms W_hy": [2],
  "norms W_hh": [1, 2],
};

test("a unit's summands: every input, every unit of the step before, the bias", () => {
  const found = summands(elman, 0, 1, 0).map(({ kind, name, row, column, product }) => [
    kind,
    name,
    row,
    column,
    product,
  ]);
  assert.deepEqual(found, [
    ["x", "W_xh", 0, 0, 0],
    ["x", "W_xh", 0, 1, 2],
    ["h", "W_hh", 0, 0, 2.5],
    ["h", "W_hh", 0, 1, 1.5],
    ["b", "b_h", 0, null, 9],
  ]);
  assert.deepEqual(
    summands(elman, 0, 0, 1).map(({ product }) => product),
    [3, 0, 0, 0, -9],
  ); // nothing before the first step
  const { most, rest, others, biases, whole } = strongest(summands(elman, 0, 1, 0), 2);
  assert.deepEqual([most.map(({ product }) => product), rest, others, biases.length, whole], [[2.5, 2], 1, 1.5, 1, 15]);
});

test("which gate, which step before", () => {
  assert.deepEqual(
    [["h"], ["i", "f", "g", "o"], ["r", "z", "n"]].map((gates) => gateOf({ gates, show: "h" })),
    ["h", "g", "n"],
  );
  assert.equal(gateOf({ gates: ["i", "f", "g", "o"], show: "f" }), "f");
  const film = { read: 3, padding: [false, false, true, false, false, true] };
  assert.deepEqual(
    [0, 1, 3, 4].map((t) => before(film, t)),
    [null, 0, 1, 3],
  ); // the decoder starts from the word's last step
});

test("a weight's name, in the engine and in an equation", () => {
  assert.deepEqual([weightName("W_hh", 0, false), weightName("W_hh", 1, true)], ["W_hh", "decoder_W_hh_2"]);
  const one = { H: 4, gates: ["h"], layers: 1 },
    lstm = { H: 4, gates: ["i", "f", "g", "o"], layers: 2 };
  assert.equal(written(one, { name: "W_hh", row: 3, column: 6 }), "W_{hh}[4,7]");
  assert.equal(written(one, { name: "W_hy", row: 5, column: 1 }), "W_{hy}[6,2]");
  assert.equal(written(lstm, { name: "b_y", row: 6, column: null }), "b_{y}[7]");
  assert.equal(written(lstm, { name: "W_hh", row: 5, column: 1 }), "W⁽¹⁾_{hf}[2,2]");
  assert.equal(written(lstm, { name: "decoder_W_xh_2", row: 15, column: 0 }), "W′⁽²⁾_{xo}[4,1]");
  assert.equal(written(lstm, { name: "b_h", row: 8, column: null }), "b⁽¹⁾_{g}[1]");
  assert.equal(
    written({ H: 4, gates: ["r", "z", "n"], layers: 1 }, { name: "b_hn", row: 2, column: null }),
    "b_{hn}[3]",
  );
});

test("the card names the largest with their numbers", () => {
  const { title, lines } = explain(elman, {}, { row: "hidden", t: 1, u: 0 }, []);
  assert.equal(title, "unit 1 at time step 2: 0.10");
  assert.deepEqual(
    lines.filter(([kind]) => kind.startsWith("share")).map(([, cells]) => cells),
    [
      ["W_{hh}[1,1] h_{t−1}[1]", "5.00 · 0.50", "2.50"],
      ["W_{xh}[1,2] x_t[2], B", "2.00 · 1.00", "2.00"],
      ["W_{hh}[1,2] h_{t−1}[2]", "−6.00 · (−0.25)", "1.50"],
    ],
  );
  const all = explain(elman, {}, { row: "weight", t: 0, u: 0 }, [{ kind: "hh", decoder: false, layer: 0 }]);
  assert.equal(all.title, "W_hh: 2 × 2 weights");
  assert.ok(all.lines.some(([, text]) => text === "spectral radius 1.00, ‖·‖_2 = 2.00"));
  assert.deepEqual(all.lines.at(-3)[1], ["W_{hh}[2,2]", "unit 2 → unit 2", "8.00"]);
});

test("the names of the weights are found by pointer and by keys", () => {
  const lay = layout({ width: 1076, height: 690, T: 20, H: 16, kind: "class", longest: 1 });
  lay.names = names({ padding: [] }, lay);
  assert.deepEqual(
    lay.names.map(({ kind }) => kind),
    ["xh", "hh", "hy"],
  );
  lay.names.forEach(({ box }, u) => assert.deepEqual(hit(lay, box.x + 3, box.y + 3), { row: "weight", t: 0, u }));
  for (const [size, kinds] of [
    [{ T: 60, H: 64 }, "xh hh hy"],
    [{ T: 26, H: 48, read: 16 }, "xh xh hh hh hy"],
    [{ T: 40, H: 16, layers: 2, open: [0, 1] }, "xh hh xh hh hy"],
    [{ T: 31, H: 40, layers: 2, open: [1] }, "xh hh xh hh hy"],
  ]) {
    for (const width of [1076, 326]) {
      // a heat map has the same names, beside its columns
      const map = layout({ width, height: width < 640 ? 940 : 690, kind: "class", longest: 1, ...size });
      map.names = names({ padding: [] }, map);
      assert.ok(map.heat);
      assert.equal(map.names.map(({ kind }) => kind).join(" "), kinds);
      map.names.forEach(({ box }, u) => {
        assert.deepEqual(hit(map, box.x + box.width / 2, box.y + box.height / 2), { row: "weight", t: 0, u });
        for (const { from, left } of map.segments)
          assert.ok(
            box.x + box.width <= left + 1 || box.x >= left + map.pitch,
            `${kinds} ${width}: ${u} over column ${from}`,
          );
      });
    }
  }
  const up = move(lay, { row: "input", t: 4, u: 0 }, "ArrowUp");
  assert.deepEqual(up, { row: "weight", t: 4, u: 0 });
  assert.equal(move(lay, up, "End").u, 2);
  assert.equal(move(lay, { ...up, u: 2 }, "ArrowRight").u, 2);
  assert.equal(move(lay, up, "ArrowDown").row, "input");
});

test("a weight of the input is named by what it joins, where an input that is shown is that column's alone", () => {
  const name = (name, row, column, more) => joined({ ...elman, ...more }, { name, row, column });
  assert.equal(name("W_xh", 1, 1), "W_{xh}[2, B]");
  assert.equal(name("W_xh", 1, 1, { "x 0": Float32Array.of(1, 0, 0.5, 1) }), "W_{xh}[2,2]");
  assert.equal(name("W_xh", 0, 0, { inputs: ["", "B"] }), "W_{xh}[1,1]");
  assert.equal(name("W_hh", 1, 0), "W_{hh}[2,1]");
  assert.equal(name("b_h", 1, null), "b_{h}[2]");
  assert.equal(name("decoder_W_xh", 1, 1, { read: 1 }), "W′_{xh}[2, B]");
  assert.equal(name("W_xh", 1, 1, { read: 1 }), "W_{xh}[2,2]");
});

// Films of every cell, written by tests/test_still.py: what is summed up here is what the engine's own gates were made
// of.
const folder = process.env.UNROLLED_STILL,
  outputs = process.env.UNROLLED_OUTPUTS;
test("summands add up to what the engine made of them", { skip: !folder }, () => {
  for (const file of readdirSync(folder)) {
    const film = unpack(readFileSync(join(folder, file))),
      { T, H } = film;
    assert.ok(frame(film, 0).finite, file);
    for (const layer of film.open) {
      for (const gate of film.gates) {
        for (let t = 0; t < T; t++) {
          if (film.padding[t]) continue;
          for (let unit = 0; unit < H; unit++) {
            const { whole } = strongest(summands(film, layer, t, unit, gate)),
              i = t * H + unit,
              h = film[`h ${layer}`];
            const past = film["term 0 h_prev"] ? film[`term ${layer} h_prev`][i] : 0; // the residual cell's
            const made =
              film.gates.length > 1
                ? film[`term ${layer} ${gate}`][i]
                : film.term_names[0] === "h_prev"
                  ? h[i] - past
                  : h[i];
            const wanted = film.sigmoids.includes(gate)
              ? 1 / (1 + Math.exp(-whole))
              : film.cell.endsWith("(ReLU)")
                ? Math.max(0, whole)
                : Math.tanh(whole);
            assert.ok(
              Math.abs(wanted - made) < 1e-5,
              `${file}: ${gate} of unit ${unit} in layer ${layer} at ${t}: ${wanted}, ${made}`,
            );
          }
        }
      }
    }
  }
});

// Films of every task and cell: what the board makes of the read-out's weights is what the engine answered and lost.
test("outputs are the engine's", { skip: !outputs }, () => {
  for (const file of readdirSync(outputs)) {
    const film = unpack(readFileSync(join(outputs, file))),
      shown = frame(film, 0),
      [mean, deviation] = film.scale;
    const near = (a, b, what, t) =>
      assert.ok(Math.abs(a - b) < 1e-3 * Math.max(1, Math.abs(b)), `${file}: ${what} at ${t}: ${a}, ${b}`);
    const known = film.targets.filter(Boolean).length;
    let seen = 0;
    for (let t = 0; t < film.T; t++) {
      if (!film.answers[t]) continue;
      const { y, y_hat } = writes(film, t),
        said = shown.answer[t],
        target = film.target[t];
      if (film.link === "softmax") {
        near(y_hat[said], Math.max(...y_hat), "the answer", t);
        near(y_hat[said], shown.sure[t], "how sure", t);
        if (film.targets[t]) near(-Math.log(y_hat[target]) / known, shown.lossT[t], "its share of the loss", t);
      } else if (film.link) {
        near(Math.min(...y_hat.map((p) => Math.max(p, 1 - p))), shown.sure[t], "how sure", t);
        assert.equal(
          y_hat.reduce((bits, p, k) => bits + (p > 0.5 ? 2 ** k : 0), 0),
          said,
        );
      } else {
        near(y[0] * deviation + mean, said, "the answer", t);
        if (film.targets[t])
          near((y[0] - (target - mean) / deviation) ** 2 / known, shown.lossT[t], "its share of the loss", t);
      }
      assert.ok(
        explain(film, shown, { row: "output", t, u: 0 }, []).lines.some(([kind]) => kind === "heading"),
        `${file}: what enters at ${t}`,
      );
      seen++;
    }
    assert.ok(seen, file);
  }
});
