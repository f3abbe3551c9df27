"""When a run has nothing more to show: its task is learned, or it has been overfitting for long."""

from typing import NamedTuple

import numpy as np

from rnn_core.analysis.commentary import Run, best_before_overfitting

SMALL = 0.01  # of the baseline: a held-out loss below which nothing changes that one could see
STEADY = 50  # training steps for which it has been as small
LONG = 200  # training steps, at least, since the held-out loss was least


class Ending(NamedTuple):
    """kind: "learned", "overfitting" or "budget", which is over; step: the one since which it is learned, the one with
    the least held-out loss, or the last.
    """

    kind: str
    step: int


def ending(run: Run, right_since: int | None = None) -> Ending | None:
    """Whether this run has nothing more to show. right_since: the step since when every held-out prediction is right,
    None where one is not, or where predictions are numbers.

    Learned: all held-out predictions are right, and the held-out loss has been at most a hundredth of the baseline's
    for fifty training steps. Overfitting: the held-out loss was least at less than half as many steps, and at least
    200 steps ago.
    """
    history, now = run.history, run.now
    looked = np.isfinite(history["held_out_loss"])
    steps, held_out = history["step"][looked], history["held_out_loss"][looked]
    if not len(steps):
        return None
    above = np.flatnonzero(held_out > SMALL * run.baseline.loss)
    small = steps[above[-1] + 1 :] if len(above) else steps  # the last steps, all of them below
    numbers = run.metric == "rmse"
    if len(small) and now.step - small[0] >= STEADY and (numbers or right_since is not None):
        return Ending("learned", int(small[0]) if numbers or right_since is None else right_since)
    best = best_before_overfitting(run)
    if best and now.step >= max(2 * best.step, best.step + LONG):
        return Ending("overfitting", best.step)
    return None
