"""What a text of many kinds of character costs, and what it buys that W_xh x_t is looked up (rnn_core/fast/lookup.py).

    python -m bench.alphabet [--kinds 64 128 256 512 1000 2000 4000] [--cell gru]

The text page's network, on text drawn by Zipf's law. A training step's processor time with products and with the lookup
is the median over turns of less than a tenth of a second; the memory is that of a process of its own, in which a run
takes three steps and is looked at.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import resource
import statistics
from multiprocessing import get_context
from unittest.mock import patch

import numpy as np

from bench.engine import seconds_per_step
from rnn_core import CELLS, Config, Trainer
from rnn_core.fast import network
from rnn_core.tasks import Task
from rnn_core.tasks.text import letters, task_of
from ui.text.desk import DEFAULTS

LENGTH, ROUNDS, TURN = 200_000, 15, 0.08  # characters, turns, seconds


def task(kinds: int) -> Task:
    """A text in which the k-th most frequent of so many kinds has a share of 1/k."""
    rng, share = np.random.default_rng(0), 1 / np.arange(1, kinds + 1)
    codes = np.concatenate([np.arange(kinds), rng.choice(kinds, LENGTH, p=share / share.sum())])
    return task_of(letters("".join(chr(0x4E00 + code) for code in rng.permutation(codes)), kinds))


def compare(config: Config, kinds: int) -> tuple[float, float]:
    """Seconds of a training step with products, and with the lookup."""
    found: tuple[list[float], list[float]] = [], []
    runs = [Trainer(config, task(kinds))._advance for _ in found]
    for turn in range(ROUNDS + 1):
        for way, least in enumerate((10**9, 1)):
            with patch.object(network, "LOOKED_UP", least):
                steps = max(1, int(TURN / statistics.median(found[way]))) if turn else 1
                found[way].append(seconds_per_step(runs[way], steps))
    with_products, looked_up = (statistics.median(times[1:]) for times in found)
    return with_products, looked_up


def peak(config: Config, kinds: int, least: int) -> float:
    """Megabytes of memory at most."""
    with patch.object(network, "LOOKED_UP", least):
        Trainer(config, task(kinds)).advance(3)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", type=int, nargs="+", default=[64, 128, 256, 512, 1000, 2000, 4000])
    parser.add_argument("--cell", choices=list(CELLS), default=DEFAULTS["cell"])
    asked = parser.parse_args()
    config = Config(**DEFAULTS | {"cell": asked.cell})
    print("kinds   products   looked up   ratio   memory: products   looked up")
    for kinds in asked.kinds:
        slow, fast = compare(config, kinds)
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            used = pool.starmap(peak, [(config, kinds, 10**9), (config, kinds, 1)], chunksize=1)
        times = f"{1e3 * slow:8.1f} ms{1e3 * fast:9.1f} ms{slow / fast:8.2f}"
        print(f"{kinds:5}{times}{used[0]:16.0f} MB{used[1]:9.0f} MB", flush=True)


if __name__ == "__main__":
    main()
