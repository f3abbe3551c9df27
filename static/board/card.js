// What a part of the picture is, with its live numbers: the text of the card beside it.

import { output } from "./answer.js";
import { fill, pieces, plain, short, sub } from "./format.js";
import { opening } from "./rows/carry.js";
import { beyond, lastRead } from "./rows/halves.js";
import { isCut } from "./rows/gradients.js";
import { read } from "./rows/inputs.js";
import { layerOf, nameOf } from "./names.js";
import { weighed } from "./shares.js";
import { html } from "./svg.js";
import { gateOf, sum, summands, weightName, written } from "./terms.js";

// frame: the last of its film. names: of lay. -> {title, lines: [[class, text or cells]]}, text in the equations'
// notation. k: which output, where one was chosen.
export function explain(film, frame, { row, t, u, k }, names) {
  if (row === "weight") return weight(film, names[u]);
  if (film.padding?.[t] && row !== "grad") return padding(film, t);
  if (film.over && beyond(frame, t) && row !== "grad") return unwritten(film, frame, t);
  return row === "output" ? output(film, frame, t, k) : { input, carry, hidden, grad }[row](film, frame, t, u);
}

function padding(film, t) {
  const why =
    t < film.read
      ? `the word ended at step ${lastRead(film) + 1}, whose state the decoder started from; what is computed here is read by nobody`
      : "the sequence has ended; no step here has a target, and nothing adds to the loss";
  return {
    title: `time step ${t + 1}: padding`,
    lines: [["", `Sequences of a batch are filled up to one length: ${why}.`]],
  };
}

function unwritten(film, frame, t) {
  return {
    title: `time step ${t + 1}: after its own end`,
    lines: [
      [
        "",
        `The network ended its output, ${film.symbols[frame.answer[frame.over - 1]]}, at step ${frame.over}. What it would write after that is no part of it, and has no target.`,
      ],
    ],
  };
}

function input(film, frame, t) {
  const who = film.read ? (t < film.read ? "the encoder" : "the decoder") : "the network";
  const own = film.fed?.[t];
  const picture = film.pictures?.includes(t) ? `, a picture of ${film.image.join(" × ")}` : "";
  const lines = [["", `What ${who} reads at time step ${t + 1} of ${film.T}${picture}.`]];
  if (own) lines.push(["equation", `x_${t + 1} = ŷ_${t}, its own last prediction, right or wrong`]);
  if (film.forced?.[t])
    lines.push(
      ["equation", `x_${t + 1} = y_${t}, the right answer of step ${t}`],
      ["", "Teacher forcing: it reads the right symbol, not its own prediction."],
    );
  return { title: `input x${sub(t + 1)}: ${own ? read(frame, t) : film.inputs[t]}`, lines };
}

// The state that is handed on, and what its gates do with it at this step.
function carry(film, frame, t, k) {
  const { state, keep, write, read } = film.carry,
    share = (gate) => `${Math.round(100 * opening(frame, gate, t, k))} %`;
  const before = t ? `${state}${sub(t)}` : `${state}₀ = 0`,
    of = `(mean over ${film.H} unit${film.H === 1 ? "" : "s"})`;
  const lines = [
    ["", `The line carries ${state} from step to step without a matrix; it is as thick as ${state} is large.`],
  ];
  lines.push(["numbers", keep ? `kept of ${before}: ${keep} = ${share(keep)}` : `kept of ${before}: all`]);
  lines.push(["numbers", write ? `let in of what is new: ${write} = ${share(write)}` : "added to it: tanh(…)"]);
  if (read) lines.push(["numbers", `let out into h: ${read} = ${share(read)}`]);
  if (keep) lines.push(["", `A disc grows to its ring as the gate opens ${of}.`]);
  const layer = film.layers > 1 ? `, ${layerOf(film, film.open[k])}` : "";
  return { title: `${state === "c" ? "cell state" : "carried on"} at time step ${t + 1}${layer}`, lines };
}

