// What may be chosen in the picture: what of the cell is seen, which layers are open. Python is asked, and answers with a film.

import { nameOf } from "./names.js";
import { html, say } from "./svg.js";

// ask(change): {show}, {fold} or {turn}, what is wanted. pin(): hold this frame, or let it go. save("svg" | "png"): the picture as a file.
export function tools(parent, ask, save, pin) {
  const bar = html(parent, "div", "tools");
  bar.addEventListener("keydown", own);
  const seen = html(bar, "label", "tool", "units show");
  const show = html(seen, "select");
  show.addEventListener("change", () => ask({ show: show.value }));
  const button = (place, words, name, press) => {
    const made = html(place, "button", "small", words);
    made.type = "button";
    if (name) made.setAttribute("aria-label", name);
    made.addEventListener("click", press);
    return made;
  };
  const file = html(bar, "span", "tool", "save");
  html(file, "span", "more", "picture");
  for (const kind of ["svg", "png"]) button(file, kind.toUpperCase(), `Save picture as ${kind.toUpperCase()}`, () => save(kind));
  const sequence = html(bar, "span", "tool");
  button(sequence, "‹", "Previous held-out sequence", () => ask({ turn: -1 }));
  const which = html(sequence, "span", "which");
  button(sequence, "›", "Next held-out sequence", () => ask({ turn: 1 }));
  const held = button(html(bar, "span", "tool"), "Compare with now", "", pin);
  held.setAttribute("aria-pressed", "false");
  let listed = "";
  return {
    bar,
    update(film, pinned) {
      say(which, `sequence ${film.sequence + 1} of ${film.sequences}`);
      say(held, pinned ? `Comparing with step ${pinned.step}` : "Compare with now");
      held.setAttribute("aria-pressed", String(Boolean(pinned)));
      held.title = pinned ? `Dashed lines, the edges beside the units and struck-out answers are those of step ${pinned.step}. Press to let them go.`
        : "Hold this picture faintly behind the live one.";
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

// Space plays and letters step elsewhere: here it presses the button, and they walk through the list.
function own(event) {
  if (event.key === " " || event.target.tagName === "SELECT") event.stopPropagation();
}

// A button beside each layer of a stack, which folds it or opens it; the last open one stays.
export function folds(parent, ask) {
  const place = html(parent, "div", "folds");
  place.addEventListener("keydown", own);
  const buttons = [];
  return (film, lay) => {
    const all = lay.layers > 1 ? lay.blocks : [];
    while (buttons.length > all.length) buttons.pop().remove();
    while (buttons.length < all.length) {
      const button = html(place, "button", "fold"), layer = buttons.length;
      button.type = "button";
      button.addEventListener("click", () => ask({ fold: layer }));
      buttons.push(button);
    }
    all.forEach(({ layer, top, open }, i) => {
      say(buttons[i], `${open ? "▾" : "▸"} layer ${layer + 1}`);
      buttons[i].setAttribute("aria-expanded", String(open));
      buttons[i].style.top = `${lay.counters + top - 2}px`;
      buttons[i].disabled = open && lay.shown.length === 1;
    });
  };
}

// Which layers are open once this one's button has been pressed.
export const folded = (open, layer) => (open.includes(layer) ? (open.length > 1 ? open.filter((l) => l !== layer) : open)
  : [...open, layer].sort((a, b) => a - b));
