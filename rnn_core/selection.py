"""Which way to learn a series, and for how many training steps: chosen on a validation part, then trained anew.

The last fifth of the training part is kept back for validation. Each candidate, values or changes, is trained on what
is before it; the training step with the smallest validation error is its best (early stopping: Prechelt, Neural
Networks: Tricks of the Trade, 1998). Beside it a second network learns the whole training part: as it was at that step,
it is the one that forecasts. So the test part chooses nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from rnn_core.analysis.ending import LONG
from rnn_core.cells import Params
from rnn_core.config import Config
from rnn_core.forecast import errors, roll
from rnn_core.snapshot import Snapshot
from rnn_core.tasks.own_series import ORIGINS, Split, series_task
from rnn_core.trainer import Trainer

LOOKS = 16  # the next look is a sixteenth of the steps away: as often on a slow machine as on a fast one
MEAN = 5  # looks whose mean counts: one lucky look is not the best step
RISEN = 1.05  # of the smallest validation error: from there on it has risen
CENT = 80  # per cent of the validation errors that a band holds
FEW = 8  # validation errors at a lead: with fewer, the band is as wide as at the lead before


class Look(NamedTuple):
    """RMSE one step ahead after `step` training steps, in the series' units: in training, and in validation."""

    step: int
    training: float
    validation: float


class Best(NamedTuple):
    """The step with the smallest validation error, that error, and both networks' weights then."""

    step: int
    validation: float
    trial: Params
    refit: Params


