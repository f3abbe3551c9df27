"""Plays every step of every lesson with several seeds, and says where a sentence is not true of the run.

    python -m bench.lessons [--lesson vanishing] [--seeds 5] [--numbers]

A row is a step: the option that came true, how many seeds say so, and how many agree with every claim of its text.
It ends with 1 if any does not.
"""

import os

for name in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import sys
import time
from collections.abc import Iterator

from rnn_core.lessons import LESSONS, Step, Verdict
from rnn_core.lessons.texts import fill


def played(step: Step, seeds: int) -> Iterator[Verdict]:
    """What the step says of each seed."""
    for seed in range(1, seeds + 1):
        yield step.check(step.stage.played(seed=seed))


def faults(step: Step, found: list[Verdict]) -> list[str]:
    """What is not true, and of which seeds; a wrong option is one that the text takes for wrong."""
    wrong = [f"no verdict with seed {seed}" for seed, each in enumerate(found, 1) if not each.done]
    for seed, each in enumerate(found, 1):
        if len({v.right for v in found}) > 1:
            wrong.append(f"{each.right} with seed {seed}")
        wrong += [f"not with seed {seed}: {claim}" for claim, so in each.claims.items() if not so]
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", choices=LESSONS, nargs="*", help="only these")
    parser.add_argument("--seeds", type=int, default=5, help="1 to this one")
    parser.add_argument("--numbers", action="store_true", help="print what the text says of each seed")
    asked = parser.parse_args()
    any_wrong = False
    for name in asked.lesson or LESSONS:
        for step in LESSONS[name].steps:
            begin = time.process_time()
            found = list(played(step, asked.seeds))
            seconds = (time.process_time() - begin) / asked.seeds
            wrong = faults(step, found)
            any_wrong = any_wrong or bool(wrong)
            right = "/".join(sorted({each.right for each in found}))
            told = "true" if not wrong else "; ".join(wrong)
            print(f"{name:10} {step.name:16} {right:12} {seconds:5.2f} s a seed   {told}")
            if asked.numbers:
                for each in found:
                    print("    ", fill(LESSONS[name].text.steps[step.name].why, each.numbers))
    return int(any_wrong)


if __name__ == "__main__":
    sys.exit(main())
