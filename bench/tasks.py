"""Every task with its own defaults, trained for some seconds: does the network beat the baseline on held-out data?

`python -m bench.tasks` trains what TASKS holds, and prints a table, with what was published or measured by other means
in the same row; below a task stand cells that can and cannot do it where that is its point. `--task NAME …` asks for
some, `--seconds` for another time (CPU seconds, at most 30), `--save` keeps the lines in bench/results/tasks.json,
`--table` prints the kept ones.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path
from typing import NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.claims import AR9, both, one_year_ahead, outcomes
from bench.papers import RESULTS, columns, each_on_a_line, last_commit, progress
from rnn_core import TASKS, Config, Trainer
from rnn_core.ngrams import surprises
from rnn_core.tasks import Batch, Task
from rnn_core.tasks.series import (
    CHANGE,
    LAST_TRAINING_YEAR,
    SPREAD,
    YEAR,
    changes,
    part_of,
    passengers,
    sunspots,
)
from rnn_core.tasks.sonnets import sonnets
from rnn_core.tasks.text import letters

MOST = 30.0  # CPU seconds
EVERY = 20  # training steps between two looks at the clock
KEPT = RESULTS / "tasks.json"


class Beside(NamedTuple):
    """score: what others reached, in the words of our own column; whose: who or what, and on what."""

    score: str
    whose: str


@dataclass(frozen=True)
class Try:
    """A task with its defaults and these changes; beats: whether it is to beat the baseline; beside: what others got
    with these changes.
    """

    task: str
    changes: dict[str, object] = field(default_factory=dict)
    beats: bool = True
    beside: Beside | None = None

    @property
    def config(self) -> Config:
        return Config.of_task(self.task, **self.changes)


@dataclass(frozen=True)
class Found:
    """What came of it. loss and metric: on the held-out sequences, at the end. seconds: CPU time. also: the score by
    the measure of what stands beside, where that is another.
    """

    task: str
    changes: dict[str, object]
    cell: str
    steps: int
    seconds: float
    loss: float
    metric: float
    baseline: float
    engine: str
    also: str = ""

    @property
    def beats(self) -> bool:
        """By a twentieth at least: who guesses is now and then a little above or below."""
        return self.loss < 0.95 * self.baseline


LONG = {"hidden_size": 32, "length": 50, "learning_rate": 0.01}
ORDER = {"cell": "rnn", "hidden_size": 50, "length": 30, "batch_size": 20, "optimizer": "sgd", "learning_rate": 0.1,
         "initializer": "normal"}
EXTRA = (  # where the task's point is that one network can and another cannot
    Try("adding", {"cell": "gru", **LONG}, True, Beside("loss < 0.01", "the same in JAX after 400 steps")),
    Try("adding", {"cell": "rnn", **LONG}, False, Beside("loss 0.167", "the same in JAX: tanh never leaves 1/6")),
    Try("temporal-order", ORDER, True, Beside("> 99 %", "the same in JAX: 8 of 8 runs, 2,000 to 6,000 steps")),
    Try("temporal-order", {**ORDER, "clip": "none"}, False, Beside("25 %", "the same in JAX: 0 of 6 runs, at chance")),
)


def tries(names: Iterable[str]) -> list[Try]:
    """Each task with its defaults, and after it what it is to show about cells."""
    return [one for name in names for one in (Try(name), *(extra for extra in EXTRA if extra.task == name))]


def run(one: Try, seconds: float, engine: str = "") -> Found:
    """Train for so many CPU seconds, with nothing chosen by the held-out sequences, and ask them once."""
    trainer, begun = Trainer(one.config), time.process_time()
    while (spent := time.process_time() - begun) < seconds and not trainer.diverged:
        trainer._advance(EVERY)  # without the pictures
        progress(min(spent, seconds), ceil(seconds), f"{one.task} {said(one.changes)}: step {trainer.step:,}")
    loss, metric = trainer.evaluate()
    return Found(
        one.task, one.changes, trainer.config.cell, trainer.step, round(spent, 1), short(loss), short(metric),
        short(trainer.task.baseline(trainer.config).loss), engine,
        BY_ITS_MEASURE.get(one.task, lambda trainer: "")(trainer),
    )


def short(value: float) -> float:
    return float(f"{value:.4g}")


def said(changes: dict[str, object]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in changes.items())


# What stands beside: published, or measured by others or by other means on the same split


def autoregression(train: np.ndarray, held_out: np.ndarray, order: int, ahead: int = 1) -> float:
    """AR(order) with a constant, by least squares on the training part -> its root mean square error held out."""
    def rows(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen = np.lib.stride_tricks.sliding_window_view(series[:-ahead], order)
        return np.column_stack([seen, np.ones(len(seen))]), series[order + ahead - 1 :]

    (X, y), (X_held_out, y_held_out) = rows(train), rows(held_out)
    weights = np.linalg.lstsq(X, y, rcond=None)[0]
    return float(np.sqrt(np.square(X_held_out @ weights - y_held_out).mean()))


def beside_sunspots() -> Beside:
    years, numbers = sunspots()
    known = years <= LAST_TRAINING_YEAR
    linear = autoregression(numbers[known], numbers[~known], 9)
    return Beside(
        f"{metric(TASKS['sunspots'], linear)}; {both(AR9)}",
        "AR(9), same years; then squared error over the variance of 1700-1979, in 1921-55 / 1956-79",
    )


def beside_airline() -> Beside:
    linear = CHANGE * autoregression(changes("train"), changes("held-out"), YEAR)
    return Beside(
        f"{metric(TASKS['airline'], linear)}; {passengers_missed(np.zeros(TOLD)):.1f}, 47.5 thousand",
        f"AR({YEAR}), same changes; in passengers persistence, same months, and a famous tutorial's LSTM, 1957-60",
    )


TOLD = len(changes("held-out")) - YEAR  # months that are foretold after a year, one after the other


def passengers_missed(change: np.ndarray) -> float:
    """By how many thousands, root mean square, the last months are missed where these changes (TOLD,) are foretold."""
    now, then = passengers()[-TOLD - 1 : -1], passengers()[-TOLD:]
    return float(np.sqrt(np.square(now * (1 + change * CHANGE / 100) - then).mean()))


def one_month_ahead(trainer: Trainer) -> str:
    """Airline: the held-out months as one sequence, each told before the next is asked."""
    series = changes("held-out").astype(trainer.config.dtype)[:, None, None]
    batch = Batch(series[:-1], series[1:], np.ones((len(series) - 1, 1), series.dtype))
    ((_, loss),) = outcomes(trainer, [batch])
    return f"{passengers_missed(loss.y_hat[YEAR - 1 :, 0, 0]):.1f} thousand"


def beside_chaos() -> Beside:
    linear = SPREAD * autoregression(part_of("train"), part_of("held-out"), 24, 6)
    return Beside(f"rmse 0.003 to 0.004, {linear:.3g}", "GRU 32 in JAX; AR(24), 6 ahead")


def beside_sonnets() -> Beside:
    text = letters(sonnets())
    losses = surprises(text.codes, text.cut, text.passage, len(text.symbols), 5).mean(axis=1)
    return Beside(f"loss {losses[4]:.3f}", "5-gram (Witten-Bell), same passage")


BESIDE: dict[str, Callable[[], Beside]] = {
    "sunspots": beside_sunspots,
    "airline": beside_airline,
    "mackey-glass": beside_chaos,
    "sonnets": beside_sonnets,
    "xor": lambda: Beside("67 %, loss 0.462", "who knows the rule: every third bit (Elman 1990)"),
    "digits": lambda: Beside("93 %, 97 %", "logistic regression, SVC, same split"),
    "digit-rows": lambda: Beside("92 to 95 %", "tanh 64 in JAX, 840 steps of Adam"),
    "vowels": lambda: Beside("95 to 98 %", "32 units of any cell in JAX, 600 steps of Adam"),
    "adding": lambda: Beside("loss < 0.01", "LSTM 32 in JAX, T = 50, 800 to 1,000 steps"),
    "temporal-order": lambda: Beside("> 99 %", "Pascanu et al. 2013: tanh 50, clipped"),
    "latch": lambda: Beside("solved", "LSTM 8 in JAX, T = 100, 4,000 steps of 16, forget bias 5 (not 1)"),
    "addition": lambda: Beside("99 %", "Keras example: LSTM 128, 55 epochs, question reversed"),
    "reber": lambda: Beside("100 %", "Hochreiter & Schmidhuber 1997: LSTM, 8,440 to 39,740 strings"),
    "delayed-copy": lambda: Beside("loss 0.010 to 0.021", "GRU 64 in JAX, 5,000 steps: 2 to 4 % of the baseline"),
}


def beside(one: Try) -> Beside | None:
    """What was published or measured of this task, or of just these settings; None: nothing."""
    if one.changes:
        return one.beside
    return BESIDE[one.task]() if one.task in BESIDE else None


# Our own score where what stands beside is in another measure than the task's
BY_ITS_MEASURE: dict[str, Callable[[Trainer], str]] = {
    "sunspots": lambda trainer: both(one_year_ahead(trainer, ())),
    "airline": one_month_ahead,
}


# Showing

HEADINGS = ("task", "cell", "H, T, optimizer, rate, clip", "steps", "held out", "beside", "loss", "baseline", "which",
            "beats it", "whose number stands beside")


def row(found: Found, one: Try) -> tuple[str, ...]:
    task, config, others = TASKS[found.task], one.config, beside(one) or Beside("", "")
    verdict = ("NO", "yes")[found.beats] if one.beats else ("no, as it must", "NO, it must not")[found.beats]
    ours = "; ".join(filter(None, (metric(task, found.metric), found.also)))
    settings = f"{config.hidden_size}, {config.length}, {config.optimizer} {config.learning_rate:g}, {config.clip}"
    return (
        found.task, found.cell, settings, f"{found.steps:,}", ours, others.score, f"{found.loss:.3g}",
        f"{found.baseline:.3g}", task.baseline(config).name, verdict, others.whose,
    )


def metric(task: Task, value: float) -> str:
    """As a person reads it, in the task's unit."""
    if task.metric == "rmse":
        return f"{task.metric} {value:.3g} {task.unit}".rstrip()
    return f"{task.metric} {100 * value:.1f} %"


