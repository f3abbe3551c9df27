"""The runs of a series: the networks among which validation chooses, and the control, which learns shuffled windows."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np

from rnn_core import Config, Snapshot, Trainer
from rnn_core.forecast import Errors, errors, roll_shuffled
from rnn_core.selection import Look, Selection
from rnn_core.tasks.own_series import Split, shuffled_task
from ui.figures.numbers import short
from ui.run.records import Order
from ui.run.run import ROWS, Run, saved


class Selected(NamedTuple):
    """name: of the candidate that validates best. best_step: at which it did, None before the first; refit_step: where
    its network that learns the whole training part is now. looks: of each candidate. risen: the validation error then
    and now, where it overfits.
    """

    name: str
    best_step: int | None
    refit_step: int
    looks: dict[str, list[Look]]
    risen: tuple[float, float] | None


class SeriesRun(Run):
    """Several candidates train, and what is shown is the one that validates best. title: of the task."""

    selection: Selection

    def __init__(self, config: Config, splits: Mapping[str, Split], title: str) -> None:
        self.splits, self.title = splits, title
        super().__init__(config)

    def selected(self) -> Selected:
        """What validation has chosen so far."""
        chosen, looks = self.selection.candidate, {name: c.looks for name, c in self.selection.candidates.items()}
        best, risen = chosen.best, None
        if best and chosen.overfits:
            risen = best.validation, chosen.recent
        return Selected(self.selection.chosen, best and best.step, chosen.refit.step, looks, risen)

    def forecasts(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the best network and of the one as it stands, from each origin, (horizon, origins)."""
        candidate = self.selection.candidate
        return candidate.forecast(origins), candidate.last(origins)

    def band(self, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(low, high) around a forecast, as Candidate.band."""
        return self.selection.candidate.band(forecast)

    def set_horizon(self, horizon: int) -> None:
        """Forecast so many values from now on."""
        self.splits = {name: replace(split, horizon=horizon) for name, split in self.splits.items()}
        self.selection.set_horizon(horizon)

    def set(self, changes: dict[str, Any]) -> None:
        self.selection.set(**changes)

    def rewind(self) -> None:
        self.selection.rewind()
        super().rewind()

    def slowly(self) -> None:
        """As for every run; the other networks follow."""
        super().slowly()
        self.selection.catch_up(self.trainer)

    def begin(self, config: Config) -> Trainer:
        self.selection = Selection(config, self.splits, self.title, short)
        return self.selection.candidate.trial

    def advance(self, seconds: float, frames: int, steps: int) -> list[Snapshot]:
        """As for every run; another candidate is shown from where it validates best."""
        result = self.selection.run(seconds, frames, steps)
        trial = self.selection.candidate.trial
        if self.trainer is trial:
            return result
        self.trainer = trial
        self.restarts += 1
        return [trial.snapshot()]

    def packed(self) -> Any:
        """As for every run, all networks and what validation said of them."""
        return self.selection.chosen, {
            name: ([saved(trainer, ROWS) for trainer in each.trainers], each.looks, each.best)
            for name, each in self.selection.candidates.items()
        }

    def unpacked(self, result: Any) -> Trainer:
        self.selection.chosen, candidates = result
        for name, (states, looks, best) in candidates.items():
            each = self.selection.candidates[name]
            each.trial, each.refit = (
                Trainer.load(BytesIO(state), trainer.task) for state, trainer in zip(states, each.trainers, strict=True)
            )
            each.looks, each.best = looks, best
        chosen = self.selection.candidate
        self.selection.look_after(chosen.looks[-1].step)
        return chosen.trial

    def _look_for_an_ending(self, order: Order) -> None:
        """As for every run; the step it names is the one that forecasts."""
        super()._look_for_an_ending(order)
        best = self.selection.candidate.best
        if self.ended and self.ended.kind == "overfitting":
            self.ended = self.ended._replace(step=best.step if best else 0)


class ControlRun(Run):
    """The same training on windows whose order is shuffled."""

    def __init__(self, config: Config, split: Split) -> None:
        self.split = split
        super().__init__(config, task=shuffled_task(split))

    def scores(self) -> Errors:
        """On the held-out part, each window shuffled: the same shuffles whenever it is asked."""
        at, rng = self.split.origins, np.random.default_rng(0)
        shuffled = roll_shuffled(self.trainer.network, self.trainer.params, self.split, at, rng)
        return errors(shuffled, self.split.truth(at))
