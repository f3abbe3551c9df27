// Under the picture: the stage's sentence and equation, and the buttons. Every part has its place and keeps it.

import { pieces } from "../format.js";
import { html, say } from "../svg.js";
import { landmarks, PHASES, phaseOf } from "./words.js";
import { t } from "../../words.js";

export const SPEEDS = [
  [t("slow"), 1],
  [t("steady"), 3],
  [t("fast"), 10],
]; // stages a second

// act: {go(stage), turn(by), play(), leave(), pace(stages a second)}.
export function panel(root, act) {
  const top = html(root, "div", "slow-top"),
    below = html(root, "div", "slow-panel");
  const button = (place, className, words, name, press) => {
    const made = html(place, "button", className, words);
    made.type = "button";
    if (name) made.setAttribute("aria-label", name);
    made.addEventListener("click", press);
    return made;
  };
  html(top, "span", "slow-title", t("One step, slowly"));
  const nav = html(top, "span", "slow-phases");
  const phases = PHASES.map(([phase, words, whole], i) => {
    const made = button(nav, "phase", `${i + 1} ${words}`, "", () => act.go(phases[i].from));
    html(made, "span", "more", whole.startsWith(words) ? whole.slice(words.length) : "");
    return { phase, button: made, from: 0 };
  });
  const marks = [
    ["first wrong answer", t("first wrong answer"), t("go to the first wrong answer")],
    ["largest error", t("largest error"), t("go to the largest error")],
    ["largest gradient", t("largest gradient"), t("go to the largest gradient")],
  ].map(([name, words, does]) => {
    const made = button(nav, "phase landmark", words, does, () => act.go(made.at));
    return { name, button: made };
  });
  const about = html(top, "span", "slow-about");
  button(top, "small", t("Done"), t("Done: leave for the live picture (Escape)"), act.leave);

  const sentence = html(below, "p", "slow-sentence");
  sentence.setAttribute("role", "status");
  const lines = html(below, "div", "slow-lines");
  const row = html(below, "div", "slow-row");
  const back = button(row, "press", t("‹ Back"), t("Back: the stage before"), () => act.turn(-1));
  const play = button(row, "press main", "", "", act.play),
    words = html(play, "span"),
    plays = html(words, "span");
  words.append(" ");
  html(words, "span", "more", t("the replay"));
  const next = button(row, "press", t("Next ›"), t("Next stage"), () => act.turn(1));
  const slider = html(row, "input", "slow-slider");
  Object.assign(slider, { type: "range", min: 1, step: 1 });
  slider.setAttribute("aria-label", t("stage"));
  slider.addEventListener("input", () => act.go(Number(slider.value) - 1));
  const count = html(row, "span", "slow-count");
  const speed = html(html(row, "label", "tool", t("speed")), "select");
  for (const [name, rate] of SPEEDS) html(speed, "option", "", name).value = rate;
  speed.value = SPEEDS[1][1];
  speed.addEventListener("change", () => act.pace(Number(speed.value)));

  return {
    play,
    update(film, stage, values, playing) {
      const N = film.stages.length,
        kind = phaseOf(film.stages[stage][0]);
      for (const each of phases) {
        each.from = film.stages.findIndex(([k]) => phaseOf(k) === each.phase);
        if (each.phase === kind) each.button.setAttribute("aria-current", "step");
        else each.button.removeAttribute("aria-current");
      }
      const result = landmarks(film);
      for (const { name, button: made } of marks) {
        made.hidden = result[name] === undefined;
        made.at = result[name];
      }
      say(
        about,
        film.B > 1
          ? t("training step {step}, sequence 1 of {batch}", { step: film.step[0], batch: film.B })
          : t("training step {step}, its one sequence", { step: film.step[0] }),
      );
      sentence.textContent = "";
      notation(sentence, `${stage + 1}. ${values.sentence}`);
      fit(sentence, ["", "small"]);
      write(lines, values.lines, film);
      fit(lines, [...(values.lines.some((line) => line.length > 2) ? [] : ["large"]), "", "small", "tiny"]);
      slider.max = N;
      slider.value = stage + 1;
      slider.setAttribute("aria-valuetext", t("stage {stage} of {stages}", { stage: stage + 1, stages: N }));
      say(count, t("{place} of {all}", { place: stage + 1, all: N }));
      say(plays, playing ? t("Pause") : t("Play"));
      play.classList.toggle("playing", playing);
      play.setAttribute("aria-label", playing ? t("Pause the replay") : t("Play the replay"));
      back.disabled = stage === 0;
      next.disabled = stage === N - 1;
    },
  };
}

// Text nodes and <sub>; a line with several cells stands in columns.
function write(place, lines, film) {
  place.textContent = "";
  for (const [kind, ...cells] of lines) {
    const line = html(place, "p", kind);
    if (kind === "bar") gauge(line, film);
    else
      for (const cell of cells) {
        const at = cells.length > 1 ? html(line, "span") : line,
          [text, more] = cell.split("|");
        notation(at, text);
        if (more) notation(html(at, "span", "more"), more);
      }
  }
}

// The first of these sizes in which nothing is cut off; 4 pixels are a line's own descent.
function fit(node, sizes) {
  for (const size of sizes) {
    node.dataset.size = size;
    if (node.scrollHeight - node.clientHeight <= 4 && node.scrollWidth <= node.clientWidth) return;
  }
}

function notation(node, text) {
  for (const [piece, low] of pieces(text)) low ? html(node, "sub", "", piece) : node.append(piece);
}

// ‖g‖ as a bar: what clipping leaves solid, what it cut off hatched, the threshold a dashed mark.
function gauge(node, film) {
  const [norm] = film.norm_before,
    [ratio] = film.ratio,
    mark = film.clip === "norm" ? film.threshold : 0;
  const most = Math.max(norm, mark) * 1.04 || 1,
    share = (v) => `${(100 * v) / most}%`;
  const bar = html(node, "span", "slow-bar");
  const kept = html(bar, "i", "left"),
    cut = html(bar, "i", "away");
  kept.style.width = share(ratio * norm);
  Object.assign(cut.style, { left: share(ratio * norm), width: share((1 - ratio) * norm) });
  if (mark) html(bar, "i", "mark").style.left = share(mark);
}
