import assert from "node:assert/strict";
import { test } from "node:test";
import { acts } from "../../static/board/acts.js";
import { fall } from "../../static/kept/kept.js";
import { work } from "../../static/kept/store.js";

test("a run's picture is its loss on a log scale from the first step to the last, with the baseline", () => {
  const { d, baseline } = fall({ steps: [10, 20, 40], losses: [1, null, 0.01], baseline: 0.1 });
  assert.equal(d, "M50.0 3L200.0 41");
  assert.equal(baseline, 22);
  assert.deepEqual(fall({ steps: [], losses: [], baseline: null }), { d: "", baseline: null });
  assert.equal(fall({ steps: [5], losses: [0.5], baseline: null }).d, "M200.0 41");
});

test("every act is told with those before it, in order", () => {
  const told = [],
    act = acts();
  const first = act({ do: "name", value: "a" }, (name, all) => told.push([name, all.map(({ do: what }) => what)]));
  const second = act({ do: "delete" }, (name, all) => told.push([name, all.map(({ do: what }) => what)]));
  assert.ok(second > first);
  assert.deepEqual(told, [
    ["acts", ["name"]],
    ["acts", ["name", "delete"]],
  ]);
});

test("a browser without a storage says which orders failed, once each, and that it found nothing", async () => {
  const told = [],
    once = (...event) => told.push(event),
    message = { visit: "v", taken: false };
  const warn = console.warn;
  console.warn = () => {};
  await work({ ...message, orders: [{ n: 1, do: "put", run: { id: "a" }, state: "", gone: [] }] }, once, once);
  await work({ ...message, orders: [{ n: 2, do: "get", id: "a" }] }, once, once);
  console.warn = warn;
  assert.deepEqual(told, [
    ["done", { visit: "v", did: 1, failed: [1] }],
    ["state", { visit: "v", id: "a", state: null }],
    ["done", { visit: "v", did: 1, failed: [1] }],
  ]);
});
