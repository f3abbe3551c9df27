// The compact board of the Gradients page: the run as it is, or as it was. Two films arrive: what is shown, and, where
// the page runs anew, the network as it was kept at each doubling; of these the one nearest to the training step that
// is pointed at in a picture (board/pointed.js) is shown for as long.

import { short } from "../board/format.js";
import { mounted } from "../board/mount.js";
import { onPointed } from "../board/pointed.js";
import { caption, download, picture, png } from "../board/save.js";
import { add, html, say, set } from "../board/svg.js";
import { frame } from "../board/unpack.js";
import { watch } from "../board/watch.js";
import { compact } from "../shapes/compact.js";
import { drawing, films, miniature } from "../shapes/miniature.js";
import { plural, t } from "../words.js";

const count = (n) => n.toLocaleString("en"); // as the words around it
const SIZE = { hidden: 72, input: 26, least: 3 }; // pixels

// A frame drawn once, in a root beside the screen, for a file; there is nothing to let go of.
function still(root, shown) {
  const place = root.querySelector(".board"),
    board = miniature(place, root, { size: SIZE });
  board.receive(shown.film, true);
  board.show(shown);
  board.draw(Infinity);
  place.style.height = board.picture.style.height;
  return () => {};
}

export const show = mounted(create, films);

function create(root) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let tell = /** @type {Tell} */ (() => {}),
    now = null,
    past = null,
    lay = null,
    line = null,
    clicks = 0,
    pointed = null,
    latest = null;
  const overdue = watch((times) => tell("overdue", times));
  const box = root.querySelector(".past");
  const board = miniature(box, root, { size: SIZE, more: (film, width) => [marked(film, width)], tell: named });
  const under = html(box, "div", "under"),
    which = html(under, "p", "which"),
    file = html(under, "button", "small", "PNG");
  file.type = "button";
  file.setAttribute("aria-label", t("Save board as PNG"));
  file.addEventListener("click", async () => {
    const shown = latest,
      drawn = picture(root.parentNode, (other) => still(other, shown), caption(shown, null));
    download(await png(drawn), `unrolled-board-step-${shown.step}.png`);
  });
  const drawn = drawing(root, box, () => [board]);
  board.picture.addEventListener("click", ({ clientX }) => {
    const x = clientX - board.picture.getBoundingClientRect().left;
    const t =
      1 +
      Array.from({ length: now.T }, (_, t) => Math.abs(lay.x(t) - x)).reduce(
        (best, far, t, all) => (far < all[best] ? t : best),
        0,
      );
    tell("picked", { t, clicks: ++clicks });
  });

  // The one time step, as in the pictures below.
  function marked(film, width) {
    lay = compact({ width, film, ...SIZE });
    const top = Math.max(1, lay.y.input - 4);
    line = add(board.picture.querySelector(".time"), "rect", {
      class: "cursor",
      y: top,
      width: lay.pitch,
      height: lay.y.axis - top,
      rx: 3,
    });
    return place;
  }
  function place() {
    set(line, { x: lay.x(now.cursor - 1) - lay.pitch / 2 });
  }
  // Where it is not the present that is shown, what it is.
  function named(one) {
    const { step, heldOut } = (latest = one);
    if (pointed === null && now.at === null) return say(which, "");
    const trained = { count: count(step) };
    const when = step
      ? plural("after {count} training step", "after {count} training steps", step, trained)
      : t("before any training");
    say(
      which,
      pointed === null || pointed === step
        ? t("The board {when}: held-out loss {loss}.", { when, loss: short(heldOut) })
        : t("The board {when}, kept nearest to step {step}: held-out loss {loss}.", {
            when,
            step: count(pointed),
            loss: short(heldOut),
          }),
    );
  }
  const close = onPointed((step) => {
    if (!now || !past || now.T !== past.T || (pointed = step) === null) {
      if (now) board.show(frame(now, now.F - 1));
    } else {
      const far = Array.from(past.step, (kept) => Math.abs(kept - step));
      board.show(frame(past, far.indexOf(Math.min(...far))));
    }
    drawn.request();
  });
  return {
    receive([shown, kept], teller) {
      tell = teller ?? tell;
      shown.run = `${shown.run} ${shown.at}`; // what was chosen is another picture, at once
      now = shown;
      past = kept ?? past;
      overdue.film(now);
      if (pointed === null) board.receive(now, calm.matches);
      if (line) place();
      drawn.request();
    },
    close() {
      close();
      overdue.close();
      drawn.close();
    },
  };
}
