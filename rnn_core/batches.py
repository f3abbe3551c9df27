"""The batches that a run trains on, in their order."""

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.tasks import Batch, Task

if TYPE_CHECKING:
    from rnn_core.config import Config

TRAIN = 2  # which of the seed's streams the batches are drawn from
NUMBERS, BATCHES = 2**16, 256  # that are drawn in one go, at most


class Drawn(NamedTuple):
    """A batch, and where the network reads its own last answer in it, (T,B); None: nowhere."""

    batch: Batch
    alone: np.ndarray | None


class BatchSampler:
    """The batch of every step: it depends on seed and step alone, so that a run that goes on somewhere draws the same.

    Small batches are drawn many in one go, as columns of a large one: one by one that would take as long as the
    smallest network's step itself.
    """

    def __init__(self, task: Task, config: "Config") -> None:
        B, sizes = config.batch_size, task.sizes(config)
        largest = config.fields()["batch_size"].high
        fitting = min(NUMBERS // (config.length * sum(sizes)), int(largest)) // B
        self.task, self.config = task, config
        self.stream = task.stream if config.start == "carried" else None
        self.several = 1 if self.stream else max(1, min(BATCHES, fitting))
        self._large = dataclasses.replace(config, batch_size=self.several * B)
        self._run: tuple[int, list[Drawn]] = -1, []

    def at(self, step: int) -> Drawn:
        """The batch of the step that leads from `step` to step + 1."""
        run, place = divmod(step, self.several)
        if self._run[0] != run:
            rng = np.random.default_rng(np.random.SeedSequence(self.config.seed, spawn_key=(TRAIN, run)))
            self._run = run, [Drawn(batch, self._alone(batch, rng)) for batch in self._batches(run, rng)]
        return self._run[1][place]

    def _batches(self, run: int, rng: np.random.Generator) -> list[Batch]:
        if self.stream:
            return [self.stream(self.config, run, "train")]
        return self.task.draw(rng, self._large, "train").split(self.several)

    def _alone(self, batch: Batch, rng: np.random.Generator) -> np.ndarray | None:
        """Where teacher forcing leaves the network alone (Williams & Zipser, Neural Computation 1, 1989)."""
        taught = self.config.teacher_forcing
        if batch.free_running is None or taught == 1:
            return None
        return batch.free_running[:, None] & (rng.random(batch.mask.shape) >= taught)
