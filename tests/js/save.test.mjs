import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../static/board/save.js";

test("a colour is written as every program for pictures reads it, its opacity apart", () => {
  assert.deepEqual(plain("rgb(0, 114, 178)"), ["#0072b2", 1]);
  assert.deepEqual(plain("rgba(255, 0, 9, 0.25)"), ["#ff0009", 0.25]);
  assert.deepEqual(plain("rgb(1 2 3 / 0.5)"), ["#010203", 0.5]);
  assert.deepEqual(plain("color(srgb 0 0.5 1)"), ["#0080ff", 1]);
  assert.deepEqual(plain("color(srgb 0.105882 0.129412 0.188235 / 0.72)"), ["#1b2130", 0.72]);
  for (const other of ["none", "url('#hatch')", "#ffffff"]) assert.deepEqual(plain(other), [other, 1]);
});
