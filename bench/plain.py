"""What the kernels buy: training steps a second on rnn_core/fast against the plain loops of rnn_core/bptt.py.

    python -m bench.plain [--cell rnn]

Both train the same configuration in turns of less than a tenth of a second of processor time; the ratio is the median.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import statistics

from bench.engine import SIZES, seconds_per_step
from rnn_core import CELLS, Config, Trainer
from rnn_core.fast.kernels import KERNELS

TURN, ROUNDS = 0.08, 15  # seconds, turns


def compare(config: Config) -> tuple[float, float]:
    """The median ratio of the plain loops' time to the kernels', and the kernels' median seconds a step."""
    runs = [Trainer(config, plain=plain)._advance for plain in (True, False)]
    steps = [max(1, int(TURN / seconds_per_step(run, 5))) for run in runs]
    times = [[seconds_per_step(*pair) for pair in zip(runs, steps, strict=True)] for _ in range(ROUNDS)]
    return statistics.median(plain / fast for plain, fast in times), statistics.median(fast for _, fast in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", choices=[name for name, cell in CELLS.items() if cell in KERNELS], action="append")
    print("cell        H   B    T   steps/s   plain loops' time / kernels'")
    for cell in parser.parse_args().cell or [name for name, cell in CELLS.items() if cell in KERNELS]:
        for H, B, T in SIZES:
            ratio, seconds = compare(Config(cell=cell, hidden_size=H, batch_size=B, length=T, k=1))
            print(f"{cell:9}{H:4}{B:4}{T:5}{1 / seconds:10.0f}{ratio:15.2f}")


if __name__ == "__main__":
    main()
