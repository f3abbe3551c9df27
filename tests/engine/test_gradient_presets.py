"""The presets of rnn_core/analysis/presets.py: each can be run, and can be false."""

import pytest

from rnn_core.analysis.presets import PRESETS, SEEDS, Number


@pytest.mark.parametrize("name", PRESETS)
def test_a_sentence_is_true_with_one_seed_and_its_numbers_say_when_it_is_not(name: str):
    preset = PRESETS[name]
    assert preset.name == name and preset.sentence.endswith(".") and preset.numbers
    run = preset.trained(SEEDS[0])
    theta = run.theta.copy()
    for what, number in preset.numbers.items():
        assert number.holds(number.of(run)), what
        assert number.low <= number.measured[0] <= number.measured[1] <= number.high, what
    assert (run.theta == theta).all() and run.step == preset.steps


def test_a_number_beyond_its_limits_does_not_hold():
    number = Number(lambda trainer: 0.0, 1, 2, (1, 2))
    assert number.holds(1) and number.holds(2) and not number.holds(0.99) and not number.holds(float("nan"))
