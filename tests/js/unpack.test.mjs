import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, unpack } from "../../static/board/unpack.js";

// Two frames, T=2, H=2, as ui/board/film.py lays them out; tests/test_film.py holds the Python side and one real film.
function film(header = {}, version = 1) {
  const arrays = [
    ["step", "i4", [2], [7, 8]],
    ["loss", "f4", [2], [0.5, NaN]],
    ["held_out_loss", "f4", [2], [NaN, 0.25]],
    ["held_out_metric", "f4", [2], [0, 1]],
    ["grad_norm", "f4", [2], [1, Infinity]],
    ["clip_ratio", "f4", [2], [1, 0.5]],
    ["dh_norm", "f4", [2, 2], [1, 2, 3, Infinity]],
    ["loss_t", "f4", [2, 2], [0, 1, 2, 3]],
    ["answer", "f4", [2, 2], [0, 1, 1, 0]],
    ["sure", "f4", [2, 2], [1, 1, 1, 1]],
    ["h_scale", "f4", [2, 1], [1, 2]],
    ["odd", "i1", [3], [1, 2, 3]],
    ["half", "f2", [5], [0x3c00, 0xc248, 0x0001, 0x7c00, 0x7e00]],
    ["h", "i1", [2, 2, 2], [-127, 0, 1, 127, 1, 2, 3, 4]],
  ];
  const text = JSON.stringify({
    T: 2,
    H: 2,
    open: [0],
    word: "ŷ₁",
    ...header,
    arrays: arrays.map(([name, type, shape]) => [name, type, shape]),
  });
  let head = Buffer.from(text);
  head = Buffer.concat([head, Buffer.alloc((4 - (head.length % 4)) % 4, " ")]);
  const start = Buffer.concat([Buffer.from("URF"), Buffer.from([version]), Buffer.alloc(4)]);
  start.writeUInt32LE(head.length, 4);
  const data = arrays.map(([, type, , values]) => {
    const bytes = Buffer.from(
      { f4: Float32Array, f2: Uint16Array, i4: Int32Array, i1: Int8Array }[type].from(values).buffer,
    );
    return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  });
  return new Uint8Array(Buffer.concat([start, head, ...data]));
}

test("header, words beyond ASCII and every array arrive, NaN and infinity with them", () => {
  const got = unpack(film());
  assert.equal(got.F, 2);
  assert.equal(got.word, "ŷ₁");
  assert.deepEqual([...got.step], [7, 8]);
  assert.deepEqual([...got.loss], [0.5, NaN]);
  assert.deepEqual([...got.dh_norm], [1, 2, 3, Infinity]);
  assert.deepEqual([...got.half], [1, -3.140625, 2 ** -24, Infinity, NaN]);
  assert.deepEqual([...got.h], [-127, 0, 1, 127, 1, 2, 3, 4]); // after an array whose length is not a multiple of 4
});

test("bytes that lie at an odd place of a larger buffer are read as well", () => {
  const bytes = film(),
    larger = new Uint8Array(bytes.length + 9);
  larger.set(bytes, 5);
  assert.deepEqual([...unpack(larger.subarray(5, 5 + bytes.length)).h_scale], [1, 2]);
});

test("a frame is a view of its own steps, and says whether it is finite and the last", () => {
  const got = unpack(film()),
    [a, b] = [frame(got, 0), frame(got, 1)];
  assert.deepEqual([...b.dh], [3, Infinity]);
  assert.deepEqual([...b.h], [1, 2, 3, 4]);
  assert.deepEqual([a.finite, b.finite], [true, false]);
  assert.deepEqual([a.last, b.last], [false, true]);
  assert.equal(b.heldOut, 0.25);
});

test("another version asks for a reload, other bytes are refused", () => {
  assert.throws(() => unpack(film({}, 2)), /Reload the page/);
  assert.throws(() => unpack(new Uint8Array(20)), /not a film/);
  assert.throws(() => unpack(new Uint8Array(3)), /not a film/);
});

test("a film from Python, where one is given", { skip: !process.env.UNROLLED_FILM }, async () => {
  const { readFileSync } = await import("node:fs");
  const [path, expected] = [process.env.UNROLLED_FILM, JSON.parse(process.env.UNROLLED_EXPECTED)];
  const got = unpack(new Uint8Array(readFileSync(path)));
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(
      ArrayBuffer.isView(got[name]) ? [...got[name]].map((x) => (Number.isFinite(x) ? x : String(x))) : got[name],
      value,
      name,
    );
  }
});
