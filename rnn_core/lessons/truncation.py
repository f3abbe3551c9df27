"""Truncation and state: cutting the gradient is one thing, putting the state back to zero another."""

from math import log

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import GUESSED, SOLVED, accuracy, longer, lowest
from rnn_core.trainer import Trainer
from rnn_core.words import t

WIDE, NARROW = (Config.of_task("echo", bptt_window=window) for window in (4, 3))
PIECES = Config.of_task("echo", length=4)


def wide(run: Trainer) -> Verdict:
    score = accuracy(run)
    right = "learns" if score > SOLVED else "guesses"
    return Verdict(right, {"accuracy": score, "step": run.step}, {t("it is learned"): score > SOLVED})


def narrow(run: Trainer) -> Verdict:
    """It finds some of the answers in a state that nobody has trained, and then loses them again."""
    loss, score, best, guess = run.evaluate()[0], accuracy(run), lowest(run), log(5)
    right = "falls" if loss < 0.5 * guess else "returns" if best < 0.9 * guess else "level"
    claims = {t("it got better first"): best < 0.9 * guess, t("it is back at guessing"): abs(loss - guess) < 0.1}
    numbers = {"lowest": best, "loss": loss, "guess": guess, "accuracy": score, "step": run.step}
    return Verdict(right, numbers, claims)


def reset(run: Trainer) -> Verdict:
    score, beyond = accuracy(run), accuracy(longer(run, length=40))
    claims = {t("it knows its pieces"): score > SOLVED, t("it guesses on longer ones"): beyond < GUESSED}
    right = "same" if beyond > SOLVED else "guesses" if beyond < GUESSED else "half"
    return Verdict(right, {"accuracy": score, "beyond": beyond}, claims)


def detached(run: Trainer) -> Verdict:
    score, beyond = accuracy(run), accuracy(longer(run, length=40))
    right = "same" if beyond > SOLVED else "guesses" if beyond < GUESSED else "half"
    return Verdict(right, {"accuracy": score, "beyond": beyond}, {t("it goes on"): beyond > SOLVED})


LESSON = Lesson(
    "truncation",
    12,
    (
        Step("wide", Stage(WIDE, "play", 1500), Ask(("learns", "guesses")), wide),
        Step(
            "narrow",
            Stage(NARROW, "play", 2000),
            Ask(
                ("falls", "returns", "level"),
                {"falls": (1, 0.8, 0.5, 0.2, 0.05, 0), "returns": (0.9, 0.5, 0.4, 0.8, 0.9, 0.9), "level": (0.9,) * 6},
            ),
            narrow,
        ),
        Step("reset", Stage(PIECES, "play", 1500), Ask(("same", "half", "guesses")), reset),
        Step("detached", Stage(WIDE, "play", 1500), Ask(("same", "half", "guesses")), detached),
    ),
    ("gradients", {"task": "echo", "gradients-section": t("Truncation")}),
)
