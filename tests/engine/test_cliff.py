"""The cliff: its gradient against finite differences and the engine's own, and the two walks that lessons show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import backpropagate, unroll
from rnn_core.analysis.cliff import Cliff, Preset, descend, error_surface


@settings(max_examples=60, deadline=None, derandomize=True)
@given(w=st.floats(-2, 2), b=st.floats(-1, 1), T=st.integers(1, 12), target=st.floats(-1, 1), h_0=st.floats(-1, 1))
def test_the_gradient_is_finite_differences(w: float, b: float, T: int, target: float, h_0: float):
    cliff, e = Cliff(target, h_0, T), 1e-6
    at = error_surface(np.array([w]), np.array([b]), cliff)
    near = error_surface(np.array([w - e, w, w + e]), np.array([b - e, b, b + e]), cliff).loss
    assert at.dw[0, 0] == pytest.approx((near[1, 2] - near[1, 0]) / (2 * e), rel=1e-4, abs=1e-6)
    assert at.db[0, 0] == pytest.approx((near[2, 1] - near[0, 1]) / (2 * e), rel=1e-4, abs=1e-6)
    assert at.loss[0, 0] == near[1, 1]


def test_it_is_one_unit_of_the_engine():
    cliff = Cliff()
    p = {"W_xh": np.zeros((1, 1)), "W_hh": np.array([[1.2]]), "b_h": np.array([-0.06])}
    tape = unroll("rnn", p, np.zeros((50, 1, 1)), [np.full((1, 1), 0.5)])
    dh = np.zeros((50, 1, 1))
    dh[-1] = 2 * (tape.h[-1] - cliff.target)
    grads = backpropagate("rnn", p, tape, dh).params
    found = error_surface(np.array([1.2]), np.array([-0.06]), cliff)
    assert found.dw[0, 0] == pytest.approx(grads["W_hh"][0, 0], rel=1e-9)
    assert found.db[0, 0] == pytest.approx(grads["b_h"][0], rel=1e-9)
    assert found.loss[0, 0] == pytest.approx((tape.h[-1, 0, 0] + 0.5) ** 2)
    assert found.gradient_norm[0, 0] == pytest.approx(np.hypot(found.dw[0, 0], found.db[0, 0]))


def test_rows_are_b_and_columns_are_w():
    surface = error_surface(np.linspace(0, 2.5, 4), np.linspace(-1.2, 0.6, 3))
    assert surface.loss.shape == surface.dw.shape == surface.db.shape == (3, 4)
    assert surface.loss[2, 1] == error_surface(surface.w[1:2], surface.b[2:]).loss[0, 0]


def test_plain_descent_is_thrown_off_the_cliff_and_clipped_descent_arrives():
    p = Preset()
    plain = descend(p.start, p.learning_rate, p.steps, None, p.cliff)
    assert (plain.w[9], plain.b[9]) == pytest.approx((1.41, -0.14), abs=0.005)
    assert (plain.w[10], plain.b[10]) == pytest.approx((-3.45, -7.68), abs=0.01)
    assert plain.loss[-1] == pytest.approx(0.249, abs=0.001) and not plain.clipped.any()
    for threshold, arrives in ((p.threshold, 27), (0.3, 34)):
        clipped = descend(p.start, p.learning_rate, p.steps, threshold, p.cliff)
        assert np.flatnonzero(clipped.loss < 1e-3)[0] == arrives
        moves = np.hypot(np.diff(clipped.w), np.diff(clipped.b))
        assert (moves <= threshold * (1 + 1e-9)).all()
        assert moves[clipped.clipped] == pytest.approx(threshold)
        assert (clipped.clipped == (clipped.gradient_norm[:-1] > threshold)).all()
        assert p.w[0] <= clipped.w.min() and clipped.w.max() <= p.w[1]
        assert p.b[0] <= clipped.b.min() and clipped.b.max() <= p.b[1]


def test_a_step_is_the_learning_rate_times_the_gradient():
    walk = descend((0.5, 0.1), 0.2, 1)
    at = error_surface(np.array([0.5]), np.array([0.1]))
    assert walk.w == pytest.approx([0.5, 0.5 - 0.2 * at.dw[0, 0]])
    assert walk.b == pytest.approx([0.1, 0.1 - 0.2 * at.db[0, 0]])
    assert len(walk.loss) == len(walk.gradient_norm) == 2 and len(walk.clipped) == 1
    assert len(descend((0.5, 0.1), 0.2, 0).w) == 1


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda: error_surface(np.array([np.nan]), np.array([0.0])), "w is nan; it must be a finite number"),
    (lambda: error_surface(np.array([1.0]), np.array([np.inf])), "b is inf; it must be a finite number"),
    (lambda: error_surface(np.array([1.0]), np.array([1.0]), Cliff(T=0)), "T is 0; it must be a whole number from 1"),
    (lambda: error_surface(np.array([1e10]), np.array([0.0]), Cliff(h_0=0.0)), "the gradient leaves the finite"),
    (lambda: descend((1.0, 0.0), 0.0, 5), "learning_rate is 0.0; it must be a number above 0"),
    (lambda: descend((1.0, 0.0), 1.0, 5, -1.0), "threshold is -1.0; it must be a number above 0"),
    (lambda: descend((1.0, np.nan), 1.0, 5), "b is nan; it must be a finite number"),
    (lambda: descend((1.0, 0.0), 1.0, 5000), "steps is 5000; it must be a whole number from 0 to 1000"),
])
def test_what_cannot_be_is_refused_in_a_sentence(call, sentence: str):
    with pytest.raises(ValueError) as refusal:
        call()
    assert str(refusal.value).startswith(sentence)
