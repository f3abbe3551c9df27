"""What a run costs as it gets older: its history and a tick at 10^5 steps and at 10^7.

    python -m bench.age [--rounds 20]

A network of the defaults trains a little; then its history is fed with made-up steps, for training so many would take
an hour. A tick is what it costs beside its training: the steps it adds to the history (with whatever thinning falls
due), and packing its film. Time is the process's CPU time; ticks that end at 10^5 steps and ticks from 10^7 steps on
take turns, so that a busy machine disturbs both alike. Memory is what the history holds and the most that packing a
film takes for a moment.
"""

import argparse
import io
import math
import sys
import time
import tracemalloc
from dataclasses import dataclass
from statistics import mean

from rnn_core import Config, Snapshot, Trainer
from ui.board.film import pack

YOUNG, OLD = 100_000, 10_000_000  # steps
STEPS = 4000  # in a tick of half a second at the defaults
FRAMES, TICKS = 8, 10  # of a film; in a round
GOAL = 1.1  # times what it is for the young run


@dataclass
class Run:
    """A trained network whose history is longer than its training."""

    trainer: Trainer
    frames: list[Snapshot]

    @classmethod
    def aged(cls, steps: int) -> "Run":
        trainer = Trainer(Config())
        run = cls(trainer, [trainer.advance(5) for _ in range(FRAMES)])
        while (left := steps - int(trainer.history["step"][-1])) > 0:
            run.feed(min(left, STEPS))
            trainer.history.curve()
        return run

    def feed(self, steps: int) -> None:
        """Add steps as the trainer does, a held-out loss with some of them, one for each picture."""
        history, last = self.trainer.history, int(self.trainer.history.rows[-6])
        for step in range(last + 1, last + steps + 1):
            history.add(step, 1 + math.sin(step), math.nan, 1.0, 1.0, 0.01)
            if step % (STEPS // FRAMES) == 0:
                history.note(step, 1.0 + 1 / step)

    def film(self) -> int:
        told = {"film": 1, "run": 1, "playing": True, "period": 0.5}
        return len(pack(self.trainer.config, self.frames, self.trainer.history, **told))  # type: ignore[arg-type]

    def tick(self) -> float:
        """Seconds of a tick beside its training."""
        begin = time.process_time()
        self.feed(STEPS)
        self.film()
        return time.process_time() - begin

    def memory(self) -> int:
        """Bytes that the history holds, and the most that a film takes beside them for a moment."""
        history = self.trainer.history
        tracemalloc.start()
        self.film()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return sys.getsizeof(history.rows) + history.buckets.nbytes + peak

    def saved(self) -> int:
        file = io.BytesIO()
        self.trainer.save(file)
        return file.tell()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help=f"of {TICKS} ticks of each run")
    rounds = parser.parse_args().rounds
    young, old = Run.aged(YOUNG), Run.aged(OLD)
    rows = {
        "memory, MB": (young.memory() / 1e6, old.memory() / 1e6),
        "saved run, MB": (young.saved() / 1e6, old.saved() / 1e6),
    }
    seconds: list[tuple[float, float]] = []
    for _ in range(rounds):
        young = Run.aged(YOUNG - TICKS * STEPS)
        seconds += [(young.tick(), old.tick()) for _ in range(TICKS)]
    rows["a tick beside its training, ms"] = tuple(1e3 * mean(run) for run in zip(*seconds, strict=True))
    print(f"{'':34}{YOUNG:>12,}{OLD:>12,}   ratio   at most {GOAL}")
    for name, (first, last) in rows.items():
        met = "yes" if last <= GOAL * first else "NO"
        print(f"{name:34}{first:12.2f}{last:12.2f}{last / first:8.2f}   {met}")
    print(f"{'film, bytes':34}{young.film():12,}{old.film():12,}")
    sys.exit(any(last > GOAL * first for first, last in rows.values()))


if __name__ == "__main__":
    main()
