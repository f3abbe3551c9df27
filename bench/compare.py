"""The presets of rnn_core/presets.py, trained with seeds 1 to 5: is what each sentence says so?

`python -m bench.compare` trains what PRESETS holds on a process for every core but one, and prints for every preset
what came out for each value; `--only NAME …` asks for some, `--workers N` for so many processes, `--seeds N` for seeds
1 to N.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.papers import columns, progress
from rnn_core.presets import PRESETS, SEEDS, Preset
from rnn_core.sweep import Pool, Result, process_pool, sweep
from rnn_core.sweep.grid import count_parameters

HEADINGS = ("", "H", "parameters", "accuracy or rmse", "loss", "expected", "seeds", "on the page", "CPU s")


def train(preset: Preset, seeds: int, pool: Pool) -> dict[Any, list[Result]]:
    """The Results of every value, one for each seed."""
    runs = {
        config: value for seed in range(1, seeds + 1) for value, config in preset.contestants(seed).items()
    }
    found: dict[Any, list[Result]] = {value: [] for value in preset.values}
    results = sweep(runs, preset.steps, pool)
    for result in results:
        found[runs[result.config]].append(result)
        progress(results.done, results.total, preset.name)
    return found


def row(preset: Preset, value: Any, results: list[Result]) -> tuple[str, ...]:
    """A value's line: the least and the largest over the seeds, and with how many it came out as expected."""
    config = results[0].config
    low, high = preset.expected.get(value, (None, None))
    good = sum(preset.holds(value, result) for result in results)
    return (
        f"{preset.field} {value}",
        str(config.hidden_size),
        f"{count_parameters(config):,}",
        span([result.metric for result in results]),
        span([result.loss for result in results]),
        "" if low is None else f"{preset.outcome} {low:g} to {high:g}",
        "" if low is None else f"{good} of {len(results)}",
        span(list(preset.measured[value])),
        f"{sum(result.seconds for result in results):.1f}",
    )


def span(values: list[float]) -> str:
    return f"{min(values):.3g} to {max(values):.3g}"


def holds(preset: Preset, found: dict[Any, list[Result]]) -> bool:
    return all(preset.holds(value, result) for value, results in found.items() for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", choices=PRESETS, metavar="NAME", default=list(PRESETS), help="these")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="seeds 1 to so many")
    parser.add_argument("--workers", type=int, help="processes; one less than there are cores")
    given = parser.parse_args()
    with process_pool(given.workers) as pool:
        for name in given.only:
            preset = PRESETS[name]
            found = train(preset, given.seeds, pool)
            print(f"{name}, {preset.steps:,} steps: {'holds' if holds(preset, found) else 'DOES NOT HOLD'}")
            print(f"  {preset.sentence}")
            lines = columns([HEADINGS, *(row(preset, value, results) for value, results in found.items())])
            print("\n".join(lines), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
