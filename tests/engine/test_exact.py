"""What an analysis of a run refuses, each in one sentence, and what it answers all the same."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from rnn_core import Config, Trainer
from rnn_core.analysis import influence, jacobians, singular_values
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.clipping import clip_last_step
from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.exact import last_batch
from rnn_core.analysis.mistakes import check_mistakes
from rnn_core.analysis.products import log10_influence, singular_value_fan
from rnn_core.analysis.spectrum import log10_textbook_bound, spectra
from rnn_core.analysis.terms import gradient_terms
from rnn_core.analysis.truncation import truncation
from tests.engine.runs import run

OF_A_SEQUENCE: dict[str, Callable[..., Any]] = {
    "jacobians": jacobians,
    "influence": influence,
    "log10_influence": log10_influence,
    "singular_values": lambda trainer, sequence: singular_values(trainer, sequence, 0, 1),
    "singular_value_fan": singular_value_fan,
    "log10_textbook_bound": log10_textbook_bound,
    "gradient_terms": gradient_terms,
    "truncation": lambda trainer, sequence: truncation(trainer, 2, sequence),
    "cell_state_paths": cell_state_paths,
}
OF_THE_RUN_ALONE: dict[str, Callable[..., Any]] = {
    "spectra": spectra,
    "terms of the batch": gradient_terms,
    "truncation of the batch": lambda trainer: truncation(trainer, 2),
    "clip_last_step": lambda trainer: clip_last_step(trainer, "norm", 1.0),
    "log10_gradient_norms": log10_gradient_norms,
    "distances_to_saturation": distances_to_saturation,
    "check_mistakes": check_mistakes,
}
OF_A_RUN = OF_THE_RUN_ALONE | {name: partial(of, sequence=0) for name, of in OF_A_SEQUENCE.items()}


def cell_for(name: str, other: str = "rnn") -> str:
    return "lstm" if name == "cell_state_paths" else other


@pytest.mark.parametrize("name", OF_A_RUN)
def test_what_is_no_trainer_is_refused(name: str):
    with pytest.raises(ValueError, match=r"trainer is Config.*; it must be a Trainer, as Trainer\(Config\(\)\) makes"):
        OF_A_RUN[name](Config())


@pytest.mark.parametrize("sequence", [-1, 64, 1.5, True, "0"])
@pytest.mark.parametrize("name", OF_A_SEQUENCE)
def test_a_sequence_that_is_not_there_is_refused(name: str, sequence):
    trainer = run(cell_for(name))
    with pytest.raises(ValueError, match=r"sequence is .*; it must be a whole number from 0 to 63"):
        OF_A_SEQUENCE[name](trainer, sequence)


@pytest.mark.parametrize("name", OF_A_RUN)
def test_weights_that_are_not_finite_are_refused(name: str):
    trainer = run(cell_for(name))
    trainer.params["W_hh"][0, 0] = np.nan
    with pytest.raises(ValueError, match="W_hh has 1 numbers that are not finite; all must be"):
        OF_A_RUN[name](trainer)


@pytest.mark.parametrize(("s", "t", "sentence"), [
    (3, 2, "t is 2; it must be a whole number from 3 to 6"),
    (-1, 2, "s is -1; it must be a whole number from 0 to 6"),
    (0, 7, "t is 7; it must be a whole number from 0 to 6"),
    (0.5, 2, "s is 0.5; it must be a whole number from 0 to 6"),
])
def test_steps_that_are_not_there_are_refused(s, t, sentence: str):
    with pytest.raises(ValueError) as refusal:
        singular_values(run(length=6), 0, s, t)
    assert str(refusal.value) == sentence


def test_a_stack_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="stack is 'decoder_'; it must be one of ''"):
        spectra(run(), "decoder_")


def test_a_state_that_leaves_float64_is_refused_where_it_does():
    trainer = run("rnn-relu", length=400)
    trainer.params["W_hh"] = np.full((3, 3), 1e3)
    trainer.params["b_h"] = np.ones(3)
    for of in (jacobians, influence, distances_to_saturation):
        with pytest.raises(ValueError, match=r"h leaves the finite numbers at time step \d+ of 400; take smaller"):
            of(trainer)


def test_a_gradient_that_leaves_float64_is_refused():
    trainer = run("residual", length=400, task="temporal-order", hidden_size=1)
    trainer.params |= {"W_hh": [[20.0]], "W_xh": np.zeros((1, 6)), "b_h": [0.0], "W_hy": np.ones((4, 1))}
    trainer.params["W_hy"][0] = 2
    assert influence(trainer)[-1, 0] > 1e308  # h_t = 0 at every t, and 21^400 is beyond float64
    for of in (gradient_terms, log10_gradient_norms, check_mistakes):
        with pytest.raises(ValueError, match=r"∂L/∂W_xh leaves the finite numbers; take smaller"):
            of(trainer)


@pytest.mark.parametrize("name", OF_A_RUN)
def test_a_run_that_diverged_is_read_where_it_went_back_to(name: str):
    trainer = Trainer(Config(cell=cell_for(name, "rnn-relu"), learning_rate=10, clip="none", dtype="float32"))
    trainer.advance(20)
    if name != "cell_state_paths":
        assert trainer.diverged
    OF_A_RUN[name](trainer)


@pytest.mark.parametrize(("task", "start"), [("reverse", "zero"), ("sonnets", "carried")])
def test_the_last_batch_is_read_by_the_weights_and_the_state_that_the_step_started_from(task: str, start: str):
    trainer = run("gru", task=task, bptt_window=3, start=start)
    snapshot = trainer.advance(3)
    exact = last_batch(trainer)
    _, loss, grads = exact.backward(exact.network.window)
    assert loss.total == pytest.approx(snapshot.loss, rel=1e-12)
    assert np.sqrt(sum((g**2).sum() for g in grads.values())) == pytest.approx(snapshot.grad_norm, rel=1e-12)


def test_importing_the_engine_imports_none_of_them():
    program = "import sys, rnn_core; print([m for m in sys.modules if m.startswith('rnn_core.analysis.')])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['rnn_core.analysis.diagnostics']"
