import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decadeTicks,
  diverging,
  easedRange,
  linear,
  niceTop,
  parseColour,
  relative,
  ticks,
} from "../../static/board/scales.js";
import { besides, free, label, linearTop, logRange, logTicks, trace } from "../../static/board/rows/curve.js";
import { wayBack } from "../../static/board/rows/gradients.js";
import { scaleEnds } from "../../static/board/rows/hidden.js";
import { gaugeTop } from "../../static/board/rows/gauge.js";

test("a linear scale meets both ends, and the middle where its domain is a point", () => {
  const y = linear(2, 4, 100, 0);
  assert.deepEqual([2, 3, 4].map(y), [100, 50, 0]);
  assert.equal(linear(1, 1, 0, 10)(1), 5);
});

test("the next of 1, 2, 5", () => {
  assert.deepEqual(
    [0.9, 1, 1.1, 3, 7, 20, 20.1, 0.0021].map((x) => niceTop(x)).map((x) => Number(x.toPrecision(3))),
    [1, 1, 2, 5, 10, 20, 50, 0.005],
  );
  assert.deepEqual(
    [0, -1, NaN, Infinity].map((x) => niceTop(x)),
    [1, 1, 1, 1],
  );
});

test("ticks are round and end inside the range", () => {
  assert.deepEqual(ticks(2000, 5), [0, 500, 1000, 1500, 2000]);
  assert.deepEqual(ticks(500, 5), [0, 100, 200, 300, 400, 500]);
  assert.ok(ticks(0.02, 4).every((x) => x <= 0.02 + 1e-12));
});

test("gradients are relative to the largest, eight decades down, whatever their size", () => {
  for (const size of [1, 1e-9, 1e20]) {
    const { largest, at, marks, seen } = relative([size, 1e-4 * size, 1e-8 * size, 1e-9 * size, 0, NaN, Infinity]);
    assert.equal(largest, size);
    assert.deepEqual(
      [size, 1e-4 * size, 1e-8 * size, 1e-9 * size, 0, NaN, Infinity, -1].map((v) => Math.round(1e6 * at(v)) / 1e6),
      [1, 0.5, 0, 0, 0, 0, 0, 0],
    );
    assert.deepEqual(
      [marks[0], marks.at(-1)],
      [
        [1, 1],
        [0, 1e-8],
      ],
    );
    assert.deepEqual([1e-7 * size, 1e-9 * size, 0].map(seen), [true, false, false]);
  }
});

test("on demand all of them, or a linear scale on which what has vanished is not there", () => {
  const all = relative([1, 1e-19], "all");
  assert.deepEqual([all.marks.length, all.at(1e-10), all.seen(1e-19)], [21, 0.5, true]);
  assert.equal(relative([1, 1e-300], "all").marks.length, 41);
  assert.equal(relative([1, 0.5], "all").marks.length, 9);
  const linear = relative([4, 1, 1e-6], "linear");
  assert.deepEqual([4, 1, 0, NaN].map(linear.at), [1, 0.25, 0, 0]);
  assert.deepEqual([1, 1e-6].map(linear.seen), [true, false]);
  for (const kind of ["eight", "all", "linear"]) assert.deepEqual(relative([], kind).at(0), 0);
});

test("how much of what reaches the last step reaches the first, in words", () => {
  const end = { answers: [false, false, true] },
    each = { answers: [true, true, true], window: 2 };
  assert.match(
    wayBack(end, [1e-6, 1e-3, 1], 1, false)[0],
    /^1 is 1.00; ← of what reaches step 3, 1.0·10⁻⁶ reaches step 1: × 0.0010 a step$/,
  );
  assert.match(wayBack(end, [0, 1e-3, 1], 1, false)[0], /nothing reaches step 1$/);
  assert.match(wayBack(each, [0.25, 1, 0.5], 1, false)[0], /step 1 has 0.50 of step 3’s$/);
  assert.match(wayBack(each, [0.25, 1, 0.5], 1, false)[0], /each step adds its own loss/);
  assert.match(wayBack(each, [1, 1, 1], 1, true)[0], /window 2$/);
  const first = { ...each, dh_last: true };
  assert.deepEqual(wayBack(first, [0.04, 0.1, 1], 1, false), [
    "← it vanishes on its way back: × 0.20 a step, 4 % of it is left at step 1",
    "← it vanishes on its way back: × 0.20 a step",
    "← it vanishes: × 0.20 a step",
  ]);
  assert.match(wayBack(first, [0.98, 0.99, 1], 1, false)[0], /^← it goes back: × 0.99 a step/);
  assert.deepEqual([wayBack(end, [1], 1, false), wayBack(end, [NaN, 1, 1], 1, false)], [["1 is 1.00"], ["1 is 1.00"]]);
});

