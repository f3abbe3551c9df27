"""Weights set by hand: each start does what it says before anything is learned, and names what it needs."""

from dataclasses import replace

import numpy as np
import pytest

from rnn_core import Config, Trainer
from rnn_core.analysis import influence
from rnn_core.starts import START_WEIGHTS
from tests.engine.small import ALL_CELLS, small
from tests.every import every

FITTING = {
    "drawn": Config(),
    "one-unit": Config(task="latch", hidden_size=1, start_weights="one-unit"),
    "shift-register": Config(hidden_size=20, start_weights="shift-register"),
    "non-normal": Config(start_weights="non-normal"),
}


def test_every_start_has_a_setting_here():
    assert FITTING.keys() == START_WEIGHTS.keys()


@pytest.mark.parametrize("name", FITTING)
def test_what_it_needs_is_what_it_is_refused_without(name: str):
    config = FITTING[name]
    for setting, wanted in START_WEIGHTS[name].needs(config).items():
        assert getattr(config, setting) == wanted
        other = {"task": "sine", "cell": "lstm", "layers": 2, "hidden_size": 3}[setting]
        with pytest.raises(ValueError, match=f"start_weights is '{name}', which needs {setting} .*, and {setting} is"):
            replace(config, **{setting: other})  # type: ignore[arg-type]


@pytest.mark.parametrize("T", [20, 300])
def test_one_unit_keeps_a_bit_through_the_noise_and_no_gradient_goes_back(T: int):
    trainer = Trainer(Config(task="latch", hidden_size=1, length=T, start_weights="one-unit", dtype="float64"))
    assert trainer.evaluate()[1] == 1.0
    assert influence(trainer)[19, 0] < 1e-12


@pytest.mark.parametrize("k", [1, 3, 8])
def test_the_shift_register_echoes(k: int):
    trainer = Trainer(Config(k=k, hidden_size=5 * (k + 1), start_weights="shift-register"))
    loss, accuracy = trainer.evaluate()
    assert accuracy == 1.0 and loss < 1e-3
    assert trainer.advance(5).step == 5


def test_a_matrix_of_radius_below_one_grows_nineteen_fold_first():
    trainer = Trainer(Config(start_weights="non-normal", input_scale=0, dtype="float64", length=60))
    W_hh = trainer.params["W_hh"]
    assert np.abs(np.linalg.eigvals(W_hh)).max() == pytest.approx(0.9, abs=1e-6)
    reach = influence(trainer)[:, 0]
    assert reach.max() == pytest.approx(19.38, abs=0.01) and reach.argmax() in (9, 10) and reach[60] < 1


@every(cell=ALL_CELLS)
def test_the_size_of_the_inputs_multiplies_the_first_layers_input_weights_alone(cell: str):
    plain, large = (Trainer(small("reverse", cell=cell, layers=2, input_scale=scale)).params for scale in (1.0, 4.0))
    for name in plain:
        factor = 4 if name in ("W_xh", "decoder_W_xh") else 1
        np.testing.assert_allclose(large[name], factor * plain[name], rtol=1e-6)
