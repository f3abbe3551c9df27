import assert from "node:assert/strict";
import { test } from "node:test";
import { pointsByPlace, rgba } from "../../static/chart/plot.js";

test("a colour that color-mix made is one that Plotly knows", () => {
  assert.equal(rgba("color(srgb 0.5 0 1)"), "rgba(128, 0, 255, 1)");
  assert.equal(rgba("color(srgb 1 1 1 / 0.25)"), "rgba(255, 255, 255, 0.25)");
  assert.equal(rgba("color(srgb 1e-3 0 0)"), "rgba(0, 0, 0, 1)");
  assert.equal(rgba("rgb(1, 2, 3)"), "rgb(1, 2, 3)");
});

test("by keyboard one reads every line at a place, in words; lines without a name, hidden ones and gaps are left out", () => {
  const places = pointsByPlace([
    { x: [1, 2], y: [5, null], text: ["five", "–"], name: "truth" },
    { x: [2, 3], y: new Float64Array([7, 8]), name: "network" },
    { x: [2], y: [0], name: "" },
    { x: [2], y: [0], name: "hidden", visible: "legendonly" },
  ]);
  assert.deepEqual(places, [
    { x: 1, points: [{ curveNumber: 0, pointNumber: 0 }], words: "1 truth five" },
    { x: 2, points: [{ curveNumber: 1, pointNumber: 0 }], words: "2 network 7" },
    { x: 3, points: [{ curveNumber: 1, pointNumber: 1 }], words: "3 network 8" },
  ]);
});

test("numbers that Python has packed are read as numbers, markup is not spoken, and x may have words of its own", () => {
  const bdata = Buffer.from(new Float64Array([-3, NaN, -1]).buffer).toString("base64");
  const [first, last, ...others] = pointsByPlace([
    { x: { dtype: "f8", bdata }, y: [1, 2, 3], name: "h<sub>t</sub>", customdata: ["0.001", "", "0.1"] },
    { x: [-1], y: { dtype: "i1", bdata: Buffer.from([7]).toString("base64") }, name: "other", text: ["<b>7</b>"] },
    { name: "without points" },
  ]).filter(({ x }) => !Number.isNaN(x));
  assert.deepEqual([first.words, last.words, others], ["0.001 ht 1", "0.1 ht 3 other 7", []]);
});
