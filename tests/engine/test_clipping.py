"""Clipping: by norm keeps the direction, by value bounds every number; each says what it left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import Config
from rnn_core.fast.update import clip
from rnn_core.step import CLIPPING, norm

NUMBERS = st.lists(st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-9), min_size=1, max_size=8).filter(any)
THRESHOLDS = st.floats(1e-4, 1e3)


def clipped(how: str, g: list[float], threshold: float) -> tuple[np.ndarray, float]:
    before = np.array(g, float)
    after, ratio = CLIPPING[how](before, threshold, norm(before))
    assert before.tolist() == g
    in_place = before.copy()
    assert clip(in_place, how, threshold, norm(before)) == ratio and (in_place == after).all()
    return after, ratio


def test_the_choices_are_the_registry():
    assert set(CLIPPING) == {"none", "value", "norm"} == set(Config.fields()["clip"].options)


@pytest.mark.parametrize(("how", "wanted", "ratio"), [
    ("none", [3.0, -4.0, 0.0], 1.0),
    ("norm", [1.5, -2.0, 0.0], 0.5),  # ‖g‖ = 5, to 2.5
    ("value", [2.5, -2.5, 0.0], 12.5**0.5 / 5),
])
def test_a_table(how: str, wanted: list[float], ratio: float):
    after, left = clipped(how, [3.0, -4.0, 0.0], 2.5)
    assert after == pytest.approx(wanted)
    assert left == pytest.approx(ratio)


@pytest.mark.parametrize("how", sorted(CLIPPING))
def test_a_gradient_within_bounds_is_left_bit_for_bit(how: str):
    after, ratio = clipped(how, [0.3, -0.4], 0.5)
    assert after.tolist() == [0.3, -0.4]
    assert ratio == 1.0


@pytest.mark.parametrize("how", sorted(CLIPPING))
def test_a_gradient_of_zeros_stays_one_and_nothing_is_divided_by_it(how: str):
    after, ratio = clipped(how, [0.0, 0.0], 1e-4)
    assert after.tolist() == [0, 0]
    assert ratio == 1.0


@settings(max_examples=100, deadline=None, derandomize=True)
@given(g=NUMBERS, threshold=THRESHOLDS, how=st.sampled_from(sorted(CLIPPING)))
def test_the_ratio_is_what_was_left(g, threshold, how):
    after, ratio = clipped(how, g, threshold)
    assert ratio == pytest.approx(np.linalg.norm(after) / np.linalg.norm(g), rel=1e-6)
    assert 0 < ratio <= 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(g=NUMBERS, threshold=THRESHOLDS)
def test_by_norm_bounds_the_length_and_keeps_the_direction(g, threshold):
    after, _ = clipped("norm", g, threshold)
    before, size = np.array(g), np.linalg.norm(g)
    assert np.linalg.norm(after) == pytest.approx(min(size, threshold), rel=1e-9)
    assert after == pytest.approx(before * min(1, threshold / size), rel=1e-9)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(g=NUMBERS, threshold=THRESHOLDS)
def test_by_value_bounds_each_number_and_leaves_the_rest(g, threshold):
    after, _ = clipped("value", g, threshold)
    assert after.tolist() == [max(-threshold, min(threshold, each)) for each in g]


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_the_norm_of_float32_numbers_whose_squares_are_none(size: float):
    assert norm(np.full(4, size, "float32")) == pytest.approx(2 * size, rel=1e-6, abs=0)


@pytest.mark.parametrize("how", sorted(CLIPPING))
def test_float32_stays_float32(how: str):
    g = np.array([3, 4], "float32")
    g, _ = CLIPPING[how](g, 1.0, norm(g))
    assert g.dtype == np.float32
    assert np.abs(g).max() <= (4 if how == "none" else 1)
