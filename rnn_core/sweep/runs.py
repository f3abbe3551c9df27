"""One run of a sweep and its Result: train a Config for so many steps, then ask the held-out sequences."""

from collections.abc import Generator
from dataclasses import dataclass
from math import isfinite, nan
from time import thread_time

from rnn_core.config import Config
from rnn_core.snapshot import Divergence, Snapshot
from rnn_core.trainer import Trainer

EVERY = 50  # training steps between two looks at the held-out loss; a look costs a step or two
SLICE = 10  # training steps after which a run gives way; EVERY is a multiple of it


@dataclass(frozen=True)
class Result:
    """What came of a run.

    loss, metric: on the held-out sequences after the last step; of a run that diverged, where its numbers were last
    finite; NaN where there is an error. beats_baseline_at: the first of the steps 50, 100, … (EVERY) and the last at
    which the held-out loss is below the task's baseline; None: at none of them. gradient_ratio: ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖
    of the last training batch, means over its sequences, before clipping; None where it is not finite, as where
    ∂L/∂h_T is 0. diverged: None, or the array that first was not finite. error: None, or why the run could not be
    made, in one sentence. seconds: CPU time of the thread that trained.
    """

    config: Config
    loss: float = nan
    metric: float = nan
    beats_baseline_at: int | None = None
    gradient_ratio: float | None = None
    diverged: Divergence | None = None
    error: str | None = None
    seconds: float = 0.0


def run(config: Config, steps: int) -> Result:
    """Train a Config for so many steps, fewer if it diverges. An error does not leave it but is in the Result."""
    slices = in_slices(config, steps)
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value


def in_slices(config: Config, steps: int) -> Generator[int, None, Result]:
    """The same, giving way every SLICE steps, where it yields the steps taken; returns the Result."""
    seconds, beats_at = 0.0, None
    try:
        began = thread_time()
        trainer = Trainer(config)
        baseline = trainer.task.baseline(config).loss
        while trainer.step < steps and not trainer.diverged:
            trainer._advance(min(SLICE, steps - trainer.step))  # without the pictures
            look = trainer.step % EVERY == 0 or trainer.step == steps
            if look and beats_at is None and trainer.evaluate()[0] < baseline:
                beats_at = trainer.step
            seconds += thread_time() - began
            yield trainer.step
            began = thread_time()
        last = trainer.snapshot()
        seconds += thread_time() - began
    except Exception as problem:
        return Result(config, error=sentence(problem), seconds=seconds)
    return Result(
        config, last.held_out_loss, last.held_out_metric, beats_at, gradient_ratio(last), last.diverged, None, seconds
    )


def gradient_ratio(snapshot: Snapshot) -> float | None:
    """‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ of a Snapshot's batch, means over its sequences; None where that is not finite."""
    first, last = float(snapshot.dh_norm[0]), float(snapshot.dh_norm[-1])
    ratio = first / last if last else nan
    return ratio if isfinite(ratio) else None


def sentence(problem: BaseException) -> str:
    """What went wrong, on one line; the kind of error where it says nothing itself."""
    return " ".join(str(problem).split())[:300] or type(problem).__name__
