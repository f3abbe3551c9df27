import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const source = readFileSync(new URL("../../static/loader.js", import.meta.url), "utf8");
const loader = (files, version, visit, abroad = false) =>
  import(
    `data:text/javascript,${encodeURIComponent(`// ${visit}
${source.replace("$FILES", JSON.stringify(files)).replace("$VERSION", version).replace("$NAME", "board").replace("$ABROAD", abroad)}`)}`
  );
const { places } = await loader([], "1", 0);
const first = (src, page) => places(["https://elsewhere.org/a.js", "", src].filter(Boolean), page)[0];

test("static/ is beside Streamlit's own script, under whatever prefix the app is served, on whatever page", () => {
  for (const top of [
    "https://a.org/",
    "https://a.org/some/path/",
    "https://a.org/~/+/",
    "http://127.0.0.1:8501/",
    "https://a.org/user/x%20y/proxy/8501/",
  ]) {
    for (const page of ["", "shapes", "text?autoplay=true", "playground?task=echo#board"]) {
      assert.equal(first(`${top}static/js/index.DormvYxC.js`, top + page), `${top}app/static/`);
    }
  }
});

test("a page below /~/+/ whose frame stands at the top is found by its script", () => {
  assert.equal(
    first("https://a.org/~/+/static/js/index.1.js", "https://a.org/shapes"),
    "https://a.org/~/+/app/static/",
  );
});

test("without that script the page's own folder is tried, then the top; each place once", () => {
  assert.deepEqual(places([], "https://a.org/~/+/shapes?x=/y/"), [
    "https://a.org/~/+/app/static/",
    "https://a.org/app/static/",
  ]);
  assert.deepEqual(places(["https://a.org/other/static/css/index.css"], "https://a.org/"), [
    "https://a.org/app/static/",
  ]);
  assert.deepEqual(places(["https://cdn.org/v1/static/js/main.js"], "https://a.org/text"), [
    "https://cdn.org/v1/app/static/",
    "https://a.org/app/static/",
  ]);
});

// Visits of one browser, each with the version that the server has then -> how many files each fetched anew.
async function fetched(versions, kept, ok = () => true, abroad = false) {
  const home = mkdtempSync(join(tmpdir(), "unrolled-")),
    counts = [];
  mkdirSync(join(home, "app", "static"), { recursive: true });
  writeFileSync(
    join(home, "app", "static", "board.js"),
    "globalThis.known = globalThis.unrolledWords; export const show = () => {};",
  );
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: kept });
  Object.assign(globalThis, { document: { scripts: [] }, location: { href: pathToFileURL(`${home}/`).href } });
  for (const [visit, version] of versions.entries()) {
    let count = 0;
    Object.assign(globalThis, { unrolled: undefined, fetch: async () => ({ ok: ok(++count, visit) }) });
    const { default: mount } = await loader(["a.js", "b.js"], version, `${home} ${visit}`, abroad);
    const says = {};
    await mount({ parentElement: { querySelector: () => ({ querySelector: () => says }) } });
    assert.deepEqual(says, {});
    counts.push(count);
  }
  return counts;
}

test("every file is fetched anew once for each version, also where a server goes back to one before", async () => {
  const memory = {};
  assert.deepEqual(await fetched(["1", "1", "2", "2", "1"], () => memory), [2, 0, 2, 0, 2]);
});

test("in a browser that keeps nothing every visit fetches them", async () => {
  assert.deepEqual(
    await fetched(["1", "1"], () => {
      throw new Error("denied");
    }),
    [2, 2],
  );
  assert.deepEqual(await fetched(["1", "1"], () => Object.freeze({})), [2, 2]);
});

test("after a visit at which one file could not be had the next one fetches them anew", async () => {
  const memory = {};
  assert.deepEqual(
    await fetched(
      ["1", "1", "1"],
      () => memory,
      (file, visit) => visit > 0 || file !== 2,
    ),
    [2, 2, 0],
  );
});

test("in another language no module is run before the words are there: it may translate as it is read", async () => {
  const words = { messages: {}, form: [] };
  setTimeout(() => (globalThis.unrolledWords = words), 60);
  await fetched(["1"], () => ({}), undefined, true);
  assert.equal(globalThis.known, words);
  delete globalThis.unrolledWords;
});
