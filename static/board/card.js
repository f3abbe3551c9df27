// What a part of the picture is, with its live numbers: the text of the card beside it.

import { fill, pieces, plain, short, sub } from "./format.js";
import { lastRead } from "./rows/halves.js";
import { read } from "./rows/inputs.js";
import { layerOf, nameOf } from "./names.js";
import { html } from "./svg.js";

// frame: the last of its film. -> {title, lines: [[class, text]]}, text in the equations' notation.
export function explain(film, frame, { row, t, u }) {
  if (film.padding?.[t] && row !== "grad") return padding(film, t);
  return { input, hidden, output, grad }[row](film, frame, t, u);
}

function padding(film, t) {
  const why = t < film.read ? `the word ended at step ${lastRead(film) + 1}, whose state the decoder started from; what is computed here is read by nobody`
    : "the sequence has ended; nothing is asked any more, and nothing here adds to the loss";
  return { title: `time step ${t + 1}: padding`, lines: [["", `Sequences of a batch are filled up to one length: ${why}.`]] };
}

function input(film, frame, t) {
  const who = film.read ? (t < film.read ? "the encoder" : "the decoder") : "the network";
  const own = film.fed?.[t];
  const picture = film.pictures?.includes(t) && `picture of ${film.image.join(" × ")} pixels`;
  const lines = [["", `What ${who} reads at time step ${t + 1} of ${film.T}.`]];
  if (own) lines.push(["equation", `x_${t + 1} = ŷ_${t}, its own last answer, right or wrong`]);
  return { title: `input x${sub(t + 1)}: ${picture || (own ? read(frame, t) : film.inputs[t])}`, lines };
}

function hidden(film, frame, t, u) {
  const { T, H, show = "h", layers = 1, open = [0] } = film, k = Math.floor(u / H), unit = u % H, layer = open[k], i = t * H + unit;
  const title = (value) => `${nameOf(show) === "hidden state" ? "" : `${nameOf(show)} ${show} of `}unit ${unit + 1} at time step ${t + 1}: ${plain(value)}`;
  if (layer < layers - 1) {
    return { title: title(film.seen_now[k * T * H + i]), lines: [["", `In ${layerOf(film, layer)}. What it reads is ${layer ? `layer ${layer}’s hidden state` : "the input"}.`]] };
  }
  const values = { h: film.h_now[i] };
  for (const name of film.term_names) {
    const term = film[`term ${name}`];
    values[name] = term[i % term.length];
  }
  const lines = film.equation.map((line) => [line.includes("{") && !line.includes("_{") || /\{[a-z]/.test(line) ? "numbers" : "equation", fill(line, values)]);
  if (film.read && t === film.read) lines.push(["", `The decoder starts here: h_{t−1} is the encoder’s state after step ${lastRead(film) + 1}. Its weights are its own, W′.`]);
  else if (film.read) lines.push(["", t < film.read ? "In the encoder, with its weights W." : "In the decoder, with weights of its own, W′."]);
  if (layers > 1) lines.push(["", `In ${layerOf(film, layer)}, the top one; its x_t is the hidden state of layer ${layer}.`]);
  return { title: title(values[show]), lines };
}

function output(film, frame, t) {
  const name = `output ŷ${sub(t + 1)}`;
  if (!film.answers[t]) return { title: `${name}: not asked`, lines: [["", `Time step ${t + 1} has no target, so it adds nothing to the loss.`]] };
  if (film.kind === "number") {
    return {
      title: `${name}: ${short(frame.answer[t])}`,
      lines: [["", `target y${sub(t + 1)} = ${film.targets[t]}`], ["", `its share of the loss: ${short(frame.lossT[t])}`]],
    };
  }
  const right = frame.answer[t] === film.target[t];
  return {
    title: `${name}: ${film.symbols[frame.answer[t]]} ${right ? "✓" : "✗"}`,
    lines: [
      ["", `with probability ${Math.round(100 * frame.sure[t])} %; target y${sub(t + 1)} = ${film.targets[t]}`],
      ["", `its share of the loss: ${short(frame.lossT[t])}`],
    ],
  };
}

function grad(film, frame, t) {
  const last = t === film.T - 1;
  const lines = [
    ["equation", last ? "∂L/∂h_t = from this step’s output" : "∂L/∂h_t = from this step’s output + from the future"],
    ["numbers", `from this step’s output: ‖·‖ = ${short(film.dh_output[t])}`],
    ["numbers", last ? "from the future: nothing, this is the last step" : `from the future, step ${t + 2}: ‖·‖ = ${short(film.dh_future[t])}`],
  ];
  if (frame.dc) lines.push(["numbers", `the cell state’s: ‖∂L/∂c${sub(t + 1)}‖ = ${short(frame.dc[t])}`]);
  if (film.layers > 1) lines.push(["", `Of ${layerOf(film, film.layers - 1)}, the top one.`]);
  if (frame.ratio < 0.9995) lines.push(["numbers", `clipping then left ${Math.round(100 * frame.ratio)} % of the whole gradient`]);
  lines.push(["", `Norms, averaged over the B = ${film.B} sequences of the training batch, before clipping. `
    + "The two parts are vectors, so their norms need not add up."]);
  return { title: `‖∂L/∂h${sub(t + 1)}‖ = ${short(frame.dh[t])}`, lines };
}

// Into the page: text nodes and <sub>, only what changed.
export function write(card, { title, lines }) {
  const all = [["title", title], ...lines];
  while (card.children.length > all.length) card.lastChild.remove();
  while (card.children.length < all.length) html(card, "p");
  all.forEach(([kind, text], i) => {
    const line = card.children[i];
    if (line.className !== kind) line.className = kind;
    if (line.was === text) return;
    line.was = text;
    line.textContent = "";
    for (const [piece, low] of pieces(text)) low ? html(line, "sub", "", piece) : line.append(piece);
  });
}

export const aloud = ({ title, lines }) => [title, ...lines.map(([, text]) => text)].join(". ").replace(/_\{?|\}/g, " ");
