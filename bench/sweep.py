"""What a sweep costs: runs a second on one worker and on two, and a run's time over that of bare training.

`python -m bench.sweep` prints a table: goal, measured, met or not. `--runs N` and `--rounds N` ask for more or less; it
reads best where two cores are free, and says how busy they were.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.papers import columns
from rnn_core import Config, Trainer
from rnn_core.sweep import Pool, grid, process_pool, run, sweep

BASE = Config(task="temporal-order", cell="gru", length=40)
SLOW = Config(cell="gru", learning_rate=1e-6)  # never beats its baseline, and so is looked at to the end
SPEED_UP, OVERHEAD = 1.9, 1.10  # the goals
HEADINGS = ("", "goal", "measured", "")


def spent(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return clock() - began


def rate(pool: Pool, runs: int, steps: int) -> float:
    """Runs a second of a pool that has started."""
    configs = grid(BASE, {"seed": range(1, runs + 1)})
    return runs / spent(lambda: list(sweep(configs, steps, pool)), time.perf_counter)


def overhead(steps: int, seed: int) -> float:
    """CPU time of a run, looks at the held-out loss and all, over that of its training steps alone."""
    config = replace(SLOW, seed=seed)
    bare = spent(lambda: Trainer(config)._advance(steps), time.thread_time)
    return spent(lambda: run(config, steps), time.thread_time) / bare


def steps_of(seconds: float, config: Config) -> int:
    """Training steps that take so long, CPU time."""
    return round(200 * seconds / spent(lambda: Trainer(config)._advance(200), time.thread_time))


def idle(seconds: float = 1.0) -> float:
    """How many cores nobody uses, measured over so long; NaN where /proc does not say."""
    def ticks() -> int:
        return int(Path("/proc/stat").read_text().split()[4])

    try:
        before = ticks()
        time.sleep(seconds)
        return (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds
    except OSError:
        return float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=12, help="for each rate")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts")
    given = parser.parse_args()
    free, steps = idle(), steps_of(0.25, BASE)
    second = steps_of(1.0, SLOW)
    costs = [overhead(second, seed) for seed in range(1, given.rounds + 1)]
    with process_pool(1) as one, process_pool(2) as two:
        pools = (one, two)
        for pool in pools:
            rate(pool, 2, 1)  # starts the workers
        rates = [tuple(rate(pool, given.runs, steps) for pool in pools) for _ in range(given.rounds)]
    slow, fast = (median(column) for column in zip(*rates, strict=True))
    gain, cost = median(b / a for a, b in rates), median(costs)
    print("\n".join(columns([
        HEADINGS,
        ("cores that were free before", "2", f"{free:.1f}", ""),
        ("runs of ¼ s a second, one worker", "", f"{slow:.2f}", ""),
        ("two workers", "", f"{fast:.2f}", ""),
        ("two over one", f"≥ {SPEED_UP}", f"{gain:.2f}", "met" if gain >= SPEED_UP else "missed"),
        ("a run of 1 s over its training", f"≤ {OVERHEAD:.2f}", f"{cost:.3f}", "met" if cost <= OVERHEAD else "missed"),
    ])))  # fmt: skip


if __name__ == "__main__":
    main()
