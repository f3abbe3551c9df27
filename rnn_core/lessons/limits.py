"""Limits, and what came after: one vector for a whole sentence, and one step after the other."""

from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, read_held_out
from rnn_core.trainer import Trainer
from rnn_core.words import t

SHORT, LONG = (Config.of_task("reverse", length=length) for length in (8, 28))
FAR = Config.of_task("echo", k=10, length=20)


def short_words(run: Trainer) -> Verdict:
    _, whole = read_held_out(run)
    return Verdict(
        "most" if whole > 0.8 else "few", {"whole": whole, "step": run.step}, {t("they are right"): whole > SOLVED}
    )


def long_words(run: Trainer) -> Verdict:
    _, whole = read_held_out(run)
    numbers = {"whole": whole, "step": run.step, "H": run.config.hidden_size}
    return Verdict("most" if whole > 0.5 else "few", numbers, {t("few are right"): whole < 0.25})


def distance(run: Trainer) -> Verdict:
    """Columns between a letter and the answer that needs it, in which the state must hold it."""
    T, k = run.config.length, run.config.k
    return Verdict(
        str(k), {"k": k, "T": T, "pairs": T - k}, {t("T - k answers"): int(run.held_out.mask[:, 0].sum()) == T - k}
    )


LESSON = Lesson(
    "limits",
    8,
    (
        Step("short-words", Stage(SHORT, "play", 800), Ask(("most", "few")), short_words),
        Step("long-words", Stage(LONG, "play", 800), Ask(("most", "few")), long_words),
        Step("distance", Stage(FAR), Ask(between=(1, 100)), distance),
    ),
    ("text", {}),
)
