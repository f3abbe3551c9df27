// One miniature: the board's own rows in a small box, which plays the films that come.

import { drawn as drawings } from "../board/rows/index.js";
import { due, owed, schedule } from "../board/player.js";
import { add, defs, html, set } from "../board/svg.js";
import { readTheme } from "../board/theme.js";
import { frame, unpack } from "../board/unpack.js";
import { compact } from "./compact.js";

// Films one after the other, each with its length in 4 bytes before it.
export function films(bytes) {
  const result = [],
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    result.push(unpack(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return result;
}

/**
 * A miniature in `parent`. more(film, width): further rows, as those of the board; tell(frame): what was just drawn;
 * size: hidden, input and least, as in compact.js.
 * @param {Element} parent
 * @param {Element} root
 * @param {{ more?: (film: any, width: number) => Function[], tell?: (frame: any) => void, size?: object }} [how]
 */
export function miniature(parent, root, { more = () => [], tell = () => {}, size = {} } = {}) {
  const picture = html(parent, "div", "mini");
  picture.setAttribute("role", "img");
  const time = add(picture, "svg", { class: "time" });
  let film = null,
    now = null,
    plan = null,
    rows = [],
    built = "",
    jump = true,
    drawn = 0;

  function receive(next, still) {
    const before = film;
    film = next;
    picture.setAttribute("aria-label", film.sentence);
    picture.dataset.rest = "false";
    if (before?.run !== film.run) jump = true;
    build();
    if (before && before.run === film.run && before.film === film.film) return;
    const frames = Array.from({ length: film.F }, (_, i) => frame(film, i)).filter((f) => f.finite);
    if (!frames.length) return; // diverged: the last finite picture stays
    const at = performance.now();
    const once = !film.playing || still || document.hidden || frames.length === 1 || before?.run !== film.run;
    plan = once ? schedule([], frames.slice(-1), at, 0) : schedule(owed(plan), frames, at, 1000 * film.period);
  }

  function build() {
    const width = picture.clientWidth;
    if (!film || width < 50) return;
    const theme = readTheme(root),
      key = [width, theme.name, film.run, film.T, film.H, film.targets].join();
    if (key === built) return;
    built = key;
    picture.dataset.rest = "false";
    const lay = compact({ width, film, ...size });
    picture.classList.toggle("tight", lay.pitch < 7);
    picture.style.height = `${lay.height}px`;
    picture.querySelectorAll("canvas").forEach((canvas) => canvas.remove());
    set(time, { width, height: lay.height, viewBox: `0 0 ${width} ${lay.height}` });
    time.textContent = "";
    defs(time);
    const board = { film, lay, theme, gutter: add(document.createDocumentFragment(), "svg"), pinned: null };
    rows = [...drawings(time, board), ...more(film, width)].map((draw) => ({ draw, moving: false }));
    jump = true;
  }

  // Draw this frame, of this film or of one that is as wide and high.
  function show(one) {
    plan = schedule([], [one], performance.now(), 0);
  }

  // Draw what is due -> whether more will be.
  function draw(moment) {
    const next = plan && due(plan, Math.max(moment, plan.start));
    if (next) now = next;
    if (now && (next || jump || rows.some((row) => row.moving)) && now.h.length === film.T * film.H) {
      const begin = performance.now();
      for (const row of rows)
        if (next || jump || row.moving) row.moving = Boolean(row.draw(now, jump ? Infinity : 1 / 30));
      tell(now);
      jump = false;
      if (next)
        Object.assign(picture.dataset, {
          step: next.step,
          loss: next.loss,
          frames: ++drawn,
          ms: (performance.now() - begin).toFixed(2),
        });
    }
    const moving = rows.some((row) => row.moving),
      owing = plan && plan.shown < plan.frames.length - 1;
    if (film && !owing) picture.dataset.film = film.film;
    picture.dataset.rest = String(!moving && !owing);
    return moving || owing;
  }

  return { picture, receive, show, build, draw };
}

// Draws while there is something to draw, and after the size or the tab's being seen changed. parts: all miniatures.
export function drawing(root, area, parts) {
  let pending = 0;
  function request() {
    if (!pending) pending = requestAnimationFrame(tick);
  }
  function tick(now) {
    pending = 0;
    if (document.hidden || !root.isConnected) return;
    if (
      parts()
        .map((one) => one.draw(now))
        .some(Boolean)
    )
      request();
  }
  const seen = () => {
    if (!document.hidden) request();
  };
  const resized = new ResizeObserver(() => {
    parts().forEach((one) => one.build());
    request();
  });
  resized.observe(area);
  document.addEventListener("visibilitychange", seen);
  return {
    request,
    close() {
      resized.disconnect();
      document.removeEventListener("visibilitychange", seen);
      cancelAnimationFrame(pending);
    },
  };
}
