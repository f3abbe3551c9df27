"""A task that is in no registry: a person's own text or series, trained, streamed and saved like any other."""

import dataclasses
import io

import numpy as np
import pytest

from rnn_core import TASKS, Trainer
from rnn_core.tasks import Batch, Task
from rnn_core.tasks.settings import Settings
from tests.engine.small import small

LENGTH = 5


def stream(config: Settings, step: int, split: str) -> Batch:
    """Two inputs, all the same number: which batch this is."""
    ones = np.ones((LENGTH, 1, config.batch_size), config.dtype)
    return Batch(ones * step, ones * step, ones[:, 0])


@pytest.fixture
def own() -> Task:
    return dataclasses.replace(TASKS["sunspots"], name="own", title="My numbers", stream=stream)


def test_an_own_task_is_what_is_learned(own: Task):
    trainer = Trainer(small("echo", length=LENGTH), own)
    assert trainer.task.title == "My numbers"
    assert trainer.advance().x.shape[:2] == (LENGTH, 1)
    assert Trainer(small("echo")).task is TASKS["echo"]


def test_a_stream_is_followed_where_the_state_is_carried(own: Task):
    trainer = Trainer(small("sunspots", length=LENGTH, start="carried"), own)
    assert [float(trainer.advance().x.max()) for _ in range(3)] == [0.0, 1.0, 2.0]
    alone = Trainer(small("sunspots", length=LENGTH), own)
    alone.advance(3)
    assert (alone.advance().x != 3).any()


def test_a_saved_stream_goes_on_where_it_was(own: Task):
    config = small("sunspots", length=LENGTH, start="carried")
    whole, part, file = Trainer(config, own), Trainer(config, own), io.BytesIO()
    part.advance(3)
    part.save(file)
    file.seek(0)
    loaded = Trainer.load(file, own)
    whole.advance(5), loaded.advance(2)
    assert (loaded.theta == whole.theta).all()
    assert loaded.task is own
