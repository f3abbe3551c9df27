// A race as it is seen: two charts, a table that is their legend, and a board in miniature of each contestant. Built
// once, then every message only changes what has changed; pointing at one is seen everywhere and asks the server
// nothing.

import { acts } from "../board/acts.js";
import { json, mounted } from "../board/mount.js";
import { add, html, say } from "../board/svg.js";
import { watch } from "../board/watch.js";
import { plot } from "../chart/plot.js";
import { drawing, films, miniature } from "../shapes/miniature.js";
import { t } from "../words.js";

export const show = mounted(create, read);

const PATIENCE = 5000; // ms until a board that was to be opened is asked for once more

// The length of the JSON in 4 bytes, the JSON, and a film of every contestant.
export function read(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true),
    end = 4 + length;
  return { ...json(bytes.subarray(4, end)), films: films(bytes.subarray(end)) };
}

// A figure without the contestants that are hidden.
export const without = (figure, hidden) => ({
  ...figure,
  data: figure.data.map((trace) => (hidden.has(trace.legendgroup) ? { ...trace, visible: false } : trace)),
});

function create(root) {
  const page = root.querySelector(".race"),
    still = matchMedia("(prefers-reduced-motion: reduce)");
  const hidden = new Set(),
    act = acts();
  let tell = /** @type {Tell} */ (() => {}),
    opening = null,
    listed = " ",
    now = null,
    lit = null,
    lanes = [];
  const overdue = watch((times) => tell("overdue", times));
  const grid = html(page, "div", "charts");
  const charts = ["losses", "gradients"].map((name) => {
    const box = html(grid, "section", "chart"),
      title = html(box, "h2");
    const chart = plot(box, name, null, point);
    box.querySelector(".reader").dataset.rest = "false"; // until it is drawn
    return { name, title, ...chart };
  });
  const table = sheet(page, { point, toggle });
  const boards = html(page, "div", "boards");
  const drawn = drawing(root, boards, () => lanes.map(({ mini }) => mini));
  page.addEventListener("keydown", (event) => {
    // Space presses what has the focus
    if (event.key === " " && event.target.matches("button")) event.stopPropagation();
  });

  function point(name) {
    if (name === lit) return;
    lit = name;
    for (const chart of charts) chart.light(name);
    for (const part of page.querySelectorAll("[data-lane]"))
      part.classList.toggle("pale", name !== null && part.dataset.lane !== name);
  }
  // While it plays the server only pauses it, and is asked again once it stands still; and what is lost, once more.
  function open(name) {
    clearTimeout(opening?.again);
    const again = setTimeout(() => root.isConnected && open(name), PATIENCE);
    opening = { name, n: act({ do: "open", name }, tell), again };
  }
  function drop() {
    clearTimeout(opening?.again);
    opening = null;
  }
  // What differs, by the address that the browser has now: with that, Python knows a way back from one that is late.
  function address(words) {
    if (words !== listed) act({ do: "listed", name: words }, tell);
    listed = words;
  }
  const pointed = ({ detail }) => point(detail); // at a kept run, beside the race
  window.addEventListener("unrolled-point", pointed);
  function toggle(name) {
    if (!hidden.delete(name)) hidden.add(name);
    paint();
  }
  function paint(anew = true) {
    for (const { name, title, receive } of anew ? charts : []) {
      const { figure, title: words, ...more } = now.charts[name];
      say(title, words);
      receive({ ...more, figure: without(figure, hidden) }, { step: now.step, film: now.film });
    }
    table.receive(now, hidden);
    lanes.forEach(({ box, name }) => {
      box.hidden = hidden.has(name);
    });
    drawn.request();
  }
  function build() {
    for (const { box } of lanes) box.remove();
    lanes = now.lanes.map(({ name, stroke }) => {
      const box = html(boards, "article", "lane"),
        heading = html(box, "h3");
      box.dataset.lane = name;
      swatch(heading, stroke);
      html(heading, "span", "", name);
      box.addEventListener("pointerenter", () => point(name));
      box.addEventListener("pointerleave", () => point(null));
      const mini = miniature(box, root),
        row = html(box, "div", "ways");
      press(row, t("Keep"), t("Keep {name}", { name }), () => act({ do: "keep", name }, tell));
      press(row, t("Open in the playground"), t("Open in the playground: {name}", { name }), () => open(name));
      return { box, name, mini };
    });
  }
  return {
    receive(entry, teller) {
      tell = teller ?? tell;
      const before = now;
      now = { ...entry, charts: entry.charts ?? before.charts };
      overdue.film(now);
      say(root.querySelector(".says"), "");
      if (`${before?.names}` !== `${now.names}`) {
        hidden.clear();
        point(null);
        build();
      }
      const pitch = now.films.some(({ inputs }) => inputs.some((word) => word.length > 1)) ? 13 : 8;
      boards.style.setProperty("--least", `${pitch * now.longest + 26}px`);
      lanes.forEach(({ mini }, k) => mini.receive(now.films[k], still.matches));
      paint(Boolean(entry.charts));
      if (opening?.n <= now.refused) drop();
      if (opening?.n === now.postponed && opening && !now.playing) open(opening.name);
      const differs = new URLSearchParams(location.search);
      address(["differs", "values"].map((key) => differs.get(`compare-${key}`) ?? "").join(" "));
    },
    close() {
      drop();
      window.removeEventListener("unrolled-point", pointed);
      [overdue, drawn, ...charts].forEach((part) => part.close());
    },
  };
}

