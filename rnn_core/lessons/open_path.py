"""A path that stays open: the residual cell, what it does to the gradient, and what to the state."""

import numpy as np

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, gradient_ratio
from rnn_core.trainer import Trainer
from rnn_core.words import t

ORDER = Config.of_task("temporal-order", cell="residual", length=40)
SIZE = Config.of_task("echo", cell="residual", length=60)
LATCH = Config.of_task("latch", cell="residual", length=60)
ECHO = Config.of_task("echo", k=10, cell="residual")


def gradient(run: Trainer) -> Verdict:
    ratio = gradient_ratio(run)
    right = "larger" if ratio > 2 else "same" if ratio > 0.5 else "vanishes"
    return Verdict(right, {"ratio": ratio}, {t("it is much larger"): ratio > 10})


def size(run: Trainer) -> Verdict:
    first, last = (float(np.abs(h).mean()) for h in (run.snapshot().h[0], run.snapshot().h[-1]))
    loss = run.evaluate()[0]
    claims = {t("the state grows"): last > 50 * first, t("the first loss is far above ln 5"): loss > 3 * np.log(5)}
    return Verdict("grows" if last > 2 else "within", {"first": first, "last": last, "loss": loss}, claims)


def learns(run: Trainer) -> Verdict:
    score = accuracy(run)
    right = "learns" if score > SOLVED else "guesses"
    return Verdict(right, {"accuracy": score, "step": run.step}, {t("it is learned"): score > SOLVED})


def holds_on(run: Trainer) -> Verdict:
    score = accuracy(run)
    right = "all" if score > SOLVED else "some" if score > 0.3 else "none"
    return Verdict(right, {"accuracy": score, "step": run.step}, {t("it knows some letters"): 0.4 < score < 0.8})


LESSON = Lesson(
    "open_path",
    10,
    (
        Step("gradient", Stage(ORDER), Ask(("vanishes", "same", "larger")), gradient),
        Step("size", Stage(SIZE), Ask(("within", "grows")), size),
        Step("learns", Stage(LATCH, "play", 200), Ask(("learns", "guesses")), learns),
        Step("holds-on", Stage(ECHO, "play", 2500, speed="full"), Ask(("all", "some", "none")), holds_on),
    ),
    ("gradients", {"task": "temporal-order", "cell": "residual", "length": "40"}),
)
