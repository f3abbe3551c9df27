// Type a beginning: after each character the likeliest next ones, and how likely the one was that came.

import { html, say } from "../board/svg.js";
import { plural, t } from "../words.js";

const NAMED = 5; // absent characters, at most

export function expected(root, ask) {
  say(html(root, "h2"), t("What it expects next"));
  const field = html(root, "label", "field");
  say(html(field, "span"), t("Type a beginning"));
  const input = html(field, "input");
  Object.assign(input, { type: "text", maxLength: 200, dir: "auto", autocomplete: "off", spellcheck: false });
  const note = html(root, "p", "note");
  note.setAttribute("role", "status");
  const list = html(root, "ol", "cards");
  const cards = [];
  input.addEventListener("input", () => ask({ beginning: input.value }, 120));
  return {
    receive({ beginning, next }) {
      if (root.getRootNode().activeElement !== input && input.value !== beginning) input.value = beginning;
      const { unknown, hidden } = next;
      list.dir = getComputedStyle(input).direction; // cards stand as the letters do
      const values = [
        ...(unknown.length ? [absent(unknown, next.instead)] : []),
        ...(hidden ? [t("The last {characters} characters are shown.", { characters: next.cards.length })] : []),
      ];
      say(
        note,
        values.join(" ") ||
          (next.cards.length
            ? t("The likeliest next characters after each one; a frame marks the one that came.")
            : t(
                "After each character you type stand the five that the network finds likeliest; " +
                  "what it writes then begins with your text.",
              )),
      );
      next.cards.forEach((content, i) => (cards[i] ??= card(list))(content));
      while (cards.length > next.cards.length) cards.pop().node.remove();
    },
  };
}

// "The text has no “1” and no “<”; they are left out." instead: the one character that stands for all that are rare.
export function absent(unknown, instead) {
  const named = unknown.slice(0, NAMED).map((letter) => t("no “{letter}”", { letter })),
    more = unknown.length - named.length;
  if (more) named.push(t("{more} more", { more }));
  const last = named.pop();
  const values = {
    instead,
    characters: named.length ? t("{list} and {last}", { list: named.join(", "), last }) : last,
  };
  return instead
    ? plural(
        "The text has {characters}; it is read as “{instead}”.",
        "The text has {characters}; they are read as “{instead}”.",
        unknown.length,
        values,
      )
    : plural(
        "The text has {characters}; it is left out.",
        "The text has {characters}; they are left out.",
        unknown.length,
        values,
      );
}

function card(list) {
  const node = html(list, "li");
  const head = html(node, "div", "letter");
  const rows = [];
  const row = () => {
    const line = html(node, "div", "row");
    const letter = html(line, "span", "which"),
      bar = html(html(line, "span", "bar"), "i"),
      share = html(line, "span", "share");
    return { line, letter, bar, share };
  };
  const update = ({ letter, top, came }) => {
    say(head, letter);
    const all = top.slice();
    const inside = came && top.some(([name]) => name === came[0]);
    if (came && !inside) all[all.length - 1] = came; // the last place is its
    all.forEach(([name, p], i) => {
      const { line, letter, bar, share } = (rows[i] ??= row());
      say(letter, name);
      say(share, p === null ? "–" : p >= 0.0995 ? `${Math.round(100 * p)} %` : `${(100 * p).toFixed(1)} %`);
      bar.style.width = `${100 * (p ?? 0)}%`;
      line.classList.toggle("came", Boolean(came) && name === came[0]);
    });
    while (rows.length > all.length) rows.pop().line.remove();
    const shares = all.map(([name, p]) => `${name} ${Math.round(100 * (p ?? 0))} %`).join(", "),
      values = { letter, shares, came: came?.[0] };
    node.setAttribute(
      "aria-label",
      came ? t("after {letter}: {shares}; then came {came}", values) : t("after {letter}: {shares}", values),
    );
  };
  return Object.assign(update, { node });
}
