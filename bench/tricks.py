"""What each trick of rnn_core/fast buys: the time of a training step without it over the time with it.

    python -m bench.tricks [--cell lstm]

Both train the same configuration in turns of less than a tenth of a second of processor time; the ratio is the median.
A trick that nowhere reaches 1.02 does not pay for its reader's time and goes.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import statistics
import time
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.engine import seconds_per_step
from rnn_core import CELLS, Config, Trainer, sampling, stepper
from rnn_core.fast import bptt, layout, losses, network, update
from rnn_core.fast.kernels import KERNELS, elman, gru, lstm, residual
from rnn_core.step import LOSSES

SIZES, TURN, ROUNDS = ((8, 1, 20), (16, 16, 25), (128, 64, 100)), 0.06, 15  # (H, B, T), seconds, turns
ALL_STEPS = 2**60  # bytes: more than any sequence has


def own_product(flow: bptt.Flow, dy: Any, dstate: Any, ends: Any, W_hy: Any) -> bptt.Flow:
    """Backpropagate with a product of its own for ∂L/∂h_t through y_t."""
    return bptt.backpropagate(flow, W_hy.T @ dy, dstate, ends)


def flows_of_h(self: network.FastNetwork, trace: Any) -> list[list[Any]]:
    """Buffers of one layer for the way back that is asked for ∂L/∂h_t through y_t."""
    ((tape,),) = trace.tapes
    flow = bptt.Flow(tape, self.window, reads_end=False)
    flow.dW = trace.layout.matrix(trace.entries.dW, ("", 0), "C")
    return [[flow]]


TRICKS: dict[str, list[tuple[Any, str, Any]]] = {
    "none (noise)": [],
    "cross-entropy in few calls": [(losses.COLUMN_FORMULAS, "cross-entropy", LOSSES["cross-entropy"])],
    "Adam in place": [(stepper, "update", update.plain_update)],
    "blocks copied before arithmetic": [(cell, "packed", lambda *arrays: arrays) for cell in (lstm, gru)],
    "constants as 0-d arrays": [
        *((cell, "ONE", 1) for cell in (elman, residual, lstm, gru)),
        *((cell, "HALF", 0.5) for cell in (lstm, gru)),
    ],
    "the way back in pieces": [(bptt, "CHUNK", ALL_STEPS)],
    "weights column by column": [(layout, "ORDER", "C")],
    "read-out in the same product": [
        (network, "backpropagate", own_product),
        (network.FastNetwork, "_flows", flows_of_h),
    ],
}


def without(trick: str) -> ExitStack:
    """A context in which the trick is switched off."""
    stack = ExitStack()
    for where, name, plain in TRICKS[trick]:
        held = patch.dict(where, {name: plain}) if isinstance(where, dict) else patch.object(where, name, plain)
        stack.enter_context(held)
    return stack


def compare(config: Config, trick: str) -> float:
    """The median ratio of a step's time without the trick to that with it."""
    with without(trick):
        plain = Trainer(config)._advance
        plain(3)
    fast = Trainer(config)._advance
    steps = max(1, int(TURN / seconds_per_step(fast, 5)))
    ratios = []
    for _ in range(ROUNDS):
        with without(trick):
            slow = seconds_per_step(plain, steps)
        ratios.append(slow / seconds_per_step(fast, steps))
    return statistics.median(ratios)


def writing() -> float:
    """The time to write a text's sample, the weights laid out anew for each character, over the time it takes."""
    config = Config(task="sonnets", cell="gru", hidden_size=96)
    trainer, start = Trainer(config), np.zeros(1, int)

    def write() -> float:
        begin = time.process_time()
        sampling.sample(trainer.network, trainer.params, start, 100, (0.7,), np.random.default_rng(1))
        return time.process_time() - begin

    def anew(*args: Any, same: bool) -> Any:
        return network.forward_into(*args)

    ratios = []
    for _ in range(ROUNDS):
        with patch.object(sampling, "forward_into", anew):
            slow = write()
        ratios.append(slow / write())
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kernels = [name for name, cell in CELLS.items() if cell in KERNELS]
    parser.add_argument("--cell", choices=kernels, action="append")
    print(f"{'without':34}{'cell':10}" + "".join(f"{'H, B, T = ' + str(size)[1:-1]:>24}" for size in SIZES))
    for trick in TRICKS:
        for cell in parser.parse_args().cell or kernels:
            sizes = (Config(cell=cell, hidden_size=H, batch_size=B, length=T, k=1) for H, B, T in SIZES)
            print(f"{trick:34}{cell:10}" + "".join(f"{compare(config, trick):24.2f}" for config in sizes), flush=True)
    print(f"{'weights laid out once':34}{'gru':10}{'a sample, H = 96':>24}{writing():24.2f}")


if __name__ == "__main__":
    main()
