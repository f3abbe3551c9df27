// Slow motion: a training step replayed stage by stage, over the board and on the same time axis. The step has been
// taken when the replay begins; the numbers are those it was taken with, and leaving shows the run as it stands after
// it.

import { layout } from "../layout.js";
import { names } from "../rows/arrows.js";
import { drawn, labels } from "../rows/index.js";
import { weightsInUse } from "../rows/weights.js";
import { add, html, set } from "../svg.js";
import { readTheme } from "../theme.js";
import { frame } from "../unpack.js";
import { panel } from "./panel.js";
import { gradientParts, invite, progress, shares, spotlight } from "./rows.js";
import { tokens } from "./token.js";
import { tell } from "./words.js";
import { t } from "../../words.js";

const SHARES = 56; // height of the row under the axis
const LEAST = 46; // height of the gradient's bars
const FRAME = 72; // px around the units, with the matrices' names over and under them
const NAMED = 56; // height of the units, beside which three names stand with frames around them
const TELEPHONE = 860; // height that is taken even where the screen is lower: what the panel covers is scrolled to

let left = ""; // the replay that was left: a page that is run again does not open it anew

// -> {receive(film or null), close()}. root: the board's; nothing is built before the first step comes. opened():
// called when a replay begins.
export function slowly(root, opened) {
  let film = null,
    stage = 0,
    unit = 0,
    rate = 3,
    timer = 0,
    built = "",
    node = null,
    parts = null,
    draws = [],
    move = /** @type {ReturnType<typeof tokens>} */ (() => {}),
    moved = "",
    lay = null;
  const name = (step) => `${step.run} ${step.film}`;

  function receive(step) {
    if (!step || name(step) === left) return hide();
    if (film && name(film) === name(step)) return build();
    hide();
    [film, stage, unit] = [step, step.opens, step.unit];
    open();
  }

  function open() {
    opened();
    node = html(root, "div", "slow");
    node.setAttribute("role", "region");
    node.setAttribute("aria-label", t("One training step, slowly"));
    for (const kind of ["pointermove", "pointerleave", "click"])
      node.addEventListener(kind, (event) => event.stopPropagation());
    root.dispatchEvent(new PointerEvent("pointerleave")); // what the board was asked about
    for (const other of root.children) other.inert = other !== node;
    const pace = (r) => {
      rate = r;
      if (timer) again();
    };
    const controls = panel(node, { go, turn, play, leave, pace }),
      axis = html(node, "div", "axis-row");
    node.insertBefore(axis, node.children[1]);
    const gutter = add(axis, "svg", { class: "gutter" }),
      scroller = html(axis, "div", "scroller"),
      time = add(scroller, "svg", { class: "time", role: "img" });
    scroller.tabIndex = -1;
    time.addEventListener("click", choose);
    parts = { controls, axis, gutter, scroller, time };
    resized.observe(node);
    window.addEventListener("keydown", key, { capture: true });
    // Space is the replay's now: static/frame/house.css takes it off the page's Play
    document.documentElement.classList.add("replaying");
    build();
    node.scrollIntoView({ block: lay.narrow ? "start" : "nearest" }); // its buttons too, on a low screen
    parts.controls.play.focus({ preventScroll: true });
  }

  function hide() {
    if (!node) return;
    stop();
    resized.disconnect();
    window.removeEventListener("keydown", key, { capture: true });
    document.documentElement.classList.remove("replaying");
    node.remove();
    for (const other of root.children) other.inert = false;
    root.style.minHeight = "";
    [node, film, built] = [null, null, ""];
  }

  function leave() {
    left = name(film);
    hide();
    /** @type {HTMLElement | null} */ (document.querySelector(".st-key-slowly button"))?.focus({ preventScroll: true });
  }

  // Lays everything out anew when size, step or theme have changed.
  function build() {
    const width = Math.floor(node.clientWidth),
      height = root.querySelector(".board").clientHeight,
      theme = readTheme(root),
      now = `${width} ${height} ${theme.name} ${name(film)}`;
    if (width < 50 || now === built) return;
    built = now;
    const longest = Math.max(1, ...film.inputs.map((s, t) => (film.pictures.includes(t) ? 1 : s.length)));
    const size = {
      T: film.T,
      H: film.H,
      kind: film.kind,
      longest,
      read: film.read,
      fed: film.fed.includes(true),
      image: film.image,
      layers: film.layers,
      open: film.open,
      maps: film.maps.length > 0,
    };
    lay = fitted(width, height, size);
    lay.names = names(film, lay);
    const tall = lay.time + SHARES;
    node.classList.toggle("fine", lay.row < 6);
    parts.axis.style.height = `${tall}px`;
    parts.scroller.querySelectorAll("canvas").forEach((canvas) => canvas.remove());
    for (const [svg, across] of [
      [parts.gutter, lay.gutter],
      [parts.time, lay.canvas],
    ]) {
      svg.textContent = "";
      set(svg, { width: across, height: tall, viewBox: `0 0 ${across} ${tall}` });
    }
    const { gutter, time } = parts,
      board = { film, lay, theme, gutter, pinned: null };
    const taken = { ...frame(film, 0), lossT: film.share_loss },
      after = { ...frame(film, 1), lossT: film.share_again };
    labels(gutter, board);
    const rows = drawn(time, board, true);
    let shown = null;
    const picture = ({ kind }) => {
      const next = kind === "again" ? after : taken;
      if (next !== shown) for (const draw of rows) draw(next, Infinity);
      shown = next;
    };
    invite(gutter, lay);
    draws = [
      picture,
      gradientParts(time, board),
      shares(time, board, SHARES),
      spotlight(time, board),
      weightsInUse(parts.axis, board),
    ];
    time.append(...time.querySelectorAll(".weight")); // their names stay whole over the veils
    move = tokens(time, board);
    show();
  }

  // The board's own columns, in what its other parts leave; a telephone's height is less than the board's. Where a
  // stack does not fit, its top layer stands alone; where that does not, the picture grows.
  function fitted(width, height, size) {
    const { narrow, counters } = layout({ width, height, ...size });
    const around = [".slow-top", ".slow-panel"].reduce(
      (sum, name) => sum + node.querySelector(name).offsetHeight,
      SHARES,
    );
    const tallest = innerHeight - node.querySelector(".slow-panel").offsetHeight - FRAME; // seen whole over the panel
    const room = Math.min(height, narrow ? Math.max(TELEPHONE, innerHeight) : height) - around;
    const of = (time, more) =>
      layout({ width, height: time + counters, bottom: 0, bars: LEAST, tallest, ...size, ...more });
    const whole = of(room),
      alone = whole.gradHeight < LEAST ? of(room, { layers: 1, open: [0] }) : whole;
    const rows = Math.ceil(NAMED / film.H),
      low = Math.max(0, LEAST - alone.gradHeight) + (alone.row < rows ? (rows - alone.row) * film.H : 0);
    const grown = low ? of(room + low, { layers: 1, open: [0] }) : alone;
    root.style.minHeight = grown === alone ? "" : `${grown.time + around}px`;
    return grown;
  }

  function show() {
    const values = tell(film, stage, unit),
      at = progress(film, stage);
    for (const draw of draws) draw(at, unit);
    const here = `${name(film)} ${stage} ${unit}`;
    if (here !== moved) move(at, unit, 1000 / rate);
    moved = here;
    set(parts.time, { "aria-label": values.sentence });
    parts.controls.update(film, stage, values, Boolean(timer));
    node.dataset.stage = stage + 1;
    node.dataset.stages = film.stages.length;
    if (at.t >= 0) reveal(at.t);
    if (at.kind === "update") parts.scroller.scrollLeft = 0; // the matrices' names
    uncover();
  }

  // On a low screen the panel stays at its lower edge: the page scrolls until what the stage is about is not behind it.
  // (Where the frame is going, not where it is: it moves there.)
  function uncover() {
    const svg = parts.time.getBoundingClientRect(),
      k = svg.width / lay.canvas,
      panel = node.querySelector(".slow-panel").getBoundingClientRect().top - 8;
    const frames = [...parts.time.querySelectorAll(".around")].filter((e) => e.getAttribute("visibility") !== "hidden");
    const edge = (e, more) => svg.top + k * (Number(e.getAttribute("y")) + more * Number(e.getAttribute("height")));
    const top = Math.min(...frames.map((e) => edge(e, 0))) - 8,
      bottom = Math.max(...frames.map((e) => edge(e, 1)));
    const by = bottom > panel ? bottom - panel : top < 0 && bottom - top <= panel ? top : 0;
    root.getRootNode().host?.closest("[data-testid=stMain]")?.scrollBy(0, by);
  }

  function reveal(t) {
    const { scroller } = parts,
      x = lay.x(t),
      room = scroller.clientWidth;
    if (x - lay.pitch < scroller.scrollLeft || x + lay.pitch > scroller.scrollLeft + room)
      scroller.scrollLeft = x - room / 2;
  }

  function go(to) {
    stage = Math.min(film.stages.length - 1, Math.max(0, to));
    if (stage === film.stages.length - 1) stop();
    show();
  }

  function turn(by) {
    stop();
    go(stage + by);
  }

  function play() {
    if (timer) {
      stop();
      return show();
    }
    if (stage === film.stages.length - 1) stage = -1;
    again();
    go(stage + 1);
  }

  const again = () => {
    clearInterval(timer);
    timer = setInterval(() => {
      if (!document.hidden) go(stage + 1);
    }, 1000 / rate);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
  };

  // A unit that is pressed is the one whose numbers are told.
  function choose(event) {
    const box = parts.time.getBoundingClientRect(),
      y = ((event.clientY - box.y) * lay.canvas) / box.width,
      block = lay.shown.at(-1);
    const pressed = Math.floor((y - block.top) / lay.row);
    if (pressed < 0 || pressed >= lay.H) return;
    unit = pressed;
    show();
  }

  // Wherever the focus is, unless something of the page itself is asked: the arrows walk, Space plays, Escape leaves.
  function key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.composedPath()[0],
      inside = node.contains(target);
    if (
      !inside &&
      target.closest?.("input, textarea, select, button, a, summary, [role=slider], [role=combobox], [contenteditable]")
    )
      return;
    if (target.tagName === "SELECT" && event.key !== "Escape") return event.stopPropagation();
    if (event.key === " " && target.tagName === "BUTTON") return event.stopPropagation(); // which it presses
    const does = {
      ArrowRight: () => turn(1),
      ArrowLeft: () => turn(-1),
      Home: () => turn(-Infinity),
      End: () => turn(Infinity),
      " ": play,
      Escape: leave,
      ArrowUp: () => other(-1),
      ArrowDown: () => other(1),
    }[event.key];
    if (!does) return;
    does();
    event.preventDefault();
    event.stopPropagation();
  }

  function other(by) {
    unit = (unit + by + film.H) % film.H;
    show();
  }

  const resized = new ResizeObserver(() => {
    if (node) build();
  });
  return { receive, close: hide };
}
