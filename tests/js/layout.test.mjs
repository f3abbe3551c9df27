import assert from "node:assert/strict";
import { test } from "node:test";
import { box, hit, layout, move, place } from "../../static/board/layout.js";
import { names } from "../../static/board/rows/arrows.js";
import { lastRead, runs, says } from "../../static/board/rows/halves.js";
import { folded } from "../../static/board/tools.js";

const of = (T, H, more = {}) => layout({ width: 1076, height: 690, T, H, kind: "class", longest: 1, ...more });
const SIZES = [
  [1, 1],
  [2, 1],
  [1, 64],
  [60, 1],
  [20, 16],
  [30, 24],
  [30, 32],
  [31, 8],
  [60, 64],
];

test("every size fits the height it was given, on a wide and on a narrow screen, for both kinds", () => {
  for (const [T, H] of SIZES) {
    for (const kind of ["class", "number"]) {
      for (const [width, height] of [
        [1076, 690],
        [900, 690],
        [326, 940],
      ]) {
        for (const label of ["A", "+0.53", "Wednesday morning"]) {
          const lay = of(T, H, { width, height, kind, longest: label.length });
          const name = `T=${T} H=${H} ${kind} ${width} ${label}`;
          assert.ok(lay.bottom >= (width < 640 ? 200 : 140), `${name}: ${lay.bottom} left for the loss`);
          assert.ok(lay.gradHeight >= 56, `${name}: gradient ${lay.gradHeight}`);
          assert.ok(lay.row >= 2 && lay.cell >= 10, name);
          if (width > 640) assert.ok(lay.gutter + lay.canvas <= width, `${name}: ${lay.canvas} wide`);
        }
      }
    }
  }
});

test("for a room nothing is kept free for tools, and a low screen keeps every row", () => {
  for (const [width, height] of [
    [980, 500],
    [980, 530],
    [980, 640],
    [1300, 720],
    [326, 940],
  ]) {
    for (const [T, H, read] of [
      [20, 16, 0],
      [30, 32, 0],
      [9, 64, 5],
    ]) {
      if (H === 64 && height < 520) continue; // a room's smallest, 1280 x 720, has 529
      const lay = of(T, H, { width, height, read, big: true });
      assert.equal(lay.tools, 0);
      assert.ok(
        lay.bottom >= 110 && lay.gradHeight >= 56,
        `${width} ${height} ${T} ${H}: ${lay.bottom} ${lay.gradHeight}`,
      );
    }
  }
  assert.ok(of(20, 16, { width: 980, height: 530, big: true }).row >= 4);
});

test("rows follow one another without overlap, and every column is centred on one x", () => {
  for (const [T, H] of SIZES) {
    const lay = of(T, H),
      parts = ["input", "hidden", "output", "grad"].map((row) => box(lay, { row, t: T - 1, u: 0 }));
    for (let i = 1; i < 4; i++) assert.ok(parts[i].y >= parts[i - 1].y + parts[i - 1].height, `T=${T} H=${H} row ${i}`);
    for (const part of parts) assert.ok(Math.abs(part.x + part.width / 2 - lay.x(T - 1)) < 1e-9);
  }
});

test("beyond about 30 columns or 24 units it is a heat map", () => {
  assert.deepEqual(
    [
      [20, 16],
      [30, 24],
      [31, 24],
      [30, 25],
      [60, 64],
    ].map(([T, H]) => of(T, H).heat),
    [false, false, true, true, true],
  );
});

test("few columns stand in the middle, and the lines under them go on to both ends", () => {
  for (const [T, H] of [
    [1, 16],
    [1, 64],
    [3, 16],
    [6, 16],
    [20, 16],
  ]) {
    const lay = of(T, H),
      before = lay.x(0) - lay.pitch / 2 - lay.start,
      after = lay.end - lay.x(T - 1) - lay.pitch / 2;
    assert.ok(Math.abs(before - after) < 1e-9, `T=${T}: ${before} before, ${after} after`);
    assert.ok(
      lay.start >= 48 && lay.gutter + lay.end <= 1076 && lay.end > 1076 - lay.gutter - lay.pitch - 48,
      `T=${T}: to ${lay.end}`,
    );
  }
});

test("units too low for frames are a heat map", () => {
  for (const height of [500, 560, 620, 690]) {
    for (const image of [null, [8, 8]]) {
      for (const T of [1, 6, 20]) {
        const lay = of(T, 24, { height, image, pictures: 1, big: true });
        assert.ok(lay.heat || lay.row >= 5, `${height} T=${T}: ${lay.row} px`);
      }
    }
  }
});

