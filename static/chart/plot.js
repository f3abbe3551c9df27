// A Plotly figure, updated in place: Plotly.react keeps the legend, and nothing is replaced. It keeps a zoom only while
// the figure's own ranges stay as they were, and so it is given those that it had when the viewer zoomed. Colours in a
// figure are those of static/theme.css by name, "var(--output)", so that one figure serves both themes.

import { html } from "../board/svg.js";
import { t } from "../words.js";

// Of Plotly's own, what can be seen here.
const WORDS = {
  "Download plot as a PNG": t("Save as PNG"),
  Pan: t("Pan"),
  Zoom: t("Zoom"),
  "Double-click on legend to isolate one trace": t("Double-click on legend to isolate one trace"),
  "Sorry, there was a problem downloading your image!": t("Sorry, there was a problem downloading your image!"),
};
const CONFIG = {
  displaylogo: false,
  doubleClick: false, // Show all, as the button
  locale: "en",
  locales: { en: { dictionary: WORDS } },
};
const MISSING = t(
  "The chart could not be loaded: static/vendor/plotly.min.js is missing; docs/hosting.md says how it comes there.",
);
const PALE = 0.15,
  NEAR = 30; // opacity of what is not pointed at; pixels from a line that still point at it
const FIRST = Symbol("where the keyboard begins");
let loaded = null; // plotly.js, once for the page: ui/chart/vendor.py copies it out of the installed package

const plotly = (version) =>
  (loaded ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL(`../vendor/plotly.min.js?v=${version}`, import.meta.url).href;
    script.onload = () => done(window.Plotly);
    script.onerror = () => {
      loaded = null;
      fail(new Error(MISSING));
    };
    document.head.append(script);
  }));

// In `parent`, a chart. receive({ plotly, figure, label, first, name }, data): the version of plotly.js, Plotly's JSON,
// what it shows in words, where the keyboard begins to read off values, its file's name; data: attributes of what is read out, its frames
// counted among them. picked(x, y): called with the point that was clicked, in the figure's numbers, y null where that
// is of no first y axis, or to which a shape was dragged: where one is `editable`, all can be, of a size in pixels;
// pointed(group, x): with the legendgroup of the line that is pointed at, and the x, null: of none.
// light(group): pale what is not of it; null: nothing.
/**
 * @param {Element} parent
 * @param {string} [className]
 * @param {((x: number, y: number | null) => void) | null} [picked]
 * @param {((group: string | null, x: number | null) => void) | null} [pointed]
 */
export function plot(parent, className = "", picked = null, pointed = null) {
  const root = html(parent, "div", `plot ${className}`);
  const area = html(root, "div", "area"),
    reader = html(root, "div", "reader");
  reader.tabIndex = 0;
  reader.setAttribute("role", "img"); // beside the area, which has buttons
  let now = null,
    marks = null,
    at = null,
    drawn = 0,
    made = false,
    gone = false,
    waits = false,
    lit = null;
  let given = {},
    held = null,
    shown = 0; // ranges of the axes; those at the viewer's first zoom; how often all was shown
  let queue = Promise.resolve();

  const draw = async () => {
    waits = false;
    if (!now || !root.clientWidth) return;
    const api = await plotly(now.plotly);
    if (gone) return;
    if (!made) area.textContent = ""; // what went wrong before
    style(root);
    const { data, layout } = paint(root, now.figure),
      { clientWidth: width, clientHeight: height } = root;
    const font = { ...layout.font, family: getComputedStyle(root).fontFamily };
    const own = layout.uirevision;
    if (held && held.own !== own) held = null;
    given = { own, ranges: held?.ranges ?? ranges(layout) };
    const uirevision = `${own} ${shown}`,
      buttons = [
        ["toImage", "zoom2d", "pan2d", { name: "all", title: t("Show all"), icon: api.Icons.home, click: showAll }],
      ];
    await api.react(
      area,
      data,
      { ...layout, ...ranged(layout, given.ranges), width, height, font, uirevision },
      {
        ...CONFIG,
        toImageButtonOptions: { scale: 2, filename: `unrolled-${now.name ?? "chart"}` },
        modeBarButtons: buttons,
        edits: { shapePosition: Boolean(layout.shapes?.some(({ editable }) => editable)) },
      },
    );
    if (gone) return api.purge(area);
    if (!made) {
      area.on("plotly_relayout", (change) => {
        const moved = Object.keys(change).find((key) => /^shapes\[\d+\]\.xanchor$/.test(key)); // one that is dragged
        if (moved && picked) picked(change[moved], change[moved.replace("xanchor", "yanchor")]);
        if (Object.keys(change).some((key) => /axis\d*\.range/.test(key))) held ??= given;
      });
      area.on("plotly_doubleclick", showAll);
    }
    if (!made && picked)
      area.on("plotly_click", ({ points: [{ x, y, yaxis }] }) => picked(x, yaxis._id === "y" ? y : null));
    if (!made && pointed) {
      area.on("plotly_hover", (hover) => pointed(nearest(hover, area), hover.points[0].x));
      area.on("plotly_unhover", () => pointed(null, null));
    }
    made = true;
    pale();
    if (at === null) reader.setAttribute("aria-label", now.label);
    drawn++;
    if (marks) Object.assign(reader.dataset, marks, { frames: drawn, rest: true });
  };
  const showAll = () => {
    held = null;
    shown++; // another revision, with which Plotly forgets what was zoomed
    later();
  };
  const pale = () => {
    for (const node of area.querySelectorAll(".scatterlayer .trace")) {
      const { legendgroup, opacity = 1 } = node.__data__?.[0]?.trace ?? {}; // as Plotly has bound it
      if (legendgroup) node.style.opacity = lit && legendgroup !== lit ? PALE * opacity : opacity;
    }
  };
  const later = () => {
    // messages that come while one is drawn are one drawing
    if (waits) return;
    waits = true;
    queue = queue.then(draw).catch((error) => {
      area.textContent = error.message;
      console.error(error);
    });
  };

  const read = (place) => {
    // by keyboard, the values at one place; null: none
    const places = made ? pointsByPlace(area.data) : [];
    if (place === FIRST)
      place = Math.max(
        0,
        places.findIndex(({ x }) => x === now.first),
      );
    at = place === null || !places.length ? null : Math.min(places.length - 1, Math.max(0, place));
    reader.setAttribute("aria-label", at === null ? (now?.label ?? "") : places[at].words);
    if (made) window.Plotly.Fx[at === null ? "unhover" : "hover"](area, at === null ? undefined : places[at].points);
  };
  reader.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Escape: null }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    read(step === null ? null : at === null ? FIRST : at + step);
  });
  reader.addEventListener("blur", () => at !== null && read(null));
  const resized = new ResizeObserver(later);
  resized.observe(root);
  return {
    receive(content, data) {
      [now, marks, at] = [content, data, null];
      if (!made) reader.setAttribute("aria-label", now.label);
      later();
    },
    light(group) {
      lit = group;
      if (made) pale();
    },
    close() {
      gone = true;
      resized.disconnect();
      if (made) window.Plotly.purge(area);
    },
  };
}

