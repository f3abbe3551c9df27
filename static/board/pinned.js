// A frame that is held faintly behind the live ones: which parts of it may be compared.

import { t } from "../words.js";

const SETTINGS = {
  task: t("task"),
  hidden_size: t("hidden size"),
  learning_rate: t("learning rate"),
  clip: t("clip"),
  clip_threshold: t("clip threshold"),
  length: t("length"),
  k: "k",
  batch_size: t("batch size"),
  optimizer: t("optimizer"),
  layers: t("layers"),
  layer_skip: t("layer skip"),
  initializer: t("initializer"),
  init_scale: t("init scale"),
  input_scale: t("input scale"),
  recurrent_scale: t("recurrent scale"),
  forget_bias: t("forget bias"),
  start_weights: t("start weights"),
  bptt_window: t("bptt window"),
  start: t("start"),
  teacher_forcing: t("teacher forcing"),
  horizon: t("horizon"),
  reverse_input: t("reverse input"),
  seed: t("seed"),
  dtype: "dtype",
};

// Whether the run that is held is of this film's task, and so its curve may be compared.
export const sameTask = (pinned, film) => pinned.task === film.task;

// What a held run is called beside this film's: its step, or what was set otherwise there, two settings at most.
export function named(pinned, film) {
  const { step } = pinned;
  if (pinned.film.run === film.run) return t("step {step}", { step });
  const was = pinned.film.config,
    differs = Object.keys(was).filter((name) => was[name] !== film.config[name]);
  const words = differs
    .slice(0, 2)
    .map((name) => (name === "cell" ? was[name] : `${SETTINGS[name] ?? name.replaceAll("_", " ")} ${was[name]}`));
  return words.length ? words.join(", ") : t("step {step}, another run", { step });
}

// Whether its columns mean the same as this film's.
export const comparable = (pinned, film) => pinned.task === film.task && pinned.T === film.T;

// Whether its answers do, too: of the same sequence.
export const sameSequence = (pinned, film) =>
  Boolean(pinned) &&
  pinned.film.sequence === film.sequence &&
  pinned.film.typed === film.typed &&
  String(pinned.film.targets) === String(film.targets);

// Whether its units do: the same of them, of the same sequence.
export const sameUnits = (pinned, film) =>
  sameSequence(pinned, film) &&
  pinned.film.cell === film.cell &&
  pinned.film.H === film.H &&
  pinned.film.show === film.show &&
  String(pinned.film.open) === String(film.open);

// A step of a line over every column, at the heights y(t); nothing where y is null.
export const steps = (T, x, cell, y) =>
  Array.from({ length: T }, (_, t) =>
    y(t) === null ? "" : `M${x(t) - cell / 2 - 3} ${y(t).toFixed(1)}h${cell + 6}`,
  ).join("");