test("what is drawn is what is hit", () => {
  for (const [T, H] of SIZES) {
    const lay = of(T, H);
    for (const row of ["input", "hidden", "output", "grad"]) {
      for (const t of [0, T - 1]) {
        for (const u of row === "hidden" ? [0, H - 1] : [0]) {
          const at = box(lay, { row, t, u });
          assert.deepEqual(hit(lay, at.x + at.width / 2, at.y + at.height / 2), { row, t, u });
        }
      }
    }
    assert.equal(hit(lay, -1, 10), null);
    assert.equal(hit(lay, lay.x(T - 1) + lay.pitch, 10), null);
    assert.equal(hit(lay, lay.x(0), lay.time + 50), null);
  }
});

test("an encoder and its decoder stand apart, nothing between them is hit, and their names have a band of their own", () => {
  for (const [T, H, read] of [
    [2, 1, 1],
    [12, 16, 6],
    [13, 32, 6],
    [60, 64, 30],
  ]) {
    for (const [width, height] of [
      [1076, 690],
      [326, 940],
    ]) {
      const lay = of(T, H, { width, height, read, fed: true });
      assert.equal(lay.x(read) - lay.x(read - 1), lay.pitch + lay.seam);
      assert.equal(hit(lay, (lay.x(read) + lay.x(read - 1)) / 2, lay.y.hidden + 1), null);
      assert.equal(hit(lay, lay.x(0), 5), null);
      for (const t of [0, read - 1, read, T - 1]) assert.equal(hit(lay, lay.x(t), lay.y.grad + 5).t, t);
      if (width > 640) assert.ok(lay.gutter + lay.canvas <= width, `${lay.canvas} wide`);
      assert.deepEqual(
        lay.segments.map(({ from, to }) => [from, to]),
        [
          [0, read],
          [read, T],
        ],
      );
      assert.ok(lay.y.hidden > lay.band + lay.inputHeight && lay.bottom >= 140 && lay.gradHeight >= 56);
    }
  }
});

test("a picture fits beside the column next to it, and its row is as tall", () => {
  for (const [T, width] of [
    [1, 1076],
    [6, 1076],
    [1, 326],
    [6, 326],
  ]) {
    const lay = of(T, 32, { width, height: width < 640 ? 940 : 690, image: [8, 8], fed: T > 1 });
    assert.ok(lay.side >= 24 && lay.side % 8 === 0 && lay.side <= lay.inputHeight);
    if (T > 1) assert.ok(lay.side / 2 <= lay.pitch - lay.cell / 2, `T=${T} ${width}`);
    assert.ok(lay.bottom >= 140 && lay.gradHeight >= 56);
  }
});

test("stacked layers: a block each, the lowest on top, folded ones a strip; all within the height, and every unit is hit", () => {
  for (const [T, H, layers, open] of [
    [20, 8, 2, [0, 1]],
    [20, 8, 2, [1]],
    [30, 32, 4, [3]],
    [12, 16, 4, [0, 1, 2, 3]],
    [60, 64, 4, [0, 3]],
    [1, 1, 3, [1]],
  ]) {
    for (const [width, height] of [
      [1076, 690],
      [326, 940],
    ]) {
      const lay = of(T, H, { width, height, layers, open }),
        name = `T=${T} H=${H} ${open} ${width}`;
      assert.deepEqual(
        lay.blocks.map((b) => b.open),
        Array.from({ length: layers }, (_, l) => open.includes(l)),
      );
      lay.blocks.slice(1).forEach((b, i) => assert.ok(b.top >= lay.blocks[i].top + lay.blocks[i].height, name));
      assert.equal(lay.blocks.at(-1).top + lay.blocks.at(-1).height, lay.y.hidden + lay.hiddenHeight);
      if (H * open.length <= 64)
        assert.ok(lay.bottom >= 140 && lay.gradHeight >= 56, `${name}: ${lay.bottom} ${lay.gradHeight}`);
      for (const u of [0, H - 1, lay.units - 1]) {
        const at = box(lay, { row: "hidden", t: 0, u });
        assert.deepEqual(hit(lay, at.x + 1, at.y + at.height / 2), { row: "hidden", t: 0, u }, name);
      }
      assert.equal(move(lay, { row: "output", t: 0, u: 0 }, "ArrowUp").u, lay.units - 1);
    }
  }
});