def asked(found: Found) -> Try | None:
    """What was tried there; None if it is tried no longer."""
    return next((one for one in tries([found.task]) if one.changes == found.changes), None)


def table(all_found: Sequence[Found]) -> str:
    """A line for each run, with what stands beside, then how many came out as they should."""
    kept = [(found, one) for found in all_found if (one := asked(found))]
    good = sum(found.beats == one.beats for found, one in kept)
    spent = sum(found.seconds for found, _ in kept)
    engines = ", ".join(sorted({found.engine for found, _ in kept}))
    end = f"{good} of {len(kept)} runs as they should be, {spent:.0f} s of CPU time, engine {engines}."
    return "\n".join([*columns([HEADINGS, *(row(found, one) for found, one in kept)]), "", end])


def load() -> list[Found]:
    entries = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else []
    return [Found(**{name: entry[name] for name in entry if name != "beside"}) for entry in entries]


def told(found: Found) -> dict[str, str] | None:
    """What stands beside a run, for the file."""
    one = asked(found)
    others = beside(one) if one else None
    return others._asdict() if others else None


def save(all_found: Iterable[Found]) -> None:
    """Each run, and what stands beside it, which is nobody's run here."""
    entries = [asdict(found) | {"beside": told(found)} for found in all_found]
    KEPT.write_text(each_on_a_line(entries) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--task", nargs="+", choices=TASKS, metavar="NAME", help="only these tasks")
    parser.add_argument("--seconds", type=float, default=MOST, help="CPU seconds each, at most 30")
    parser.add_argument("--save", action="store_true", help="keep the lines in bench/results/tasks.json")
    parser.add_argument("--table", action="store_true", help="train nothing, print the kept lines")
    given = parser.parse_args()
    if not 0 < given.seconds <= MOST:
        parser.error(f"--seconds is {given.seconds:g}; it must be more than 0 and at most {MOST:g}")
    order = {(one.task, said(one.changes)): k for k, one in enumerate(tries(TASKS))}
    found = load() if given.table or given.save else []
    for one in [] if given.table else tries(given.task or TASKS):
        now = run(one, given.seconds, last_commit())
        found = [old for old in found if (old.task, old.changes) != (one.task, one.changes)] + [now]
        found.sort(key=lambda each: order.get((each.task, said(each.changes)), len(order)))
        if given.save:
            save(found)
    print(table(found))


if __name__ == "__main__":
    main()