function press(parent, words, label, act) {
  const button = html(parent, "button", "", words);
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
}

// A contestant's stroke, as in the charts.
function swatch(parent, { colour, dash }) {
  const svg = add(parent, "svg", {
    class: "swatch",
    width: 26,
    height: 10,
    viewBox: "0 0 26 10",
    "aria-hidden": "true",
  });
  add(svg, "path", { d: "M1 5H25", style: `stroke: ${colour}`, "stroke-dasharray": dash.replaceAll("px", "") });
}

// The table: a row for each contestant, whose name hides it and shows it again.
function sheet(page, { point, toggle }) {
  const grid = html(page, "table", "lanes"),
    caption = html(grid, "caption");
  const head = html(html(grid, "thead"), "tr"),
    body = html(grid, "tbody");
  let built = "";
  function build({ heads, lanes }) {
    head.textContent = body.textContent = "";
    for (const [name, help] of heads) {
      const cell = html(head, "th");
      cell.scope = "col";
      if (!help) {
        say(cell, name);
        continue;
      }
      const term = html(cell, "button", "term", name),
        tip = html(cell, "span", "tip", help);
      term.type = "button";
      tip.role = "tooltip";
      tip.id = `tip-${name.replaceAll(" ", "-")}`;
      term.setAttribute("aria-describedby", tip.id);
    }
    lanes.forEach(({ name, stroke, cells }) => {
      const row = html(body, "tr"),
        first = html(row, "th"),
        button = html(first, "button", "who");
      first.scope = "row";
      row.dataset.lane = name;
      button.type = "button";
      button.title = t("Hide or show");
      swatch(button, stroke);
      html(button, "span", "", name);
      button.addEventListener("click", () => toggle(name));
      row.addEventListener("pointerenter", () => point(name));
      row.addEventListener("pointerleave", () => point(null));
      button.addEventListener("focus", () => button.matches(":focus-visible") && point(name));
      button.addEventListener("blur", () => point(null));
      cells.forEach((_, i) => {
        html(row, "td").dataset.head = heads[i + 1][0];
      });
    });
  }
  return {
    receive(now, hidden) {
      const key = `${now.names} ${now.heads.map(([name]) => name)}`;
      if (key !== built) build(now);
      built = key;
      say(caption, now.caption);
      now.lanes.forEach(({ name, cells }, k) => {
        const row = body.children[k];
        row.classList.toggle("off", hidden.has(name));
        row.querySelector("button").setAttribute("aria-pressed", String(!hidden.has(name)));
        cells.forEach((text, i) => say(row.children[i + 1], text));
      });
    },
  };
}
