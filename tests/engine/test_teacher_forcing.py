"""Who feeds a decoder: without a teacher its own answers, with one the right ones, and when it is evaluated its own."""

import numpy as np
import pytest

from rnn_core import TASKS, Trainer
from tests.engine.small import ALL_TASKS, small

ANSWERS_ITSELF = [task for task in ALL_TASKS if TASKS[task].fields == ("teacher_forcing",)]


def own_answers(x: np.ndarray, y_hat: np.ndarray, feed: np.ndarray) -> np.ndarray:
    """At which fed steps x (T,D,B) holds the answer that y_hat (T,O,B) gave one step before, (fed steps, B)."""
    steps, O = np.flatnonzero(feed), y_hat.shape[1]
    said = np.eye(O)[y_hat[steps - 1].argmax(axis=1)].transpose(0, 2, 1)
    return (x[steps, -O:] == said).all(axis=1)


@pytest.mark.parametrize("start", ["zero", "carried"])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_without_a_teacher_the_network_reads_its_own_answers(task: str, cell: str, start: str):
    trainer = Trainer(small(task, cell=cell, teacher_forcing=0.0, layers=2, start=start, batch_size=8))
    for _ in range(3):
        snapshot = trainer.advance()
        feed = trainer.held_out.free_running
        assert feed is not None
        assert own_answers(snapshot.x, snapshot.y_hat, feed).all()


@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_with_a_teacher_it_reads_the_right_ones_and_in_between_some(task: str):
    taught = Trainer(small(task, batch_size=50))
    snapshot, feed = taught.advance(), taught.held_out.free_running
    assert feed is not None
    O = snapshot.y.shape[1]
    steps = np.flatnonzero(feed)
    assert (snapshot.x[steps, -O:] == snapshot.y[steps - 1] * (snapshot.mask[steps] > 0)[:, None])[
        np.broadcast_to((snapshot.mask[steps] > 0)[:, None], (len(steps), O, 50))].all()
    half = Trainer(small(task, batch_size=50, teacher_forcing=0.5)).advance()
    truth = (half.x[steps, -O:] == half.y[steps - 1]).all(axis=1)[half.mask[steps] > 0].mean()
    assert 0.4 < truth < 0.95


@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_when_it_is_evaluated_it_always_reads_its_own(task: str):
    shown = Trainer(small(task, hidden_size=8)).advance(20).shown
    feed = Trainer(small(task)).held_out.free_running
    assert feed is not None
    assert own_answers(shown.x[:, :, None], shown.y_hat[:, :, None], feed).all()