function hidden(film, frame, t, u) {
  const { T, H, show = "h", layers = 1, open = [0] } = film,
    k = Math.floor(u / H),
    unit = u % H,
    layer = open[k],
    i = t * H + unit;
  const still = film[`h ${layer}`],
    top = layer === layers - 1;
  const title = (value) =>
    `${nameOf(show) === "hidden state" ? "" : `${nameOf(show)} ${show} of `}unit ${unit + 1} at time step ${t + 1}: ${plain(value)}`;
  const reads = `What it reads, x_t, is ${layer ? `layer ${layer}’s hidden state${film.skip && layer > 1 ? ", its own input added" : ""}` : "the input"}.`;
  if (!top && !still) {
    return {
      title: title(film.seen_now[k * T * H + i]),
      lines: [
        ["", `In ${layerOf(film, layer)}. ${reads}`],
        ["", "Pause to see its equation with the numbers in it."],
      ],
    };
  }
  const values = { h: (still ?? film.h_now)[i] };
  for (const name of film.term_names) {
    const term = film[still ? `term ${layer} ${name}` : `term ${name}`];
    values[name] = term[i % term.length];
  }
  const lines = film.equation.map((line) => [
    (line.includes("{") && !line.includes("_{")) || /\{[a-z]/.test(line) ? "numbers" : "equation",
    fill(line, values),
  ]);
  lines.push(...(still ? contributions(film, layer, t, unit, values) : []));
  if (film.read && t === film.read)
    lines.push([
      "",
      `The decoder starts here: h_{t−1} is the encoder’s state after step ${lastRead(film) + 1}. Its weights are its own, W′.`,
    ]);
  else if (film.read)
    lines.push([
      "",
      t < film.read ? "In the encoder, with its weights W." : "In the decoder, with weights of its own, W′.",
    ]);
  if (layers > 1) lines.push(["", `In ${layerOf(film, layer)}${top ? ", the top one" : ""}. ${reads}`]);
  if (film.playing && !still) lines.push(["", "Pause to see what enters it most."]);
  if (still) lines.push(["hint", "What if? Click or Enter sets a weight by hand."]);
  return { title: title(values[show] ?? film.seen_now[k * T * H + i]), lines };
}

// The largest of weight times value, in order, and what is left.
function contributions(film, layer, t, unit, values) {
  const gate = gateOf(film),
    all = summands(film, layer, t, unit, gate),
    many = film.gates.length > 1,
    word = film.inputs[t];
  const whole = many
    ? [
        [
          "numbers",
          `${gate} = ${film.sigmoids.includes(gate) ? "σ" : "tanh"}(${plain(sum(all))})${gate in values ? ` = ${plain(values[gate])}` : ""}`,
        ],
      ]
    : [];
  const heading = `What enters ${many ? gate : "it"} most (${film.through[gate] ? `${film.through[gate]} · ` : ""}weight · value)`;
  // a time is set low and a place stands in brackets, as in W_hh[4,9]: the ninth of the state before is no ninth state
  const of = ({ kind, from, value }) =>
    kind === "h"
      ? `h_{t−1}[${from + 1}]`
      : `x_t[${from + 1}]${!layer && value === 1 && word && word.length < 3 ? `, ${word}` : ""}`;
  return [...whole, ...weighed(film, all, heading, of)];
}

// A time step of the sequence that is shown, in one line: what is read, what is answered, what it costs.
function moment(film, frame, t) {
  const word = film.fed?.[t] ? read(frame, t) : film.inputs[t];
  if (film.over && beyond(frame, t))
    return `At step ${t + 1} nothing is written any more: the end was said at step ${frame.over}.`;
  const reads = film.padding?.[t]
    ? "nothing is read any more"
    : film.pictures?.includes(t)
      ? "it reads the picture"
      : `it reads ${word}`;
  if (!film.answers[t]) return `At step ${t + 1} ${reads}; no answer is asked.`;
  const said = film.kind === "number" ? short(frame.answer[t]) : film.symbols[frame.answer[t]];
  return `At step ${t + 1} ${reads} and answers ${said}; ${film.targets[t] ? `target ${film.targets[t]}, loss ${short(frame.lossT[t])}` : "its target is not known"}.`;
}

/**
 * The whole sequence as a person reads it, as far as there is room around step t: what is read, answered and wanted.
 * @returns {Line[]}
 */
function sequence(film, frame, t) {
  const gone = (k) => film.padding?.[k] || (film.over && beyond(frame, k)),
    steps = Array.from({ length: film.T }, (_, k) => k);
  const said = (k) => (film.kind === "number" ? short(frame.answer[k]) : film.symbols[frame.answer[k]]);
  const inputs = steps.map((k) =>
    gone(k) ? "" : film.pictures?.includes(k) ? "▦" : film.fed?.[k] ? read(frame, k) : film.inputs[k],
  );
  const answers = steps.map((k) => (film.answers[k] && !gone(k) ? said(k) : "")),
    all = /** @type {[string, string[]][]} */ ([
      ["read", inputs],
      ["answer", answers],
      ["target", film.targets],
    ]);
  const told = film.T > 1 ? all.filter(([, words]) => words.some(Boolean)) : [],
    lines = around(
      told.map(([, words]) => words),
      t,
    );
  return told.map(([name], i) => ["sequence", [name, lines[i]]]);
}

// Rows of words, each in one line, the word of step t in brackets, as many beside it as every row has room for:
// "… A B [C] D …"; a dot where none is.
export function around(rows, t, room = 30) {
  const said = rows.map((words) => words.map((word, k) => (k === t ? `[${word || "·"}]` : word || "·")));
  const wide = (k) => 1 + Math.max(...said.map((words) => words[k].length)),
    T = rows[0]?.length ?? 0;
  let [from, to, left] = [t, t + 1, T ? room - wide(t) : 0];
  for (let grown = true; grown;) {
    grown = false;
    for (const k of [from - 1, to]) {
      if (k < 0 || k >= T || wide(k) > left) continue;
      left -= wide(k);
      k < from ? from-- : to++;
      grown = true;
    }
  }
  return said.map((words) =>
    [from > 0 ? "…" : "", ...words.slice(from, to), to < T ? "…" : ""].filter(Boolean).join(" "),
  );
}

// A named arrow: what it is, how large, and its largest weights.
export function weight(film, { kind, decoder, layer }) {
  const { H, T, read, layers, gates } = film,
    out = kind === "hy",
    name = out ? "W_hy" : weightName(`W_${kind}`, layer, decoder),
    W = film[name];
  const sign = `W${decoder ? "′" : ""}${layers > 1 && !out ? `⁽${"¹²³⁴"[layer]}⁾` : ""}_${kind}`,
    many = !out && gates.length > 1;
  const from = out ? "h_t" : kind === "hh" ? "h_{t−1}" : "x_t",
    to = out ? "the output ŷ_t" : many ? `the gates ${gates.join(", ")}` : "h_t";
  const where = layers > 1 && !out ? ` of ${layerOf(film, layer)}` : "",
    steps = out ? T - read : decoder ? T - read : read || T;
  /** @type {Line[]} */
  const lines = [
    [
      "",
      `${{ xh: "Input to hidden", hh: "Hidden to hidden: the recurrence", hy: "Hidden to output" }[kind]}${where}${decoder ? ", the decoder’s own" : read && !out ? ", the encoder’s" : ""}. It multiplies ${from} on the way to ${to}.`,
    ],
  ];
  if (!W)
    return {
      title: sign,
      lines: [...lines, ["", `Shared: the same numbers at all ${steps} steps. Pause to see them.`]],
    };
  const rows = out ? W.length / H : gates.length * H,
    columns = W.length / rows;
  lines.push([
    "",
    `${rows} × ${columns} = ${W.length} numbers${many ? `, ${H} rows for each gate` : ""}, shared: the same at all ${steps} time steps.`,
  ]);
  const norms = film[`norms ${name}`];
  if (kind === "hh") {
    gates.forEach((gate, g) =>
      lines.push([
        "numbers",
        `${many ? `W_h${gate}: ` : ""}spectral radius ${short(norms[2 * g])}, ‖·‖_2 = ${short(norms[2 * g + 1])}`,
      ]),
    );
    lines.push([
      "",
      "Spectral radius: its largest |eigenvalue|. Much below 1, what is remembered fades; above 1, it may grow.",
    ]);
  } else lines.push(["numbers", `‖${sign}‖_2 = ${short(norms[0])}, its largest singular value`]);
  const order = Array.from(W.keys())
    .sort((a, b) => Math.abs(W[b]) - Math.abs(W[a]))
    .slice(0, 3);
  lines.push(["heading", "Its largest weights"]);
  for (const i of order) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    lines.push([
      W[i] < 0 ? "share negative" : "share",
      [`${written(film, { name, row, column })}`, `${between(film, kind, row, column)}`, plain(W[i])],
    ]);
  }
  return { title: `${sign}: ${rows} × ${columns} weights`, lines };
}

