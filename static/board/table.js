// The numbers of the sequence that is shown, as a table: for whoever cannot see the picture, and for the curious.
// It stands still while a film plays.

import { covered } from "./covers.js";
import { nameOf } from "./names.js";
import { ROWS } from "./rows/index.js";
import { html, say } from "./svg.js";
import { t } from "../words.js";

// One row a time step, as strings: {head, rows}: the columns of the board's rows, last those that a row has of every layer
// or unit. wide: with what is seen of every unit, as it is in the picture.
/** @param {Film} film */
export function cells(film, frame, wide) {
  const of = (many) =>
    ROWS.filter((row) => Boolean(row.many) === many && !covered(film, row.name)).flatMap(
      (row) => row.column?.(film, frame, wide) ?? [],
    );
  const columns = [...of(false), ...of(true)];
  return {
    head: [t("time step"), ...columns.map(([name]) => name)],
    rows: Array.from({ length: film.T }, (_, t) => [String(t + 1), ...columns.map(([, value]) => value(t))]),
  };
}

// What was set while it trained, as the flags over the loss mark it.
export const inWords = (changes = []) =>
  changes.length ? t("Set while it trained: {changes}.", { changes: changes.map(changed).join("; ") }) : "";

const changed = ([step, change]) => t("{change} at training step {step}", { change, step });

// The section under the picture. exact(): the frame whose numbers are known.
export function table(root, exact) {
  const section = html(root, "section", "sheet");
  section.hidden = true;
  section.id = "numbers";
  section.setAttribute("aria-label", t("The numbers as a table"));
  section.tabIndex = -1;
  section.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  });
  const options = html(section, "p", "options"),
    label = html(options, "label"),
    box = html(label, "input");
  box.type = "checkbox";
  const choice = html(label, "span");
  const wide = html(section, "div", "wide"),
    grid = html(wide, "table"),
    caption = html(grid, "caption");
  wide.tabIndex = 0;
  wide.setAttribute("role", "region");
  wide.setAttribute("aria-label", t("The table, which may be wider than the page"));
  const head = html(html(grid, "thead"), "tr"),
    body = html(grid, "tbody");
  const since = html(section, "p", "changed");

  const fill = (row, words, first) => {
    while (row.children.length > words.length) row.lastChild.remove();
    while (row.children.length < words.length) html(row, first(row.children.length) ? "th" : "td");
    words.forEach((text, i) => {
      const cell = row.children[i];
      if (cell.tagName === "TH") cell.scope = row === head ? "col" : "row";
      say(cell, text);
    });
  };
  function update() {
    const frame = exact();
    if (section.hidden || !frame || frame.film.playing) return;
    const { film } = frame,
      { head: heads, rows } = cells(film, frame, box.checked),
      { show, layers, open } = film;
    const all =
      layers > open.length
        ? t("with the {state} of every unit in the layers that are open", { state: nameOf(show) })
        : t("with the {state} of every unit", { state: nameOf(show) });
    say(choice, ` ${all}`);
    const which = { sequence: film.sequence + 1, sequences: film.sequences };
    const shown = film.typed ? t("The typed sequence") : t("Held-out sequence {sequence} of {sequences}", which);
    const after = { sequence: shown, step: frame.step };
    const lines = [
      film.weights?.length
        ? t("{sequence} after training step {step}, with weights set by hand.", after)
        : t("{sequence} after training step {step}.", after),
      film.layers > 1
        ? t("‖∂L/∂h‖ is of the training batch, before clipping, of the top layer.")
        : t("‖∂L/∂h‖ is of the training batch, before clipping."),
      t("While training plays, the table stands still."),
    ];
    say(caption, lines.join(" "));
    say(since, inWords(film.changes));
    fill(head, heads, () => true);
    while (body.children.length > rows.length) body.lastChild.remove();
    while (body.children.length < rows.length) html(body, "tr");
    rows.forEach((words, i) => fill(body.children[i], words, (k) => k === 0));
  }
  box.addEventListener("change", update);
  return {
    update,
    // -> whether it is open now.
    toggle() {
      section.hidden = !section.hidden;
      update();
      if (!section.hidden) {
        section.focus({ preventScroll: true });
        section.scrollIntoView({ block: "nearest" });
      }
      return !section.hidden;
    },
  };
}
