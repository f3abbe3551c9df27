import assert from "node:assert/strict";
import { test } from "node:test";
import { compact } from "../../static/shapes/compact.js";
import { films } from "../../static/shapes/miniature.js";
import { inWords } from "../../static/shapes/shapes.js";
import { descent } from "../../static/shapes/spark.js";
import { box } from "../../static/board/layout.js";
import { answering } from "../../static/board/rows/outputs.js";

// The five shapes as they come, and the same at other sizes.
const of = (more) => ({
  T: 12,
  H: 16,
  read: 0,
  image: null,
  kind: "class",
  inputs: Array(more.T ?? 12).fill("A"),
  pictures: [],
  ...more,
});
const FILMS = [
  of({ T: 1, image: [8, 8], inputs: [""], pictures: [0] }),
  of({ T: 6, image: [8, 8], inputs: ["", ..."EIGHT"], pictures: [0] }),
  of({ T: 14, H: 32 }),
  of({}),
  of({ T: 13, read: 6 }),
  of({ T: 20, H: 64, kind: "number", inputs: Array(20).fill("+0.53") }),
  of({ T: 1, H: 1 }),
  of({ T: 24, read: 12, H: 48 }),
];

test("every miniature is as wide as its card, its columns inside and in a row", () => {
  for (const film of FILMS) {
    for (const width of [150, 187, 260, 326]) {
      const lay = compact({ width, film }),
        name = `T=${film.T} H=${film.H} ${width}`;
      if (film.T * 7 + lay.seam + 20 <= width) {
        const first = box(lay, { row: "output", t: 0, u: 0 }),
          last = box(lay, { row: "output", t: film.T - 1, u: 0 });
        assert.ok(first.x >= 0 && last.x + last.width <= width + 0.5, `${name}: ${first.x} to ${last.x + last.width}`);
        if (film.image && film.T > 1)
          assert.ok(lay.x(0) - lay.side / 2 >= 3, `${name}: the picture begins at ${lay.x(0) - lay.side / 2}`);
      }
      for (let t = 1; t < film.T; t++)
        assert.equal(lay.x(t) - lay.x(t - 1), lay.pitch + (t === film.read ? lay.seam : 0), name);
      assert.deepEqual(
        lay.segments.map(({ from, to }) => [from, to]),
        film.read
          ? [
              [0, film.read],
              [film.read, film.T],
            ]
          : [[0, film.T]],
      );
    }
  }
});

test("the rows of all five stand at the same heights, one under another, whatever H is", () => {
  const usual = FILMS.filter((film) => film.H <= 64).map((film) => compact({ width: 187, film }));
  for (const name of ["output", "loss", "grad", "axis"])
    assert.equal(new Set(usual.map(({ y }) => y[name])).size, 1, name);
  assert.equal(new Set(usual.map((lay) => lay.height)).size, 1);
  for (const lay of [...usual, compact({ width: 187, film: of({ H: 128 }) })]) {
    assert.ok(lay.y.input >= 0 && lay.y.input + lay.inputHeight <= lay.y.hidden);
    assert.ok(
      lay.y.hidden + lay.hiddenHeight <= lay.y.output &&
        lay.y.output + lay.out <= lay.y.loss &&
        lay.y.loss + lay.lossBars <= lay.y.grad,
    );
    assert.equal(lay.y.grad + lay.gradHeight, lay.y.axis);
    assert.ok(lay.y.axis < lay.height);
    assert.deepEqual(lay.names, []); // no room for arrows and weights
  }
});

test("a word wider than its column is turned, one letter never", () => {
  const turned = (inputs, width) => compact({ width, film: of({ T: inputs.length, inputs }) }).upright;
  assert.deepEqual(
    [
      turned(["+0.53", "+0.11", "−0.20", "+0.02", "+0.40", "−0.97"], 187),
      turned(["A", "B"], 187),
      turned(Array(24).fill("A"), 187),
      turned(["be"], 187),
    ],
    [true, false, false, false],
  );
});

