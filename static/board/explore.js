// Pointer, touch and keyboard: which part of the picture is asked about, and the card beside it.
// One stop of the Tab key; the arrow keys walk from there, Enter or a click pins the card, Escape leaves.

import { aloud, explain, write } from "./card.js";
import { box, hit, move, place, targets } from "./layout.js";
import { HOME, rowOf } from "./rows/index.js";
import { strands } from "./strands.js";
import { html, say } from "./svg.js";
import { entering } from "./terms.js";
import { t } from "../words.js";

const ROOMY = 860; // px of the board: narrower ones have no room beside them

// whatIf(card, choose): the form that a pinned card has (whatif.js).
export function explore(root, picture, whatIf) {
  const layer = html(root, "div", "layer");
  const cursor = html(layer, "button", "cursor");
  cursor.type = "button";
  const card = html(layer, "div", "card");
  const spoken = html(layer, "p", "spoken");
  spoken.setAttribute("role", "status");
  card.setAttribute("aria-hidden", "true"); // `spoken` says it
  card.setAttribute("popover", "manual");
  card.hidden = true;
  const text = html(card, "div", "told"),
    form = whatIf(card, choose);
  const closer = html(card, "button", "closer", "×");
  closer.type = "button";
  closer.setAttribute("aria-label", t("Close"));
  const pointer = html(layer, "div", "pointer");
  pointer.hidden = true;

  const draw = strands();
  let target = null,
    byKey = false,
    pinned = false;
  let home = HOME;

  // Pixels of the screen in one of the picture: more than 1 where it is shown to a room.
  const zoom = ({ lay, time }) => time.getBoundingClientRect().width / lay.canvas;

  function frameIt(node, where) {
    const { lay, time, scroller } = picture();
    const part = box(lay, where),
      svg = time.getBoundingClientRect(),
      seen = scroller.getBoundingClientRect(),
      k = zoom(picture());
    const at = { x: k * part.x, y: k * part.y, width: k * part.width, height: k * part.height };
    const own = layer.getBoundingClientRect(),
      x = svg.x + at.x,
      y = svg.y + at.y;
    const out = x + at.width < seen.left - 1 || x > seen.right + 1;
    Object.assign(node.style, {
      left: `${(x - own.x) / k - 3}px`,
      top: `${(y - own.y) / k - 3}px`,
      width: `${at.width / k + 6}px`,
      height: `${at.height / k + 6}px`,
      visibility: out ? "hidden" : "visible",
    });
    return out ? null : { x, y, width: at.width, height: at.height };
  }

  // After a scroll, a new size or another target: everything to its place. It measures, so it is not for every frame.
  function moved() {
    const { lay, exact } = picture();
    if (!lay) return;
    const inside = (w) => {
      const row = rowOf(w.row),
        u = row.near ? row.near(lay, w.u) : w.u;
      return targets(lay, row).some((target) => target.u === u)
        ? { ...w, t: Math.min(w.t, lay.T - 1), u, k: w.k < exact?.film.O ? w.k : undefined }
        : HOME;
    };
    home = inside(home);
    if (target) target = inside(target);
    frameIt(cursor, home);
    pointer.hidden = !target || (byKey && !pinned);
    const at = target && frameIt(byKey && !pinned ? cursor : pointer, target);
    show(Boolean(at) || docked());
    if (!at) draw(picture(), null);
    if (!at && !docked()) return;
    tell();
    const k = zoom(picture()),
      view = { width: document.documentElement.clientWidth, height: innerHeight };
    const [x, y] = docked() ? dock(view) : place(card.getBoundingClientRect(), at, view);
    Object.assign(card.style, { left: `${x / k}px`, top: `${y / k}px` });
  }

  // A card that is pinned stands beside the board, which makes room for it, so that all that it changes is seen.
  const docked = () => root.classList.contains("docked");
  function dock(view) {
    const board = root.querySelector(".board").getBoundingClientRect(),
      height = card.getBoundingClientRect().height;
    return [board.right + 12, Math.max(8, Math.min(board.top, view.height - height - 8))];
  }

  // The numbers of the newest film whose last frame has been shown: they all belong to one training step.
  function tell() {
    const { exact } = picture();
    if (!target || !exact) return null;
    const content = explain(exact.film, exact, target, picture().lay.names);
    write(text, content);
    draw(picture(), target);
    if (pinned) {
      card.setAttribute("aria-label", content.title);
      offer(null);
    }
    return content;
  }

  function show(wanted) {
    if (card.hidden !== wanted) return;
    card.hidden = !wanted;
    if (wanted) card.showPopover?.();
    else card.hidePopover?.();
  }

  // The form of a pinned unit or output; place: of which of its weights, null: of the same as before.
  function offer(place) {
    const { lay, exact } = picture();
    form.open(entering(exact.film, exact, lay, target), place);
  }

  // Another output's equation in the pinned card.
  function choose(k) {
    target.k = k;
    offer(0);
    moved();
  }

  // Keeps the card of a target open, with what may be done in it.
  function pin(where, key) {
    ask(where, key);
    if (!where || !picture().exact) return;
    pinned = true;
    target = { ...where, k: where.k ?? rowOf(where.row).pick?.(picture().exact.film, picture().exact, where.t) };
    card.classList.add("pinned");
    root.classList.toggle("docked", root.clientWidth >= ROOMY);
    card.removeAttribute("aria-hidden");
    card.setAttribute("role", "dialog");
    offer(0);
    moved();
    if (key) (form.shown() ? form : closer).focus();
  }

  function unpin() {
    if (!pinned) return;
    const inside = card.contains(root.getRootNode().activeElement);
    pinned = false;
    card.classList.remove("pinned");
    root.classList.remove("docked");
    card.removeAttribute("role");
    card.removeAttribute("aria-label");
    card.setAttribute("aria-hidden", "true");
    form.close();
    ask(null, false);
    if (inside) cursor.focus();
  }

  function ask(where, key) {
    target = where;
    byKey = key;
    if (where && key) {
      home = where;
      reveal();
    }
    moved();
    const content = key && tell();
    if (content) {
      cursor.setAttribute("aria-label", content.title);
      say(spoken, aloud(content));
    }
  }

  function reveal() {
    const { lay, scroller } = picture(),
      at = box(lay, home);
    if (at.x < scroller.scrollLeft + 8) scroller.scrollLeft = at.x - 40;
    else if (at.x + at.width > scroller.scrollLeft + scroller.clientWidth - 8)
      scroller.scrollLeft = at.x + at.width + 40 - scroller.clientWidth;
  }

  function under(event) {
    const { lay, time, scroller } = picture();
    if (!lay) return null;
    const seen = scroller.getBoundingClientRect(),
      svg = time.getBoundingClientRect();
    if (
      event.clientX < seen.left ||
      event.clientX > seen.right ||
      event.clientY < seen.top ||
      event.clientY > seen.bottom
    )
      return null;
    const k = zoom(picture());
    return hit(lay, (event.clientX - svg.x) / k, (event.clientY - svg.y) / k);
  }

  cursor.setAttribute(
    "aria-label",
    t("Explore the picture: arrow keys walk over units and time steps, Enter pins the card, Escape leaves"),
  );
  cursor.addEventListener("focus", () => {
    if (cursor.matches(":focus-visible")) ask(home, true);
  });
  cursor.addEventListener("blur", () => {
    if (byKey && !pinned) ask(null, false);
  });
  cursor.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      unpin();
      ask(null, false);
      cursor.blur();
    } else if (event.key === "Enter") pin(target ?? home, true);
    else {
      const next = move(picture().lay, target ?? home, event.key);
      if (!next) return;
      ask(next, true);
    }
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || pinned) return;
    const where = under(event),
      same = where && target && ["row", "t", "u"].every((k) => where[k] === target[k]);
    if (!same && (where || (target && !byKey))) ask(where, false);
  });
  root.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && !byKey && !pinned) ask(null, false);
  });
  root.addEventListener("click", (event) => {
    if (card.contains(event.target)) return;
    if (!event.detail || event.target.closest("button, select, input, label, section, .tools, .whatif")) return;
    const where = under(event),
      again = pinned && where && target && ["row", "t", "u"].every((k) => where[k] === target[k]);
    unpin();
    if (where && !again) pin(where, false);
  });
  text.addEventListener("click", (event) => {
    // a weight in the list: that is the one to be set
    const rows = [...text.querySelectorAll(".share")],
      place = rows.indexOf(event.target.closest(".share"));
    if (pinned && place >= 0) offer(place);
  });
  closer.addEventListener("click", unpin);
  const leave = (event) => {
    if (event.key === "Escape" && pinned) unpin();
  };
  document.addEventListener("keydown", leave);
  const follow = () => {
    if (target) moved();
  };
  const elsewhere = (event) => {
    if (!target || event.composedPath().includes(root)) return;
    if (pinned) unpin();
    else if (!byKey) ask(null, false);
  };
  window.addEventListener("scroll", follow, { capture: true, passive: true });
  document.addEventListener("pointerdown", elsewhere);
  return {
    tell,
    update: form.update,
    moved,
    close() {
      window.removeEventListener("scroll", follow, { capture: true });
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("keydown", leave);
    },
  };
}
