// Five shapes side by side: a card for each, and in it the board's own rows in miniature. Two things arrive: what stands
// on the cards, once, as JSON; and with every tick the films of all runs. The films are drawn into the cards.

import { gradients } from "../board/rows/gradients.js";
import { halves } from "../board/rows/halves.js";
import { hidden } from "../board/rows/hidden.js";
import { inputs } from "../board/rows/inputs.js";
import { outputs } from "../board/rows/outputs.js";
import { count, score, short } from "../board/format.js";
import { due, owed, schedule } from "../board/player.js";
import { styled } from "../board/styled.js";
import { add, html, say, set } from "../board/svg.js";
import { readTheme } from "../board/theme.js";
import { frame, unpack } from "../board/unpack.js";
import { watch } from "../board/watch.js";
import { compact } from "./compact.js";
import { spark } from "./spark.js";

const places = new WeakMap();
let place = null, latest = null, ask = () => {};  // where the cards are; films that came before them; who sends films
const overdue = watch((times) => ask("overdue", times));

export async function show(root, bytes, style, tell) {
  if (bytes[0] !== 123) {  // no "{": films
    latest = films(bytes);
    ask = tell;
    overdue.film({ playing: latest.some((film) => film.playing), period: latest[0].period });
    place?.receive(latest);
    return () => setTimeout(() => root.isConnected || overdue.close());
  }
  if (!places.has(root)) places.set(root, styled(root, style).then(() => create(root, JSON.parse(new TextDecoder().decode(bytes)))));
  place = await places.get(root);
  place.tell = tell;
  if (latest) place.receive(latest);
  return () => setTimeout(() => {
    if (root.isConnected) return;
    if (place === places.get(root)) place = null;
    places.get(root)?.then((gone) => gone.close());
  });
}

