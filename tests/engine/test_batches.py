"""The batches of a run: which one a step gets depends on seed and step alone, however many are drawn in one go."""

import dataclasses
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from rnn_core import TASKS, Config, batches
from rnn_core.batches import BatchSampler, Drawn
from rnn_core.fast.losses import columns
from tests.engine.small import ALL_TASKS, small
from tests.every import every

ARRAYS = ("x", "y", "mask", "lengths", "free_running", "answered", "reset")


def same(a: Drawn, b: Drawn) -> bool:
    pairs = [(getattr(a.batch, name), getattr(b.batch, name)) for name in ARRAYS] + [(a.alone, b.alone)]
    return a.batch.encoder_steps == b.batch.encoder_steps and all(
        (left is None and right is None) or np.array_equal(left, right) for left, right in pairs
    )


def of(config: Config) -> BatchSampler:
    return BatchSampler(TASKS[config.task], config)


@every(task=ALL_TASKS)
def test_a_steps_batch_is_the_same_whenever_it_is_asked_for(task: str):
    config = small(task, batch_size=3)
    one, last = of(config), 2 * of(config).several
    forward = [one.at(step) for step in range(last + 1)]
    for step in (last, 1, one.several, one.several - 1, 0):
        assert same(of(config).at(step), forward[step])
        assert same(one.at(step), forward[step])
    drawn_in_one_go = [forward[k * one.several] for k in range(3)]  # the first batch of each
    assert not any(same(a, b) for a, b in combinations(drawn_in_one_go, 2))
    assert not all(same(forward[0], drawn) for drawn in forward[1:])
    assert not all(same(forward[0], of(dataclasses.replace(config, seed=7)).at(step)) for step in range(last))


@every(task=ALL_TASKS)
def test_batches_are_the_columns_of_what_was_drawn_in_one_go(task: str):
    config, asked = small(task, batch_size=3), []
    whole = TASKS[task]

    def draw(rng: np.random.Generator, large: Any, split: str) -> Any:
        asked.append(whole.draw(rng, large, split))
        return asked[-1]

    own = BatchSampler(dataclasses.replace(whole, draw=draw), config)
    batches = [own.at(step).batch for step in range(own.several)]
    assert len(asked) == 1 and all(batch.mask.shape[1] == 3 for batch in batches)
    for name in ARRAYS:
        array = getattr(asked[0], name)
        if array is None or name == "free_running":
            assert all(getattr(batch, name) is array for batch in batches)
        else:
            assert np.array_equal(np.concatenate([getattr(batch, name) for batch in batches], axis=-1), array)


@every(task=ALL_TASKS)
def test_the_loss_reads_a_batchs_answers_as_they_stand(task: str):
    batch = of(small(task, batch_size=3)).at(0).batch
    assert np.shares_memory(columns(batch.y), batch.y)


@pytest.mark.parametrize("sizes", [(8, 1, 20), (16, 16, 25), (64, 1024, 100), (8, 512, 2), (8, 300, 2)])
def test_what_is_drawn_in_one_go_stays_small(sizes: tuple[int, int, int]):
    H, B, T = sizes
    several = of(Config(hidden_size=H, batch_size=B, length=T, k=1)).several
    assert several == 1 or several * B * T * 10 <= batches.NUMBERS
    assert 1 <= several * B <= 1024 and (several > 1) == (B * T < 4000)


def test_the_network_is_left_alone_as_often_as_teacher_forcing_leaves_it():
    drawn = of(small("copy", teacher_forcing=0.25, batch_size=64, length=9)).at(0)
    assert drawn.alone is not None and drawn.batch.free_running is not None
    assert not drawn.alone[~drawn.batch.free_running].any()
    assert drawn.alone[drawn.batch.free_running].mean() == pytest.approx(0.75, abs=0.06)
    assert of(small("copy", teacher_forcing=1.0)).at(0).alone is None
