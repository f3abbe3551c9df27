// What is spoken when the state changes, one sentence; never for a frame of a film that plays.

import { score, short } from "./format.js";
import { plural, t } from "../words.js";

// before: the film before this one, null at first. -> the sentence, "" where nothing has changed.
export function news(before, film) {
  if (!before) return "";
  const step = film.step[film.F - 1],
    was = before.step[before.F - 1];
  if (film.diverged && !before.diverged)
    return t("Training stopped at step {step}: {array} was no longer finite.", film.diverged);
  if (film.playing !== before.playing)
    return film.playing ? t("Training plays.") : t("Paused at {numbers}.", { numbers: numbers(film) });
  if (film.playing) return "";
  if (film.run !== before.run) return t("A new run, {numbers}.", { numbers: numbers(film) });
  if (step !== was) return t("Now at {numbers}.", { numbers: numbers(film) });
  if (film.typed !== before.typed && film.typed)
    return t("The typed sequence is shown: {answers}.", { answers: answers(film) });
  if (film.typed !== before.typed || film.sequence !== before.sequence)
    return t("Held-out sequence {sequence} of {sequences} is shown: {answers}.", {
      sequence: film.sequence + 1,
      sequences: film.sequences,
      answers: answers(film),
    });
  return before.covers?.length && !film.covers?.length ? t("What was covered is shown.") : "";
}

function numbers(film) {
  const i = film.F - 1;
  return t("training step {step}: loss {loss}, held out {held_out}, {score}", {
    step: film.step[i],
    loss: short(film.loss[i]),
    held_out: short(film.held_out_loss[i]),
    score: score(film, film.held_out_metric[i]),
  });
}

function answers(film) {
  const known = film.targets.flatMap((target, t) => (target ? [t] : [])),
    answer = film.answer.subarray((film.F - 1) * film.T);
  if (!known.length) return t("it has no known answer");
  if (film.kind === "number") return plural("{count} answer", "{count} answers", known.length);
  return t("{right} of {all} correct", {
    right: known.filter((step) => answer[step] === film.target[step]).length,
    all: known.length,
  });
}
