import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../../static/board/card.js";
import { box, hit, layout, move } from "../../static/board/layout.js";
import { drawn, labels, ROWS, rowOf } from "../../static/board/rows/index.js";
import { cells } from "../../static/board/table.js";
import { compact } from "../../static/shapes/compact.js";

const HIGH = 30;
const calls = [];
const made = {
  name: "made up",
  height: HIGH,
  label: (gutter, { lay }) => calls.push(["label", gutter, lay.y["made up"]]),
  draw: (svg, { lay }) => {
    calls.push(["empty", svg, lay.y["made up"]]);
    return (frame) => calls.push(["frame", frame]);
  },
  explain: (film, frame, { t }) => ({ title: `${frame.made[t]} of ${film.T}`, lines: [] }),
  column: (_, frame) => [["made", (t) => String(frame.made[t])]],
};

// With the made-up row in front of the one of this name, and without.
function beside(name, act) {
  const before = act();
  ROWS.splice(ROWS.indexOf(rowOf(name)), 0, made);
  try {
    return [before, act()];
  } finally {
    ROWS.splice(ROWS.indexOf(made), 1);
  }
}

const SIZES = { width: 1076, height: 1100, T: 6, H: 8, kind: "class", longest: 1, carry: true };
const film = {
  T: 3,
  H: 2,
  kind: "class",
  symbols: ["A", "B"],
  inputs: ["A", "B", "A"],
  targets: ["", "A", ""],
  fed: [false, false, false],
  answers: [false, true, false],
  padding: [false, false, true],
  pictures: [],
  read: 0,
  image: null,
  layers: 1,
};
const frame = { film, answer: [0, 0, 0], sure: [0, 1, 0], lossT: [0, 1, 0], dh: [1, 1, 1], made: [7, 8, 9] };

test("a row that is put into the list moves all below it down by its height, and nothing above it", () => {
  for (const make of [() => layout(SIZES), () => compact({ width: 300, film })]) {
    for (const name of ["input", "output", "loss", "grad", "axis"]) {
      const [before, after] = beside(name, make);
      for (const row of ["band", "input", "lane", "hidden", "output", "loss", "grad", "axis"])
        assert.equal(after.y[row] - before.y[row], before.y[row] < before.y[name] ? 0 : HIGH, `${row} under ${name}`);
      assert.equal(after.used - before.used, HIGH);
      assert.deepEqual([after.row, after.gradHeight], [before.row, before.gradHeight]);
    }
  }
});

test("where the height is used up, the rows that take what is free give way, and the picture is no higher", () => {
  const [before, after] = beside("loss", () => layout({ ...SIZES, height: 600, H: 16 }));
  assert.equal(after.used, before.used);
  assert.equal(
    before.hiddenHeight + before.gradHeight - after.hiddenHeight - after.gradHeight + before.shown[0].lane,
    HIGH + after.shown[0].lane,
  );
});

test("it is pointed at, has a box of its own, and the arrow keys find it in its place", () => {
  beside("output", () => {
    if (!rowOf("made up")) return;
    const lay = layout(SIZES);
    for (const t of [0, 5]) {
      const at = box(lay, { row: "made up", t, u: 0 });
      assert.deepEqual([at.y, at.height, at.width], [lay.y["made up"], HIGH, lay.cell]);
      assert.deepEqual(hit(lay, at.x + at.width / 2, at.y + HIGH - 1), { row: "made up", t, u: 0 });
    }
    const last = { row: "hidden", t: 2, u: 7 },
      found = { row: "made up", t: 2, u: 0 };
    assert.deepEqual(move(lay, last, "ArrowDown"), found);
    assert.deepEqual(move(lay, last, "PageDown"), found);
    assert.deepEqual(move(lay, found, "ArrowUp"), last);
    assert.deepEqual(move(lay, found, "ArrowDown"), { row: "output", t: 2, u: 0 });
    assert.deepEqual(move(lay, found, "ArrowRight"), { ...found, t: 3 });
  });
});

test("its card says its words, but of padding what every row says there; a row without a card is not pointed at", () => {
  beside("output", () => {
    if (!rowOf("made up")) return;
    const says = (t) => explain(film, frame, { row: "made up", t, u: 0 }, []).title;
    assert.deepEqual([says(1), says(2)], ["8 of 3", "time step 3: padding"]);
    const mute = { ...made, explain: undefined };
    ROWS[ROWS.indexOf(made)] = mute;
    const lay = layout(SIZES);
    assert.notEqual(hit(lay, lay.x(1), lay.y["made up"] + HIGH / 2).row, "made up");
    assert.equal(move(lay, { row: "hidden", t: 2, u: 7 }, "ArrowDown").row, "output");
    ROWS[ROWS.indexOf(mute)] = made;
  });
});

test("it has its column in the table, in its place", () => {
  const [before, after] = beside("output", () => cells(film, frame, false));
  const at = before.head.indexOf("target");
  assert.deepEqual(after.head, before.head.toSpliced(at, 0, "made"));
  assert.deepEqual(
    after.rows,
    before.rows.map((row, t) => row.toSpliced(at, 0, String(frame.made[t]))),
  );
});

test("it is named and drawn: on the board, in a miniature, which has no names, and in slow motion", () => {
  const all = ROWS.splice(0, Infinity, made); // the others want a browser
  try {
    const board = { film, lay: layout(SIZES), gutter: "gutter" };
    labels("gutter", board);
    for (const slow of [false, true]) drawn("svg", board, slow).forEach((draw) => draw(frame));
    ROWS[0] = { ...made, slow: false };
    assert.deepEqual(drawn("svg", board, true), []);
  } finally {
    ROWS.splice(0, Infinity, ...all);
  }
  const empty = ["empty", "svg", 0],
    full = ["frame", frame];
  assert.deepEqual(calls, [["label", "gutter", 0], empty, full, empty, full]);
});

test("every row that has a name says in two sentences what it shows, for who points at it", () => {
  const named = ROWS.filter((row) => row.label);
  assert.ok(named.length > 6);
  for (const { name, help } of named) assert.match(help ?? "", /^[^.]+\. [^.]+\.$/, name);
});
