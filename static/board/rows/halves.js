// Who reads which columns: encoder and decoder with the seam between them, the answers that are read again, and what is
// padding: after the sequence's end, or after the end that the network itself has said.

import { add } from "../svg.js";
import { t } from "../../words.js";

/** @type {Row} Over the columns who reads them. */
export const band = {
  name: "band",
  height: ({ read, fed }) => (read || fed ? 24 : 0),
  small: { height: 0 },
  place: (_, height) => ({ band: height }),
  draw: names,
};

/** @type {Row} What lies over several rows. */
export const halves = { draw: across };

/** @type {Paint} */
function names(svg, { film, lay }) {
  if (!lay.band) return null;
  const group = add(svg, "g", { class: "halves" }),
    first = film.fed.indexOf(true);
  if (!film.read) for (const [from, to] of runs(film.forced ?? [])) name(group, lay, from, to, TOLD);
  for (const { from, to } of film.read || first > 0 ? lay.segments : [])
    name(group, lay, film.read ? from : first, to, titles(film, from, first >= from && first < to));
  return null;
}

/** @type {Paint} */
function across(svg, { film, lay }) {
  const group = add(svg, "g", { class: "halves" });
  const first = film.fed.indexOf(true);
  if (lay.seam) seam(group, lay, film);
  if (first > 0) own(group, film, lay);
  for (const [from, to] of runs(film.padding)) padded(group, lay, from, to, t("padding, after the end"));
  return film.over ? unwritten(svg, lay, film) : null;
}

// What is computed after the network's own end where nothing is asked any more: it counts for nothing.
export const beyond = ({ film, over }, t) => t >= (over ?? film.T) && !film.targets[t] && !film.padding[t];

// Lies over those columns, and changes with every frame.
function unwritten(svg, lay, film) {
  const group = add(svg, "g", { class: "unwritten" });
  let from = -1;
  return (frame) => {
    const first = Array.from({ length: film.T }, (_, t) => beyond(frame, t)).indexOf(true);
    if (first === from) return;
    from = first;
    group.textContent = "";
    if (first < 0) return;
    const left = lay.x(first - 1) + lay.cell / 2 + (lay.heat ? 0 : 1),
      top = lay.y.input - 1,
      to = film.padding.indexOf(true, first);
    add(group, "rect", {
      class: "sheet-over",
      x: left,
      y: top,
      width: (to < 0 ? lay.end : lay.x(to) - lay.pitch / 2) - left + 3,
      height: lay.y.loss - 2 - top,
    });
    padded(group, lay, first, to < 0 ? film.T : to, t("padding, after its own end"));
  };
}

const LETTER = 7.4; // px, of a word that must fit

// A bracket over the columns and its name; longer words where there is room for them.
function name(group, lay, from, to, words) {
  const left = lay.x(from) - lay.cell / 2,
    right = lay.x(to - 1) + lay.cell / 2,
    y = 21;
  add(group, "path", { class: "bracket", d: `M${left} ${y}v-4H${right}v4` });
  const text = add(group, "text", { x: left, y: 12 });
  const longest = words.find((parts) => LETTER * parts.join("").length <= right - left) ?? words.at(-1);
  longest.forEach((part, i) => add(text, "tspan", { class: i === 1 ? "half" : "about" }, part));
}

// Where a held-out word is read as it is, or what was typed, before the network reads its own predictions.
const TOLD = [[t("teacher forcing: reads the right last symbol")], [t("teacher forcing")], [t("forced")]];

function titles(film, from, fed) {
  if (!film.read)
    return [
      [t("reads its own last prediction, ŷ of the step before (dashed arrows)")],
      [t("reads its own last prediction")],
      [t("reads own predictions")],
    ];
  if (from === 0) return [t("[encoder] reads, with weights W"), t("[encoder], W"), t("[encoder]")].map(marked);
  const own = fed
    ? [
        t("[decoder] writes, with weights of its own, W′, and reads its last prediction (dashed arrows)"),
        t("[decoder], own weights W′, reads its own predictions"),
      ]
    : [];
  return [
    ...own,
    t("[decoder] writes, with weights of its own, W′"),
    t("[decoder], own W′"),
    t("[decoder], W′"),
    t("[decoder]"),
  ].map(marked);
}

// "[encoder] reads" -> what is set in its colour, and the rest.
function marked(sentence) {
  const [before, name, after] = sentence.split(/\[(.*?)\]/);
  return [before, name, after];
}

