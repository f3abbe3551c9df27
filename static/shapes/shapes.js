// Five shapes side by side: a card for each, and in it the board's own rows in miniature. Two things arrive: what
// stands on the cards, once, as JSON; and with every tick the films of all runs. The films are drawn into the cards.

import { count, score, short } from "../board/format.js";
import { styled } from "../board/styled.js";
import { add, html, say } from "../board/svg.js";
import { watch } from "../board/watch.js";
import { drawing, films, miniature } from "./miniature.js";
import { spark } from "./spark.js";
import { t } from "../words.js";

const places = new WeakMap();
let place = null,
  latest = null,
  ask = /** @type {Tell} */ (() => {}); // where the cards are; films that came before them; who sends films
const overdue = watch((times) => ask("overdue", times));

export async function show(root, bytes, style, tell) {
  if (bytes[0] !== 123) {
    // no "{": films
    latest = films(bytes);
    ask = tell;
    overdue.film({ playing: latest.some((film) => film.playing), period: latest[0].period });
    place?.receive(latest);
    return () => setTimeout(() => root.isConnected || overdue.close());
  }
  if (!places.has(root))
    places.set(
      root,
      styled(root, style).then(() => create(root, JSON.parse(new TextDecoder().decode(bytes)))),
    );
  place = await places.get(root);
  place.tell = tell;
  if (latest) place.receive(latest);
  return () =>
    setTimeout(() => {
      if (root.isConnected) return;
      if (place === places.get(root)) place = null;
      places.get(root)?.then((gone) => gone.close());
    });
}

const PATIENCE = 5000; // ms until a card that was pressed is asked for once more
const numbered = (all) => all?.map(({ run, film }) => [run, film]).join() ?? "";

function create(root, { shapes, style }) {
  html(root, "style", "", style); // of the drawings
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const grid = html(root, "div", "shapes");
  const self = { tell: /** @type {Tell} */ (() => {}), receive, close };
  let pending = "",
    before = "",
    again = 0;
  const cards = shapes.map((shape) => card(grid, shape, root, () => open(shape.name)));
  const drawn = drawing(root, grid, () => cards);

  // While they play the server only pauses them; once new films tell that their timer is gone the card is asked for
  // again. Whether they play is the server's to know: its films may be late. And what is lost is asked for once more.
  function open(name) {
    [pending, before] = [name, numbered(latest)];
    clearTimeout(again);
    again = setTimeout(() => {
      if (root.isConnected) open(name);
    }, PATIENCE);
    self.tell("open", { name, at: Date.now() });
  }

  function receive(all) {
    if (pending && !all.some((film) => film.playing) && numbered(all) !== before) open(pending);
    all.forEach((film, k) => cards[k].receive(film, still.matches));
    drawn.request();
  }
  function close() {
    drawn.close();
    clearTimeout(again);
    places.delete(root);
  }
  return self;
}

function card(grid, shape, root, open) {
  const box = html(grid, "article", "shape");
  html(box, "h2", "", shape.title);
  html(box, "p", "words", shape.words);
  html(box, "div", "drawing").innerHTML = shape.svg;
  html(box, "h3", "", shape.task);
  const mini = miniature(box, root, { more: (film, width) => [spark(curve, { width, film })], tell });
  const numbers = html(box, "p", "numbers"),
    loss = html(numbers, "b", "value"),
    right = html(numbers, "span", "value");
  const curve = add(box, "svg", { class: "spark" });
  const below = html(box, "p", "below"),
    against = html(below, "span", "against"),
    steps = html(below, "span", "steps");
  const button = html(box, "button", "open", t("Open in the playground"));
  button.type = "button";
  button.setAttribute("aria-label", t("Open in the playground: {name}", { name: shape.task }));
  button.addEventListener("click", open);
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  }); // Space plays elsewhere

  function tell(frame) {
    const words = inWords(frame),
      { name, why } = frame.film.baseline;
    say(loss, words.loss);
    if (words.score) say(right, words.score);
    say(against, words.against);
    against.title = `${name}: ${why}`;
    say(steps, words.steps);
  }

  return mini;
}

// What stands under a miniature. A frame without a score leaves the one before standing.
export function inWords({ film, step, loss: training, heldOut, metric }) {
  const value = Number.isFinite(heldOut) ? heldOut : training,
    base = film.baseline.loss;
  return {
    loss: t("loss {loss}", { loss: plain(value) }),
    score: Number.isFinite(metric) ? score(film, metric, plain) : "",
    against:
      base === null
        ? ""
        : step > 0 && value < base
          ? t("✓ beats {loss}", { loss: plain(base) })
          : t("to beat: {loss}", { loss: plain(base) }),
    steps: t("step {step}", { step: count(step) }),
  };
}

// Short, so that nothing beside it moves.
const plain = (x) => (x >= 0.005 && x < 10 ? x.toFixed(2) : short(x, 1));
