import assert from "node:assert/strict";
import { test } from "node:test";
import { watch } from "../../static/board/watch.js";

// A clock that runs when told to: what is due by then is done.
function clock() {
  let now = 0,
    due = [];
  const wait = (what, ms) => {
    due.push({ what, at: now + ms });
    return due.at(-1);
  };
  const stop = (timer) => {
    due = due.filter((t) => t !== timer);
  };
  const run = (ms) => {
    for (const end = now + ms; ;) {
      const next = due.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        now = end;
        return;
      }
      now = next.at;
      stop(next);
      next.what();
    }
  };
  return { wait, stop, run };
}

test("a film that is overdue is asked for, each time after twice as long", () => {
  const { wait, stop, run } = clock(),
    cries = [];
  watch(
    (n) => cries.push(n),
    wait,
    stop,
    () => false,
  ).film({ playing: true, period: 0.5 });
  run(2900);
  assert.deepEqual(cries, []);
  run(200);
  assert.deepEqual(cries, [1]);
  run(5800);
  assert.deepEqual(cries, [1]);
  run(300);
  assert.deepEqual(cries, [1, 2]);
});

test("films that come, a pause and the board's end keep it silent", () => {
  const { wait, stop, run } = clock(),
    cries = [],
    watcher = watch(
      (n) => cries.push(n),
      wait,
      stop,
      () => false,
    );
  for (let k = 0; k < 10; k++) {
    watcher.film({ playing: true, period: 2 });
    run(7900);
  }
  watcher.film({ playing: false, period: 2 });
  run(60000);
  watcher.film({ playing: true, period: 2 });
  watcher.close();
  run(60000);
  assert.deepEqual(cries, []);
});

test("a tab that nobody sees waits in silence, and asks once it is seen", () => {
  const { wait, stop, run } = clock(),
    cries = [];
  let hidden = true;
  watch(
    (n) => cries.push(n),
    wait,
    stop,
    () => hidden,
  ).film({ playing: true, period: 0.5 });
  run(60000);
  assert.deepEqual(cries, []);
  hidden = false;
  run(3100);
  assert.deepEqual(cries, [1]);
});