test("a layer folds and opens, the last open one stays", () => {
  assert.deepEqual([folded([0, 1], 0), folded([1], 0), folded([1], 1)], [[1], [0, 1], [1]]);
});

test("one step alone is one wide column", () => assert.ok(of(1, 16).cell >= 100));

test("padding comes in stretches; the decoder starts from the last step that was read", () => {
  assert.deepEqual(runs([false, true, true, false, true]), [
    [1, 3],
    [4, 5],
  ]);
  assert.deepEqual(runs([]), []);
  assert.equal(lastRead({ read: 3, padding: [false, false, true, false, true] }), 1);
});

test("arrow keys reach everything and stay inside", () => {
  const lay = of(3, 4);
  const walk = (from, ...keys) => keys.reduce((at, key) => move(lay, at, key), from);
  const start = { row: "input", t: 0, u: 0 };
  assert.deepEqual(walk(start, "ArrowUp", "PageUp", "ArrowLeft"), start);
  assert.equal(walk(start, ...Array(9).fill("PageDown")).row, "grad");
  assert.deepEqual(walk(start, "ArrowDown"), { row: "hidden", t: 0, u: 0 });
  assert.deepEqual(walk(start, ...Array(4).fill("ArrowDown")), { row: "hidden", t: 0, u: 3 });
  assert.equal(walk(start, ...Array(5).fill("ArrowDown")).row, "output");
  assert.equal(walk(start, ...Array(6).fill("ArrowDown")).row, "grad");
  assert.equal(walk(start, ...Array(9).fill("ArrowDown")).row, "grad");
  assert.deepEqual(walk(start, ...Array(6).fill("ArrowDown"), "ArrowUp", "ArrowUp"), { row: "hidden", t: 0, u: 3 });
  assert.equal(walk({ row: "hidden", t: 0, u: 0 }, "ArrowUp").row, "input");
  assert.deepEqual(walk(start, "End", "ArrowRight").t, 2);
  assert.equal(walk(start, "PageDown", "PageDown").row, "output");
  assert.equal(walk({ row: "grad", t: 1, u: 0 }, "PageUp", "PageUp").row, "hidden");
  assert.equal(move(lay, start, "a"), null);
});

test("the card stays in the viewport and off what it explains", () => {
  const card = { width: 340, height: 150 };
  for (const view of [
    { width: 1440, height: 900 },
    { width: 390, height: 800 },
  ]) {
    for (let x = 0; x <= view.width - 30; x += 30) {
      for (let y = 0; y <= view.height - 100; y += 25) {
        const target = { x, y, width: 30, height: 100 };
        const [left, top] = place(card, target, view);
        const name = `${view.width} ${x} ${y} -> ${left} ${top}`;
        assert.ok(left >= 0 && top >= 0 && left + card.width <= view.width && top + card.height <= view.height, name);
        const over = left < x + 30 && left + card.width > x && top < y + 100 && top + card.height > y;
        assert.ok(!over, `covers: ${name}`);
      }
    }
  }
});

test("W_hh is named in every layer that has room for it: of a lone unit, and of a folded layer", () => {
  const named = (lay) =>
    names({}, lay)
      .filter(({ kind, decoder }) => kind === "hh" && !decoder)
      .map(({ layer }) => layer);
  for (const width of [326, 682, 1076]) {
    assert.deepEqual(named(of(20, 1, { width, height: width < 640 ? 940 : 690 })), [0]);
    assert.deepEqual(named(of(20, 8, { width, height: width < 640 ? 940 : 690, layers: 3, open: [2] })), [0, 1, 2]);
  }
});

test("no two names of a stack lie over one another", () => {
  for (const open of [[0], [1], [0, 2]]) {
    for (const H of [8, 16]) {
      const all = names({}, of(20, H, { layers: 3, open }));
      for (const a of all)
        for (const b of all)
          if (a.base < b.base) assert.ok(b.base - a.base >= 9, `${a.kind}${a.layer} ${b.kind}${b.layer}`);
    }
  }
});

