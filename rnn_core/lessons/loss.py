"""What a loss says: what knowing nothing costs, which steps count, and when a lower one means that something was
learned.
"""

from math import exp, log

import numpy as np

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, at_first, fresh, lately, lowest
from rnn_core.losses import mean_loss
from rnn_core.trainer import Trainer
from rnn_core.words import t

ECHO, ORDER = Config.of_task("echo"), Config.of_task("temporal-order", cell="rnn", length=20)
DIGITS = Config.of_task("digit-rows", optimizer="adam", learning_rate=0.005)


def nothing(run: Trainer) -> Verdict:
    loss, guess = fresh(run.config).evaluate()[0], log(5)
    return Verdict("equal", {"loss": loss, "guess": guess}, {t("the loss is near ln 5"): abs(loss - guess) < 0.05})


def some_steps(run: Trainer) -> Verdict:
    """The loss again with every output that has no target replaced by another."""
    batch, k = run.held_out, run.config.k
    with np.errstate(all="ignore"):
        y = run.network.forward(run.params, batch).y
    other = np.where(batch.mask[:, None] > 0, y, y + np.arange(y.shape[1])[:, None])
    one, two = (mean_loss(run.task.loss, each, batch.y, batch.mask).total for each in (y, other))
    counted = int(batch.mask[:, 0].sum())
    numbers = {"loss": one, "counted": counted, "columns": len(y), "k": k}
    claims = {t("the loss is the same"): abs(one - two) < 1e-6, t("all but k columns count"): counted == len(y) - k}
    return Verdict("nothing", numbers, claims)


def plateau(run: Trainer) -> Verdict:
    start, end, least = at_first(run, 50), lately(run), log(4)
    numbers = {"start": start, "guess": least, "end": end, "step": run.step, "accuracy": accuracy(run)}
    claims = {t("it stays near ln 4 at first"): abs(start - least) < 0.1, t("then it falls"): end < 0.5 * least}
    right = "level" if end > 0.8 * least else "plateau" if abs(start - least) < 0.1 else "slope"
    return Verdict(right, numbers, claims)


def probability(run: Trainer) -> Verdict:
    """What a lower loss means: the geometric mean of the probability of the right letter."""
    loss, result = run.evaluate()
    claims = {t("the loss is below 0.1"): loss < 0.1, t("it is learned"): result > SOLVED}
    right = "sure" if exp(-loss) > 0.8 else "half" if exp(-loss) > 0.35 else "fifth"
    return Verdict(right, {"loss": loss, "given": exp(-loss), "accuracy": result, "step": run.step}, claims)


def held_out(run: Trainer) -> Verdict:
    loss, result = run.evaluate()
    numbers = {"training": lately(run), "held": loss, "lowest": lowest(run), "accuracy": result, "step": run.step}
    claims = {
        t("the training loss is near 0"): numbers["training"] < 0.01,
        t("the held-out loss is far above"): loss > 20 * numbers["training"] and loss > 0.15,
        t("accuracy is about 90 %"): 0.85 < result < 0.97,
    }
    return Verdict("stops" if loss > 5 * numbers["training"] else "follows", numbers, claims)


LESSON = Lesson(
    "loss",
    12,
    (
        Step("nothing", Stage(ECHO), Ask(("equal", "wrong", "half")), nothing),
        Step("some-steps", Stage(ECHO, covers=("loss",)), Ask(("nothing", "same", "more")), some_steps),
        Step("probability", Stage(ECHO, "play", 400), Ask(("fifth", "half", "sure")), probability),
        Step(
            "plateau",
            Stage(ORDER, "play", 700),
            Ask(
                ("slope", "plateau", "level"),
                {"slope": (1, 0.8, 0.6, 0.4, 0.2, 0), "plateau": (1, 1, 0.7, 0.5, 0.2, 0), "level": (1, 1, 1, 1, 1, 1)},
            ),
            plateau,
        ),
        Step(
            "held-out",
            Stage(DIGITS, "play", 2000),
            Ask(
                ("follows", "stops"), {"follows": (1, 0.5, 0.25, 0.1, 0.03, 0), "stops": (1, 0.5, 0.25, 0.2, 0.2, 0.22)}
            ),
            held_out,
        ),
    ),
    ("playground", {"task": "surnames", "cell": "gru", "hidden_size": "48", "learning_rate": "0.005"}),
)
