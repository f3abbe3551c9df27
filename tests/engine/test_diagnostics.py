"""What the diagnostics say of a network, against autograd's Jacobians, definitions written out, and small tables."""

import autograd
import numpy as np
import pytest
from autograd import numpy as anp

from rnn_core import CELLS, backpropagate, unroll
from rnn_core.analysis.diagnostics import shares_of_steps
from rnn_core.analysis.jacobian import step_jacobians
from rnn_core.analysis.products import norms_between, products_from_the_end, values_of
from rnn_core.analysis.spectrum import spectra_of
from rnn_core.snapshot import mean_norm
from tests.engine import oracle
from tests.engine.small import ALL_CELLS, relative, weights

T, D, H, B = 5, 3, 2, 3
ONE_STATE = [cell for cell in ALL_CELLS if len(CELLS[cell].states) == 1]


def drawn(cell: str):
    rng, record = np.random.default_rng(2), CELLS[cell]
    p, x = weights(rng, cell, D, H), rng.normal(size=(T, D, B))
    return record, p, x, [rng.normal(size=(H, B)) for _ in record.states], rng.normal(size=(T, H, B))


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_jacobians_of_every_step_and_every_pair_are_autograds(cell: str):
    record, p, x, first, _ = drawn(cell)
    tape, n, i = unroll(record, p, x, first), len(record.states), 1
    J = step_jacobians(record, p, tape, i)
    assert J.shape == (T, n * H, n * H)

    def run(start, s, t):
        """All of state_s -> all of state_t, one vector each."""
        state = tuple(start[k * H : (k + 1) * H] for k in range(n))
        for step in range(s, t):
            state = oracle.CELLS[cell](p, x[step, :, i], state, np.zeros((n, H)))
        return anp.concatenate(state)

    whole_states = [np.concatenate([start[None], tape[name]]) for start, name in zip(first, record.states, strict=True)]
    at = [np.concatenate([states[s, :, i] for states in whole_states]) for s in range(T + 1)]
    for t in range(T):
        assert relative(J[t], autograd.jacobian(run)(at[t], t, t + 1)) < 1e-9
    norms = norms_between(J, H).float64
    for s in range(T + 1):
        for t in range(T + 1):
            if t < s:
                assert np.isnan(norms[t, s])
            elif t == s:
                assert norms[t, s] == pytest.approx(1)
            else:
                whole = autograd.jacobian(run)(at[s], s, t)[:H, :H]
                values = np.linalg.svd(whole, compute_uv=False)
                assert norms[t, s] == pytest.approx(values[0], rel=1e-9, abs=1e-15)
                *_, product = products_from_the_end(J[s:t], np.eye(n * H)[:H])
                product = product._replace(value=product.value[:, :H])
                assert values_of(product).float64 == pytest.approx(values, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("cell", ONE_STATE)
def test_the_shares_are_each_steps_own_part_of_the_gradient(cell: str):
    record, p, x, first, dh = drawn(cell)
    tape = unroll(record, p, x, first)
    flow = backpropagate(record, p, tape, dh)
    whole, parts, state = flow.params["W_hh"], [], first
    for t in range(T):
        step = unroll(record, p, x[t : t + 1], state)
        parts.append(backpropagate(record, p, step, flow.dh[t : t + 1]).params["W_hh"])
        state = [tape.h[t]]
    shares = shares_of_steps(flow)
    assert shares == pytest.approx([(part * whole).sum() / (whole**2).sum() for part in parts], rel=1e-9)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_shares_add_up_to_one_or_are_all_nothing(cell: str):
    record, p, x, first, dh = drawn(cell)
    tape = unroll(record, p, x, first)
    assert shares_of_steps(backpropagate(record, p, tape, dh)).sum() == pytest.approx(1)
    assert not shares_of_steps(backpropagate(record, p, tape, 0 * dh)).any()


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_recurrence_is_told_gate_by_gate(cell: str):
    record, p, _, _, _ = drawn(cell)
    found = spectra_of(record, p["W_hh"])
    assert tuple(found) == record.gates
    for k, one in enumerate(found.values()):
        block = p["W_hh"][k * H : (k + 1) * H]
        assert one.spectral_radius == pytest.approx(np.abs(np.linalg.eigvals(block)).max())
        assert one.norm == pytest.approx(np.linalg.svd(block, compute_uv=False)[0])
        assert one.spectral_radius <= one.norm * (1 + 1e-9)


def test_norms_are_means_over_sequences_summed_in_float64():
    dh = np.array([[[3.0, 0.0], [4.0, 1.0]]])
    assert mean_norm(dh) == pytest.approx([3.0])  # (5 + 1) / 2
    assert mean_norm(np.full((1, 4, 2), 1e-30, "float32")) == pytest.approx([2e-30], rel=1e-6, abs=0)


def test_the_jacobians_that_about_names():
    formulas = {
        "rnn": lambda h, a, W: np.diag(1 - h**2) @ W,
        "rnn-relu": lambda h, a, W: np.diag(h > 0) @ W,
        "residual": lambda h, a, W: np.eye(H) + np.diag(1 - np.tanh(a) ** 2) @ W,
    }
    for cell, formula in formulas.items():
        record, p, x, first, _ = drawn(cell)
        tape = unroll(record, p, x, first)
        for t, found in enumerate(step_jacobians(record, p, tape, 0)):
            a = p["W_xh"] @ x[t, :, 0] + p["W_hh"] @ tape["h_prev"][t, :, 0] + p["b_h"]
            assert found == pytest.approx(formula(tape.h[t, :, 0], a, p["W_hh"]), abs=1e-12), cell
