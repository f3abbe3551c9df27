import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { plural, t } from "../../static/words.js";

afterEach(() => delete globalThis.unrolledWords);

// One, few (2–4, but not 12–14), many: as in Polish or Russian.
const form = Array.from({ length: 200 }, (_, n) => {
  const few = [2, 3, 4].includes(n % 10) && ![12, 13, 14].includes(n % 100);
  return n === 1 ? 0 : few ? 1 : 2;
});
const know = (messages) => (globalThis.unrolledWords = { messages, form });

test("places are filled with values, in the order of the message", () => {
  assert.equal(t("step {step} of {steps}, {step}", { steps: 9, step: 2 }), "step 2 of 9, 2");
  know({ "step {step} of {steps}": "{steps}: {step}" });
  assert.equal(t("step {step} of {steps}", { steps: 9, step: 2 }), "9: 2");
});

test("what stands in braces and is no value's name stays, and a value is not filled once more", () => {
  assert.equal(t("h_{t−1} W_{hh} {step}", { step: "{h}", h: 1 }), "h_{t−1} W_{hh} {h}");
  assert.equal(t("{step}"), "{step}");
  assert.equal(t("{none} {zero}", { none: null, zero: 0 }), "{none} 0");
});

test("a message that is not known is said in English", () => {
  know({ loss: "strata" });
  assert.deepEqual([t("loss"), t("accuracy")], ["strata", "accuracy"]);
});

test("in English one thing has the first form, any other number the second", () => {
  const said = (n, values) => plural("{count} step", "{count} steps", n, values);
  assert.deepEqual(
    [0, 1, 2, 1001].map((n) => said(n)),
    ["0 steps", "1 step", "2 steps", "1001 steps"],
  );
  assert.equal(said(1001, { count: "1,001" }), "1,001 steps");
  know({});
  assert.deepEqual(
    [1, 2, 5].map((n) => said(n)),
    ["1 step", "2 steps", "5 steps"],
  );
});

test("each number takes its form; above 199 its last two digits say which", () => {
  know({ "{count} step of {all}": ["{count} krok z {all}", "{count} kroki z {all}", "{count} kroków z {all}"] });
  const said = (n) => plural("{count} step of {all}", "{count} steps of {all}", n, { all: 9 }).split(" ")[1];
  assert.deepEqual([1, 2, 5, 12, 22, 101, 104, 112].map(said), [
    "krok",
    "kroki",
    "kroków",
    "kroków",
    "kroki",
    "kroków",
    "kroki",
    "kroków",
  ]);
  assert.deepEqual([200, 201, 202, 212, 1022, 1100].map(said), [
    "kroków",
    "kroków",
    "kroki",
    "kroków",
    "kroki",
    "kroków",
  ]);
});
