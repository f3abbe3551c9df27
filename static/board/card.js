// What a part of the picture is, with its live numbers: the text of the card beside it. Each row says its own.

import { pieces } from "./format.js";
import { beyond, lastRead } from "./rows/halves.js";
import { rowOf } from "./rows/index.js";
import { html } from "./svg.js";
import { t } from "../words.js";

/**
 * {title, lines: [[class, text or cells]]}, text in the equations' notation. frame: the last of its film. names: of
 * lay.
 * @param {Film} film
 * @param {Target} target
 */
export function explain(film, frame, target, names) {
  const row = rowOf(target.row),
    { t } = target;
  if (film.padding?.[t] && !row.lasting) return padding(film, t);
  if (film.over && beyond(frame, t) && !row.lasting) return unwritten(film, frame, t);
  return row.explain(film, frame, target, names);
}

function padding(film, at) {
  const why =
    at < film.read
      ? t(
          "Sequences of a batch are filled up to one length: the word ended at step {step}, whose state the decoder " +
            "started from; what is computed here is read by nobody.",
          { step: lastRead(film) + 1 },
        )
      : t(
          "Sequences of a batch are filled up to one length: the sequence has ended; no step here has a target, and " +
            "nothing adds to the loss.",
        );
  return { title: t("time step {step}: padding", { step: at + 1 }), lines: [["", why]] };
}

function unwritten(film, frame, at) {
  return {
    title: t("time step {step}: after its own end", { step: at + 1 }),
    lines: [
      [
        "",
        t(
          "The network ended its output, {answer}, at step {step}. What it would write after that is no part of it, " +
            "and has no target.",
          { answer: film.symbols[frame.answer[frame.over - 1]], step: frame.over },
        ),
      ],
    ],
  };
}

// Into the page: text nodes and <sub>, only what changed. A line is a text, or several cells of a table's row.
export function write(card, { title, lines }) {
  const all = [["title", title], ...lines];
  while (card.children.length > all.length) card.lastChild.remove();
  while (card.children.length < all.length) html(card, "p");
  all.forEach(([kind, words], i) => {
    const line = card.children[i],
      text = [words].flat().join("\n");
    if (line.className !== kind) line.className = kind;
    if (line.was === text) return;
    line.was = text;
    line.textContent = "";
    if (Array.isArray(words)) words.forEach((cell) => low(html(line, "span"), cell));
    else low(line, words);
  });
}

// A text with its indices set low.
export function low(line, text) {
  for (const [piece, isLow] of pieces(text)) isLow ? html(line, "sub", "", piece) : line.append(piece);
}

export const aloud = ({ title, lines }) =>
  [title, ...lines.map(([, text]) => [text].flat().join(" "))].join(". ").replace(/_\{?|\}/g, " ");
