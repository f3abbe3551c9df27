"""Why gradients vanish: a product of T Jacobians, each of which is a little too small."""

from math import log10

import numpy as np

from rnn_core.analysis.terms import gradient_terms
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, fresh, gradient_ratio
from rnn_core.trainer import Trainer
from rnn_core.words import t

CONFIG = Config.of_task("temporal-order", cell="rnn", length=20)
INPUTS = Config.of_task(
    "temporal-order", cell="rnn", length=40, initializer="normal", recurrent_scale=1.2, init_scale=0.01
)


def bars(run: Trainer) -> Verdict:
    ratio, T = gradient_ratio(run), run.config.length
    numbers = {"ratio": ratio, "steps": T - 1, "factor": ratio ** (1 / (T - 1))}
    straight = np.corrcoef(np.log(run.snapshot().dh_norm), np.arange(T))[0, 1]
    right = "thousandth" if ratio < 1e-3 else "tenth" if ratio < 0.2 else "half"
    return Verdict(right, numbers, {t("less than a thousandth"): ratio < 1e-3, t("a straight slope"): straight > 0.97})


def longer(run: Trainer) -> Verdict:
    T = run.config.length
    short, now = gradient_ratio(fresh(run.config, length=20)), gradient_ratio(run)
    if T < 40:
        return Verdict("square", done=False)
    claims = {t("the exponent about doubles"): 1.5 < log10(now) / log10(short) < 2.6} if T == 40 else {}
    return Verdict("square", {"short": short, "now": now, "T": T, "squared": short**2}, claims)


def inputs(run: Trainer) -> Verdict:
    if run.config.init_scale < 2:
        return Verdict("vanishes", done=False)
    small, now = gradient_ratio(fresh(run.config, init_scale=0.01)), gradient_ratio(run)
    saturated = float((abs(run.snapshot().h) > 0.95).mean())
    numbers = {"small": small, "now": now, "scale": run.config.init_scale, "saturated": saturated}
    claims = {
        t("with small inputs it grows"): small > 1,
        t("with large ones it vanishes"): now < 1e-6,
        t("many units are saturated"): saturated > 0.2,
    }
    right = "vanishes" if now < 1e-3 * small else "grows" if now > 10 * small else "same"
    return Verdict(right, numbers, claims)


def total(run: Trainer) -> Verdict:
    terms = gradient_terms(run)
    whole, T = terms.log10_total, len(terms.by_step)
    near, far = terms.log10_by_lag[:3], terms.log10_by_lag[T - 2]
    shown = f"{run.snapshot().grad_norm:#.3g}"  # with the digits that the board has
    numbers = {"all": shown, "total": 10**whole, "near": 10 ** near[0], "far": 10**far, "lag": T - 2}
    claims = {t("the total is healthy"): whole > -2, t("the far term is not"): far - near[0] < -3}
    return Verdict("healthy" if whole > -2 else "gone", numbers, claims)


def slow_start(run: Trainer) -> Verdict:
    before, now, score = gradient_ratio(fresh(run.config)), gradient_ratio(run), accuracy(run)
    numbers = {"before": before, "now": now, "accuracy": score, "step": run.step}
    claims = {t("it is learned"): score > SOLVED, t("the bars have come up"): now > 100 * before}
    return Verdict("learns" if score > SOLVED else "never", numbers, claims)


LESSON = Lesson(
    "vanishing",
    15,
    (
        Step("bars", Stage(CONFIG, covers=("grad",)), Ask(("half", "tenth", "thousandth")), bars),
        Step(
            "longer",
            Stage(CONFIG, "set", controls=("length",), settings={"length": 40}),
            Ask(("same", "half", "square")),
            longer,
        ),
        Step(
            "inputs",
            Stage(INPUTS, "set", controls=("init_scale",), settings={"init_scale": 5.0}),
            Ask(("same", "grows", "vanishes")),
            inputs,
        ),
        Step("total", Stage(CONFIG, covers=("norm",)), Ask(("gone", "healthy")), total),
        Step("slow-start", Stage(CONFIG, "play", 700), Ask(("never", "learns")), slow_start),
    ),
    ("gradients", {"task": "temporal-order", "cell": "rnn", "length": "40", "gradients-section": t("Levers")}),
)
