import assert from "node:assert/strict";
import { test } from "node:test";
import { comparable, named, sameSequence, sameTask, sameUnits, steps } from "../../static/board/pinned.js";
import { escape } from "../../static/board/save.js";

const film = { task: "Echo", T: 3, H: 4, cell: "Elman", show: "h", open: [0], sequence: 2, targets: ["", "A", "B"] };
const like = (more) => ({ film: { ...film, ...more } });

test("a pinned frame is compared only where it means the same", () => {
  assert.ok(sameUnits(like({}), film) && sameSequence(like({}), film) && comparable(film, film));
  assert.ok(!sameSequence(null, film) && !sameUnits(null, film));
  for (const other of [{ sequence: 3 }, { targets: ["", "B", "B"] }]) assert.ok(!sameSequence(like(other), film));
  for (const other of [{ show: "c" }, { H: 5 }, { cell: "LSTM" }, { open: [1] }, { sequence: 3 }])
    assert.ok(!sameUnits(like(other), film));
  assert.ok(sameSequence(like({ show: "c", H: 5 }), film));
  for (const other of [{ task: "Adding" }, { T: 4 }]) assert.ok(!comparable({ ...film, ...other }, film));
});

test("a line over every column that has a value", () => {
  assert.equal(
    steps(
      3,
      (t) => 10 + 20 * t,
      14,
      (t) => (t === 1 ? null : 5 + t),
    ),
    "M0 5.0h20M40 7.0h20",
  );
});

test("words in a saved picture stay words", () => assert.equal(escape('<a & "b">'), "&lt;a &amp; &quot;b&quot;&gt;"));

test("a held run is called by its step, or by what was set otherwise", () => {
  const config = { cell: "rnn", hidden_size: 16, seed: 1 },
    now = { run: 2, task: "Echo", config };
  const held = (run, more) => ({ step: 512, film: { run, task: "Echo", config: { ...config, ...more } } });
  assert.equal(named(held(2, {}), now), "step 512");
  assert.equal(named(held(1, { cell: "lstm" }), now), "lstm");
  assert.equal(named(held(1, { hidden_size: 8, seed: 2, cell: "gru" }), now), "gru, hidden size 8");
  assert.equal(named(held(1, {}), now), "step 512, another run");
  assert.ok(sameTask(held(1, {}).film, now) && !sameTask({ task: "Adding" }, now));
});
