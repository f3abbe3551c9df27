"""Gates: what they keep, for how long, and when that helps."""

from math import log

import numpy as np

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, fresh, gradient_ratio
from rnn_core.trainer import Trainer
from rnn_core.words import t

LATCH = Config.of_task("latch", cell="lstm", length=60)
HELD = Config.of_task("latch", cell="lstm", length=60, forget_bias=3.0)
SHORT = Config.of_task("latch", cell="lstm", length=20)
GRU, RNN = (Config.of_task("echo", k=10, cell=cell) for cell in ("gru", "rnn"))
GATED = 0.8  # of the answers: no gated cell gets so far within these steps


def kept(run: Trainer) -> float:
    """What the forget gates of the sequence that is shown keep in one step, as a geometric mean."""
    return float(np.exp(np.log(run.snapshot().shown.layers[-1]["f"]).mean()))


def keeps(run: Trainer) -> Verdict:
    f = kept(run)
    numbers = {"f": f, "ten": f**10, "half": log(0.5) / log(f)}
    right = "three-quarters" if f**10 > 0.3 else "twentieth" if f**10 > 0.01 else "nothing"
    return Verdict(right, numbers, {t("after ten steps 3 to 7 % are left"): 0.03 < f**10 < 0.07})


def bias_1(run: Trainer) -> Verdict:
    score = accuracy(run)
    numbers = {"accuracy": score, "step": run.step, "left": kept(fresh(run.config)) ** run.config.length}
    return Verdict("learns" if score > SOLVED else "guesses", numbers, {t("it is not learned"): score < 0.8})


def bias_3(run: Trainer) -> Verdict:
    score, f = accuracy(run), kept(fresh(run.config))
    numbers = {"accuracy": score, "step": run.step, "f": f, "half": log(0.5) / log(f)}
    return Verdict("learns" if score > SOLVED else "guesses", numbers, {t("it is learned"): score > SOLVED})


def vanish(run: Trainer) -> Verdict:
    if run.config.forget_bias > -1:
        return Verdict("vanishes", done=False)
    before, now = (gradient_ratio(each, "c") for each in (fresh(run.config, forget_bias=1.0), run))
    numbers = {"before": before, "now": now, "bias": run.config.forget_bias, "f": kept(run)}
    return Verdict(
        "vanishes" if now < 1e-3 * before else "stays", numbers, {t("the gradient has vanished"): now < 1e-4 * before}
    )


def gated(run: Trainer) -> Verdict:
    score = accuracy(run)
    right = "all" if score > SOLVED else "some" if score > 0.3 else "none"
    return Verdict(right, {"accuracy": score, "step": run.step}, {t("it knows some letters"): 0.4 < score < GATED})


def plain(run: Trainer) -> Verdict:
    score = accuracy(run)
    return Verdict(
        "more" if score > GATED else "same" if score > 0.3 else "none",
        {"accuracy": score, "step": run.step},
        {t("it knows more than any gate"): score > GATED},
    )


LESSON = Lesson(
    "gates",
    15,
    (
        Step("keeps", Stage(LATCH, show="f"), Ask(("three-quarters", "twentieth", "nothing")), keeps),
        Step("bias-1", Stage(LATCH, "play", 400, speed="full"), Ask(("learns", "guesses")), bias_1),
        Step("bias-3", Stage(HELD, "play", 150), Ask(("learns", "guesses")), bias_3),
        Step(
            "vanish",
            Stage(SHORT, "set", controls=("forget_bias",), settings={"forget_bias": -2.0}, show="c"),
            Ask(("stays", "vanishes")),
            vanish,
        ),
        Step("gated", Stage(GRU, "play", 2500, speed="full"), Ask(("all", "some", "none")), gated),
        Step("plain", Stage(RNN, "play", 2500, speed="full"), Ask(("more", "same", "none")), plain),
    ),
    ("playground", {"task": "echo", "cell": "lstm", "k": "3", "forget_bias": "5"}),
)
