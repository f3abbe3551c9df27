"""Learning or learning by heart: a network that is right on all held-out sequences may have learned another rule."""

import numpy as np

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy, longer
from rnn_core.trainer import Trainer
from rnn_core.words import t

THREE, SIX = (Config.of_task("echo", k=k, length=10) for k in (3, 6))
PARITY = Config.of_task("parity", length=20)
BITS, ZEROS = 4, 50


def goes_on(run: Trainer) -> Verdict:
    score, beyond = accuracy(run), accuracy(longer(run, length=40))
    right = "same" if beyond > SOLVED else "half" if beyond > 0.35 else "guesses"
    return Verdict(right, {"accuracy": score, "beyond": beyond, "step": run.step}, {t("it goes on"): beyond > SOLVED})


def four_places(run: Trainer) -> Verdict:
    score, beyond = accuracy(run), accuracy(longer(run, length=40))
    answered = int(run.held_out.mask[:, 0].sum())
    knows, goes_on = score > 0.9, beyond >= 0.5
    claims = {t("it knows the short ones"): knows, t("it does not go on"): not goes_on, t("four places"): answered == 4}
    numbers = {"accuracy": score, "beyond": beyond, "step": run.step, "asked": answered}
    return Verdict("same" if beyond > SOLVED else "fewer", numbers, claims)


def then_zeros(run: Trainer) -> float:
    """Parity of BITS random bits and ZEROS zeros: the share of right answers."""
    other = longer(run, length=BITS + ZEROS)
    batch = other.held_out
    x, bits = batch.x.copy(), batch.x[:BITS, 0].astype(int)
    x[BITS:, 0] = 0
    with np.errstate(all="ignore"):
        y = other.network.forward(other.params, batch._replace(x=x)).y[-1]
    return float((y.argmax(axis=0) == bits.sum(axis=0) % 2).mean())


def same_rule(run: Trainer) -> Verdict:
    score, beyond, zeros = accuracy(run), accuracy(longer(run, length=100)), then_zeros(run)
    claims = {t("it is learned"): score > SOLVED, t("it goes on"): beyond > 0.85, t("zeros undo it"): zeros < 0.75}
    numbers = {"accuracy": score, "beyond": beyond, "zeros": zeros, "bits": BITS, "count": ZEROS}
    return Verdict("right" if zeros > 0.9 else "guesses", numbers, claims)


LESSON = Lesson(
    "by_heart",
    10,
    (
        Step("goes-on", Stage(THREE, "play", 600), Ask(("same", "half", "guesses")), goes_on),
        Step("four-places", Stage(SIX, "play", 1500), Ask(("same", "fewer")), four_places),
        Step("same-rule", Stage(PARITY, "play", 1000), Ask(("right", "guesses")), same_rule),
    ),
    ("playground", {"task": "latch", "cell": "rnn"}),
)
