"""Find the bug: backward passes with one mistake each, and the check that shows which."""

from rnn_core.analysis.mistakes import check_mistakes
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy
from rnn_core.lessons.texts import percent
from rnn_core.trainer import Trainer
from rnn_core.words import t

WRONG = 0.01  # a relative error that nobody takes for rounding
AGREES = 1e-6
ECHO = Config.of_task("echo", k=1, length=5, hidden_size=6)
TWO = Config.of_task("adding", cell="rnn", length=2, hidden_size=8)
LAST = Config.of_task("temporal-order", cell="rnn", length=10, hidden_size=8)
WINDOW = Config.of_task("parity", bptt_window=1, length=20, seed=26)  # the first sequence fills the board


def errors(run: Trainer, mistake: str) -> dict[str, float]:
    """The largest relative error of each parameter's gradient."""
    return check_mistakes(run, entries=20)[mistake].errors


def in_words(result: dict[str, float]) -> dict[str, str]:
    """The errors for a table: which agree, and by how much the others are off."""
    return {
        name: t("agrees") if error < AGREES else t("off by {share}", share=percent(error))
        for name, error in result.items()
    }


def transpose(run: Trainer) -> Verdict:
    right, result = errors(run, "none"), errors(run, "no-transpose")
    wrong = {name for name, error in result.items() if error > WRONG}
    claims = {
        t("the right pass agrees"): max(right.values()) < AGREES,
        t("W_xh, W_hh and b_h are wrong"): wrong == {"W_xh", "W_hh", "b_h"},
        t("W_hy and b_y agree"): max(result["W_hy"], result["b_y"]) < AGREES,
    }
    return Verdict("below", in_words(result), claims)


def two_steps(run: Trainer) -> Verdict:
    result = errors(run, "no-transpose")
    claims = {t("W_hh agrees at T = 2"): result["W_hh"] < AGREES, t("W_xh does not"): result["W_xh"] > WRONG}
    return Verdict("agrees" if result["W_hh"] < AGREES else "wrong", in_words(result), claims)


def which(run: Trainer) -> Verdict:
    """At T = 2 with one answer: of three mistakes, the only one that shows in ∂L/∂W_hh."""
    result = {name: errors(run, name) for name in ("no-transpose", "no-slope", "no-future")}
    shown = [name for name, each in result.items() if each["W_hh"] > 1e-4]
    return Verdict("slope", in_words(result["no-slope"]), {t("only the slope shows in W_hh"): shown == ["no-slope"]})


def every_step(run: Trainer) -> Verdict:
    result = errors(run, "answer-at-every-step")
    T = run.config.length
    claims = {t("b_y is T times too large"): abs(result["b_y"] - (T - 1)) < 1e-3}
    times = 1 + round(result["b_y"], 3)
    return Verdict(f"{times:.0f}", {"T": T, "times": times}, claims)


def learns(run: Trainer) -> Verdict:
    score, off = accuracy(run), errors(run, "no-future")
    numbers: dict[str, float | str] = {"accuracy": score, "step": run.step, "W_hh": percent(off["W_hh"])}
    claims = {t("it is learned"): score > SOLVED, t("the gradient is wrong"): off["W_hh"] > WRONG}
    return Verdict("learns" if score > SOLVED else "stays", numbers, claims)


LESSON = Lesson(
    "bug",
    15,
    (
        Step("transpose", Stage(ECHO), Ask(("all", "below", "recurrent")), transpose),
        Step("two-steps", Stage(TWO), Ask(("agrees", "wrong")), two_steps),
        Step("which", Stage(TWO), Ask(("transpose", "slope", "future")), which),
        Step("every-step", Stage(LAST), Ask(between=(1, 100)), every_step),
        Step("learns", Stage(WINDOW, "play", 600), Ask(("learns", "stays")), learns),
    ),
    ("gradients", {"gradients-section": t("Check it yourself")}),
)
