"""Unrolled: one network, drawn once for each time step, with the same weights in every column."""

import numpy as np

from rnn_core.analysis.what_if import Weight
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import GUESSED, SOLVED, accuracy, changed_weights, fresh, states, with_weights
from rnn_core.trainer import Trainer
from rnn_core.words import t

CONFIG = Config.of_task("echo", k=1, hidden_size=8)


def matrices(run: Trainer) -> Verdict:
    names = [name for name in run.params if name.startswith("W_")]
    numbers = {"columns": run.config.length, "parameters": run.theta.size}
    return Verdict("three", numbers, {t("there are three matrices"): len(names) == 3})


def one_weight(run: Trainer) -> Verdict:
    """In which columns a weight of W_hh changes h."""
    places = changed_weights(run).get("W_hh")
    if run.step or places is None:
        return Verdict("later", done=False)
    h, before = states(run), states(fresh(run.config))
    columns = np.flatnonzero((h != before).any(axis=(1, 2))) + 1
    numbers = {"changed": len(columns), "columns": len(h)}
    claims = {t("every column but the first changes"): list(columns) == [*range(2, len(h) + 1)]}
    return Verdict("later", numbers, claims)


def sizes(run: Trainer) -> Verdict:
    T, H = CONFIG.length, CONFIG.hidden_size  # wherever the sliders stand
    now, longer, larger = (
        fresh(CONFIG, **changes).theta.size for changes in ({}, {"length": 2 * T}, {"hidden_size": 2 * H})
    )
    numbers = {"T": T, "H": H, "now": now, "longer": longer, "larger": larger, "T2": 2 * T, "H2": 2 * H}
    right = {(True, False): "steps", (False, True): "units", (True, True): "both"}[longer > now, larger > now]
    return Verdict(right, numbers, {t("W_hh grows with H²"): larger > 2 * now})


def moves(run: Trainer) -> Verdict:
    before = fresh(run.config)
    change = np.abs(run.theta - before.theta)
    h = states(run)
    claims = {
        t("h differs from column to column"): bool((np.diff(h, axis=0) != 0).any(axis=(1, 2)).all()),
        t("no weight moves by more than the learning rate"): bool(change.max() <= 1.01 * run.step * 0.005),
    }
    return Verdict("state", {"largest": float(change.max()), "moved": float((change > 0).mean())}, claims)


def learns(run: Trainer) -> Verdict:
    score, without = accuracy(run), accuracy(with_weights(run, W_hh=0 * np.asarray(run.params["W_hh"])))
    claims = {t("it is learned"): score > SOLVED, t("without W_hh it guesses"): without < GUESSED}
    right = "guesses" if without < GUESSED else "half" if without < 0.8 * score else "same"
    return Verdict(right, {"accuracy": score, "without": without, "step": run.step}, claims)


LESSON = Lesson(
    "unrolled",
    12,
    (
        Step("matrices", Stage(CONFIG, folded=True, covers=("loop",)), Ask(("three", "arrows", "sixty")), matrices),
        Step(
            "one-weight",
            Stage(CONFIG, "weight", weights=(Weight("W_hh", 0, 1, 2.0),)),
            Ask(("one", "later", "all")),
            one_weight,
        ),
        Step("sizes", Stage(CONFIG, controls=("length", "hidden_size")), Ask(("steps", "units", "both")), sizes),
        Step("moves", Stage(CONFIG, "step", 1), Ask(("state", "weights", "both")), moves),
        Step("recurrence", Stage(CONFIG, "play", 300), Ask(("same", "half", "guesses")), learns),
    ),
    ("playground", {"task": "echo", "k": "3", "hidden_size": "8"}),
)
