// What a part of the picture is, with its live numbers: the text of the card beside it.

import { fill, pieces, plain, short, sub } from "./format.js";
import { html } from "./svg.js";

// frame: the last of its film. -> {title, lines: [[class, text]]}, text in the equations' notation.
export function explain(film, frame, { row, t, u }) {
  return { input, hidden, output, grad }[row](film, frame, t, u);
}

function input(film, frame, t) {
  return {
    title: `input x${sub(t + 1)}: ${film.inputs[t]}`,
    lines: [["", `What the network reads at time step ${t + 1} of ${film.T}.`]],
  };
}

function hidden(film, frame, t, u) {
  const i = t * film.H + u;
  const values = { h: film.h_now[i] };
  film.term_names.forEach((name, k) => { values[name] = film.terms[k * film.T * film.H + i]; });
  return {
    title: `unit ${u + 1} at time step ${t + 1}: ${plain(values.h)}`,
    lines: film.equation.map((line) => [line.includes("{") && !line.includes("_{") || /\{[a-z]/.test(line) ? "numbers" : "equation", fill(line, values)]),
  };
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
