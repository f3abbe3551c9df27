"""A challenge: make the gradient explode, make it vanish, with one slider, and find that the border is not at 1."""

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import fresh, gradient_ratio
from rnn_core.trainer import Trainer
from rnn_core.words import t

DRAWN = Config.of_task("temporal-order", cell="rnn", length=40)
LARGE = Config.of_task(
    "temporal-order", cell="rnn", length=40, initializer="normal", recurrent_scale=2.0, init_scale=0.1
)
FAR, HIGH = 1e-10, 10.0  # first bar over last: vanished, exploded


def vanish(run: Trainer) -> Verdict:
    radius, ratio = run.config.recurrent_scale, gradient_ratio(run)
    at_one = gradient_ratio(fresh(run.config, recurrent_scale=1.0))
    claims = {t("at 1 it vanishes, less"): FAR < at_one < 0.1, t("it takes less than 1"): radius < 1}
    done = radius > 0 and ratio < FAR
    return Verdict("below" if radius < 1 else "above", {"radius": radius, "ratio": ratio, "one": at_one}, claims, done)


def explode(run: Trainer) -> Verdict:
    radius, ratio = run.config.recurrent_scale, gradient_ratio(run)
    above_one = gradient_ratio(fresh(run.config, recurrent_scale=1.2))
    right = "two" if radius >= 1.5 else "above"
    claims = {t("at 1.2 it does not explode"): above_one < 1}
    return Verdict(right, {"radius": radius, "ratio": ratio, "above": above_one}, claims, ratio > HIGH)


def saturate(run: Trainer) -> Verdict:
    ratio, scale = gradient_ratio(run), run.config.init_scale
    saturated = float((abs(run.snapshot().h) > 0.95).mean())
    claims = {t("many units are saturated"): saturated > 0.2}
    return Verdict(
        "larger", {"ratio": ratio, "scale": scale, "saturated": saturated}, claims, ratio < FAR and scale > 0.1
    )


LESSON = Lesson(
    "slider",
    6,
    (
        Step(
            "vanish",
            Stage(DRAWN, "set", controls=("recurrent_scale",), settings={"recurrent_scale": 0.5}),
            Ask(("below", "above")),
            vanish,
        ),
        Step(
            "explode",
            Stage(DRAWN, "set", controls=("recurrent_scale",), settings={"recurrent_scale": 5.0}),
            Ask(("one", "above", "two")),
            explode,
        ),
        Step(
            "saturate",
            Stage(LARGE, "set", controls=("init_scale",), settings={"init_scale": 6.0}),
            Ask(("larger", "smaller", "none")),
            saturate,
        ),
    ),
    ("gradients", {"task": "temporal-order", "cell": "rnn", "length": "40", "gradients-section": t("Levers")}),
)