class Candidate:
    """One way to learn a series: `trial` learns what is before the validation part, `refit` the whole training part."""

    def __init__(self, config: Config, split: Split, title: str, read: Callable[[float], str]) -> None:
        self.split, self.validation = split, split.without_test
        config = replace(config, length=split.window)
        self.trial = Trainer(config, series_task(self.validation, title, read))
        self.refit = Trainer(config, series_task(split, title, read))
        self.looks: list[Look] = []
        self.best: Best | None = None
        self._measured: tuple[int, np.ndarray] = (-1, np.empty(0))  # of which best step the band's half width is

    @property
    def trainers(self) -> tuple[Trainer, Trainer]:
        return self.trial, self.refit

    def set_horizon(self, horizon: int) -> None:
        """Forecast so many values from now on; nothing is trained again."""
        self.split = replace(self.split, horizon=horizon)
        self.validation, self._measured = self.split.without_test, (-1, np.empty(0))

    def look(self) -> None:
        """Measure the trial as it stands; it is the best so far if the mean of its last looks is the smallest."""
        split, step = self.validation, self.trial.step
        if self.looks and self.looks[-1].step >= step:  # it went back
            self.looks = [look for look in self.looks if look.step < step]
        one = replace(split, horizon=1)
        inside = np.unique(np.linspace(split.window + split.lag, split.train - 1, ORIGINS).round().astype(int))
        error = [self._rmse(one, at) for at in (inside, split.origins)]
        self.looks.append(Look(step, *error))
        mean = self.recent
        if step and not self.refit.diverged and mean < (self.best.validation if self.best else np.inf):
            self.best = Best(step, mean, deepcopy(self.trial.params), deepcopy(self.refit.params))

    @property
    def recent(self) -> float:
        """The validation error: the geometric mean of the last looks."""
        return float(np.exp(np.mean([np.log(look.validation or 1e-300) for look in self.looks[-MEAN:]])))

    @property
    def overfits(self) -> bool:
        """Whether, for long since the best step, the validation error has risen and the training error fallen."""
        if self.best is None or self.looks[-1].step < max(2 * self.best.step, self.best.step + LONG):
            return False
        then = next(look for look in self.looks if look.step >= self.best.step)
        return self.recent > RISEN * self.best.validation and self.looks[-1].training < then.training

    def _rmse(self, split: Split, origins: np.ndarray) -> float:
        """One step ahead from these origins; infinite where the network is no longer finite."""
        with np.errstate(all="ignore"):
            result = roll(self.trial.network, self.trial.params, split, origins)
        rmse = float(errors(result, split.truth(origins)).rmse[0])
        return rmse if np.isfinite(rmse) else np.inf

    def forecast(self, origins: np.ndarray) -> np.ndarray:
        """The best network's, (horizon, origins); before there is one, the network's as it stands."""
        return self._roll(self.best.refit if self.best else self.refit.params, self.split, origins)

    def last(self, origins: np.ndarray) -> np.ndarray:
        """The same, of the network as it stands."""
        return self._roll(self.refit.params, self.split, origins)

    def band(self, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(low, high) around a forecast (horizon,) or (horizon, origins): as far off as 80 % of the best trial's
        forecasts of the validation part were at each lead; no narrower than at a lead before.
        """
        half = self.half_width.reshape(-1, *[1] * (forecast.ndim - 1))
        with np.errstate(all="ignore"):
            level = np.log(forecast) if self.split.logs else forecast
            return self.split.valued(level - half), self.split.valued(level + half)

    @property
    def half_width(self) -> np.ndarray:
        """(horizon,), where changes add up; NaN where too few errors are known."""
        split, best = self.validation, self.best
        if best is None:
            return np.full(self.split.horizon, np.nan)
        if self._measured[0] != best.step:
            truth, result = split.truth(split.origins), self._roll(best.trial, split, split.origins)
            with np.errstate(all="ignore"):
                off = np.abs(np.log(result) - np.log(truth) if split.logs else result - truth)
            half = [np.nanpercentile(row, CENT) if np.isfinite(row).sum() >= FEW else 0.0 for row in off]
            wide = np.maximum.accumulate(np.pad(half, (0, self.split.horizon - len(half))))
            self._measured = best.step, np.where(wide > 0, wide, np.nan)
        return self._measured[1]

    def _roll(self, params: Params, split: Split, origins: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return roll(self.trial.network, params, split, origins)


class Selection:
    """Candidates by name, trained step for step; `chosen` is the name of the one that validates best.

    Same Config, same choice: the looks come at steps that no clock decides.
    """

    def __init__(
        self, config: Config, splits: Mapping[str, Split], title: str, read: Callable[[float], str] = "{:.4g}".format
    ) -> None:
        self.candidates = {name: Candidate(config, split, title, read) for name, split in splits.items()}
        self.chosen = next(iter(splits))
        self._look(0)

    @property
    def candidate(self) -> Candidate:
        """The one that is chosen."""
        return self.candidates[self.chosen]

    def trainers(self) -> Iterator[Trainer]:
        """All that train."""
        for candidate in self.candidates.values():
            yield from candidate.trainers

    def run(self, seconds: float, frames: int, steps: int) -> list[Snapshot]:
        """Train all for this long, at least one step and at most so many -> Snapshots of the trial that was chosen when
        it began, as many as `frames`.
        """
        lead, stop, result = self.candidate.trial, perf_counter() + seconds, list[Snapshot]()
        end = lead.step + steps
        while not result or (lead.step < end and perf_counter() < stop and not lead.diverged):
            share = max(0.0, stop - perf_counter()) / (2 * len(self.candidates))
            result += lead.run(share, frames, min(end, self._next) - lead.step)
            self.catch_up(lead)
        few = np.linspace(0, len(result) - 1, min(frames, len(result))).round().astype(int)
        return [result[k] for k in few]

    def catch_up(self, lead: Trainer) -> None:
        """Take all to the step of this one; then look, if it is time."""
        for trainer in self.trainers():
            trainer._advance(max(0, lead.step - trainer.step))
        if lead.step >= self._next and not lead.diverged:
            self._look(lead.step)

    def set_horizon(self, horizon: int) -> None:
        """Forecast so many values from now on."""
        for candidate in self.candidates.values():
            candidate.set_horizon(horizon)

    def set(self, **changes: Any) -> None:
        """As Trainer.set, of all."""
        for trainer in self.trainers():
            trainer.set(**changes)

    def rewind(self) -> None:
        """As Trainer.rewind, of all that diverged."""
        for trainer in self.trainers():
            if trainer.diverged:
                trainer.rewind()
        self._next = self.candidate.trial.step + 1

    def look_after(self, step: int) -> None:
        """The next look comes a sixteenth of so many steps later."""
        self._next = step + max(1, step // LOOKS)

    def _look(self, step: int) -> None:
        for candidate in self.candidates.values():
            candidate.look()
        self.look_after(step)
        scores = {name: each.best.validation for name, each in self.candidates.items() if each.best}
        self.chosen = min(scores, key=lambda name: scores[name], default=self.chosen)
