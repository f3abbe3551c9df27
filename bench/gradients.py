"""What the analyses of gradients cost, on one BLAS thread: seconds a call, for each cell, at two sizes.

    python -m bench.gradients [--cell lstm] [--rounds 5]

Large is T = 60, H = 64, B = 16, with a goal of 1 s for each; default is the app's own network, with 0.1 s. A time is
the median over the rounds of the process's CPU time. The task is temporal-order, of which only the last step is read,
after three training steps.

Then the pictures of each section of the Gradients page, their sentences and figures made for the browser: the goals are
for a picture, and printed is the slowest of a section.

The last lines are what recording over training adds to the time that training takes: two runs of one Config, one of
which is recorded, take turns; the goal is 0.05 over the first STEPS steps. --recording prints these alone.

--presets prints something else: what rnn_core/analysis/presets.py says of gradients, with seeds 1 to 5 (--seeds N: 1 to
N), and whether it holds. It ends with 1 where a sentence is false. --starts: how often the cliff throws the plain walk.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.papers import columns
from rnn_core import CELLS, Config, Trainer
from rnn_core.analysis import influence, jacobians, singular_values
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.cliff import Cliff, Preset, descend, error_surface, loss_and_gradient
from rnn_core.analysis.clipping import clip_last_step
from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.mistakes import check_mistakes
from rnn_core.analysis.presets import PRESETS, SEEDS
from rnn_core.analysis.products import singular_value_fan
from rnn_core.analysis.spectrum import BOUNDS, log10_textbook_bound, spectra
from rnn_core.analysis.terms import gradient_terms
from rnn_core.analysis.truncation import truncation
from ui.chart.chart import message
from ui.gradients.cliff import ARRIVED
from ui.gradients.page import made
from ui.gradients.picture import Picture
from ui.gradients.settings import SECTIONS, Look, fields_of
from ui.run.session import Session

SIZES: dict[str, tuple[dict[str, Any], float]] = {  # settings, goal
    "default": ({}, 0.1),
    "large": ({"length": 60, "hidden_size": 64}, 1.0),
}
QUANTITIES: dict[str, Callable[[Trainer], Any]] = {
    "jacobians": jacobians,
    "influence": influence,
    "singular_values": lambda trainer: singular_values(trainer, 0, 0, trainer.config.length),
    "singular_value_fan": singular_value_fan,
    "log10_textbook_bound": log10_textbook_bound,
    "spectra": spectra,
    "cell_state_paths": cell_state_paths,
    "gradient_terms": gradient_terms,
    "log10_gradient_norms": log10_gradient_norms,
    "distances_to_saturation": distances_to_saturation,
    "clip_last_step": lambda trainer: clip_last_step(trainer, "value", 0.01),
    "truncation": lambda trainer: truncation(trainer, 5),
    "check_mistakes": check_mistakes,
}
STEPS, SLICE, MOST = 2000, 200, 0.05  # of recording: training steps, of which so many in turn; the goal
STARTS, WALK = 600, 150  # of the cliff: random starts in its window, steps of descent
WALKED = ((0.7, 0.3, 1.0), (-0.5, 0.3, 1.0), (-0.5, 1.0, 1.0), (0.7, 0.03, 0.1), (-0.5, 0.03, 0.1))  # target, rate, …
NOT_OF = {  # what is refused for some cells
    "log10_textbook_bound": CELLS.keys() - BOUNDS.keys(),
    "cell_state_paths": {name for name, cell in CELLS.items() if "c" not in cell.states},
}


def seconds(call: Callable[[], Any], rounds: int) -> float:
    """The median CPU time of a call; the first, which imports and warms up, does not count."""
    times = []
    for _ in range(rounds + 1):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times[1:])


def cliff() -> None:
    """The error surface, 101 by 101 points, and both walks."""
    p = Preset()
    error_surface(np.linspace(*p.w, 101), np.linspace(*p.b, 101), p.cliff)
    for threshold in (None, p.threshold):
        descend(p.start, p.learning_rate, p.steps, threshold, p.cliff)


def recording(changes: dict[str, Any], rounds: int) -> float:
    """What recording adds to the CPU time of a run's first STEPS steps, as a share of it: the median of the rounds."""
    shares = []
    for turn in range(rounds):
        runs = [Trainer(Config(**changes)) for _ in range(2)]
        runs[turn % 2].record()
        spent = {id(run): 0.0 for run in runs}
        for k in range(STEPS // SLICE):
            for run in runs[:: 1 if k % 2 else -1]:
                start = time.process_time()
                run.advance(SLICE)
                spent[id(run)] += time.process_time() - start
        recorded, plain = (spent[id(runs[(turn + k) % 2])] for k in range(2))
        shares.append(recorded / plain - 1)
    return statistics.median(shares)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", choices=list(CELLS), action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recording", action="store_true")
    parser.add_argument("--presets", action="store_true")
    parser.add_argument("--starts", action="store_true")
    parser.add_argument("--seeds", type=int, default=len(SEEDS))
    given = parser.parse_args()
    if given.presets:
        return presets(given.seeds)
    if given.starts:
        return starts(given.seeds)
    if not given.recording:
        analyses(given.cell or list(CELLS), given.rounds)
        sections(given.cell or ["rnn", "lstm"], given.rounds)
    print(f"{'recording, of training':25}{'cell':10}{'size':10}{'share':>9}{'goal':>7}  met")
    for cell in given.cell or ("rnn", "lstm"):
        for size, (changes, _) in SIZES.items():
            share = recording({"task": "temporal-order", "cell": cell, **changes}, given.rounds)
            met = "yes" if share <= MOST else "NO"
            print(f"{f'first {STEPS:,} steps':25}{cell:10}{size:10}{share:9.4f}{MOST:7.2f}  {met}")
    return 0


