"""What the papers claim of these networks, run again: prints for each claim whether it is reproduced.

`python bench/papers.py` runs what has not been run yet, keeps every run in bench/results/ and prints the table;
`--table` prints it from the kept runs alone. A run is one setting with one seed: it trains until it is solved or its
budget of steps is used up. The claims themselves: bench/claims.py.
"""

import argparse
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: these matrices are small, a second thread only waits
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.claims import CHUNK, CLAIMS, Claim, Measured, Setting
from rnn_core import Config, Trainer
from rnn_core.tasks import Batch

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
REPRODUCED, PARTLY, NOT, UNFINISHED = "reproduced", "partly", "not reproduced", "not finished"


@dataclass(frozen=True)
class Run:
    """What came of a setting with one seed. steps: when it was solved, or how many were taken.

    engine: the last commit of rnn_core. seconds: CPU time.
    """

    setting: str
    seed: int
    solved: bool
    steps: int
    measured: Measured
    diverged: bool
    seconds: float
    engine: str


# Running


def run(
    claim: Claim, setting: Setting, seed: int, engine: str = "", tell: Callable[[int], None] = lambda step: None
) -> Run:
    """Train until solved, diverged, or out of budget; tell(step) hears of every test."""
    began = time.process_time()
    trainer, solved, measured = Trainer(replace(setting.config, seed=seed)), False, {}
    while not (solved or trainer.diverged or trainer.step >= setting.budget):
        trainer.advance(min(claim.every, setting.budget - trainer.step))
        tell(trainer.step)
        last = trainer.step >= setting.budget or bool(trainer.diverged)
        if last or claim.passes(claim.measure(trainer, [trainer.held_out])):
            measured = claim.measure(trainer, fresh(trainer, claim.fresh))
            solved = claim.passes(measured)
    rounded = {name: float(f"{value:.4g}") for name, value in measured.items()}
    seconds = round(time.process_time() - began, 1)
    return Run(setting.name, seed, solved, trainer.step, rounded, bool(trainer.diverged), seconds, engine)


def fresh(trainer: Trainer, sequences: int) -> Iterator[Batch]:
    """Sequences that no run was trained on or stopped by, the same for every setting of a task with this seed."""
    rng = np.random.default_rng([trainer.config.seed, sequences])
    for start in range(0, sequences, CHUNK):
        config = replace(trainer.config, batch_size=min(CHUNK, sequences - start))
        yield trainer.task.draw(rng, config, "train")


def last_commit() -> str:
    """The last commit that changed rnn_core, "+" behind it where files are changed since; "" without git."""
    def git(*words: str) -> str:
        ran = subprocess.run(["git", *words, "--", "rnn_core"], cwd=ROOT, capture_output=True, text=True)
        return ran.stdout.strip()

    return git("log", "-1", "--format=%h") + ("+" if git("status", "--porcelain") else "")


# Keeping


def file_of(claim: Claim, folder: Path = RESULTS) -> Path:
    return folder / f"{claim.name}.json"


def asked(setting: Setting) -> dict[str, object]:
    """All that decides a setting's runs: its budget, and every field of its Config, for defaults may change."""
    return {"budget": setting.budget, **without_seed(setting.config)}


def without_seed(config: Config) -> dict[str, object]:
    return {name: value for name, value in asdict(config).items() if name != "seed"}


DEFAULTS = without_seed(Config())  # what a field that is newer than a kept run must be, for the run to count


def kept(claim: Claim, folder: Path = RESULTS) -> list[Run]:
    """The runs of a claim that still count: same criterion, same setting, same budget as now."""
    if not file_of(claim, folder).is_file():
        return []
    record = json.loads(file_of(claim, folder).read_text("utf-8"))
    if record["solved"] != claim.solved:
        return []
    then = record["settings"]
    same = {one.name for one in claim.settings if one.name in then and asked(one) == DEFAULTS | then[one.name]}
    return [Run(**entry) for entry in record["runs"] if entry["setting"] in same]


def keep(claim: Claim, runs: Iterable[Run], folder: Path = RESULTS) -> None:
    """Write a claim's runs, one a line, in the order of its settings and seeds."""
    order = [setting.name for setting in claim.settings]
    record = {
        **{name: getattr(claim, name) for name in ("paper", "claim", "solved", "fresh")},
        "settings": {setting.name: asked(setting) for setting in claim.settings},
        "runs": [asdict(entry) for entry in sorted(runs, key=lambda r: (order.index(r.setting), r.seed))],
    }
    folder.mkdir(exist_ok=True)
    text = ",\n".join(f" {json.dumps(name)}: {each_on_a_line(value)}" for name, value in record.items())
    file_of(claim, folder).write_text(f"{{\n{text}\n}}\n", "utf-8")


def each_on_a_line(value: object) -> str:
    """JSON with each entry of a list or a mapping on a line of its own."""
    if isinstance(value, dict):
        return "{\n  " + ",\n  ".join(f"{json.dumps(name)}: {json.dumps(own)}" for name, own in value.items()) + "\n }"
    if isinstance(value, list):
        return "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
    return json.dumps(value, ensure_ascii=False)


# Judging


def as_claimed(setting: Setting, runs: Iterable[Run]) -> tuple[int, int]:
    """How many of a setting's runs came out as the claim says, of how many."""
    own = [entry for entry in runs if entry.setting == setting.name]
    return sum(entry.solved == setting.solves for entry in own), len(own)


