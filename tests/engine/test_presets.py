"""Presets of races: each can be run."""

import dataclasses

import pytest

from rnn_core import Config
from rnn_core.presets import PRESETS
from rnn_core.sweep import Result

# Presets


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_race_that_can_be_run(name: str):
    preset = PRESETS[name]
    assert preset.name == name and preset.sentence.endswith(".") and 2 <= len(preset.values) <= 6
    assert preset.expected and set(preset.expected) <= set(preset.values)
    contestants = preset.contestants(seed=7)
    assert [getattr(config, preset.field) for config in contestants.values()] == list(preset.values)
    assert {config.seed for config in contestants.values()} == {7}
    apart = {field for config in contestants.values() for field in Config.fields()
             if getattr(config, field) != getattr(preset.base, field)}
    assert apart <= {preset.field, "seed"} | ({"hidden_size"} if preset.equal_parameters else set())
    low, high = preset.expected[next(iter(preset.expected))]
    inside = Result(preset.base, loss=(low + min(high, 1e9)) / 2, metric=(low + min(high, 1e9)) / 2)
    assert preset.holds(next(iter(preset.expected)), inside)
    assert not preset.holds(next(iter(preset.expected)), dataclasses.replace(inside, error="x"))
    assert not preset.holds(next(iter(preset.expected)), dataclasses.replace(inside, loss=-9.0, metric=-9.0))
