"""Left alone: a decoder that is told the right letters while it learns, and reads its own when it is used."""

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import read_held_out
from rnn_core.trainer import Trainer
from rnn_core.words import t

FORCED, FREE = (Config.of_task("reverse", length=20, teacher_forcing=forcing) for forcing in (1.0, 0.0))


def exposure(run: Trainer) -> Verdict:
    (forced, _), (alone, _) = read_held_out(run, forced=True), read_held_out(run)
    right = "larger" if alone > 1.3 * forced else "same"
    return Verdict(right, {"told": forced, "alone": alone}, {t("alone it is twice as large"): alone > 2 * forced})


def whole_words(run: Trainer) -> Verdict:
    (_, forced), (_, alone) = read_held_out(run, forced=True), read_held_out(run)
    right = "same" if forced == alone else "fewer"
    return Verdict(right, {"told": forced, "alone": alone}, {t("some words are right"): 0.2 < alone < 0.9})


def never_forced(run: Trainer) -> Verdict:
    forced, (alone, whole) = read_held_out(run, forced=True)[0], read_held_out(run)
    claims = {t("most words are right"): whole > 0.65, t("alone it is nearly as good"): alone < 0.4}
    return Verdict(
        "more" if whole > 0.65 else "fewer", {"told": forced, "alone": alone, "whole": whole, "step": run.step}, claims
    )


LESSON = Lesson(
    "alone",
    10,
    (
        Step("exposure", Stage(FORCED, "play", 1000), Ask(("same", "larger")), exposure),
        Step("whole-words", Stage(FORCED, "play", 1000), Ask(("same", "fewer")), whole_words),
        Step("never-told", Stage(FREE, "play", 1000), Ask(("more", "fewer")), never_forced),
    ),
    ("playground", {"task": "addition", "teacher_forcing": "0"}),
)
