"""A challenge: be the memory of a sequence with three numbers, then set the gates of a two-unit LSTM that keeps a sign.

The game: twelve symbols, signals among dots, and a question that is not known before the last of them has gone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rnn_core.cells import Params
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Hand, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED
from rnn_core.tasks.memory import CLASS_STEPS
from rnn_core.trainer import Trainer
from rnn_core.words import t

CONFIG = Config.of_task("latch", cell="lstm", hidden_size=2, length=40)
SCORED = 100  # sequences on which a memory is scored
VALUES = {"a": 1, "b": -1, "·": 0}
QUESTIONS = {"first": t("Which came first?"), "last": t("Which came last?"), "more": t("Which came more often?")}
Cells = tuple[int, int, int]


class Round(NamedTuple):
    """Of the game: its symbols, of VALUES, an odd number of them signals; and the question, of QUESTIONS."""

    symbols: str
    question: str

    @property
    def right(self) -> str:
        """The answer, a or b."""
        signals = [symbol for symbol in self.symbols if VALUES[symbol]]
        return {
            "first": signals[0], "last": signals[-1], "more": max("ab", key=signals.count),
        }[self.question]  # fmt: skip

    def answered(self, keep: Callable[[Cells, int], Cells], answer: Callable[[Cells, str], int]) -> str:
        """What a memory answers that keeps three numbers: keep(cells, symbol) -> cells, answer(cells, question)."""
        cells: Cells = (0, 0, 0)
        for symbol in self.symbols:
            cells = keep(cells, VALUES[symbol])
        return "b" if answer(cells, self.question) < 0 else "a"


def drawn(seed: int) -> Round:
    """The round of a seed: twelve symbols, five or seven of them signals."""
    rng = np.random.default_rng(seed)
    symbols = np.full(12, "·")
    where = rng.permutation(12)[: rng.choice((5, 7))]
    symbols[where] = rng.choice(("a", "b"), len(where))
    return Round("".join(symbols), str(rng.choice(list(QUESTIONS))))


def up_to_date(cells: Cells, symbol: int) -> Cells:
    """One number for each question: the first signal, the last one, how many more a than b."""
    first, last, more = cells
    return first or symbol, symbol or last, more + symbol


def of_question(cells: Cells, question: str) -> int:
    return cells[list(QUESTIONS).index(question)]


def latest(cells: Cells, symbol: int) -> Cells:
    """The last three symbols."""
    return *cells[1:], symbol


def of_latest(cells: Cells, question: str) -> int:
    signals = [cell for cell in cells if cell] or [0]
    return {"first": signals[0], "last": signals[-1], "more": sum(signals)}[question]


def kept(run: Trainer) -> Verdict:
    """What two memories of three numbers answer in a hundred rounds, drawn by the run's seed."""
    rounds = [drawn(SCORED * run.config.seed + n) for n in range(SCORED)]
    summary = float(np.mean([each.answered(up_to_date, of_question) == each.right for each in rounds]))
    last = float(np.mean([each.answered(latest, of_latest) == each.right for each in rounds]))
    right = "summary" if summary > SOLVED else "latest" if last > SOLVED else "none"
    return Verdict(right, {"summary": summary, "last": last}, {t("the last three symbols are not enough"): last < 0.9})


# b_f of a forget gate that keeps so much of c in one step; (W_xh, b) of a gate of the two units, open so.
KEPT = {"nothing": -8.0, "half": 0.0, "ninety": 2.2, "all": 8.0}
OPEN = {"always": (0, 20), "signal": (200, -196), "never": (0, -20)}


def gated(chosen: Mapping[str, str]) -> Params:
    """W_xh (8,1), b_h (8,) in the order i, f, g, o, two rows each: g = tanh(±3 x), unit 1 for +, unit 2 for −; a gate
    that opens at a signal is σ(±200 x − 196). W_hh = 0; the output is the difference of the two units.
    """
    signs = np.array([1, -1])
    (W_i, b_i), (W_o, b_o) = OPEN[chosen["opens"]], OPEN[chosen["shows"]]
    return {
        "W_xh": np.concatenate([W_i * signs, 0 * signs, 3 * signs, W_o * signs])[:, None],
        "W_hh": np.zeros((8, 2)),
        "b_h": np.repeat([b_i, KEPT[chosen["keeps"]], 0, b_o], 2),
        "W_hy": 10 * np.outer(-signs, signs),
        "b_y": np.zeros(2),
    }


GATES = Hand({"opens": tuple(OPEN), "keeps": tuple(KEPT), "shows": tuple(OPEN)}, gated)


def gates(run: Trainer) -> Verdict:
    """Which gates are open while noise is read, scored on a hundred held-out sequences; else where it is lost."""
    config = run.config
    batch = run.task.draw(np.random.default_rng([config.seed, SCORED]), replace(config, batch_size=SCORED), "held-out")
    trace = run.network.forward(run.params, batch)
    tape = trace.tapes[0][0]
    result = float((trace.y[-1].argmax(axis=0) == batch.y[-1].argmax(axis=0)).mean())
    i, f, o = tape["i"][CLASS_STEPS:], float(tape["f"].mean()), float(tape["o"][-1].mean())
    c = float(np.abs(tape["c"][CLASS_STEPS - 1]).max(axis=0).mean())  # of the unit that was written
    late, n = float((i > 0.5).sum(axis=(0, 1)).mean()), len(i)
    numbers: dict[str, float | str] = {
        "accuracy": result,
        "f": f"{f:.4f}",
        "left": f**n,
        "n": n,
        "o": o,
        "c": c,
        "late": late,
    }
    if result <= SOLVED:
        lost = "unwritten" if c < 0.1 else "shut" if o < 0.5 else "forgets" if f < 0.99 else "noise"
        return Verdict(lost, numbers, done=False)
    right = "both" if i.mean() > 0.5 else "forget"
    claims = {t("noise opens the input gate once in a while"): 0 < late < 3, t("hardly any is lost"): f**n > 0.9}
    return Verdict(right, numbers, claims)


LESSON = Lesson(
    "memory",
    10,
    (
        Step("play", Stage(CONFIG, game=True), Ask(("latest", "summary", "none")), kept),
        Step(
            "gates",
            Stage(CONFIG, "set", hand=GATES, settings={"opens": "signal", "keeps": "all", "shows": "always"}, show="c"),
            Ask(("input", "forget", "both")),
            gates,
        ),
    ),
    ("playground", {"task": "latch", "cell": "lstm", "hidden_size": "2", "length": "40", "forget_bias": "3"}),
)