// The state that the decoder starts from: the encoder's after the word's own last step.
function seam(group, lay, film) {
  const { y, hiddenHeight } = lay,
    x = lay.segments[1].left - lay.seam / 2;
  add(group, "path", {
    class: "seam",
    d: `M${x} 2V${y.hidden - 4}M${x} ${y.hidden + hiddenHeight + 4}V${y.axis + 18}`,
  });
  lay.blocks.forEach(({ top, height, open }) => hand(group, lay, film, top + height / 2, x, open));
}

function hand(group, lay, film, middle, x, named) {
  const { read } = lay;
  const last = lastRead(film),
    from = lay.x(last) + lay.cell / 2 + (lay.heat ? 0 : 1),
    to = lay.x(read) - lay.cell / 2 - 2;
  add(group, "path", { class: "handed", d: `M${from} ${middle}H${to}`, "marker-end": "url(#head)" });
  const values = { state: film.shows.includes("c") ? "h, c" : "h", step: last + 1 },
    words = [t("state {state} of step {step}, handed over", values), t("state {state}, handed over", values)];
  const fits = words.find((text) => LETTER * text.length < to - from);
  if (!named || (lay.heat && !fits)) return;
  add(
    group,
    "text",
    { class: "weight", x: fits ? (from + to) / 2 : x, y: middle - 9, "text-anchor": "middle" },
    fits ?? t("state"),
  );
}

// The last step of the encoder that is no padding.
export const lastRead = (film) => film.padding.slice(0, film.read).lastIndexOf(false);

// From output t to input t+1, up through the space between the columns.
function own(group, film, lay) {
  const { y, inputHeight, wordHeight } = lay,
    out = y.output + 14,
    into = y.input + inputHeight - wordHeight / 2;
  film.fed.forEach((fed, t) => {
    if (!fed || film.padding[t]) return;
    const from = lay.x(t - 1) + lay.cell / 2,
      to = lay.x(t) - lay.cell / 2 - (lay.heat ? 0 : 1);
    const x = lay.heat ? lay.x(t) - lay.pitch / 2 : to - Math.min(10, (to - from) / 2),
      r = Math.min(3, (to - x) / 2);
    add(group, "path", {
      class: "fed",
      d: `M${from} ${out}H${x - r}Q${x} ${out} ${x} ${out - r}V${into + r}Q${x} ${into} ${x + r} ${into}H${to}`,
      ...(lay.heat ? {} : { "marker-end": "url(#fed)" }),
    });
  });
}

// Stretches of true: [[from, to], …].
export function runs(flags) {
  const result = [];
  flags.forEach((flag, t) => {
    if (!flag) return;
    if (flags[t - 1]) result.at(-1)[1] = t + 1;
    else result.push([t, t + 1]);
  });
  return result;
}

function padded(group, lay, from, to, why) {
  for (let t = from; t < to; t++)
    add(group, "path", { class: "padded", d: `M${lay.x(t)} ${lay.y.hidden + 4}v${lay.hiddenHeight - 8}` });
  const { text, x, y, upright } = says(lay, from, to, why);
  add(
    group,
    "text",
    { class: "empty", x, y, dy: ".35em", ...(upright ? { transform: `rotate(-90 ${x} ${y})` } : {}) },
    text,
  );
}

// Where the padding's name stands, in columns from..to: level where they have room for it, else upright; never on the
// arrow that hands the state over, which crosses an encoder's padding in the middle of every layer.
export function says(lay, from, to, why) {
  const { y, hiddenHeight, layers } = lay,
    x = (lay.x(from) + lay.x(to - 1)) / 2,
    room = lay.x(to - 1) - lay.x(from) + lay.cell;
  if (room > LETTER * why.length)
    return { text: why, x, y: layers > 1 ? y.output + 14 : y.hidden + hiddenHeight * 0.75, upright: false };
  if (from >= lay.read)
    return {
      text: hiddenHeight > LETTER * why.length ? why : t("padding"),
      x,
      y: y.hidden + hiddenHeight / 2,
      upright: true,
    };
  const low = hiddenHeight / 2 > LETTER * why.length + 8 ? why : t("padding");
  return layers > 1 || hiddenHeight / 2 < LETTER * low.length + 8
    ? { text: t("padding"), x, y: y.output + 28, upright: true }
    : { text: low, x, y: y.hidden + hiddenHeight * 0.75, upright: true };
}
