// Kept runs: their store, on every page that keeps any; and on Compare, where they stand beside a race, a card of each
// and a table of what differs.

import { acts } from "../board/acts.js";
import { mounted } from "../board/mount.js";
import { download } from "../board/save.js";
import { add, html, say, set } from "../board/svg.js";
import { everything, offer, work } from "./store.js";
import { t } from "../words.js";

export const show = mounted(create);

export const POINT = "unrolled-point"; // of the window: which line of the race's charts is pointed at
const PATIENCE = 3000; // ms in which Python has heard an act, or the page that shows so is lost
const SURE = 8000; // ms for the second press
const pressed = new Map(),
  // by a run's id: when Delete was pressed, and the act that deletes it; the page may build its cards anew
  gone = new Map();
const WIDTH = 200,
  HEIGHT = 44;
// A mark of each of the symbols of ui/figures/race.py, in a box of 12.
const MARKS = {
  circle: "M6 1A5 5 0 1 1 6 11A5 5 0 1 1 6 1Z",
  square: "M1.5 1.5H10.5V10.5H1.5Z",
  diamond: "M6 0L12 6L6 12L0 6Z",
  "triangle-up": "M6 0.5L11.8 10.5H0.2Z",
  cross: "M4 0.5H8V4H11.5V8H8V11.5H4V8H0.5V4H4Z",
  star: "M6 0L7.5 4.2L12 4.3L8.4 7L9.7 11.3L6 8.8L2.3 11.3L3.6 7L0 4.3L4.5 4.2Z",
};

function create(root) {
  const page = root.querySelector(".kept");
  let tell = /** @type {Tell} */ (() => {}),
    once = /** @type {Tell} */ (() => {}),
    now = null,
    parts = null;
  let last = 0,
    again = 0; // the number of the last act, and the timer until it is told once more
  const add = acts(),
    act = (id, what, value) => {
      last = add({ id, do: what, value }, share);
      wait();
      return last;
    };
  const wait = () => {
    clearTimeout(again);
    again = setTimeout(() => {
      if (root.isConnected && now.acted < last) {
        share("again", Date.now());
        wait();
      }
    }, PATIENCE);
  };
  // All of it each time: what is told in an older message's name would take back what was told since in a newer one's.
  const messages = {},
    share = (name, value) => {
      messages[name] = value;
      tell("said", { ...messages });
    };

  function build() {
    page.textContent = "";
    const head = html(page, "div", "head"),
      cards = html(page, "div", "cards"),
      table = html(page, "table", "differ");
    html(head, "h2", "", t("Kept runs"));
    const count = html(head, "span", "count");
    button(head, t("Keep each network of this race"), () => act("", "each"));
    const save = button(head, t("Save as a file"), async () => {
      const text = JSON.stringify({ format: now.format, version: now.version, runs: await everything() });
      download(new Blob([text], { type: "application/json" }), "unrolled-runs.json");
    });
    const input = html(head, "input", "file");
    Object.assign(input, { type: "file", accept: ".json,application/json", hidden: true });
    button(head, t("Open a file"), () => input.click());
    input.addEventListener("change", () => {
      if (input.files[0]) offer(input.files[0], now.most, once);
      input.value = "";
    });
    const words = html(page, "p", "said");
    words.setAttribute("role", "status");
    page.append(words, cards, table);
    return { count, save, said: words, cards, table, drawn: new Map() };
  }

  function paint(view) {
    parts ??= build();
    say(parts.count, view.count);
    parts.save.hidden = !view.runs.length;
    say(parts.said, view.said);
    const had = parts.drawn,
      here = new Set(view.runs.map(({ id }) => id));
    for (const id of [...had.keys()].filter((id) => !here.has(id))) {
      had.get(id).box.remove();
      had.delete(id);
    }
    view.runs.forEach((run, k) => {
      if (!had.has(run.id)) had.set(run.id, card(parts.cards, run.id, act));
      const { box, receive } = had.get(run.id);
      receive(run, now.acted);
      if (parts.cards.children[k] !== box) parts.cards.insertBefore(box, parts.cards.children[k] ?? null);
    });
    differ(parts.table, view);
  }

  page.addEventListener("keydown", (event) => {
    // Space presses what has the focus
    if (event.key === " " && event.target.matches("button, input")) event.stopPropagation();
  });
  return {
    receive(message, teller, fire) {
      [now, tell, once] = [message, teller, fire];
      if (now.view) paint(now.view);
      work(now, share, (name, value) => once(name, value));
    },
    close: () => clearTimeout(again),
  };
}