def sections(cells: list[str], rounds: int) -> None:
    """The table of the page's sections."""
    print(f"{'section':25}{'cell':10}{'size':10}{'pictures':>9}{'slowest':>9}{'goal':>7}  met")
    for cell in cells:
        for size, (changes, goal) in SIZES.items():
            s = Session(Config(task="temporal-order", cell=cell, **changes), recorded=True)
            s.run.trainer.advance(300)
            values = {name: field.default for name, field in fields_of(s).items()} | {"at": "now"}
            for section in SECTIONS:
                turns = [drawn(s, values | {"section": section}) for _ in range(rounds + 1)][1:]
                slowest = max(map(statistics.median, zip(*turns, strict=True)))
                met = "yes" if slowest <= goal else "NO"
                print(f"{section:25}{cell:10}{size:10}{len(turns[0]):9}{slowest:9.4f}{goal:7.1f}  {met}")


def drawn(s: Session, values: dict[str, Any]) -> list[float]:
    """CPU seconds of each of a section's pictures, asked anew, as the browser gets them. What several of them read is
    counted with the first.
    """
    times, spent = [time.process_time()], []

    def stamped(self: Picture, *args: Any, **more: Any) -> None:
        made_of(self, *args, **more)
        times.append(time.process_time())

    made_of = Picture.__init__
    with patch.object(Picture, "__init__", stamped):
        pictures = made(s, Look(), values)
    for picture, (begin, end) in zip(pictures, pairwise(times), strict=True):
        start = time.process_time()
        if picture.figure is not None:
            message(picture.figure, picture.look)
        spent.append(end - begin + time.process_time() - start)
    return spent


def starts(seeds: int) -> int:
    """The table of the cliff's random starts in its window: where after WALK steps one walk alone has arrived."""
    rows: list[tuple[str, ...]] = [("target", "rate", "threshold", "clipped alone", "to", "plain alone", "to")]
    for target, rate, threshold in WALKED:
        alone = []
        for seed in range(1, seeds + 1):
            rng, cliff = np.random.default_rng(seed), Cliff(target)
            w, b = rng.uniform(*Preset().w, STARTS), rng.uniform(*Preset().b, STARTS)
            plain, clipped = (arrived(w, b, cliff, rate, limit) for limit in (np.inf, threshold))
            alone.append((float((clipped & ~plain).mean()), float((plain & ~clipped).mean())))
        ends = [f"{end(column):.1%}" for column in zip(*alone, strict=True) for end in (min, max)]
        rows.append((f"{target:g}", f"{rate:g}", f"{threshold:g}", *ends))
    print("\n".join(columns(rows)))
    return 0


def arrived(w: np.ndarray, b: np.ndarray, cliff: Cliff, rate: float, limit: float) -> np.ndarray:
    """Whether descents from all starts (N,) at once, the gradient clipped by norm, end at a loss below ARRIVED."""
    for _ in range(WALK):
        _, dw, db = loss_and_gradient(w, b, cliff)
        step = rate * np.minimum(1, limit / np.maximum(np.hypot(dw, db), 1e-300))
        w, b = w - step * dw, b - step * db
    return loss_and_gradient(w, b, cliff)[0] < ARRIVED


def presets(seeds: int) -> int:
    """The table of the presets; 1 where one is false."""
    rows, false = [("preset", "number", "least", "largest", "says", "seeds", "on the page")], 0
    for name, preset in PRESETS.items():
        runs = [preset.trained(seed) for seed in range(1, seeds + 1)]
        for what, number in preset.numbers.items():
            values = [number.of(run) for run in runs]
            good = sum(map(number.holds, values))
            false += good < seeds
            rows.append((
                name, what, f"{min(values):.2g}", f"{max(values):.2g}", f"{number.low:g} to {number.high:g}",
                f"{good} of {seeds}", "{:g} to {:g}".format(*number.measured),
            ))  # fmt: skip
            name = ""
    print("\n".join(columns(rows)))
    for name, preset in PRESETS.items():
        print(f"{name}: {preset.sentence}")
    return int(false > 0)


def analyses(cells: list[str], rounds: int) -> None:
    """The table of the quantities."""
    print(f"{'quantity':25}{'cell':10}{'size':10}{'seconds':>9}{'goal':>7}  met")
    for cell in cells:
        for size, (changes, goal) in SIZES.items():
            trainer = Trainer(Config(task="temporal-order", cell=cell, **changes))
            trainer.advance(3)
            for quantity, call in QUANTITIES.items():
                if cell not in NOT_OF.get(quantity, ()):
                    took = seconds(partial(call, trainer), rounds)
                    print(f"{quantity:25}{cell:10}{size:10}{took:9.4f}{goal:7.1f}  {'yes' if took <= goal else 'NO'}")
    took = seconds(cliff, rounds)
    print(f"{'the cliff':25}{'':10}{'':10}{took:9.4f}{0.1:7.1f}  {'yes' if took <= 0.1 else 'NO'}")


if __name__ == "__main__":
    sys.exit(main())