test("where one step alone answers, its word has its width; where several do, each keeps its column", () => {
  const lay = compact({ width: 187, film: of({}) }),
    symbols = ["German", "Japanese"];
  assert.equal(answering({ symbols, answers: [false, true] }, lay).cell, 84);
  assert.equal(answering({ symbols, answers: [false, true] }, lay).pitch, 80);
  assert.equal(answering({ symbols: null, answers: [true] }, lay).pitch, 10);
  assert.equal(answering({ symbols, answers: [true, true] }, lay), lay);
});

test("the small curve goes as far as the frame, through what has a logarithm", () => {
  const film = { curve_step: [0, 10, 20, 30], curve_held_out: [1, NaN, Math.E, 0.5] };
  const logs = (frame) => descent({ film, ...frame }).map(([step, y]) => [step, Number(y.toFixed(6))]);
  assert.deepEqual(logs({ step: 20, heldOut: Math.E }), [
    [0, 0],
    [20, 1],
  ]);
  assert.deepEqual(logs({ step: 25, heldOut: 1 }), [
    [0, 0],
    [20, 1],
    [25, 0],
  ]);
  for (const heldOut of [0, -1, NaN, Infinity]) assert.deepEqual(logs({ step: 5, heldOut }), [[0, 0]]);
  assert.deepEqual(descent({ film: { curve_step: [], curve_held_out: [] }, step: 0, heldOut: NaN }), []);
});

test("a low board has low units and narrow columns, none of which is lost", () => {
  for (const T of [20, 60, 100]) {
    const film = of({ T }),
      lay = compact({ width: 366, film, hidden: 72, input: 26, least: 3 });
    assert.ok(lay.hiddenHeight <= 72 && lay.height < compact({ width: 366, film }).height);
    assert.ok(lay.x(T - 1) + lay.pitch / 2 <= 366 && lay.cell >= 1, `T=${T}: ${lay.x(T - 1)}`);
  }
});

test("what stands under a miniature: the loss, the score, what to beat, the step", () => {
  const film = { metric_name: "accuracy", baseline: { loss: 1.5 } };
  const at = (more, other = {}) =>
    inWords({ film: { ...film, ...other }, step: 1200, loss: 2, heldOut: 1.25, metric: 0.834, ...more });
  assert.deepEqual(at({}), { loss: "loss 1.25", score: "accuracy 83 %", against: "✓ beats 1.50", steps: "step 1,200" });
  assert.equal(at({ heldOut: NaN }).loss, "loss 2.00");
  assert.deepEqual(
    [at({ heldOut: NaN }).against, at({ step: 0 }).against, at({ heldOut: 1.5 }).against],
    Array(3).fill("to beat: 1.50"),
  );
  assert.equal(at({ metric: NaN }).score, "");
  assert.equal(at({}, { metric_name: "rmse" }).score, "rmse 0.83");
  assert.equal(at({}, { baseline: { loss: null } }).against, "");
});

test("films that stand in one another's row are taken apart, wherever their bytes begin", () => {
  const one = (step) => {
    const told = { arrays: [["step", "i4", [2]]], film: step };
    let text = JSON.stringify(told);
    text += " ".repeat((4 - (text.length % 4)) % 4);
    const bytes = new Uint8Array(8 + text.length + 8),
      view = new DataView(bytes.buffer);
    bytes.set([85, 82, 70, 1]);
    view.setUint32(4, text.length, true);
    bytes.set(new TextEncoder().encode(text), 8);
    view.setInt32(8 + text.length, step, true);
    view.setInt32(12 + text.length, step + 1, true);
    return bytes;
  };
  const parts = [one(7), one(1234)],
    all = new Uint8Array(8 + parts[0].length + 8 + parts[1].length).subarray(8),
    view = new DataView(all.buffer, 8);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    all.set(part, at + 4);
    at += 4 + part.length;
  }
  assert.deepEqual(
    films(all).map(({ film, step }) => [film, ...step]),
    [
      [7, 7, 8],
      [1234, 1234, 1235],
    ],
  );
  assert.deepEqual(films(new Uint8Array(0)), []);
});
