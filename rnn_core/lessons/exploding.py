"""Why gradients explode, and clipping: a step that is thrown, and what is left of a gradient that is cut."""

import numpy as np

from rnn_core.analysis.clipping import clip_last_step
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy
from rnn_core.trainer import Trainer
from rnn_core.words import t

THROWN = Config.of_task(
    "latch", cell="rnn-relu", length=20, initializer="identity", optimizer="sgd", learning_rate=0.3, clip="none"
)
NORM = Config.of_task(
    "latch", cell="rnn-relu", length=20, initializer="identity", optimizer="sgd", learning_rate=0.3, clip="norm"
)
VALUE = Config.of_task(
    "temporal-order",
    cell="rnn",
    length=20,
    recurrent_scale=1.5,
    optimizer="sgd",
    learning_rate=0.1,
    clip="value",
    clip_threshold=0.05,
)
VANISHED = Config.of_task("temporal-order", cell="rnn", length=20, clip="norm", clip_threshold=0.01)


def thrown(run: Trainer) -> Verdict:
    losses, norms = run.history["loss"], run.history["grad_norm"]
    numbers = {"first": losses[0], "peak": losses.max(), "norm": norms.max(), "step": run.step}
    score = accuracy(run)
    jumps = losses.max() > 2 * losses[0]
    claims = {t("the loss jumps"): jumps, t("it is not learned"): bool(run.diverged) or score < 0.9}
    right = "falls" if score > SOLVED else "jumps" if jumps else "level"
    return Verdict(right, numbers, claims)


def by_norm(run: Trainer) -> Verdict:
    score, cut = accuracy(run), float((run.history["clip_ratio"] < 0.9995).mean())
    numbers = {"accuracy": score, "cut": cut, "norm": run.history["grad_norm"].max(), "step": run.step}
    right = "learns" if score > SOLVED else "thrown" if run.diverged else "slow"
    return Verdict(right, numbers, {t("it is learned"): score > SOLVED, t("some steps are cut"): 0 < cut < 1})


def direction(run: Trainer) -> Verdict:
    value, norm = (clip_last_step(run, rule, run.config.clip_threshold).clipped for rule in ("value", "norm"))
    numbers: dict[str, float | str] = {
        "value": f"{value.angle:.0f}°",
        "norm": f"{abs(norm.angle):.0f}°",
        "kept": value.kept,
    }
    return Verdict(
        "turns" if value.angle > 1 else "keeps",
        numbers,
        {t("by value it turns"): value.angle > 3, t("by norm it does not"): norm.angle < 0.01},
    )


def early_over_late(run: Trainer) -> Verdict:
    result = clip_last_step(run, "norm", run.config.clip_threshold)
    kept, terms = result.kept_by_step[1:], result.log10_terms[1:]  # the first column has none, h_0 being 0
    ratio = float(10 ** (terms[0] - terms[-1]))
    numbers = {"kept": float(result.clipped.kept), "ratio": ratio}
    claims = {
        t("every bar keeps the same share"): bool(np.allclose(kept, kept[0], rtol=1e-6)),
        t("it was cut"): result.clipped.kept < 0.9,
        t("early terms are dead"): ratio < 1e-3,
    }
    return Verdict("same", numbers, claims)


LESSON = Lesson(
    "exploding",
    12,
    (
        Step(
            "thrown",
            Stage(THROWN, "play", 40),
            Ask(
                ("falls", "jumps", "level"),
                {
                    "falls": (1, 0.8, 0.5, 0.3, 0.1, 0),
                    "jumps": (0.2, 1, 0.2, 0.2, 0.2, 0.2),
                    "level": (0.2, 0.2, 0.2, 0.2, 0.2, 0.2),
                },
            ),
            thrown,
        ),
        Step("by-norm", Stage(NORM, "play", 200), Ask(("learns", "slow", "thrown")), by_norm),
        Step("direction", Stage(VALUE, "play", 20), Ask(("keeps", "turns")), direction),
        Step("early-over-late", Stage(VANISHED, "step", 1), Ask(("same", "larger", "smaller")), early_over_late),
    ),
    ("gradients", {"gradients-section": t("The cliff")}),
)
