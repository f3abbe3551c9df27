import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const text = readFileSync(new URL("../../ui/board/loader.js", import.meta.url), "utf8").replace("$FILES", "[]");
const { places } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
const first = (src, page) => places(["https://elsewhere.org/a.js", "", src].filter(Boolean), page)[0];

test("static/ is beside Streamlit's own script, under whatever prefix the app is served, on whatever page", () => {
  for (const top of ["https://a.org/", "https://a.org/some/path/", "https://a.org/~/+/", "http://127.0.0.1:8501/", "https://a.org/user/x%20y/proxy/8501/"]) {
    for (const page of ["", "shapes", "text?autoplay=true", "playground?task=echo#board"]) {
      assert.equal(first(`${top}static/js/index.DormvYxC.js`, top + page), `${top}app/static/`);
    }
  }
});

test("a page below /~/+/ whose frame stands at the top is found by its script", () => {
  assert.equal(first("https://a.org/~/+/static/js/index.1.js", "https://a.org/shapes"), "https://a.org/~/+/app/static/");
});

test("without that script the page's own folder is tried, then the top; each place once", () => {
  assert.deepEqual(places([], "https://a.org/~/+/shapes?x=/y/"), ["https://a.org/~/+/app/static/", "https://a.org/app/static/"]);
  assert.deepEqual(places(["https://a.org/other/static/css/index.css"], "https://a.org/"), ["https://a.org/app/static/"]);
  assert.deepEqual(places(["https://cdn.org/v1/static/js/main.js"], "https://a.org/text"), ["https://cdn.org/v1/app/static/", "https://a.org/app/static/"]);
});