test("decade ticks thin out where there is little room", () => {
  assert.deepEqual(decadeTicks(-4, 0, 4), [0, -1, -2, -3, -4]);
  assert.deepEqual(decadeTicks(-12, 0, 4), [0, -3, -6, -9, -12]);
});

test("a range eases when it grows, waits before it shrinks, and jumps when told to", () => {
  const range = easedRange(1);
  assert.deepEqual(range([0, 1], Infinity), { range: [0, 1], goal: [0, 1], moving: false });
  const first = range([0, 10], 0.05);
  assert.ok(first.moving && first.range[1] > 1 && first.range[1] < 10 && first.goal[1] === 10);
  for (let i = 0; i < 60; i++) range([0, 10], 0.05);
  assert.deepEqual(range([0, 10], 0.05).range, [0, 10]);
  assert.equal(range([0, 4], 0.5).goal[1], 10);
  assert.equal(range([0, 4], 0.6).goal[1], 4);
  for (let i = 0; i < 60; i++) range([0, 4], 0.05);
  assert.deepEqual(range([0, 4], 0.05), { range: [0, 4], goal: [0, 4], moving: false });
  assert.equal(range([0, 0.5], 0.05).goal[1], 0.5); // nothing could be seen until then
  assert.deepEqual(range([5, 6], Infinity).range, [5, 6]);
});

test("a range that waits to shrink asks to be drawn again where nothing plays, until it has shrunk", () => {
  for (const [idle, shrinks] of [
    [false, false],
    [true, true],
  ]) {
    const range = easedRange(1);
    range([0, 10], Infinity);
    let draws = 0,
      now;
    do now = range([0, 4], 0.05, idle);
    while (now.moving && ++draws < 1000);
    assert.deepEqual(now.range, shrinks ? [0, 4] : [0, 10]);
    assert.ok(draws < 100, "it never rests");
  }
});

test("colours of a theme are read, and the scale runs through the background", () => {
  assert.deepEqual(parseColour("#0072B2"), [0, 114, 178]);
  assert.deepEqual(parseColour("#fff"), [255, 255, 255]);
  assert.deepEqual(parseColour(" rgb(1, 2, 3)"), [1, 2, 3]);
  assert.deepEqual(parseColour("rgba(9 8 7 / 50%)"), [9, 8, 7]);
  const colours = diverging("#0072B2", "#12151c", "#D55E00");
  assert.equal(colours.length, 255);
  assert.deepEqual(
    [colours[0], colours[127], colours[254]],
    [
      [0, 114, 178],
      [18, 21, 28],
      [213, 94, 0],
    ],
  );
});

test("the loss's ranges survive what is not finite", () => {
  assert.deepEqual(logRange([NaN, Infinity, 0, -1], [NaN], null), [-1, 0]);
  const [low, high] = logRange([1.6, 0.02, Infinity], [NaN, 0.03], 1.61);
  assert.ok(low <= Math.log10(0.02) && high >= Math.log10(1.61) && high - low < 3.1);
  assert.equal(linearTop([1, 2, Infinity, NaN], 1.6), 5);
  assert.equal(linearTop([1e30, 1], 1.6), 10); // a loss that explodes leaves the picture
  assert.equal(linearTop([], null), 1);
  assert.ok(logRange([1.6, 1e15, 1e24], [1e20], 1.61)[1] < 2); // and on the log scale
  assert.deepEqual(
    logTicks(-1, 0).map((x) => Number(x.toPrecision(2))),
    [0.1, 0.3, 1],
  );
});

test("a line runs through its points, and a single point is seen as well", () => {
  assert.equal(trace([]), "");
  assert.equal(
    trace([
      [1, 2],
      [3, 4.5],
      [5, 6],
    ]),
    "M1 2L3 4.5L5 6",
  );
  assert.match(trace([[10, 5]]), /^M8 5a/);
});

test("over the baseline there is room for its name", () => {
  for (const low of [1, 0.1, 0.001, 1e-6]) {
    const [a, b] = logRange([low], [], 1.27, 0.2);
    assert.ok((b - Math.log10(1.27)) / (b - a) >= 0.2);
    assert.deepEqual(logRange([low, 50], [], 1.27, 0.2)[0], logRange([low, 50], [], 1.27)[0]);
  }
  assert.deepEqual(logRange([1], [], null, 0.2), logRange([1], [], null));
});

