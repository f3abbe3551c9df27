"""The terms of ∂L/∂W_hh, against one backward pass for each loss; ‖∂L/∂h_t‖ of each sequence, and saturation."""

import numpy as np
import pytest

from rnn_core import CELLS, Trainer
from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.exact import held_out_sequence, last_batch
from rnn_core.analysis.terms import gradient_terms, log10_norm
from rnn_core.plain import backpropagate
from tests.engine.runs import KINDS, ended, run
from tests.engine.small import ALL_CELLS, relative, small


@pytest.mark.parametrize("window", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_terms_by_step_and_by_lag_add_up_to_the_gradient(cell: str, kind: str, window: int):
    trainer = run(cell, bptt_window=window, batch_size=6, **KINDS[kind])
    trainer.advance(2)
    exact = last_batch(trainer)
    assert exact.batch.lengths is None or min(exact.batch.lengths) < exact.batch.encoder_steps
    grads = exact.backward(window)[2]
    found = gradient_terms(trainer)
    assert set(found.total) == set(found.weights) == set(found.by_lag)
    for name, total in found.total.items():
        assert (total == grads[name]).all()
        assert found.by_lag[name].sum(axis=0) == pytest.approx(total, abs=1e-13)
        own = found.by_step[[weight == name for weight in found.weights]]
        assert own.sum(axis=0) == pytest.approx(total, abs=1e-13)
    lags = np.concatenate([lag.reshape(len(lag), -1) for lag in found.by_lag.values()], axis=1)
    assert 10**found.log10_by_lag == pytest.approx(np.linalg.norm(lags, axis=1), rel=1e-9, abs=1e-300)
    steps = np.linalg.norm(found.by_step, axis=(1, 2))
    assert 10**found.log10_by_step == pytest.approx(steps, rel=1e-9, abs=1e-300)
    totals = np.concatenate([total.ravel() for total in found.total.values()])
    assert 10**found.log10_total == pytest.approx(np.linalg.norm(totals))


@pytest.mark.parametrize("sequence", [None, 3])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_lags_term_is_that_of_one_backward_pass_for_each_loss(cell: str, sequence: int | None):
    trainer = run(cell, length=6)
    exact = last_batch(trainer) if sequence is None else held_out_sequence(trainer, sequence)
    trace = exact.forward()
    tape, dy = trace.tapes[0][0], exact.network.loss(exact.loss, trace, exact.batch).dy
    wanted = np.zeros((6, *exact.params["W_hh"].shape))
    for tau in range(6):
        dh = np.zeros_like(trace.h)
        dh[tau] = exact.params["W_hy"].T @ dy[tau]
        _, _, _, total = backpropagate(cell, tape.p, tape, dh)
        for t in range(tau + 1):  # the share of step t: what is added by cutting one step later
            upto = [backpropagate(cell, tape.p, part(tape, k), dh[k:])[0]["W_hh"] if k <= tau else 0
                    for k in (t, t + 1)]  # fmt: skip
            wanted[tau - t] += upto[0] - upto[1]
        assert (total[tau + 1 :] == 0).all()
    assert relative(gradient_terms(trainer, sequence).by_lag["W_hh"], wanted) < 1e-9


def part(tape, start: int):
    """The tape from this step on."""
    return type(tape)(tape.cell, tape.p, tape.steps[start:], tape.state)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_whole_does_not_vanish_where_the_early_terms_do(cell: str):
    trainer = run(cell, scale=0.1, length=40, hidden_size=4, task="temporal-order")
    trainer.params["b_h"] = 0 * trainer.params["b_h"]
    found = gradient_terms(trainer)
    early = 1 if cell == "residual" else 1e-6
    assert found.log10_by_lag[38] < found.log10_total + np.log10(early)
    assert found.log10_by_lag[-1] == -np.inf  # h_0 = 0


def test_a_window_cuts_off_the_lags_that_it_cannot_see_and_no_others():
    trainer = run("gru", length=12)
    lags = {w: np.isfinite(gradient_terms(trainer, window=w).log10_by_lag) for w in (0, 1, 4, 12)}
    assert lags[0].sum() == lags[12].sum() == 11  # all but the last, where h_0 = 0
    assert lags[4].sum() == 4 and lags[1].sum() == 1
    assert lags[4][:4].all()


def test_lags_go_on_where_float64_ends():
    trainer = run("rnn", scale=1e-3, length=400, hidden_size=2, task="temporal-order")
    found = gradient_terms(trainer)
    slope = np.diff(found.log10_by_lag[:399])
    assert found.log10_by_lag[398] < -1000 and np.isfinite(found.log10_by_lag[:399]).all()
    assert slope[-1] == pytest.approx(slope[200], abs=0.2)
    assert (found.by_lag["W_hh"][398] == 0).all()


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_without_any_gradient_every_number_is_still_a_number_or_minus_infinity(cell: str):
    trainer = run(cell)
    trainer.params["W_hy"] = 0 * trainer.params["W_hy"]
    found = gradient_terms(trainer)
    assert not found.by_step.any() and not any(lag.any() for lag in found.by_lag.values())
    assert (found.log10_by_step == -np.inf).all() and (found.log10_by_lag == -np.inf).all()
    assert found.log10_total == -np.inf and (log10_gradient_norms(trainer) == -np.inf).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_each_sequences_norms_have_the_snapshots_mean(cell: str, kind: str):
    trainer = run(cell, bptt_window=5, **KINDS[kind])
    trainer.advance(2)
    found = log10_gradient_norms(trainer)
    assert found.shape == (trainer.config.length, trainer.config.batch_size)
    assert (10**found).mean(axis=1) == pytest.approx(trainer.snapshot().dh_norm, rel=1e-9, abs=1e-300)


def test_a_norm_whose_square_underflows_is_a_norm():
    a = np.array([[3e-200, 4e-200], [0, 0], [3e200, 4e200]])
    assert log10_norm(a, axis=1) == pytest.approx([np.log10(5) - 200, -np.inf, np.log10(5) + 200])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_distances_to_saturation_are_what_they_say(cell: str, kind: str):
    trainer = run(cell, **KINDS[kind])
    found, record, i = distances_to_saturation(trainer), CELLS[cell], ended(trainer)
    exact = held_out_sequence(trainer, i)
    tapes = [stack[-1] for stack in exact.forward().tapes]
    T, real = trainer.config.length, np.ones(trainer.config.length, bool)
    if trainer.held_out.lengths is not None:
        real[trainer.held_out.lengths[i] : trainer.held_out.encoder_steps] = False
    assert set(record.sigmoids) <= set(found)
    for name, distance in found.items():
        values = np.concatenate([tape[name][..., 0] for tape in tapes])
        ends = 0.5 - np.abs(values - 0.5) if name in record.sigmoids else 1 - np.abs(values)
        ends = values if (cell, name) == ("rnn-relu", "h") else ends
        assert distance.shape == (T, 3, 64)
        assert distance[real, :, i] == pytest.approx(ends[real], abs=1e-12)
        assert np.isnan(distance[~real, :, i]).all()
        assert not (distance < 0).any()
    assert ("h" in found) == bool(record.flat_at)
    assert found


def test_one_that_has_not_started_tells_of_the_coming_step_and_one_set_by_hand_of_what_is_set():
    trainer = Trainer(small(dtype="float64"))
    before = gradient_terms(trainer)
    trainer.params["W_hh"] = 0 * trainer.params["W_hh"]
    after = gradient_terms(trainer)
    assert (before.total["W_hh"] != after.total["W_hh"]).any()
    assert trainer.step == 0
