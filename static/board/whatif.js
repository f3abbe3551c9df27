// "What if": in a pinned card, a weight set by hand. Python works out every number with it (rnn_core/what_if.py) and
// sends a film; the run stays as it is. Here: the form, the list of what is set, and the line that says so.

import { plain } from "./format.js";
import { html, say } from "./svg.js";
import { named } from "./answer.js";
import { inputOf, joined } from "./terms.js";
import { t } from "../words.js";

const LEAST = 3; // the slider goes at least so far to both sides
const OFTEN = 120; // ms between two questions while a slider is drawn

// The list with this weight in it, once: set anew it keeps its place.
export function put(weights, [name, row, column, value]) {
  const same = ([n, r, c]) => n === name && r === row && c === column;
  return weights.some(same)
    ? weights.map((w) => (same(w) ? [name, row, column, value] : w))
    : [...weights, [name, row, column, value]];
}

// "W_{hh}[3,7] = 0.41 → 1.50", of the film that is shown.
export const phrase = (film, [name, row, column, value, was]) =>
  `${joined(film, { name, row, column })} = ${plain(was)} → ${plain(value)}`;

// What a weight multiplies.
const from = ({ kind, from }) =>
  kind === "b"
    ? t("bias")
    : kind === "x"
      ? t("input {input}", { input: from + 1 })
      : t("unit {unit}", { unit: from + 1 });

// The options of a select, and which is chosen.
function list(select, words, chosen) {
  select.textContent = "";
  for (const text of words) html(select, "option", "", text);
  select.selectedIndex = chosen ?? -1;
}

// What the line says.
export function sentence(film) {
  const n = film.weights.length,
    values = { change: phrase(film, film.weights[n - 1]), more: n - 1 };
  return n > 1
    ? t("What if {change}, and {more} more? Training has not changed; Play, Step or Reset drops this.", values)
    : t("What if {change}? Training has not changed; Play, Step or Reset drops this.", values);
}