function button(parent, words, press, className = "") {
  const made = html(parent, "button", className, words);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

// A run: its name, how its held-out loss fell, where it stood, a note, and what may be done with it.
function card(parent, id, act) {
  const box = html(parent, "article", "run"),
    first = html(box, "div", "row");
  const name = field(first, "name", t("Name"), 60, (value) => act(id, "name", value));
  const pin = button(first, t("Pin"), () => act(id, "pinned", pin.getAttribute("aria-pressed") !== "true"), "pin");
  pin.title = t("One that is pinned stays when there is no room for another");
  const picture = add(box, "svg", {
    class: "fall",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
  });
  const base = add(picture, "path", { class: "base" }),
    line = add(picture, "path", { class: "line" });
  const words = html(box, "p", "words"),
    note = field(box, "note", t("Note"), 300, (value) => act(id, "note", value));
  note.placeholder = t("Note");
  const last = html(box, "div", "row"),
    shown = html(last, "label", "shown"),
    tick = html(shown, "input");
  tick.type = "checkbox";
  tick.addEventListener("change", () => act(id, "show", tick.checked));
  const dot = mark(shown);
  html(shown, "span", "", t("Show"));
  const open = button(last, t("Open again"), () => act(id, "open"));
  const remove = button(last, t("Delete"), () => {
    if (sure()) {
      gone.set(id, act(id, "delete"));
      box.hidden = true; // at once, so that no card moves later, under a pointer that is elsewhere
      return;
    }
    pressed.set(id, Date.now());
    call();
    setTimeout(call, SURE + 50);
  });
  const sure = () => Date.now() - (pressed.get(id) ?? -Infinity) < SURE;
  const call = () => {
    const values = { name: name.value };
    say(remove, sure() ? t("Sure?") : t("Delete"));
    remove.setAttribute("aria-label", sure() ? t("Sure? Delete {name}", values) : t("Delete {name}", values));
  };
  const point = (it) => window.dispatchEvent(new CustomEvent(POINT, { detail: it }));
  box.addEventListener("pointerenter", () => point(tick.checked ? id : null));
  box.addEventListener("pointerleave", () => point(null)); // also where the page above grows: it says nothing of Delete
  return {
    box,
    receive(run, acted) {
      box.hidden = (gone.get(id) ?? 0) > acted;
      for (const [input, value] of [
        [name, run.name],
        [note, run.note],
      ])
        if (input.getRootNode().activeElement !== input) input.value = value;
      box.setAttribute("aria-label", run.name);
      pin.setAttribute("aria-pressed", String(run.pinned));
      pin.setAttribute("aria-label", t("Pin {name}", run));
      say(words, run.words);
      [tick.checked, tick.ariaLabel] = [Boolean(run.mark), t("Show {name} in the chart", run)];
      dot(run.mark);
      open.title = run.opens;
      open.setAttribute("aria-label", `${run.opens}: ${run.name}`);
      call();
      const { d, baseline } = fall(run);
      set(line, { d });
      set(base, { d: baseline === null ? "" : `M0 ${baseline}H${WIDTH}` });
      picture.setAttribute("aria-label", run.fell);
    },
  };
}

function field(parent, className, label, most, changed) {
  const input = html(parent, "input", className);
  Object.assign(input, { type: "text", maxLength: most, ariaLabel: label, spellcheck: false });
  input.addEventListener("change", () => changed(input.value));
  input.addEventListener("keydown", (event) => event.key === "Enter" && input.blur());
  return input;
}

function mark(parent) {
  const svg = add(parent, "svg", { class: "mark", width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" });
  const path = add(svg, "path");
  return (it) => set(path, { d: it ? MARKS[it.symbol] : "", style: it ? `fill: ${it.colour}` : "" });
}

// The held-out loss, or where there is none the training loss, as a path on a log scale; and the baseline's height.
export function fall({ steps, losses, baseline }) {
  const seen = steps
    .map((step, k) => [step, losses[k]])
    .filter(([, loss]) => loss > 0)
    .map(([step, loss]) => [step, Math.log(loss)]);
  const level = baseline > 0 ? Math.log(baseline) : null,
    all = [...seen.map(([, v]) => v), ...(level === null ? [] : [level])];
  if (!all.length) return { d: "", baseline: null };
  const low = Math.min(...all),
    room = Math.max(...all) - low || 1,
    last = seen.at(-1)?.[0] || 1;
  const y = (v) => Number((HEIGHT - 3 - ((HEIGHT - 6) * (v - low)) / room).toFixed(1));
  const d = seen.map(([step, v], k) => `${k ? "L" : "M"}${((WIDTH * step) / last).toFixed(1)} ${y(v)}`).join("");
  return { d, baseline: level === null ? null : y(level) };
}

// Only what differs, of the race's networks and of the kept runs that stand beside them.
function differ(table, { heads, rows, caption }) {
  table.hidden = !rows.length;
  const key = JSON.stringify([heads, rows, caption]);
  if (table.was === key) return;
  table.was = key;
  table.textContent = "";
  html(table, "caption", "", caption);
  const head = html(html(table, "thead"), "tr"),
    body = html(table, "tbody");
  for (const name of heads) html(head, "th", "", name).scope = "col";
  for (const { name, stroke, mark: own, cells } of rows) {
    const row = html(body, "tr"),
      first = html(row, "th");
    first.scope = "row";
    const who = html(first, "span", "who");
    if (stroke) {
      const svg = add(who, "svg", {
        width: 26,
        height: 10,
        viewBox: "0 0 26 10",
        "aria-hidden": "true",
        class: "stroke",
      });
      add(svg, "path", {
        d: "M1 5H25",
        style: `stroke: ${stroke.colour}`,
        "stroke-dasharray": stroke.dash.replaceAll("px", ""),
      });
    } else mark(who)(own);
    html(who, "span", "", name);
    cells.forEach((words, k) => {
      html(row, "td", "", words).dataset.head = heads[k + 1];
    });
  }
}
