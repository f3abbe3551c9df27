// The series over time: the truth, what is held out, and from one place on every method's forecast on its own
// predictions. While the network learns its line moves; earlier ones stay behind it, paler, for a moment.

import { short, tick } from "../board/format.js";
import { clamp, linear } from "../board/scales.js";
import { add, html, say, set } from "../board/svg.js";
import { between, blend, labelled, path, range } from "./axis.js";

const STYLES = { truth: "truth", network: "network", persistence: "rule last", "seasonal persistence": "rule seasonal", autoregression: "rule linear" };
const NAMES = { truth: "truth", network: "network", persistence: "persistence", "seasonal persistence": "seasonal", autoregression: "autoregression" };
const BEFORE = 4, SECONDS = 0.45, FUTURE = 62;  // the last: pixels of its word

export function picture(page) {
  const legend = html(page, "div", "legend"), keys = {};
  const root = html(page, "div", "chart");
  Object.assign(root, { tabIndex: 0 });
  root.setAttribute("role", "img");
  const svg = add(root, "svg");
  const clip = add(add(svg, "clipPath", { id: "inside" }), "rect");
  const held = add(svg, "rect", { class: "held" }), grid = add(svg, "g", { class: "grid" });
  const reading = add(svg, "path", { class: "reading" });
  const end = add(svg, "path", { class: "end" });
  const words = { held: add(svg, "text", { class: "note" }), future: add(svg, "text", { class: "note" }), read: add(svg, "text", { class: "note read" }) };
  const plot = add(svg, "g", { "clip-path": "url(#inside)" });
  const older = Array.from({ length: BEFORE }, (_, i) => add(plot, "path", { class: "network older", opacity: 0.3 - 0.06 * i }));
  const lines = {}, dots = add(plot, "g", { class: "dots" });
  const cursor = add(svg, "path", { class: "cursor" });
  const axis = add(svg, "g");
  const card = html(root, "div", "card");
  let now = null, from = null, start = 0, ghosts = [], drawn = 0, at = null, asked = 0, scale = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const receive = (told) => {
    const same = now && now.run === told.run && now.origin === told.origin && now.labels.length === told.labels.length;
    if (!same) { ghosts = []; from = null; at = null; }
    else if (told.step !== now.step) {
      ghosts = [now.lines.network, ...ghosts].slice(0, BEFORE);
      from = now.lines.network;
    }
    if (!told.playing && !still.matches && same && told.step === now.step) from = null;
    now = told;
    start = performance.now();
    draw();
  };

  const draw = () => {
    cancelAnimationFrame(asked);
    const width = root.clientWidth, height = root.clientHeight;
    if (!now || !width) return;
    const share = from && !still.matches ? Math.min(1, (performance.now() - start) / (1000 * SECONDS)) : 1;
    const eased = share * share * (3 - 2 * share);
    const left = 46, right = width - 10, top = 22, bottom = height - 40;
    const count = now.labels.length, held0 = now.trained;
    const x = linear(-0.5, count - 0.5, left, right);
    const rules = Object.entries(now.lines).filter(([name]) => name !== "network").flatMap(([, values]) => values);
    const [low, high] = range(now.truth, rules);
    const y = linear(low, high, bottom, top), inside = (v) => clamp(y(v), -1e4, 1e4);
    scale = { x, count, left, right };
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    set(clip, { x: left, y: top - 4, width: right - left, height: bottom - top + 8 });

    const pool = pools(grid);
    for (const v of between(low, high, height < 280 ? 3 : 5)) {
      pool("path", { d: `M${left} ${Math.round(y(v)) + 0.5}H${right}` });
      pool("text", { x: left - 7, y: y(v).toFixed(1), dy: ".35em", "text-anchor": "end" }, tick(v));
    }
    pool();
    const below = pools(axis), longest = Math.max(...now.labels.map((label) => label.length));
    const wide = Math.max(30, 7.2 * longest);
    let free = -Infinity;
    for (const i of labelled(now.labels, wide + 14, right - left)) {
      const place = clamp(x(i), left + wide / 2 - 30, right - wide / 2 + 8);
      if (place - wide / 2 < free) continue;
      free = place + wide / 2 + 8;
      below("text", { class: "tick", x: place.toFixed(1), y: bottom + 16, "text-anchor": "middle" }, now.labels[i]);
    }
    below("path", { class: "base", d: `M${left} ${bottom + 0.5}H${right}` });
    below();

    const known = now.truth.length, ahead = known < count;  // beyond it is the future: nobody holds anything out there
    const edge = clamp(x(held0 - 0.5), left, right), over = clamp(x(known - 0.5), left, right);
    set(held, { x: edge.toFixed(1), y: top - 4, width: Math.max(0, over - edge).toFixed(1), height: bottom - top + 4 });
    set(end, { d: ahead ? `M${over.toFixed(1)} ${top - 4}V${bottom}` : "" });
    const soon = Math.min(over + 5, right - FUTURE), room = ahead ? soon - 10 : right - 4;
    set(words.future, { x: soon.toFixed(1), y: top - 9 });
    say(words.future, ahead ? "the future" : "");
    set(words.held, { x: room.toFixed(1), y: top - 9, "text-anchor": "end" });
    say(words.held, room - edge > 150 ? "held out: never trained on" : room - edge > 40 ? "held out" : "");
    const a = clamp(x(now.origin - now.window - 0.5) + 2, left, right), b = clamp(x(now.origin - 0.5) - 1, left, right);
    set(reading, { d: `M${a.toFixed(1)} ${bottom + 22}v4H${b.toFixed(1)}v-4` });
    set(words.read, { x: clamp((a + b) / 2, left + 75, right - 86).toFixed(1), y: bottom + 38, "text-anchor": "middle" });
    say(words.read, `reads ${now.window} ${now.window === 1 ? "value" : "values"}, then itself`);

    line("truth", now.truth, 0);
    const mine = from ? blend(from, now.lines.network, eased) : now.lines.network;
    const joined = (values) => [now.truth[now.origin - 1] ?? null, ...values];
    for (const [name, values] of Object.entries(now.lines)) line(name, joined(name === "network" ? mine : values), now.origin - 1);
    for (const name in lines) if (name !== "truth" && !(name in now.lines)) set(lines[name], { d: "" });
    older.forEach((node, i) => set(node, { d: ghosts[i] && now.playing ? path(joined(ghosts[i]), x, inside, now.origin - 1) : "" }));
    const spots = pools(dots);
    if ((right - left) / count > 7) {
      now.truth.forEach((v, i) => v !== null && spots("circle", { class: "known", cx: x(i).toFixed(1), cy: inside(v).toFixed(1), r: 2.2 }));
    }
    spots();
    point(x);
    for (const name of ["truth", ...Object.keys(now.lines)]) keys[name] ??= key(legend, name);
    for (const name in keys) keys[name].hidden = name !== "truth" && !(name in now.lines);
    drawn++;
    Object.assign(root.dataset, { step: now.step, loss: now.loss ?? "NaN", frames: drawn });
    Object.assign(root.dataset, { film: now.film, rest: share === 1 });
    if (share === 1) root.setAttribute("aria-label", now.sentence);
    else asked = requestAnimationFrame(draw);

    function line(name, values, first) {
      lines[name] ??= add(plot, "path", { class: STYLES[name] ?? "rule" });
      set(lines[name], { d: path(values, x, inside, first) });
    }
  };

  // What stands at the place that is pointed at, in words, beside it.
  const point = (x) => {
    if (at === null) { card.hidden = true; set(cursor, { d: "" }); return; }
    const i = at, ahead = i - now.origin, rows = [[now.labels[i], ""], ["truth", now.truth[i] === undefined ? "not known yet" : now.truth[i] === null ? "a gap" : short(now.truth[i], 4)]];
    for (const [name, values] of Object.entries(now.lines)) if (values[ahead] !== undefined) rows.push([NAMES[name] ?? name, short(values[ahead], 4)]);
    set(cursor, { d: `M${x(i).toFixed(1)} 18V${root.clientHeight - 40}` });
    card.hidden = false;
    card.replaceChildren(...rows.flatMap(([name, value], row) => row ? [text("span", name), text("b", value)] : [text("strong", name)]));
    const wide = card.offsetWidth, place = x(i) + 12 + wide > root.clientWidth ? x(i) - 12 - wide : x(i) + 12;
    card.style.left = `${Math.max(0, place)}px`;
  };
  const look = (i) => { at = i === null ? null : clamp(i, 0, scale.count - 1); if (now) point(scale.x); };
  root.addEventListener("pointermove", (event) => {
    if (!scale) return;
    const { left } = root.getBoundingClientRect(), where = event.clientX - left;
    look(where < scale.left || where > scale.right ? null : Math.round(((where - scale.left) / (scale.right - scale.left)) * scale.count - 0.5));
  });
  root.addEventListener("pointerleave", () => look(null));
  root.addEventListener("blur", () => look(null));
  root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") look(null);
    if (!step || !scale) return;
    event.preventDefault();
    look(at === null ? now.origin : at + step);
    if (!card.hidden) root.setAttribute("aria-label", card.innerText.replace(/\s+/g, " "));
  });
  const resized = new ResizeObserver(() => draw());
  resized.observe(root);
  return { receive, close: () => { resized.disconnect(); cancelAnimationFrame(asked); } };
}

function text(name, words) {
  const node = document.createElement(name);
  node.textContent = words;
  return node;
}

function key(legend, name) {
  const box = html(legend, "span", "key");
  const svg = add(box, "svg", { width: 30, height: 10, "aria-hidden": "true" });
  add(svg, "path", { class: STYLES[name] ?? "rule", d: "M1 5H29" });
  box.append(text("span", NAMES[name] ?? name));
  return box;
}

// Elements that are kept from one drawing to the next, in order; called with nothing, the rest are hidden.
function pools(parent) {
  const kept = (parent.kept ??= []);
  let used = 0;
  return (name, attributes, words) => {
    if (!name) return kept.slice(used).forEach((node) => set(node, { visibility: "hidden" }));
    if (kept[used]?.tagName !== name) {
      const node = add(parent, name);
      if (kept[used]) kept[used].replaceWith(node);
      kept[used] = node;
    }
    const node = kept[used++];
    set(node, { visibility: "visible", ...attributes });
    if (words !== undefined) say(node, words);
  };
}
