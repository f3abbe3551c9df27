import assert from "node:assert/strict";
import { test } from "node:test";
import { caption, plain } from "../../static/board/save.js";

test("a colour is written as every program for pictures reads it, its opacity apart", () => {
  assert.deepEqual(plain("rgb(0, 114, 178)"), ["#0072b2", 1]);
  assert.deepEqual(plain("rgba(255, 0, 9, 0.25)"), ["#ff0009", 0.25]);
  assert.deepEqual(plain("rgb(1 2 3 / 0.5)"), ["#010203", 0.5]);
  assert.deepEqual(plain("color(srgb 0 0.5 1)"), ["#0080ff", 1]);
  assert.deepEqual(plain("color(srgb 0.105882 0.129412 0.188235 / 0.72)"), ["#1b2130", 0.72]);
  for (const other of ["none", "url('#hatch')", "#ffffff"]) assert.deepEqual(plain(other), [other, 1]);
});

test("over a saved picture stands the run, and whatever in it is not the run's own", () => {
  const film = { run: "1", cell: "rnn", H: 8, layers: 1, task: "Echo", weights: [], typed: "", gates: [""] },
    frame = { film, step: 64 };
  const title = "Unrolled: rnn, 8 hidden units, on “Echo”, after 64 training steps";
  assert.deepEqual(caption(frame, null), [title]);
  const [, typed] = caption({ film: { ...film, typed: "ABC" }, step: 64 }, null);
  assert.equal(typed, "a typed sequence");
  assert.match(caption(frame, { film, step: 12 })[1], /^compared with step 12 \(/);
  assert.match(caption(frame, { film: { ...film, run: "2" }, step: 12 })[1], /^compared with step 12 of another run/);
  const weights = Array.from({ length: 5 }, (_, row) => ["W_hh", row, 8, 1.5, 0.41]);
  const [, byHand] = caption({ film: { ...film, weights }, step: 64 }, { film, step: 64 }, true);
  assert.match(
    byHand,
    /^with W_hh\[1,9\] = 0.41 → 1.50, .* and 2 more set by hand: not what training found; compared with the run’s own numbers/,
  );
  assert.equal(
    caption({ film: { ...film, H: 1, layers: 2 }, step: 1 }, null)[0],
    "Unrolled: rnn, 1 hidden unit in each of 2 layers, on “Echo”, after 1 training step",
  );
});