test("the padding's name never stands on the arrow that hands the state over, nor on its words, nor outside the rows", () => {
  const why = "padding, after the end";
  for (const [width, height, big] of [
    [1100, 720],
    [366, 940],
    [1026, 529, true],
  ]) {
    for (const [T, H, layers] of [
      [26, 48, 1],
      [20, 16, 1],
      [12, 8, 1],
      [20, 8, 3],
      [9, 64, 1],
    ]) {
      const read = T >> 1,
        open = Array.from({ length: layers }, (_, k) => k);
      const lay = layout({ width, height, T, H, kind: "class", longest: 1, read, layers, open, big });
      for (let from = 1; from < read; from++) {
        const { text, x, y, upright } = says(lay, from, read, why),
          long = 7.4 * text.length,
          half = (upright ? long : 16) / 2;
        for (const block of lay.blocks) {
          const middle = block.top + block.height / 2;
          assert.ok(
            y - half > middle + 2 || y + half < middle - 20,
            `${width} x ${height}, T ${T}, H ${H}, from ${from}: ${text} at ${y}, arrow at ${middle}`,
          );
        }
        assert.ok(y - half >= lay.y.hidden - 1 && y + half <= lay.y.loss + 2);
        if (!upright)
          assert.ok(x - long / 2 >= lay.x(from) - lay.cell / 2 && x + long / 2 <= lay.x(read - 1) + lay.cell / 2);
      }
      assert.deepEqual(says(lay, T - 1, T, why).upright, lay.cell < 7.4 * why.length); // no arrow there
    }
  }
});

test("a carried state has a lane over the units, hit by itself and reached by key, and none on a low screen", () => {
  const lay = of(20, 16, { carry: true }),
    plain = of(20, 16);
  const [{ top, lane }] = lay.shown;
  assert.ok(lane > 30 && top - lane === lay.y.lane && lay.y.hidden === top);
  assert.ok(plain.shown[0].lane === 0 && plain.y.lane === plain.y.hidden);
  const at = box(lay, { row: "carry", t: 3, u: 0 });
  assert.deepEqual(hit(lay, at.x + at.width / 2, at.y + at.height / 2), { row: "carry", t: 3, u: 0 });
  assert.equal(move(lay, { row: "input", t: 3, u: 0 }, "ArrowDown").row, "carry");
  assert.equal(move(lay, { row: "carry", t: 3, u: 0 }, "ArrowDown").row, "hidden");
  assert.equal(of(20, 16, { carry: true, height: 500 }).shown[0].lane, 0);
  for (const [T, H] of SIZES) assert.ok(of(T, H, { carry: true }).gradHeight >= 56, `T=${T} H=${H}`);
});

test("in a stack each open layer has a lane of its own, the top ones first where there is no room for all", () => {
  const lanes = (layers, open, H = 16) => {
    const lay = of(20, H, { carry: true, layers, open });
    lay.shown.forEach(({ k, top, lane }) => {
      assert.ok(lay.row >= (lane ? 3 : 2) && lay.gradHeight >= 56 && lay.bottom >= 140);
      const before = lay.blocks[lay.shown[k].layer - 1];
      assert.ok(top - lane >= (before ? before.top + before.height : lay.y.lane));
      if (!lane) return;
      const at = box(lay, { row: "carry", t: 3, u: k });
      assert.deepEqual(hit(lay, at.x + at.width / 2, at.y + at.height / 2), { row: "carry", t: 3, u: k });
    });
    return lay.shown.map(({ lane }) => lane > 0);
  };
  assert.deepEqual(lanes(2, [0, 1]), [true, true]);
  assert.deepEqual(lanes(3, [0, 1, 2]), [false, false, true]);
  assert.deepEqual(lanes(3, [1]), [true]);
  assert.deepEqual(lanes(4, [0, 1, 2, 3]), [false, false, false, false]);
});

test("by key one walks through the lanes and units of a stack in the order in which they stand", () => {
  const lay = of(4, 2, { carry: true, layers: 2, open: [0, 1] }),
    walk = [{ row: "input", t: 1, u: 0 }];
  while (walk.length < 9) walk.push(move(lay, walk.at(-1), "ArrowDown"));
  const tops = walk.map((at) => box(lay, at).y);
  assert.deepEqual(
    tops,
    [...tops].sort((a, b) => a - b),
  );
  assert.deepEqual(
    walk.map(({ row, u }) => `${row} ${u}`),
    ["input 0", "carry 0", "hidden 0", "hidden 1", "carry 1", "hidden 2", "hidden 3", "output 0", "grad 0"],
  );
  for (let i = 8; i; i--) assert.deepEqual(move(lay, walk[i], "ArrowUp"), walk[i - 1]);
  assert.deepEqual(move(lay, walk[7], "PageUp"), walk[2]);
  assert.deepEqual(move(lay, walk[1], "PageDown"), walk[2]);
  assert.deepEqual(move(lay, walk[3], "PageDown"), walk[7]);
});
