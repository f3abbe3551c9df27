// The board: built once, then every film only changes attributes. Where a row is drawn: rows/.

import { news } from "./announce.js";
import { low } from "./card.js";
import { covered, veils } from "./covers.js";
import { explore } from "./explore.js";
import { layout } from "./layout.js";
import { comparable, sameTask } from "./pinned.js";
import { due, owed, schedule } from "./player.js";
import { names } from "./rows/arrows.js";
import { counters } from "./rows/counters.js";
import { curve } from "./rows/curve.js";
import { gauge } from "./rows/gauge.js";
import { AXES, axis, aboutScale } from "./rows/gradients.js";
import { middle } from "./rows/hidden.js";
import { drawn as drawings, labels } from "./rows/index.js";
import { loop } from "./rows/loop.js";
import { caption, download, picture as savePicture, png } from "./save.js";
import { slowly } from "./slow/slow.js";
import { styled } from "./styled.js";
import { add, defs, html, say, set } from "./svg.js";
import { table } from "./table.js";
import { folded, folds, tools } from "./tools.js";
import { readTheme } from "./theme.js";
import { frame, unpack } from "./unpack.js";
import { watch } from "./watch.js";
import { whatIf } from "./whatif.js";
import { t } from "../words.js";

const boards = new WeakMap();

// Show a film (bytes) in this root. -> what to call when the root goes.
// tell(name, value): sends the viewer's choice to Python.
export async function show(root, bytes, style, tell) {
  if (!boards.has(root)) {
    const board = styled(root, style).then(() => create(root));
    boards.set(root, board);
  }
  const board = await boards.get(root);
  const film = unpack(bytes);
  board.receive(film, tell);
  board.slow.receive(film.size < bytes.length ? unpack(bytes.subarray(film.size)) : null);
  // Streamlit calls this when the root goes, but also for a call that a newer film has overtaken.
  return () => setTimeout(() => root.isConnected || board.close());
}