def verdict(claim: Claim, runs: Sequence[Run]) -> str:
    """Reproduced: every run came out as claimed. Not reproduced: of the settings that should be solved, or of those
    that should not, none has more than half of its runs as claimed. Partly: anything between.
    """
    counts = [(setting.solves, *as_claimed(setting, runs)) for setting in claim.settings]
    if not all(total for _, _, total in counts):
        return UNFINISHED
    if all(good == total for _, good, total in counts):
        return REPRODUCED
    sides = {solves: any(2 * good > total for side, good, total in counts if side == solves) for solves, *_ in counts}
    return PARTLY if all(sides.values()) else NOT


# Showing


def table(claims: Iterable[Claim], folder: Path = RESULTS) -> str:
    """Every claim with its verdict, and a line for each setting: made of the kept runs and nothing else."""
    blocks, verdicts, every = [], [], list[Run]()
    for claim in claims:
        runs = kept(claim, folder)
        every += runs
        verdicts.append(verdict(claim, runs))
        lines = [f"{claim.name}: {verdicts[-1].upper()}"]
        judged = f"Solved: {claim.solved}. Beside it: {claim.beside}."
        for words in (f"{claim.paper}. {claim.claim}", judged, claim.note):
            lines += textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ")
        rows = [row(setting, [entry for entry in runs if entry.setting == setting.name]) for setting in claim.settings]
        blocks.append("\n".join([*lines, *columns([HEADINGS, *rows])]))
    counts = ", ".join(f"{verdicts.count(word)} {word}" for word in (REPRODUCED, PARTLY, NOT, UNFINISHED)
                       if word in verdicts)
    engines = ", ".join(sorted({entry.engine for entry in every}))
    spent = f"{len(every)} runs, {sum(entry.seconds for entry in every) / 60:.0f} minutes of CPU time, engine {engines}"
    return "\n\n".join([*blocks, f"{len(verdicts)} claims: {counts}. {spent}."])


WIDTH = 120
HEADINGS = ("setting", "claimed", "as claimed", "solved after", "of steps", "at the end, lowest / median / highest")


def row(setting: Setting, runs: Sequence[Run]) -> tuple[str, ...]:
    """A setting's line: how many of its runs came out as claimed, after how many steps, and what was measured then."""
    good, total = as_claimed(setting, runs)
    steps = sorted(entry.steps for entry in runs if entry.solved)
    span = f"{steps[0]:,}" + (f" to {steps[-1]:,}" if steps[-1] > steps[0] else "") if steps else "-"
    names = runs[0].measured if runs else ()
    measured = ", ".join(f"{name} {spread([entry.measured[name] for entry in runs])}" for name in names)
    diverged = sum(entry.diverged for entry in runs)
    if diverged:
        measured += f"; {diverged} diverged"
    said = "solved" if setting.solves else "not solved"
    return setting.name, said, f"{good} of {total}", span, f"{setting.budget:,}", measured


def spread(values: Sequence[float]) -> str:
    """Lowest, median and highest; one number where all are the same."""
    return " / ".join(dict.fromkeys(f"{value:.3g}" for value in (min(values), median(values), max(values))))


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines, each column as wide as its widest word."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return ["  " + line.rstrip() for line in lines]


def progress(done: float, of: int, words: str) -> None:
    """A bar on stderr, written over itself; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        full = int(24 * done / of)
        sys.stderr.write(f"\r\033[K[{'#' * full}{'.' * (24 - full)}] {int(done)}/{of} {words}")
        sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", choices=CLAIMS, metavar="NAME", help=f"of {', '.join(CLAIMS)}")
    parser.add_argument("--seeds", type=int, help="seeds 1 to so many, for every setting")
    parser.add_argument("--quick", action="store_true", help="one seed, and only the claims whose runs take seconds")
    parser.add_argument("--again", action="store_true", help="run also what is kept")
    parser.add_argument("--table", action="store_true", help="run nothing, print the table of the kept runs")
    given = parser.parse_args()
    claims = [CLAIMS[name] for name in given.only or CLAIMS]
    if not given.table:
        chosen = [claim for claim in claims if given.only or not (given.quick and claim.long)]
        run_missing(chosen, given.seeds or (1 if given.quick else 0), given.again)
    print(table(claims))


def run_missing(claims: Iterable[Claim], seeds: int, again: bool) -> None:
    """Run what is not kept (all of it where again), and keep each run as soon as it is done. seeds 0: each claim's."""
    todo = [
        (claim, setting, seed)
        for claim in claims
        for setting in claim.settings
        for seed in range(1, 1 + (seeds or claim.seeds))
        if again or not any((entry.setting, entry.seed) == (setting.name, seed) for entry in kept(claim))
    ]
    engine = last_commit()
    for done, (claim, setting, seed) in enumerate(todo):
        words, budget = f"{claim.name}, {setting.name}, seed {seed}", setting.budget

        def tell(step: int, done: int = done, words: str = words, budget: int = budget) -> None:
            progress(done + step / budget, len(todo), f"{words}: step {step:,} of {budget:,}")

        tell(0)
        now = run(claim, setting, seed, engine, tell)
        keep(claim, [entry for entry in kept(claim) if (entry.setting, entry.seed) != (setting.name, seed)] + [now])
    if todo:
        progress(len(todo), len(todo), "done\n")


if __name__ == "__main__":
    main()