function between({ H, symbols, kind: output }, kind, row, column) {
  if (kind === "hy")
    return `unit ${column + 1} → ${output === "class" && symbols.length > row ? symbols[row] : `output ${row + 1}`}`;
  return `${kind === "xh" ? "input" : "unit"} ${column + 1} → unit ${(row % H) + 1}`;
}

function grad(film, frame, t) {
  if (film.dh_last)
    return {
      title: `‖∂L${sub(film.T)}/∂h${sub(t + 1)}‖ = ${short(frame.dh[t])}`,
      lines: [
        [
          "",
          `How much the held-out loss at step ${film.T} alone depends on the hidden state of step ${t + 1}, on average over the sequences.`,
        ],
      ],
    };
  const last = t === film.T - 1;
  /** @type {Line[]} */
  const lines = [
    ["equation", last ? "∂L/∂h_t = from this step’s output" : "∂L/∂h_t = from this step’s output + from the future"],
    ["numbers", `from this step’s output: ‖·‖ = ${short(film.dh_output[t])}`],
    [
      "numbers",
      last
        ? "from the future: nothing, this is the last step"
        : isCut(film, t + 1)
          ? `from the future: 0, for the gradient is cut after step ${t + 1} (window ${film.window})`
          : `from the future, step ${t + 2}: ‖·‖ = ${short(film.dh_future[t])}`,
    ],
  ];
  const top = film.layers - 1,
    dc = frame.dc ?? film[`dc ${top}`]; // at rest it is known whatever is seen
  if (dc) lines.push(["numbers", `the cell state’s: ‖∂L/∂c${sub(t + 1)}‖ = ${short(dc[t])}`]);
  if (film.layers > 1) {
    const all = (name) =>
      Array.from({ length: film.layers }, (_, layer) => short(film[`${name} ${layer}`][t])).join(",  ");
    lines.push(["", `Of ${layerOf(film, top)}, the top one${film["dh 0"] ? "; of all, from the lowest:" : "."}`]);
    if (film["dh 0"]) lines.push(["numbers", `‖∂L/∂h${sub(t + 1)}‖: ${all("dh")}`]);
    if (film["dc 0"]) lines.push(["numbers", `‖∂L/∂c${sub(t + 1)}‖: ${all("dc")}`]);
  }
  if (frame.ratio < 0.9995)
    lines.push(["numbers", `clipping then left ${Math.round(100 * frame.ratio)} % of the whole gradient`]);
  lines.push(["heading", moment(film, frame, t)], ...sequence(film, frame, t));
  lines.push([
    "",
    `Norms, averaged over the B = ${film.B} sequences of the training batch, before clipping. ` +
      "The two parts are vectors, so their norms need not add up.",
  ]);
  return { title: `‖∂L/∂h${sub(t + 1)}‖ = ${short(frame.dh[t])}`, lines };
}

// Into the page: text nodes and <sub>, only what changed. A line is a text, or several cells of a table's row.
export function write(card, { title, lines }) {
  const all = [["title", title], ...lines];
  while (card.children.length > all.length) card.lastChild.remove();
  while (card.children.length < all.length) html(card, "p");
  all.forEach(([kind, said], i) => {
    const line = card.children[i],
      text = [said].flat().join("\n");
    if (line.className !== kind) line.className = kind;
    if (line.was === text) return;
    line.was = text;
    line.textContent = "";
    if (Array.isArray(said)) said.forEach((cell) => low(html(line, "span"), cell));
    else low(line, said);
  });
}

// A text with its indices set low.
export function low(line, text) {
  for (const [piece, isLow] of pieces(text)) isLow ? html(line, "sub", "", piece) : line.append(piece);
}

export const aloud = ({ title, lines }) =>
  [title, ...lines.map(([, text]) => [text].flat().join(" "))].join(". ").replace(/_\{?|\}/g, " ");