// ask(weights): those that are wanted now. card: where the form goes. low(node, text): text with indices into a node.
// choose(k): an output's equation is to be the k-th output's.
export function whatIf(root, card, ask, low, choose) {
  const form = html(card, "form", "form"),
    line = html(root, "div", "whatif");
  form.hidden = line.hidden = true;
  const outputs = html(form, "label", "field");
  html(outputs, "span", "", t("Output"));
  const output = html(outputs, "select");
  output.setAttribute("aria-label", t("which output"));
  output.addEventListener("change", () => choose(output.selectedIndex));
  const label = html(form, "label", "field");
  html(label, "span", "", t("What if"));
  const select = html(label, "select");
  select.setAttribute("aria-label", t("which weight"));
  const value = html(form, "div", "field"),
    slider = html(value, "input"),
    number = html(value, "input");
  Object.assign(slider, { type: "range", step: "0.01" });
  Object.assign(number, { type: "number", step: "any", min: "-1000", max: "1000", required: true });
  slider.setAttribute("aria-label", t("the weight, as a slider"));
  number.setAttribute("aria-label", t("the weight, as a number"));
  const trouble = html(form, "p", "trouble-here");
  trouble.setAttribute("role", "alert");
  const press = (place, words, act) => {
    const made = html(place, "button", "small", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const undo = (all) => () => send(all ? [] : weights.slice(0, -1));
  const row = html(form, "div", "field buttons");
  const undos = [
    [row, t("Undo"), false],
    [row, t("Undo all"), true],
  ].map(([place, words, all]) => press(place, words, undo(all)));
  const words = html(line, "p");
  press(line, t("Undo"), undo(false));
  press(line, t("Undo all"), undo(true));
  for (const node of [form, line]) {
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") event.stopPropagation();
    }); // Space plays elsewhere
  }

  let weights = [],
    film = null,
    at = null,
    entries = [],
    timer = 0,
    shown = "";
  const send = (wanted) => {
    weights = wanted;
    clearTimeout(timer);
    timer = setTimeout(() => ask({ imagined: { moment: film.moment, weights } }), OFTEN);
  };
  const chosen = () => entries[select.selectedIndex];
  const now = ({ name, row, column, weight }) =>
    weights.find(([n, r, c]) => n === name && r === row && c === column)?.[3] ?? weight;
  const showValue = () => {
    const entry = chosen();
    if (!entry) return;
    const v = now(entry),
      end = Math.max(LEAST, Math.ceil(Math.abs(v)));
    Object.assign(slider, { min: -end, max: end, value: v });
    number.value = String(Number(v.toFixed(4)));
  };
  const set = (v) => {
    const entry = chosen();
    if (entry && Number.isFinite(v)) send(put(weights, [entry.name, entry.row, entry.column, v]));
  };
  select.addEventListener("change", showValue);
  slider.addEventListener("input", () => {
    number.value = slider.value;
    set(Number(slider.value));
  });
  number.addEventListener("input", () => {
    const v = number.valueAsNumber;
    say(
      trouble,
      Number.isFinite(v) && Math.abs(v) <= 1000 ? "" : t("A weight is a number from −1000 to 1000, such as −0.5."),
    );
    if (trouble.textContent) return;
    slider.value = String(v);
    set(v);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  return {
    // A new film: what it has of all this. -> the sentence to be spoken, if what is set has changed.
    update(next) {
      const another = next.moment !== film?.moment,
        dropped = another && weights.length > 0 && !next.weights.length;
      film = next;
      if (another) {
        clearTimeout(timer);
        weights = film.weights.map((w) => w.slice(0, 4)); // a lesson may have set some
      }
      undos.forEach((button) => {
        button.disabled = !film.weights.length;
      });
      if (film.refused_weight) {
        say(trouble, film.refused_weight);
        if (weights.length > film.weights.length) weights = film.weights.map((w) => w.slice(0, 4));
      } else if (trouble.textContent && Number.isFinite(number.valueAsNumber)) say(trouble, "");
      line.hidden = !film.weights.length;
      const text = film.weights.length ? sentence(film) : "";
      const changed = text !== shown;
      shown = text;
      if (text && changed) {
        words.textContent = "";
        low(words, text);
      }
      if (!weights.length && film.weights.length === 0 && !form.contains(root.getRootNode().activeElement)) showValue();
      if (dropped) return t("The weights set by hand were dropped: these are the run’s own.");
      return !changed ? "" : text || t("All weights are the run’s own again.");
    },
    // The form for a unit or an output: its incoming weights, the strongest first. into: of terms.js's entering, null
    // for none. place: which of them is chosen, null: the same as before.
    open(into, place = 0) {
      if (!film || !into) {
        at = null;
        form.hidden = true;
        return;
      }
      const before = at === into.key ? chosen() : null;
      at = into.key;
      entries = into.all.sort(
        (a, b) => Number(a.kind === "b") - Number(b.kind === "b") || Math.abs(b.product) - Math.abs(a.product),
      );
      const kept =
        before &&
        entries.findIndex(
          ({ name, row, column }) => name === before.name && row === before.row && column === before.column,
        );
      list(
        output,
        into.k === undefined || film.O === 1 ? [] : Array.from({ length: film.O }, (_, k) => named(film, k)),
        into.k,
      );
      outputs.hidden = !output.options.length;
      list(
        select,
        entries.map((entry) => {
          const weight = joined(film, entry).replace(/[{}]/g, "");
          return inputOf(film, entry) ? weight : [weight, from(entry)].join(", ");
        }),
        Math.max(0, place ?? kept ?? 0),
      );
      form.hidden = false;
      if (place !== null || !form.contains(root.getRootNode().activeElement)) showValue();
    },
    close() {
      at = null;
      form.hidden = true;
    },
    shown: () => !form.hidden,
    focus: () => select.focus(),
  };
}
