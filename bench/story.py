"""Every task watched at the speed "story": when it is learned, or overfits, and what rnn_core/tasks/guides.py says.

`python -m bench.story` trains each task with its own defaults and seeds 1 to 3 until `ending` finds an end, or its
guide's budget is used up, and prints the seconds of watching, if the app alone trained at its share of a core. `--task
NAME …` asks for some.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.papers import columns
from rnn_core import TASKS, Config, Trainer
from rnn_core.analysis.commentary import Run
from rnn_core.analysis.ending import ending
from rnn_core.tasks.guides import GUIDES
from ui.run.governor import ALONE
from ui.run.session import SPEEDS, TOLD_IN

SEEDS = (1, 2, 3)
TICK = 0.05  # of the steps taken, between two looks: a story's ticks bring that many or more
WITHIN = 0.34  # of what the guide says


def watched(task: str, seed: int) -> tuple[str, int, float]:
    """How a run ends -> its kind, the step since when, and the seconds of watching until it stands still."""
    trainer = Trainer(Config(**{"task": task, "seed": seed, **TASKS[task].defaults}))  # type: ignore[arg-type]
    begin, right_since, found = time.process_time(), None, None
    while trainer.step < GUIDES[task].budget:
        shown = trainer.advance(max(1, int(TICK * trainer.step)))
        right = trainer.task.metric != "rmse" and shown.held_out_metric >= 1
        right_since = (right_since or shown.step) if right else None
        if found := ending(Run.of(trainer, shown), right_since):
            break
    rate = ALONE * trainer.step / (time.process_time() - begin)
    first = (SPEEDS["story"] or 0) * TOLD_IN
    seconds = sum(1 / min((first + step) / TOLD_IN, rate) for step in range(trainer.step))
    return (*(found or ("", trainer.step)), seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--task", nargs="+", choices=TASKS, metavar="NAME", help="only these tasks")
    rows, wrong = [("task", *(f"seed {seed}" for seed in SEEDS), "median s", "guide s", "")], 0
    for task in parser.parse_args().task or TASKS:
        ends = [watched(task, seed) for seed in SEEDS]
        learned = [seconds for kind, _, seconds in ends if kind == "learned"]
        often = median(seconds for *_, seconds in ends) if len(learned) == len(SEEDS) else None
        guide = GUIDES[task].seconds
        fits = (often is None) == (guide is None) and (
            not often or not guide or abs(often - guide) <= WITHIN * guide
        )
        wrong += not fits
        rows.append((
            task, *(f"{kind or 'no end'} {step:,} ({seconds:.0f} s)" for kind, step, seconds in ends),
            f"{often:.0f}" if often else "–", str(guide or "–"), "" if fits else "NOT SO",
        ))  # fmt: skip
    print("\n".join(columns(rows)), f"\n{len(rows) - 1 - wrong} of {len(rows) - 1} guides are right.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
