import assert from "node:assert/strict";
import { test } from "node:test";
import { due, owed, schedule } from "../../static/board/player.js";

test("frames come evenly over the period, the first at once, the last is held", () => {
  const plan = schedule([], ["a", "b", "c", "d"], 1000, 400);
  const seen = [1000, 1050, 1100, 1199, 1201, 1310, 1399, 1500, 9000].map((now) => due(plan, now));
  assert.deepEqual(seen, ["a", null, "b", null, "c", "d", null, null, null]);
});

test("a slow browser skips frames, it does not fall behind", () => {
  const plan = schedule([], [0, 1, 2, 3, 4, 5, 6, 7], 0, 800);
  assert.deepEqual(
    [10, 350, 800].map((now) => due(plan, now)),
    [0, 3, 7],
  );
});

test("an early film: what is left of the last one is shown first, all within one period", () => {
  const first = schedule([], [0, 1, 2, 3], 0, 400);
  due(first, 150); // 0 and 1 are over
  const second = schedule(owed(first), [4, 5, 6, 7], 200, 600);
  assert.deepEqual(second.frames, [2, 3, 4, 5, 6, 7]);
  assert.equal(second.interval, 100);
  assert.equal(due(second, 200), 2);
  assert.equal(due(second, 800), 7);
});

test("never more is owed than the new film has frames", () => {
  assert.deepEqual(schedule([1, 2, 3, 4, 5], [6, 7], 0, 100).frames, [4, 5, 6, 7]);
});

test("a period of 0 shows the last frame at once; nothing shown yet owes nothing", () => {
  assert.equal(due(schedule([], ["only"], 5, 0), 5), "only");
  assert.deepEqual(owed(null), []);
});
