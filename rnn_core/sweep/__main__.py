"""Train every combination of some settings' values and write a table of what came of it.

  python -m rnn_core.sweep task=latch length=20 cell=rnn,lstm forget_bias=1,3 --seeds 3 --steps 500 --csv latch.csv

A setting with one value holds for all runs, one or two may have several. What is not named is the task's default, as
in an address of the playground. Runs that the file has already are not trained again.
UNROLLED_SCHEDULER=tcp://…:8786 trains them on a Dask cluster: pip install -r requirements-cluster.txt
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn

from rnn_core.config import Config
from rnn_core.idle import idle_fields
from rnn_core.sweep.cluster import named_cluster
from rnn_core.sweep.grid import grid
from rnn_core.sweep.pool import process_pool
from rnn_core.sweep.results import Sweep, sweep
from rnn_core.sweep.table import appended, done, row

SEEDS = 100


class Parser(argparse.ArgumentParser):
    """One that refuses in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}\n")


def parser() -> Parser:
    result = Parser("python -m rnn_core.sweep", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    result.add_argument("settings", nargs="*", metavar="name=value[,value…]", help=f"of {', '.join(Config.fields())}")
    result.add_argument("--steps", type=int, default=500, help="training steps of every run; 500 if not said")
    result.add_argument("--seeds", type=int, default=1, help="train each with seeds 1 to this many; 1 if not said")
    result.add_argument("--workers", type=int, help="processes, 0 for none; one less than there are cores if not said")
    result.add_argument("--csv", type=Path, metavar="FILE", help="the table, gone on with if it is there; else stdout")
    return result


def configs(settings: Sequence[str], seeds: int) -> list[Config]:
    """The runs that these arguments name. Raises ValueError in one sentence for what cannot be."""
    if not 1 <= seeds <= SEEDS:
        raise ValueError(f"--seeds is {seeds}; it must be a whole number from 1 to {SEEDS}")
    values: dict[str, list[Any]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ValueError(f"{setting!r} is no setting; write name=value, as cell=lstm")
        if name in values:
            raise ValueError(f"{name} is given twice; write all its values in one, as {name}={text},…")
        if name not in Config.fields():
            Config.from_mapping({name: text})  # refuses it
        values[name] = [Config.fields()[name].parse(part) for part in text.split(",")]
    if seeds > 1 and "seed" in values:
        raise ValueError("seed and --seeds are given; one of them says it all")
    values.setdefault("seed", list(range(1, seeds + 1)))
    tasks = values.pop("task", [Config().task])  # each has defaults of its own
    fixed = {name: several[0] for name, several in values.items() if len(several) == 1}
    varied = {name: several for name, several in values.items() if len(several) > 1}
    first = {name: several[0] for name, several in varied.items()}  # so that base itself is one of them
    return [run for task in tasks for run in grid(Config.of_task(task, **{**first, **fixed}), varied)]


def idle_notes(runs: Sequence[Config]) -> list[str]:
    """Sentences on settings that differ between the runs and make no difference in some of them."""
    varied = [name for name in Config.fields() if len({getattr(config, name) for config in runs}) > 1]
    idle = [(name, idle_fields(config).get(name)) for name in varied for config in runs]
    return list(dict.fromkeys(f"{name} makes no difference where {reason}" for name, reason in idle if reason))


class Progress:
    """A line on stderr that is written over itself; nothing where stderr is no terminal."""

    def __init__(self, total: int) -> None:
        self.total, self.began = total, perf_counter()

    def show(self, finished: int) -> None:
        if sys.stderr.isatty():
            left = (perf_counter() - self.began) * (self.total - finished) / finished
            sys.stderr.write(f"\r\033[K{finished} of {self.total} runs, {duration(left)} left")
            sys.stderr.write("\n" if finished == self.total else "")
            sys.stderr.flush()


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def tell(text: str) -> None:
    print(text, file=sys.stderr)


def write(results: Sweep, steps: int, path: Path | None) -> None:
    """Each result as a row as soon as it is there."""
    progress = Progress(results.total)
    with appended(path, sys.stdout) as rows, results:
        for result in results:
            rows.writerow(row(result, steps))
            progress.show(results.done)


def main(arguments: Sequence[str] | None = None) -> int:
    """-> 0, or 130 after Ctrl-C; leaves with 2 for what is refused. An error of one run is in its row."""
    options = parser().parse_args(arguments)
    try:
        runs = configs(options.settings, options.seeds)
        there = named_cluster(tell)
        pool = None if there or options.workers == 0 else process_pool(options.workers)
        had = done(options.csv) if options.csv else set()
        results = sweep([c for c in runs if (c, options.steps) not in had], options.steps, there or pool, tell=tell)
    except (ValueError, OSError) as problem:
        parser().error(str(problem))
    for note in idle_notes(runs):
        tell(note)
    if results.total < len(runs):
        tell(f"{len(runs) - results.total} of {len(runs)} runs are in {options.csv} already")
    try:
        write(results, options.steps, options.csv)
    except OSError as problem:
        parser().error(f"{options.csv or 'the table'} cannot be written: {problem.strerror or problem}")
    except KeyboardInterrupt:
        tell("stopped; the same line goes on where it ended" if options.csv else "stopped")
        return 130
    finally:
        if pool:
            pool.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