function create(root) {
  const picture = root.querySelector(".board");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const parts = {
    counters: html(picture, "div", "counters"),
    axis: html(picture, "div", "axis-row"),
    below: add(picture, "svg", { class: "below" }),
  };
  parts.gutter = add(parts.axis, "svg", { class: "gutter" });
  parts.scroller = html(parts.axis, "div", "scroller");
  parts.scroller.tabIndex = -1;
  const time = add(parts.scroller, "svg", { class: "time" }),
    once = add(parts.axis, "svg", { class: "once" });
  const state = {
    film: null,
    frame: null,
    exact: null,
    pinned: null,
    lent: false,
    lay: null,
    time,
    scroller: parts.scroller,
  };
  let plan = null,
    rows = [],
    built = "",
    drawn = 0,
    line = 0,
    pending = 0,
    instant = true,
    redraw = false;
  let scale = "log",
    looped = false;

  let tell = /** @type {Tell} */ (() => {}),
    wanted = /** @type {Record<string, any>} */ ({});
  let asks = 0; // the number of the last question to Python; a film says which one it answers
  const overdue = watch((times) => tell("overdue", times));
  const ask = (/** @type {Record<string, any>} */ { fold, turn, ...change }) => {
    const { open, layers, sequence, sequences } = state.film;
    wanted = { ...wanted, ...change, ...(fold === undefined ? {} : { open: folded(open, fold), layers }) };
    if (turn) wanted.sequence = ((wanted.sequence ?? sequence) + turn + sequences) % sequences;
    tell("view", { ...wanted, asks: ++asks });
    rest();
  };
  async function save(kind) {
    const frame = state.frame ?? state.exact;
    if (!frame) return;
    const { pinned, lent } = state,
      name = `unrolled-step-${frame.step}`;
    const svg = savePicture(
      root.parentNode,
      (other) => {
        const board = create(other);
        board.still(frame, pinned, looped);
        return board.close;
      },
      caption(frame, pinned, lent),
    );
    download(kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await png(svg), `${name}.${kind}`);
  }
  const pin = () => {
    [state.pinned, state.lent] = [state.pinned ? null : state.frame, false];
    build();
    request();
  };
  const numbers = table(root, () => state.exact);
  const bar = tools(root, ask, save, pin, numbers.toggle),
    unfold = folds(root, ask);
  const explorer = explore(
    root,
    () => state,
    (card, choose) => whatIf(root, card, ask, low, choose),
  );
  const slow = slowly(root, () => looped && fold(false));
  const spoken = html(root, "p", "spoken");
  spoken.setAttribute("role", "status");
  const veil = veils(root, () => ask({ uncovered: true }));
  const toggle = html(root, "button", "scale");
  toggle.type = "button";
  toggle.addEventListener("click", () => {
    scale = scale === "log" ? "linear" : "log";
    nameToggle();
    redraw = true;
    request();
  });
  toggle.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  }); // Space plays elsewhere
  const nameToggle = () => {
    say(toggle, t("log scale"));
    toggle.setAttribute("aria-pressed", String(scale === "log"));
    toggle.setAttribute("aria-label", t("log scale of the loss"));
  };
  nameToggle();
  const folder = html(root, "button", "scale folder");
  folder.type = "button";
  folder.addEventListener("click", () => fold(!looped));
  folder.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  });
  // The columns come together in one cell with a loop, and go apart again.
  const fold = (wanted) => {
    looped = wanted;
    root.classList.toggle("once", looped);
    parts.scroller.inert = looped;
    say(folder, looped ? t("unroll") : t("fold"));
    folder.setAttribute("aria-expanded", String(!looped));
    folder.setAttribute(
      "aria-label",
      looped ? t("Unroll the network over time") : t("Fold the network into one cell with a loop"),
    );
    explorer.moved();
  };
  fold(false);
  const axisButton = html(root, "button", "scale");
  axisButton.type = "button";
  axisButton.addEventListener("click", () => {
    const kinds = Object.keys(AXES);
    axis.kind = kinds[(kinds.indexOf(axis.kind) + 1) % kinds.length];
    nameAxis(state.lay.narrow);
    redraw = true;
    request();
  });
  axisButton.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  });
  const nameAxis = (narrow) => {
    const [scale, brief] = AXES[axis.kind];
    say(axisButton, narrow ? brief : scale);
    axisButton.setAttribute("aria-label", t("scale of the gradient, relative to the largest: {scale}", { scale }));
  };

  function receive(film, teller) {
    const before = state.film;
    if (teller) tell = teller;
    overdue.film(film);
    const again = before && before.run === film.run && before.film === film.film && sees(before) === sees(film);
    if (before && before.run !== film.run) instant = true;
    if (before && before.scene !== film.scene) wanted = {}; // another step of a lesson
    state.film = film;
    if (before?.run !== film.run && looped !== film.folded) fold(film.folded);
    asks = Math.max(asks, film.asks); // a board that is made anew counts on
    picture.dataset.rest = "false";
    root.classList.toggle("big", film.big);
    root.classList.toggle("first", film.first);
    root.classList.toggle("imagined", film.weights.length > 0);
    toggle.hidden = axisButton.hidden = film.big || film.first;
    folder.hidden = film.first || film.T === 1;
    hold(before, film);
    const sentence = explorer.update(film) || news(before, film);
    if (sentence) say(spoken, sentence);
    bar.update(film, state.pinned);
    picture.setAttribute("aria-label", film.sentence);
    say(root.querySelector(".says"), "");
    build();
    redraw ||= before?.playing !== film.playing; // a scale that waits to shrink waits for no film once it stands still
    if (again) return request(); // a page that was rerun, another theme
    const all = Array.from({ length: film.F }, (_, i) => frame(film, i));
    const finite = all.filter((f) => f.finite);
    const frames = finite.length ? finite : state.frame && before.run === film.run ? [] : all.slice(-1);
    if (!frames.length) return request(); // diverged: the last finite picture stays
    const jump =
      !film.playing ||
      sees(before ?? film) !== sees(film) ||
      frames.length === 1 ||
      still.matches ||
      document.hidden ||
      before?.run !== film.run;
    plan = jump
      ? schedule([], frames.slice(-1), performance.now(), 0)
      : schedule(owed(plan), frames, performance.now(), 1000 * film.period);
    request();
  }

  // While weights are set by hand, the run's own picture stands behind theirs.
  function hold(before, film) {
    if (film.weights.length && !before?.weights.length && !state.pinned && before?.run === film.run)
      [state.pinned, state.lent] = [state.exact, true];
    if (!film.weights.length && state.lent) [state.pinned, state.lent] = [null, false];
  }

  // Lays everything out anew when sizes, sequence, theme or words have changed; else, or while nobody sees it, does
  // nothing.
  function build() {
    const { film } = state;
    const width = Math.floor(picture.clientWidth),
      height = picture.clientHeight;
    if (!film || width < 50 || document.hidden) return;
    if (state.pinned && !sameTask(state.pinned.film, film)) state.pinned = null;
    const { pinned } = state,
      beside = pinned && comparable(pinned.film, film) ? pinned : null;
    const theme = readTheme(root),
      longest = Math.max(1, ...film.inputs.map((s, t) => (film.pictures.includes(t) ? 1 : s.length)));
    const key = JSON.stringify([
      width,
      height,
      film.big,
      film.first,
      theme.name,
      film.run,
      film.T,
      film.H,
      longest,
      film.targets,
      film.baseline,
      film.metric_name,
      film.kind,
      sees(film),
      pinned && [pinned.film.run, pinned.step],
      film.shows,
      film.layers,
      film.read,
      film.fed,
      film.forced,
      film.padding,
      film.image,
      film.pictures,
      film.maps.map(({ kind, gate, rows, columns }) => [kind, gate, rows, columns]),
    ]);
    if (key === built) return;
    built = key;
    const lay = (state.lay = layout({
      width,
      height,
      T: film.T,
      H: film.H,
      kind: film.kind,
      longest,
      read: film.read,
      fed: [...film.fed, ...film.forced].includes(true),
      image: film.image,
      pictures: film.pictures.length,
      layers: film.layers,
      open: film.open,
      covers: film.covers,
      big: film.big,
      first: film.first,
      maps: film.maps.length > 0,
      carry: Boolean(film.carry),
    }));
    lay.names = names(film, lay);
    const size = (svg, w, h) => {
      set(svg, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
      svg.textContent = "";
    };
    parts.counters.textContent = "";
    parts.counters.style.height = `${lay.tools || lay.counters}px`;
    parts.counters.style.marginBottom = `${lay.tools && lay.counters - lay.tools}px`;
    parts.axis.style.height = `${lay.time}px`;
    parts.scroller.querySelectorAll("canvas").forEach((canvas) => canvas.remove());
    size(parts.gutter, lay.gutter, lay.time);
    size(time, lay.canvas, lay.time);
    size(once, width - lay.gutter, lay.time);
    once.style.left = `${lay.gutter}px`;
    defs(once);
    loop(once, { film, lay });
    size(parts.below, width, lay.bottom);
    defs(time);
    const board = { film, lay, theme, gutter: parts.gutter, axis: parts.axis, pinned: beside };
    labels(parts.gutter, board);
    placeAxis(board);
    Object.assign(folder.style, placeFolder(lay));
    bar.update(film, pinned);
    bar.bar.style.top = `${lay.tools}px`;
    bar.bar.classList.toggle("below", lay.tools > 0);
    // Beside the names of the counters stands the first line of the tools, beside their numbers the second. While a
    // sequence is typed there is none: as before.
    line = bar.upper.offsetWidth || (film.big ? bar.bar.offsetWidth : line);
    parts.counters.style.paddingRight = `${lay.tools ? 0 : line + 10}px`;
    unfold(film, lay);
    rows = [counters(parts.counters, board), ...drawings(time, board), ...below(board)].map((draw) => ({
      draw,
      moving: false,
      at: 0,
    }));
    veil(film, lay);
    instant = true;
    explorer.moved();
  }

  // Under what is said of the gradient.
  function placeAxis({ film, lay }) {
    const { beside, from } = aboutScale(film, lay),
      { narrow, counters, y } = lay;
    const top = Math.min(from + 17 * beside.length - 10, y.axis - 24);
    Object.assign(axisButton.style, {
      left: 0,
      top: `${counters + top}px`,
      visibility: top < from - 14 ? "hidden" : "visible",
    }); // where there is no room at all
    nameAxis(narrow);
  }

  function below({ film, lay }) {
    const svg = parts.below,
      { width, bottom, narrow, gutter } = lay;
    const top = 34;
    const wide = narrow || film.first ? width - 4 : width - 300;
    const split = narrow && !film.first ? bottom - 100 : bottom + 8;
    add(svg, "text", { class: "title", x: 0, y: narrow ? 22 : top + 12 }, t("loss"));
    add(svg, "text", { class: "sub", x: narrow ? 40 : 0, y: narrow ? 22 : top + 29 }, t("training steps"));
    const loss = {
      left: narrow ? 46 : gutter + 4,
      top: narrow ? 62 : top,
      right: wide,
      bottom: split - 32,
      legend: narrow ? 46 : 20,
    };
    const norm = narrow
      ? { left: 46, top: split + 22, right: width - 4, bottom: bottom - 22, legend: split + 12, title: 0 }
      : { left: width - 206, top, right: width - 2, bottom: bottom - 24, legend: 20, title: width - 206 };
    toggle.style.top = `${lay.counters + lay.time + (narrow ? 6 : top + 39)}px`;
    Object.assign(toggle.style, narrow ? { left: "", right: 0 } : { left: 0, right: "" });
    const drawn = [curve(svg, { film, lay, pinned: state.pinned, box: loss, scale: () => scale })];
    lay.places.norm = {
      x: norm.left,
      y: lay.time + norm.top,
      width: norm.right - norm.left,
      height: norm.bottom - norm.top,
    };
    if (covered(film, "norm")) add(svg, "text", { class: "title", x: norm.title, y: norm.legend }, t("gradient norm"));
    return film.first || covered(film, "norm") ? drawn : [...drawn, gauge(svg, { box: norm })];
  }

  function request() {
    if (!pending) pending = requestAnimationFrame(tick);
    picture.dataset.rest = "false";
  }

  // data-film: the film that is drawn to its end, if no question is open. data-rest: whether nothing moves any more.
  function rest() {
    const whole = !plan || plan.shown === plan.frames.length - 1;
    if (asks !== state.film.asks) delete picture.dataset.film;
    else if (whole) picture.dataset.film = state.film.film;
    picture.dataset.rest = String(whole && !pending);
  }

  function tick(now) {
    pending = 0;
    if (document.hidden) return;
    const next = plan && due(plan, Math.max(now, plan.start));
    if (next) state.frame = next;
    if (state.frame && state.lay) {
      const begin = performance.now();
      const jump = instant || still.matches;
      instant = false;
      const fits =
        state.frame.dh.length === state.lay.T &&
        state.frame.h.length === state.lay.T * state.lay.units &&
        sees(state.frame.film) === sees(state.film);
      const all = next || jump || redraw;
      redraw = false;
      for (const row of fits ? rows : []) {
        if (!all && !row.moving) continue;
        row.moving = row.draw(state.frame, jump ? Infinity : Math.min(0.2, (now - row.at) / 1000), !state.film.playing);
        row.at = now;
      }
      if (next) {
        drawn++;
        picture.dataset.step = next.step;
        picture.dataset.loss = next.loss;
        picture.dataset.frames = drawn;
        if (next.last || !state.exact || state.exact.film.run !== next.film.run) {
          state.exact = next;
          explorer.tell();
          numbers.update();
        }
      }
      if (next) picture.dataset.ms = (performance.now() - begin).toFixed(2); // script of this frame
      if (rows.some((row) => row.moving)) request();
    }
    if (plan && plan.shown < plan.frames.length - 1) request();
    if (state.lay) rest();
  }

  const seen = () => {
    if (document.hidden) return;
    instant = true;
    build();
    request();
  };
  const resized = new ResizeObserver(() => {
    build();
    request();
  });
  resized.observe(picture);
  parts.scroller.addEventListener("scroll", () => explorer.moved(), { passive: true });
  parts.scroller.addEventListener("transitionend", () => explorer.moved());
  document.addEventListener("visibilitychange", seen);
  return {
    receive,
    slow,
    // One frame, at once. folded: as one cell with a loop.
    still(only, pinned, folded) {
      root.classList.toggle("once", folded); // before anything is drawn: nothing fades then
      Object.assign(state, { film: only.film, pinned });
      root.classList.toggle("imagined", only.film.weights.length > 0);
      build();
      state.frame = state.exact = only;
      for (const row of rows) row.draw(only, Infinity);
    },
    close() {
      resized.disconnect();
      explorer.close();
      overdue.close();
      slow.close();
      document.removeEventListener("visibilitychange", seen);
      cancelAnimationFrame(pending);
      boards.delete(root);
    },
  };
}

// Where the button that folds stands: under the name of the hidden state and its legend, or where there is no room for
// that beside them; in a stack under the name of the highest row, or beside it; nowhere if neither has room.
function placeFolder(lay) {
  const [upper, next] = lay.shown,
    name = middle(lay),
    at = (down, left = "") => ({ top: `${lay.counters + down}px`, left, visibility: "" });
  if (next) {
    const room = next.top - next.lane - upper.top; // until the next layer's words
    if (room >= 44) return at(upper.top + (upper.height >= 54 ? 40 : 18));
    return lay.narrow ? { ...at(0), visibility: "hidden" } : at(upper.top - 4, "84px");
  }
  if (lay.layers > 1) return at(name + 24);
  if (lay.hiddenHeight < 48) return at(name + 4, "94px");
  if (lay.hiddenHeight < 64) return at(name + 24);
  return name + 86 > lay.y.output && !lay.narrow ? at(name + 22, "102px") : at(name + 64);
}

// What a film lets be seen, as one word to compare.
const sees = ({ show, open, sequence, typed, covers }) => `${show} ${open} ${sequence} ${typed} ${covers}`;
