// What is said of typed characters that the text has not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { absent } from "../../static/text/expected.js";

test("each is quoted, and one is not many", () => {
  assert.equal(absent(["1"]), "The text has no “1”; it is left out.");
  assert.equal(absent(["/", "<"]), "The text has no “/” and no “<”; they are left out.");
  assert.equal(absent([..."/1<>é"]), "The text has no “/”, no “1”, no “<”, no “>” and no “é”; they are left out.");
  assert.equal(
    absent([..."/1<>éñ§"]),
    "The text has no “/”, no “1”, no “<”, no “>”, no “é” and 2 more; they are left out.",
  );
});

test("a text of very many kinds reads them as the one that stands for the rare", () => {
  assert.equal(absent(["é"], "�"), "The text has no “é”; it is read as “�”.");
});
