import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../static/chart/plot.js";
import { without } from "../../static/compare/compare.js";

test("what is hidden is hidden in all of its traces, and the rest is the very same", () => {
  const figure = {
    layout: { a: 1 },
    data: [{ legendgroup: "rnn" }, { legendgroup: "gru" }, { name: "baseline" }, { legendgroup: "rnn", x: [1] }],
  };
  const found = without(figure, new Set(["rnn"]));
  assert.deepEqual(
    found.data.map(({ visible }) => visible),
    [false, undefined, undefined, false],
  );
  assert.equal(found.data[1], figure.data[1]);
  assert.equal(found.layout, figure.layout);
  assert.equal(figure.data[0].visible, undefined);
});

test("the line under the pointer is the nearest of those at its x, if it is near", () => {
  const yaxis = { _offset: 10, d2p: (y) => 100 - y },
    area = { getBoundingClientRect: () => ({ top: 1000 }) };
  const points = [
    ["rnn", 20],
    ["gru", 60],
    [undefined, 41],
  ].map(([legendgroup, y]) => ({ yaxis, y, data: { legendgroup } }));
  const at = (clientY) => nearest({ points, event: { clientY } }, area);
  assert.equal(at(1090), "rnn");
  assert.equal(at(1052), "gru");
  assert.equal(at(1010), null); // 40 pixels above the upper one
  assert.equal(nearest({ points: points.slice(2), event: { clientY: 1069 } }, area), null); // the baseline is nobody's
});
