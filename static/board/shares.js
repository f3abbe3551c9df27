// The largest of what enters a unit or an output, weight by weight, as lines of a card.

import { plain } from "./format.js";
import { strongest, written } from "./terms.js";
import { plural, t } from "../words.js";

// all: summands (terms.js). heading: what is said over them. of: what a summand multiplies, in words.
export function weighed(film, all, heading, of) {
  const { most, rest, others, biases } = strongest(all);
  const left = [
    ...(rest ? [plural("{count} other: {sum}", "{count} others: {sum}", rest, { sum: plain(others) })] : []),
    plural("bias: {values}", "biases: {values}", biases.length, {
      values: biases.map(({ product }) => plain(product)).join(", "),
    }),
  ];
  return [
    ["heading", most.length ? heading : t("Nothing enters it but its bias.")],
    ...most.map((part) => share(film, part, of(part))),
    ["", left.join(";  ")],
  ];
}

function share(film, part, who) {
  const { weight, value, times = 1, product } = part;
  return [
    product < 0 ? "share negative" : "share",
    [
      `${written(film, part)} ${who}`,
      times === 1 ? `${plain(weight)} · ${bracket(value)}` : `${plain(times)} · ${bracket(weight)} · ${bracket(value)}`,
      plain(product),
    ],
  ];
}

const bracket = (x) => (x < 0 ? `(${plain(x)})` : plain(x));
