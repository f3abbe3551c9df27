"""The stops of the recurrent scale are what they are called, on untrained networks."""

import numpy as np
import pytest

from rnn_core import Config, Trainer
from ui.controls.controls import STOPS

FACTORS = {"fades": (0, 0.9), "holds": (0.8, 1.12), "explodes": (0.97, 2)}  # of the gradient at each step back


@pytest.mark.parametrize("task", ["temporal-order", "latch", "adding"])
@pytest.mark.parametrize("word", STOPS)
def test_a_stop_does_what_it_says(task: str, word: str):
    found = []
    for seed in range(1, 6):
        config = Config.of_task(task, cell="rnn", length=40, seed=seed, recurrent_scale=STOPS[word])
        dh = Trainer(config).snapshot().dh_norm
        found.append((dh[0] / dh[-1]) ** (1 / 39))
    low, high = FACTORS[word]
    assert all(low < factor < high for factor in found), np.round(found, 2)
    assert (np.median(found) > 1) == (word == "explodes") or word == "holds"
