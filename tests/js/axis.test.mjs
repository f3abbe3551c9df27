import assert from "node:assert/strict";
import { test } from "node:test";
import { between, blend, labelled, path, range } from "../../static/series/axis.js";

test("round numbers between two ends", () => {
  assert.deepEqual(between(-3, 203, 5), [0, 50, 100, 150, 200]);
  assert.deepEqual(between(0.11, 0.58, 5), [0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(between(-1e6, 1e6, 4), [-1e6, -5e5, 0, 5e5, 1e6]);
  assert.deepEqual(between(2, 2), [2]);
});

test("a range is the truth's with air, and a wild forecast adds at most as much again", () => {
  const [low, high] = range([0, null, 10], [5, null, 1e9, -1e9]);
  assert.ok(low > -13 && low < -10 && high > 20 && high < 23);
  assert.deepEqual(range([null], [1]), [0, 1]);
  const [flat, above] = range([3, 3], []);
  assert.ok(flat < 3 && above > 3);
});

test("labels: round years, Januaries, and none where there is no room", () => {
  const years = Array.from({ length: 50 }, (_, i) => String(1953 + i));
  assert.deepEqual(labelled(years, 40, 300).map((i) => years[i]), ["1960", "1970", "1980", "1990", "2000"]);
  const months = Array.from({ length: 60 }, (_, i) => `${2000 + Math.floor((i + 3) / 12)}-${String(((i + 3) % 12) + 1).padStart(2, "0")}`);
  assert.deepEqual(labelled(months, 60, 400).map((i) => months[i]), ["2001-01", "2002-01", "2003-01", "2004-01", "2005-01"]);
  assert.ok(labelled(["2020-01-05", "2020-01-06", "+1"], 60, 70).length <= 2);
});

test("a gap lifts the pen", () => {
  const same = (v) => v;
  assert.equal(path([1, 2, null, 3], same, same, 10), "M10.0 1.0L11.0 2.0M13.0 3.0");
  assert.equal(path([null, NaN, Infinity], same, same), "");
});

test("between two forecasts", () => assert.deepEqual(blend([0, null, 4], [10, 5, null], 0.5), [5, 5, null]));
