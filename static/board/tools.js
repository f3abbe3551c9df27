// What may be chosen in the picture: what of the cell is seen, which layers are open. Python is asked, and answers
// with a film.

import { nameOf } from "./names.js";
import { named } from "./pinned.js";
import { html, say } from "./svg.js";
import { t } from "../words.js";

const TYPED = t("a typed"),
  SEQUENCE = t("sequence");
const PATIENCE = 300; // ms without a key until what was typed is asked for

// ask(change): {show}, {fold}, {turn} or {typed}, what is wanted. pin(): hold this frame, or let it go. save("svg" |
// "png"): the picture as a file. numbers(): open the table or close it -> whether it is open.
export function tools(parent, ask, save, pin, numbers) {
  const bar = html(parent, "div", "tools");
  bar.addEventListener("keydown", own);
  const upper = html(bar, "div", "line"),
    lower = html(bar, "div", "line");
  const seen = html(upper, "label", "tool");
  html(seen, "span", "more", t("show"));
  const show = html(seen, "select");
  show.setAttribute("aria-label", t("units show"));
  show.addEventListener("change", () => ask({ show: show.value }));
  const button = (place, words, name, press) => {
    const made = html(place, "button", "small", words);
    made.type = "button";
    if (name) made.setAttribute("aria-label", name);
    made.addEventListener("click", press);
    return made;
  };
  const file = html(upper, "span", "tool", t("save"));
  for (const kind of ["svg", "png"]) {
    const format = kind.toUpperCase();
    button(file, format, t("Save picture as {format}", { format }), () => save(kind));
  }
  const table = button(html(upper, "span", "tool"), t("Numbers"), "", () =>
    table.setAttribute("aria-expanded", String(numbers())),
  );
  table.setAttribute("aria-expanded", "false");
  table.title = t("The numbers of this sequence as a table, under the picture.");
  const sequence = html(lower, "span", "tool");
  const turn = (by) => () => ask({ turn: by, typed: "" });
  button(sequence, "‹", t("Previous held-out sequence"), turn(-1));
  const which = html(sequence, "span", "which"),
    kind = html(which, "span", "more"),
    place = html(which, "span", "place");
  button(sequence, "›", t("Next held-out sequence"), turn(1));
  const mine = typing(bar, ask);
  const type = button(sequence, t("Own input"), "", mine.open);
  const held = button(html(lower, "span", "tool"), t("Hold this run"), "", pin);
  held.classList.add("hold");
  held.setAttribute("aria-pressed", "false");
  let listed = "";
  return {
    bar,
    upper,
    update(film, pinned) {
      const { sequence: at, sequences: all } = film;
      say(kind, `${film.typed ? TYPED : SEQUENCE} `);
      say(place, film.typed ? SEQUENCE : t("{place} of {all}", { place: at + 1, all }));
      place.style.minWidth = `${2 * String(film.sequences).length + 3}ch`;
      const run = pinned ? named(pinned, film) : "";
      say(held, pinned ? t("Held: {run}", { run }) : t("Hold this run"));
      held.setAttribute("aria-pressed", String(Boolean(pinned)));
      held.title = pinned
        ? t(
            "Dashed lines, the edges of the units and struck-out answers are those of {run} at step {step}. " +
              "Press to let them go.",
            { run, step: pinned.step },
          )
        : t(
            "Hold this run faintly behind the live one: its curve, its gradient, its answers. " +
              "Then change the cell or another setting.",
          );
      upper.hidden = film.big; // a room sees the sequence, may type one, and compares
      type.hidden = !film.typing;
      mine.update(film);
      const names = film.shows.join();
      seen.hidden = film.shows.length < 2;
      if (names !== listed) {
        listed = names;
        show.textContent = "";
        for (const name of film.shows) html(show, "option", "", `${nameOf(name)} ${name}`).value = name;
      }
      if (show.value !== film.show) show.value = film.show;
    },
  };
}

// A sequence of one's own: a field in the place of the tools, what may be typed under it, or what was wrong.
function typing(bar, ask) {
  const form = html(bar, "form", "typing"),
    field = html(form, "input");
  form.hidden = true;
  Object.assign(field, { type: "text", maxLength: 400, spellcheck: false, autocomplete: "off" });
  field.setAttribute("aria-label", t("A sequence of your own"));
  html(form, "button", "small", t("Done"));
  const back = html(form, "button", "small", t("Held out"));
  back.type = "button";
  back.title = t("Show the held-out sequence again.");
  const hint = html(form, "p");
  hint.setAttribute("role", "status");
  let timer = 0,
    film = null,
    opener = null;
  const send = () => {
    clearTimeout(timer);
    ask({ typed: field.value.trim() });
  };
  const close = () => {
    form.hidden = true;
    bar.classList.remove("typed");
    opener?.focus();
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, PATIENCE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    if (!film.refused_text && !film.unread) close();
  });
  back.addEventListener("click", () => {
    field.value = "";
    send();
    close();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  return {
    open(event) {
      opener = event.currentTarget;
      form.hidden = false;
      bar.classList.add("typed");
      field.focus();
      field.select();
    },
    update(next) {
      film = next;
      if (!film.typing && !form.hidden) close();
      say(hint, film.refused_text || film.unread || t("Type {what}.", { what: film.typing }));
      hint.classList.toggle("wrong", Boolean(film.refused_text));
      if (!form.hidden && form.contains(bar.getRootNode().activeElement)) return;
      if (field.value !== film.typed && !film.refused_text) field.value = film.typed;
    },
  };
}

// Space plays and letters step elsewhere: here it presses the button, and they walk through the list.
function own(event) {
  if (event.key === " " || event.target.tagName === "SELECT") event.stopPropagation();
}

// A button beside each layer of a stack, which folds it or opens it; the last open one stays. In a room it is but a
// name.
export function folds(parent, ask) {
  const place = html(parent, "div", "folds");
  place.addEventListener("keydown", own);
  const buttons = [];
  return (film, lay) => {
    const all = lay.layers > 1 ? lay.blocks : [];
    while (buttons.length > all.length) buttons.pop().remove();
    while (buttons.length < all.length) {
      const button = html(place, "button", "fold"),
        layer = buttons.length;
      button.type = "button";
      button.addEventListener("click", () => ask({ fold: layer }));
      buttons.push(button);
    }
    all.forEach(({ layer, top, open }, i) => {
      say(buttons[i], (film.big ? "" : open ? "▾ " : "▸ ") + t("layer {layer}", { layer: layer + 1 }));
      buttons[i].setAttribute("aria-expanded", String(open));
      buttons[i].style.top = `${lay.counters + top - 2}px`;
      buttons[i].disabled = film.big || (open && lay.shown.length === 1);
    });
  };
}

// Which layers are open once this one's button has been pressed.
export const folded = (open, layer) =>
  open.includes(layer)
    ? open.length > 1
      ? open.filter((l) => l !== layer)
      : open
    : [...open, layer].sort((a, b) => a - b);