// Each axis' range, where the figure says it; and the axes with these.
const ranges = (layout) =>
  Object.fromEntries(
    Object.keys(layout)
      .filter((key) => /^[xy]axis/.test(key) && layout[key].range)
      .map((key) => [key, layout[key].range]),
  );
const ranged = (layout, known) =>
  Object.fromEntries(
    Object.keys(known)
      .filter((key) => layout[key])
      .map((key) => [key, { ...layout[key], range: known[key] }]),
  );

// Of the points under the pointer, all at one x, the legendgroup of the nearest, if it is near.
export function nearest({ points, event }, area) {
  const top = area.getBoundingClientRect().top;
  const far = ({ yaxis, y }) => Math.abs(yaxis._offset + yaxis.d2p(y) - (event.clientY - top));
  const [best] = points.filter(({ data }) => data.legendgroup).sort((a, b) => far(a) - far(b));
  return best && far(best) < NEAR ? best.data.legendgroup : null;
}

// Every x of the lines that are drawn, in the order in which they come: the points there, and both in words.
// customdata: of a line, its x in words, where the axis counts otherwise.
export function pointsByPlace(traces) {
  const places = new Map();
  traces.forEach(({ x = [], y = [], name, text, customdata, visible = true }, curveNumber) => {
    const xs = numbers(x),
      ys = numbers(y);
    if (visible !== true || !name) return;
    Array.from(xs, (value, pointNumber) => {
      if (ys[pointNumber] === null || Number.isNaN(ys[pointNumber])) return;
      const words = plain(customdata?.[pointNumber] ?? value);
      if (!places.has(value)) places.set(value, { x: value, points: [], words });
      const place = places.get(value);
      place.points.push({ curveNumber, pointNumber });
      place.words += ` ${plain(name)} ${plain(text?.[pointNumber] ?? ys[pointNumber])}`;
    });
  });
  return [...places.values()];
}

// Without Plotly’s markup.
const plain = (words) => `${words}`.replace(/<[^>]*>/g, "");

// A list as it is; numbers that Plotly for Python has packed, as what they are.
const KINDS = {
  f8: Float64Array,
  f4: Float32Array,
  i4: Int32Array,
  i2: Int16Array,
  i1: Int8Array,
  u4: Uint32Array,
  u2: Uint16Array,
  u1: Uint8Array,
};
function numbers(list) {
  if (list.bdata === undefined) return list;
  return new KINDS[list.dtype](Uint8Array.from(atob(list.bdata), (letter) => letter.charCodeAt(0)).buffer);
}

// What Plotly wrote into the page's head, also for a root in the shadow, where that does not reach; once for each.
function style(root) {
  const within = root.getRootNode();
  if (within === document || within.querySelector(":scope > .plotly")) return;
  const sheets = [...document.querySelectorAll("style[id^='plotly.js']")].map((each) => [
    .../** @type {HTMLStyleElement} */ (each).sheet.cssRules,
  ]);
  html(
    within,
    "style",
    "plotly",
    sheets
      .flat()
      .map((rule) => rule.cssText)
      .join("\n"),
  );
}

// The figure with every "var(--name)" as the colour that it is here and now.
function paint(root, figure) {
  const probe = html(root, "i"),
    known = {};
  const colour = (name) => (known[name] ??= ((probe.style.color = name), rgba(getComputedStyle(probe).color)));
  const painted = (part) => {
    if (typeof part === "string") return part.replace(/var\(--[\w-]+\)/g, colour);
    if (Array.isArray(part)) return part.map(painted);
    if (!part || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, painted(value)]));
  };
  const result = painted(figure);
  probe.remove();
  return result;
}

// "color(srgb 0.4 0.4 0.4)", which color-mix gives, in the notation that Plotly knows.
export function rgba(text) {
  if (!text.startsWith("color(")) return text;
  const [r, g, b, a = 1] = text.match(/[\d.]+(?:e-?\d+)?/g).map(Number);
  return `rgba(${[r, g, b].map((part) => Math.round(255 * part)).join(", ")}, ${a})`;
}