test("the words of a mark stand beside it, the newest first, and never over one another", () => {
  assert.deepEqual(
    besides(
      [
        [10, 100],
        [300, 100],
      ],
      0,
      500,
    ),
    [
      { x: 17, row: 0 },
      { x: 307, row: 0 },
    ],
  );
  assert.deepEqual(
    besides(
      [
        [280, 100],
        [300, 100],
      ],
      0,
      500,
    ),
    [
      { x: 287, row: 1 },
      { x: 307, row: 0 },
    ],
  );
  assert.deepEqual(
    besides(
      [
        [270, 100],
        [280, 100],
        [300, 100],
      ],
      0,
      500,
    ),
    [null, { x: 287, row: 1 }, { x: 307, row: 0 }],
  );
  assert.deepEqual(besides([[450, 100]], 0, 500), [{ x: 343, row: 0 }]);
  assert.deepEqual(besides([[50, 600]], 0, 500), [null]);
  assert.deepEqual(besides([[10, 100]], 0, 500, [[[90, 500]], []]), [{ x: 17, row: 1 }]);
});

test("the baseline's name stands where no curve runs, and stays there as long as it can", () => {
  const box = { left: 0, top: 0, right: 500, bottom: 100 },
    words = "baseline: persistence";
  const at = (lines, line = 50, before = null) => {
    const { end, y } = label(words, line, box, lines, before);
    return [end, y];
  };
  const flat = (y, from = 0) => [
    [from, y],
    [500, y],
  ];
  assert.deepEqual(at([]), [true, 44]);
  assert.deepEqual(at([flat(42)]), [true, 66]); // a long way between two points is a line, too
  assert.deepEqual(at([flat(42), flat(60)]), [true, 44]); // nowhere: as if there were none
  assert.deepEqual(at([flat(42, 300), flat(60, 300)]), [false, 44]);
  assert.deepEqual(
    at([
      [
        [0, 0],
        [500, 100],
      ],
    ]),
    [true, 44],
  ); // down through the middle, past both ends
  assert.deepEqual(at([], 10), [true, 26]); // no room above
  assert.deepEqual(at([], 95), [true, 89]);
  const before = label(words, 50, box, [flat(42)]);
  assert.deepEqual(at([], 52, before), [true, 68]);
  assert.deepEqual(at([flat(66)], 52, before), [true, 46]);
  assert.deepEqual(at([[[NaN, NaN]]]), [true, 44]);
});

test("the gauge holds a near threshold and is not flattened by a spike", () => {
  assert.equal(gaugeTop([0.1, 0.2, 0.3], 0.5), 1);
  assert.equal(gaugeTop([0.1, 0.1, 50], 0), 50);
  assert.equal(gaugeTop([], 0.25), 0.5);
  assert.ok(Number.isFinite(gaugeTop([NaN, Infinity], 0)));
});

test("the ends of a scale do not meet", () => {
  assert.deepEqual(scaleEnds("1", 96), ["−1", "0", "+1"]);
  assert.deepEqual(scaleEnds("15000", 96), ["", "±15000", ""]);
  assert.deepEqual(scaleEnds("15000", 29, true), ["", "", "±15000"]);
});

test("the words of marks leave the baseline and its name alone", () => {
  assert.deepEqual(free(30, 150, 500, null), [
    { y: 38, taken: [] },
    { y: 53, taken: [] },
  ]);
  assert.deepEqual(free(30, 150, 500, { at: 34, y: 50, from: 350 }), [
    { y: 53, taken: [[350, 500]] },
    { y: 68, taken: [] },
  ]);
  for (let at = 20; at < 160; at++) {
    for (const above of [true, false]) {
      const y = above ? at - 6 : at + 16,
        rows = free(30, 150, 500, { at, y, from: 350 });
      assert.equal(rows.length, 2);
      for (const row of rows) {
        assert.ok(row.y - 10 > at || row.y + 3 < at, `struck out: ${row.y} by ${at}`);
        const [place] = besides([[300, 150]], 0, 500, [row.taken]);
        assert.ok(!place || Math.abs(row.y - y) >= 13 || place.x + 150 < 350, `over its name: ${row.y}, ${y}`);
      }
    }
  }
});