// One after the other, each with its length in 4 bytes before it.
export function films(bytes) {
  const found = [], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    found.push(unpack(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return found;
}

const PATIENCE = 5000;  // ms until a card that was pressed is asked for once more
const numbered = (all) => all?.map(({ run, film }) => [run, film]).join() ?? "";

function create(root, { shapes, style }) {
  html(root, "style", "", style);  // of the drawings
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const grid = html(root, "div", "shapes");
  const self = { tell: () => {}, receive, close };
  let asked = 0, pending = "", before = "", again = 0;
  const cards = shapes.map((shape) => card(grid, shape, root, () => open(shape.name)));

  // While they play the server only pauses them; once new films tell that their timer is gone the card is asked for
  // again. Whether they play is the server's to know: its films may be late. And what is lost is asked for once more.
  function open(name) {
    [pending, before] = [name, numbered(latest)];
    clearTimeout(again);
    again = setTimeout(() => { if (root.isConnected) open(name); }, PATIENCE);
    self.tell("open", { name, at: Date.now() });
  }

  function receive(all) {
    if (pending && !all.some((film) => film.playing) && numbered(all) !== before) open(pending);
    all.forEach((film, k) => cards[k].receive(film, still.matches));
    request();
  }
  function request() {
    if (!asked) asked = requestAnimationFrame(tick);
  }
  function tick(now) {
    asked = 0;
    if (document.hidden || !root.isConnected) return;
    if (cards.map((one) => one.draw(now)).some(Boolean)) request();
  }
  const seen = () => { if (!document.hidden) request(); };
  const resized = new ResizeObserver(() => { cards.forEach((one) => one.build()); request(); });
  resized.observe(grid);
  document.addEventListener("visibilitychange", seen);
  function close() {
    resized.disconnect();
    document.removeEventListener("visibilitychange", seen);
    cancelAnimationFrame(asked);
    clearTimeout(again);
    places.delete(root);
  }
  return self;
}

function card(grid, shape, root, open) {
  const box = html(grid, "article", "shape");
  html(box, "h2", "", shape.title);
  html(box, "p", "words", shape.words);
  html(box, "div", "drawing").innerHTML = shape.svg;
  html(box, "h3", "", shape.task);
  const picture = html(box, "div", "mini");
  picture.setAttribute("role", "img");
  const time = add(picture, "svg", { class: "time" });
  const numbers = html(box, "p", "numbers"), loss = html(numbers, "b", "value"), right = html(numbers, "span", "value");
  const curve = add(box, "svg", { class: "spark" });
  const below = html(box, "p", "below"), against = html(below, "span", "against"), steps = html(below, "span", "steps");
  const button = html(box, "button", "open", "Open in the playground");
  button.type = "button";
  button.setAttribute("aria-label", `Open in the playground: ${shape.task}`);
  button.addEventListener("click", open);
  button.addEventListener("keydown", (event) => { if (event.key === " ") event.stopPropagation(); });  // Space plays elsewhere

  let film = null, now = null, plan = null, rows = [], built = "", jump = true, drawn = 0;

  function receive(next, still) {
    const before = film;
    film = next;
    picture.setAttribute("aria-label", film.sentence);
    picture.dataset.rest = "false";
    if (before?.run !== film.run) jump = true;
    build();
    if (before && before.run === film.run && before.film === film.film) return;
    const frames = Array.from({ length: film.F }, (_, i) => frame(film, i)).filter((f) => f.finite);
    if (!frames.length) return;  // diverged: the last finite picture stays
    const at = performance.now();
    const once = !film.playing || still || document.hidden || frames.length === 1 || before?.run !== film.run;
    plan = once ? schedule([], frames.slice(-1), at, 0) : schedule(owed(plan), frames, at, 1000 * film.period);
  }

  function build() {
    const width = picture.clientWidth;
    if (!film || width < 50) return;
    const theme = readTheme(root), key = [width, theme.name, film.run, film.T, film.H, film.targets].join();
    if (key === built) return;
    built = key;
    picture.dataset.rest = "false";
    const lay = compact({ width, film });
    picture.style.height = `${lay.height}px`;
    picture.querySelectorAll("canvas").forEach((canvas) => canvas.remove());
    set(time, { width, height: lay.height, viewBox: `0 0 ${width} ${lay.height}` });
    time.textContent = "";
    defs(time);
    const board = { film, lay, theme, gutter: add(document.createDocumentFragment(), "svg"), pinned: null };
    rows = [inputs, hidden, halves, spoken, gradients].map((row) => ({ draw: row(time, board), moving: false }));
    rows.push({ draw: spark(curve, { width, film }), moving: false });
    jump = true;
  }

  // Draw what is due -> whether more will be.
  function draw(moment) {
    const next = plan && due(plan, Math.max(moment, plan.start));
    if (next) now = next;
    if (now && (next || jump || rows.some((row) => row.moving)) && now.h.length === film.T * film.H) {
      const begin = performance.now();
      for (const row of rows) if (next || jump || row.moving) row.moving = Boolean(row.draw(now, jump ? Infinity : 1 / 30));
      tell(now);
      jump = false;
      if (next) Object.assign(picture.dataset, { step: next.step, loss: next.loss, frames: ++drawn, ms: (performance.now() - begin).toFixed(2) });
    }
    const moving = rows.some((row) => row.moving), more = plan && plan.shown < plan.frames.length - 1;
    if (film && !more) picture.dataset.film = film.film;
    picture.dataset.rest = String(!moving && !more);
    return moving || more;
  }

  function tell(frame) {
    const words = said(frame), { name, why } = frame.film.baseline;
    say(loss, words.loss);
    if (words.score) say(right, words.score);
    say(against, words.against);
    against.title = `${name}: ${why}`;
    say(steps, words.steps);
  }

  return { receive, build, draw };
}

const spoken = (time, board) => outputs(time, { ...board, lay: answering(board.film, board.lay) });

// Where one step alone answers there is room for all of its word.
export function answering(film, lay) {
  const letters = Math.max(1, ...(film.symbols ?? []).map((word) => word.length));
  return film.answers.filter(Boolean).length > 1 ? lay : { ...lay, pitch: 10 * letters, cell: Math.max(lay.cell, 10 * letters + 4) };
}

// What stands under a miniature. A frame without a score leaves the one before standing.
export function said({ film, step, loss: training, heldOut, metric }) {
  const value = Number.isFinite(heldOut) ? heldOut : training, base = film.baseline.loss;
  return {
    loss: `loss ${plain(value)}`,
    score: Number.isFinite(metric) ? score(film, metric, plain) : "",
    against: base === null ? "" : `${step > 0 && value < base ? "✓ beats" : "to beat:"} ${plain(base)}`,
    steps: `step ${count(step)}`,
  };
}

// Short, so that nothing beside it moves.
const plain = (x) => (x >= 0.005 && x < 10 ? x.toFixed(2) : short(x, 1));

function defs(svg) {
  const all = add(svg, "defs");
  for (const id of ["head", "fed"]) {
    const head = add(all, "marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" });
    add(head, "path", { class: id === "head" ? "head" : "head own", d: "M0 1L8 4L0 7z" });
  }
  const hatch = add(all, "pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  add(hatch, "path", { class: "hatch", d: "M1 0v5" });
}
