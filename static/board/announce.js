// What is spoken when the state changes, one sentence; never for a frame of a film that plays.

import { score, short } from "./format.js";

// before: the film before this one, null at first. -> the sentence, "" where nothing has changed.
export function news(before, film) {
  if (!before) return "";
  const step = film.step[film.F - 1],
    was = before.step[before.F - 1];
  if (film.diverged && !before.diverged)
    return `Training stopped at step ${film.diverged.step}: ${film.diverged.array} was no longer finite.`;
  if (film.playing !== before.playing) return film.playing ? "Training plays." : `Paused at ${numbers(film)}.`;
  if (film.playing) return "";
  if (film.run !== before.run) return `A new run, ${numbers(film)}.`;
  if (step !== was) return `Now at ${numbers(film)}.`;
  if (film.typed !== before.typed)
    return film.typed
      ? `The typed sequence is shown: ${answers(film)}.`
      : `Held-out sequence ${film.sequence + 1} of ${film.sequences} is shown: ${answers(film)}.`;
  if (film.sequence !== before.sequence)
    return `Held-out sequence ${film.sequence + 1} of ${film.sequences} is shown: ${answers(film)}.`;
  return "";
}

function numbers(film) {
  const i = film.F - 1;
  return `training step ${film.step[i]}: loss ${short(film.loss[i])}, held out ${short(film.held_out_loss[i])}, ${score(film, film.held_out_metric[i])}`;
}

function answers(film) {
  const known = film.targets.flatMap((target, t) => (target ? [t] : [])),
    said = film.answer.subarray((film.F - 1) * film.T);
  if (!known.length) return "it has no known answer";
  if (film.kind === "number") return `${known.length} answer${known.length === 1 ? "" : "s"}`;
  return `${known.filter((t) => said[t] === film.target[t]).length} of ${known.length} correct`;
}
