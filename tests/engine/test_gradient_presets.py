"""The presets of rnn_core/analysis/presets.py: each can be run, and can be false."""

from typing import Any

import pytest

from rnn_core.analysis.presets import PRESETS, SEEDS, Number

# What each sentence says in words, and the limit or the setting that it speaks of.
LIMITS: dict[str, dict[str, float]] = {
    "gru-vanishes": {"more than a million-fold in a GRU": 1e-6, "less than a hundred-thousand-fold in an LSTM": 1e-5},
    "relu-vanishes": {"shrinks more than that of tanh": 1},
    "lstm-vanishes": {"less than 1e−20": 1e-20},
    "direct-path": {"more than four times": 4},
    "one-direction": {"lets one direction through": 1},
    "non-normal": {"more than eighteen-fold": 18},
    "far-terms": {"above 0.01": 0.01, "less than a thousandth": 1e-3},
    "learned-anyway": {"below a thousandth": 1e-3, "a tenth of it": 0.1, "every answer is right": 0.99},
    "learned-and-quiet": {"less than a fifth": 0.2, "makes no mistake": 0.99},
    "relu-clipped": {"it holds its bit": 0.99, "it does not": 0.75},
    "value-turns": {"more than 20 degrees": 20},
    "truncated": {"within a twentieth": 0.95, "less than four fifths": 0.8},
    "cliff": {"above 0.2": 0.2},
    "radius-1": {"less than a fifth": 0.2},
    "large-inputs": {"less than a millionth": 1e-6},
    "bounded": {"more than a hundred-fold": 100},
    "transpose": {"∂L/∂W_hh is wrong": 0.01, "∂L/∂W_hy is right": 1e-5},
}
SETTINGS: dict[str, dict[str, tuple[str, Any]]] = {
    "truncated": {"A window of 5": ("window", 5)},
    "value-turns": {"at 0.01": ("threshold", 0.01)},
    "radius-1": {"radius of 1 ": ("lever_recurrent_scale", 1.0), "over 60 steps": ("lever_length", 60)},
    "large-inputs": {"radius of 2 ": ("lever_recurrent_scale", 2.0), "over 40 steps": ("lever_length", 40)},
    "bounded": {"over 40 steps": ("lever_length", 40)},
    "transpose": {"Without the transpose": ("mistake", "no-transpose")},
}


@pytest.mark.parametrize("name", PRESETS)
def test_the_words_of_a_sentence_are_the_limits_that_are_measured(name: str):
    preset = PRESETS[name]
    ends = {end for number in preset.numbers.values() for end in (number.low, number.high)}
    for words, limit in LIMITS[name].items():
        assert words in preset.sentence and limit in ends, words
    for words, (setting, value) in SETTINGS.get(name, {}).items():
        assert words in preset.sentence and preset.settings[setting] == value, words


@pytest.mark.parametrize("name", PRESETS)
def test_a_sentence_is_true_with_one_seed_and_its_numbers_say_when_it_is_not(name: str):
    preset = PRESETS[name]
    assert preset.name == name and preset.sentence.endswith(".") and preset.numbers
    run = preset.trained(SEEDS[0])
    theta = run.theta.copy()
    for what, number in preset.numbers.items():
        value, (least, largest) = number.of(run), number.measured
        assert number.holds(value), what
        assert least / 2 - 1e-9 <= value <= 2 * largest + 1e-9, what  # by far, as machines differ
        assert number.low <= number.measured[0] <= number.measured[1] <= number.high, what
    assert (run.theta == theta).all() and run.step == preset.steps


def test_a_number_beyond_its_limits_does_not_hold():
    number = Number(lambda trainer: 0.0, 1, 2, (1, 2))
    assert number.holds(1) and number.holds(2) and not number.holds(0.99) and not number.holds(float("nan"))
