"""Every task with its own defaults, trained for some seconds: does the network beat the baseline on held-out data?

`python -m bench.tasks` trains what TASKS holds, and prints a table; below a task stand cells that can and cannot do it
where that is its point. `--task NAME …` asks for some, `--seconds` for another time (CPU seconds, at most 30), `--save`
keeps the lines in bench/results/tasks.json, `--table` prints the kept ones.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.papers import RESULTS, columns, each_on_a_line, last_commit, progress
from rnn_core import TASKS, Config, Trainer
from rnn_core.ngrams import surprises
from rnn_core.tasks import Task
from rnn_core.tasks.series import (
    CHANGE,
    FIRST_TEST_MONTH,
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


@dataclass(frozen=True)
class Try:
    """A task with its defaults and these changes; beats: whether it is to beat the baseline."""

    task: str
    changes: dict[str, object] = field(default_factory=dict)
    beats: bool = True

    @property
    def config(self) -> Config:
        wanted: dict[str, object] = {"task": self.task, **TASKS[self.task].defaults, **self.changes}
        return Config(**wanted)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Found:
    """What came of it. loss and metric: on the held-out sequences, at the end. seconds: CPU time."""

    task: str
    changes: dict[str, object]
    cell: str
    steps: int
    seconds: float
    loss: float
    metric: float
    baseline: float
    engine: str

    @property
    def beats(self) -> bool:
        """By a twentieth at least: who guesses is now and then a little above or below."""
        return self.loss < 0.95 * self.baseline


LONG = {"hidden_size": 32, "length": 50, "learning_rate": 0.01}
ORDER = {"cell": "rnn", "hidden_size": 50, "length": 30, "batch_size": 20, "optimizer": "sgd", "learning_rate": 0.1,
         "initializer": "normal"}
EXTRA = (  # where the task's point is that one network can and another cannot
    Try("adding", {"cell": "gru", **LONG}),
    Try("adding", {"cell": "rnn", **LONG}, beats=False),
    Try("temporal-order", ORDER),
    Try("temporal-order", {**ORDER, "clip": "none"}, beats=False),
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


def beside_sunspots() -> str:
    years, numbers = sunspots()
    known = years <= LAST_TRAINING_YEAR
    linear = autoregression(numbers[known], numbers[~known], 9)
    return (
        f"AR(9) on the same years {linear:.1f}, which beats a network trained for so long; by the paper's measure, "
        "over the whole past, see bench/papers.py"
    )


def beside_airline() -> str:
    linear = CHANGE * autoregression(changes("train"), changes("held-out"), YEAR)
    months = passengers()
    same = np.sqrt(np.square(np.diff(months)[FIRST_TEST_MONTH - 1 :]).mean())
    year = np.sqrt(np.square(months[FIRST_TEST_MONTH:] - months[FIRST_TEST_MONTH - YEAR : -YEAR]).mean())
    return (
        f"AR({YEAR}) on the same changes {linear:.1f}, which beats the network; in passengers (thousands) persistence "
        f"{same:.1f} and last year's month {year:.1f}, where a famous tutorial's LSTM reports 47.5"
    )


def beside_chaos() -> str:
    linear = SPREAD * autoregression(part_of("train"), part_of("held-out"), 24, 6)
    return f"AR(24), 6 ahead, {linear:.4f}; GRU 32 measured elsewhere 0.003 to 0.004"


def beside_sonnets() -> str:
    text = letters(sonnets())
    losses = surprises(text.codes, text.cut, text.passage, len(text.symbols), 5).mean(axis=1)
    return f"5-gram (Witten-Bell) loss {losses[4]:.3f}: counting beats a network trained for so short"


BESIDE = {
    "sunspots": beside_sunspots,
    "airline": beside_airline,
    "mackey-glass": beside_chaos,
    "sonnets": beside_sonnets,
    "xor": lambda: "who knows the rule: loss 0.462, 67 % (Elman 1990)",
    "digits": lambda: "logistic regression 93 %, SVC 97 % (same split)",
    "digit-rows": lambda: "tanh 64 92 to 95 % (measured elsewhere); all 64 pixels: logistic 93 %, SVC 97 %",
    "vowels": lambda: "32 units of any cell 95 to 98 % (measured elsewhere)",
    "adding": lambda: "T = 50: GRU and LSTM under 0.01 squared error, tanh never leaves 1/6",
    "temporal-order": lambda: "Pascanu et al. 2013: decided by clipping as T grows",
    "latch": lambda: "at T = 100 see forget-bias in bench/papers.py (Gers et al. 2000)",
    "addition": lambda: "Keras example: 99 % of characters in 55 epochs, LSTM 128, question reversed",
    "reber": lambda: "Hochreiter & Schmidhuber 1997: LSTM after 8,440 to 39,740 strings",
    "delayed-copy": lambda: "GRU 64: 2 to 4 % of the baseline in 5,000 steps (measured elsewhere)",
}


# Showing

HEADINGS = ("task", "cell", "H, T, optimizer, rate, clip", "steps", "held out", "loss", "baseline", "which", "beats it")


def row(found: Found, wanted: bool) -> tuple[str, ...]:
    task, config = TASKS[found.task], Try(found.task, found.changes).config
    verdict = ("yes" if found.beats else "NO") if wanted else ("NO, it should not" if found.beats else "no, as it must")
    settings = f"{config.hidden_size}, {config.length}, {config.optimizer} {config.learning_rate:g}, {config.clip}"
    return (
        found.task, found.cell, settings, f"{found.steps:,}", metric(task, found.metric), f"{found.loss:.3g}",
        f"{found.baseline:.3g}", task.baseline(config).name, verdict,
    )


def metric(task: Task, value: float) -> str:
    """As a person reads it, in the task's unit."""
    if task.metric.endswith("right"):
        return f"{100 * value:.1f} % {task.metric}"
    return f"{task.metric} {value:.3g} {task.unit}".rstrip()


def table(all_found: Sequence[Found]) -> str:
    """A line for each run, then what stands beside, then how many came out as they should."""
    wanted = {(one.task, said(one.changes)): one.beats for one in tries(TASKS)}
    kept = [found for found in all_found if (found.task, said(found.changes)) in wanted]
    rows = [row(found, wanted[found.task, said(found.changes)]) for found in kept]
    good = sum(found.beats == wanted[found.task, said(found.changes)] for found in kept)
    beside = [f"  {name}: {BESIDE[name]()}" for name in TASKS if name in BESIDE and name in {f.task for f in kept}]
    spent = sum(found.seconds for found in kept)
    engines = ", ".join(sorted({found.engine for found in kept}))
    end = f"{good} of {len(kept)} runs as they should be, {spent:.0f} s of CPU time, engine {engines}."
    return "\n".join([*columns([HEADINGS, *rows]), "", "Beside these:", *beside, "", end])


def load() -> list[Found]:
    return [Found(**entry) for entry in json.loads(KEPT.read_text("utf-8"))] if KEPT.is_file() else []


def save(all_found: Iterable[Found]) -> None:
    KEPT.write_text(each_on_a_line([asdict(found) for found in all_found]) + "\n", "utf-8")


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
