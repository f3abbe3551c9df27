"""The engine against PyTorch: training steps a second, in one interleaved run with one thread on each side.

    python -m bench.engine [--quick]

PyTorch (eager, float32, the faster of default and fused Adam) is a dependency of this command alone. A step is:
forward, cross-entropy at every step that has a target, backward, clipping by norm, Adam; on our side drawing the
batch as well. Time is the process's CPU time, and all take turns of less than a tenth of a second, so a busy machine
disturbs them less, and all alike; the ratio is the median over the rounds.
"""

import os

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # where they are set, they choose slower kernels
    os.environ.pop(name, None)
for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from rnn_core import CELLS, Config, Trainer

SIZES = ((8, 1, 20), (16, 16, 25), (32, 32, 50), (64, 32, 100), (128, 64, 100))
GOALS = {
    "rnn": (14, 10, 3.8, 2.1, 1.0),
    "gru": (13, 9, 3.3, 1.8, 1.1),
    "lstm": (5, 2.5, 1.0, 0.8, 0.75),
}


Steps = Callable[[int], object]  # takes so many training steps


def ours(config: Config) -> Steps:
    return Trainer(config)._advance


def theirs(config: Config, *, fused: bool) -> Steps:
    """The same network and the same step in PyTorch; batches drawn beforehand."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[config.cell]
    cell, read_out = kind(5, config.hidden_size), torch.nn.Linear(config.hidden_size, 5)
    params = [*cell.parameters(), *read_out.parameters()]
    adam = torch.optim.Adam(params, lr=config.learning_rate, fused=fused)
    letters = torch.randint(0, 5, (config.length, config.batch_size))
    x, target = torch.nn.functional.one_hot(letters, 5).float(), letters[: -config.k].reshape(-1)

    def advance(steps: int) -> None:
        for _ in range(steps):
            adam.zero_grad()
            y = read_out(cell(x)[0])[config.k :].reshape(-1, 5)
            torch.nn.functional.cross_entropy(y, target).backward()
            torch.nn.utils.clip_grad_norm_(params, config.clip_threshold)
            adam.step()

    return advance


def seconds_per_step(advance: Steps, steps: int) -> float:
    start = time.process_time()
    advance(steps)
    return (time.process_time() - start) / steps


def matrix_product_limit() -> float:
    """Floating-point operations a second of a large float32 product on one thread."""
    a = np.ones((1024, 1024), np.float32)
    return max(2 * 1024**3 / seconds_per_step(lambda n: [a @ a for _ in range(n)], 3) for _ in range(5))


def compare(config: Config, rounds: int, budget: float) -> tuple[float, float]:
    """The median ratio of their time to ours, and our median seconds a step."""
    mine, fused, plain = ours(config), theirs(config, fused=True), theirs(config, fused=False)
    steps = []
    for advance in (mine, fused, plain):
        seconds_per_step(advance, 3)
        steps.append(max(1, int(budget / seconds_per_step(advance, 3))))
    ratios, own = [], []
    for _ in range(rounds):
        own.append(seconds_per_step(mine, steps[0]))
        ratios.append(min(seconds_per_step(fused, steps[1]), seconds_per_step(plain, steps[2])) / own[-1])
    return statistics.median(ratios), statistics.median(own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--cell", choices=list(GOALS), action="append")
    rounds, budget = (5, 0.05) if (arguments := parser.parse_args()).quick else (41, 0.08)
    limit = matrix_product_limit()
    print(f"one thread, float32; large matrix product: {limit / 1e9:.0f} GFLOP/s\n")
    print("cell    H   B    T   steps/s   PyTorch's time / ours   goal   met   share of the limit")
    for cell in arguments.cell or GOALS:
        for (H, B, T), goal in zip(SIZES, GOALS[cell], strict=True):
            config = Config(cell=cell, hidden_size=H, batch_size=B, length=T, k=1)
            ratio, seconds = compare(config, rounds, budget)
            gates = len(CELLS[cell].gates)
            flop = 6 * T * B * (gates * H * (H + 6) + 5 * (H + 1))
            met = "yes" if ratio >= goal else "no"
            numbers = f"{1 / seconds:10.0f}{ratio:24.2f}{goal:7}   {met:3}{flop / seconds / limit:21.0%}"
            print(f"{cell:5}{H:4}{B:4}{T:5}{numbers}")


if __name__ == "__main__":
    main()
