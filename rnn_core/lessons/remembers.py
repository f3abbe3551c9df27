"""It remembers, and hears nothing: one tanh unit with W_hh = 3, whose input weight cannot be taught."""

from math import tanh

from rnn_core.analysis.what_if import Weight
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, fresh, gradient_ratio
from rnn_core.trainer import Trainer
from rnn_core.words import t

CONFIG = Config.of_task("latch", cell="rnn", hidden_size=1, start_weights="one-unit")
TAUGHT = Config.of_task(
    "latch", cell="rnn", hidden_size=1, start_weights="one-unit", optimizer="sgd", learning_rate=0.1
)


LONG = 60  # steps, three times as many as usual


def fixed_point(w: float) -> float:
    """The positive h with h = tanh(w h), for w > 1."""
    h = 1.0
    for _ in range(200):
        h = tanh(w * h)
    return h


def remembers(run: Trainer) -> Verdict:
    if run.config.length < LONG:
        return Verdict("all", done=False)
    score, h = accuracy(run), fixed_point(3)
    right = "all" if score > SOLVED else "most" if score > 0.7 else "half"
    numbers: dict[str, float | str] = {"accuracy": score, "T": run.config.length, "h": f"{h:.3f}"}
    return Verdict(right, numbers, {t("all right"): score > SOLVED})


def hears(run: Trainer) -> Verdict:
    ratio, slope = gradient_ratio(run), 3 * (1 - fixed_point(3) ** 2)
    claims = {
        t("next to nothing arrives"): ratio < 1e-15,
        t("a step back multiplies by 0.03"): 0.03 < slope < 0.032,
        t("at 60 steps the first bar is 0"): gradient_ratio(fresh(run.config, length=LONG)) == 0,
    }
    return Verdict(
        "nothing" if ratio < 1e-6 else "some" if ratio < 0.5 else "all", {"ratio": ratio, "slope": slope}, claims
    )


def taught(run: Trainer) -> Verdict:
    W_xh, W_hy, score = float(run.params["W_xh"][0, 0]), float(run.params["W_hy"][1, 0]), accuracy(run)
    numbers = {"W_xh": round(W_xh, 2), "W_hy": round(W_hy, 2), "accuracy": score, "step": run.step}
    claims = {
        t("W_xh stays"): abs(W_xh + 1) < 0.1,
        t("W_hy turns"): W_hy < -0.5,
        t("the answers are right"): score > SOLVED,
    }
    right = "input" if W_xh > 0 else "readout" if W_hy < 0 else "neither"
    return Verdict(right, numbers, claims)


LESSON = Lesson(
    "remembers",
    8,
    (
        Step(
            "remembers",
            Stage(CONFIG, "set", controls=("length",), settings={"length": LONG}),
            Ask(("half", "most", "all")),
            remembers,
        ),
        Step("hears", Stage(CONFIG, covers=("grad",)), Ask(("all", "some", "nothing")), hears),
        Step(
            "taught",
            Stage(TAUGHT, "play", 500, start=(Weight("W_xh", 0, 0, -1.0),)),
            Ask(("input", "readout", "neither")),
            taught,
        ),
    ),
    ("playground", {"task": "latch", "cell": "rnn", "hidden_size": "1", "start_weights": "one-unit"}),
)
