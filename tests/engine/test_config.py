"""Config: every field refuses what it must in one sentence, reads a URL's strings, and comes back the very same."""

import dataclasses
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnn_core import CELLS, INITIALIZERS, OPTIMIZERS, TASKS, Config
from rnn_core.starts import START_WEIGHTS
from tests.every import every

FIELDS = Config.fields()
NAMES = sorted(FIELDS)
LONG = "x" * 10_000
ANYWHERE: list[Any] = [None, "", " ", "none of these", LONG, "\n", "a\nb", "nan", "inf", [], {}, (), object(), 1j,
                       np.zeros(3), math.nan, math.inf, -math.inf]
NUMBERS: list[Any] = [True, False, 10**400, -(10**400)]
WORDS: list[Any] = [True, 0, 1, 0.5]
NEVER = {"choice": WORDS, "flag": [0, 1, "true", "false", 0.0], "int": [*NUMBERS, 1.5], "float": NUMBERS}


def one_line(text: str) -> str:
    assert "\n" not in text and "\r" not in text, text
    assert 0 < len(text) < 500, text
    return text


def said(caught: pytest.ExceptionInfo[ValueError]) -> str:
    return one_line(str(caught.value))


def outside(name: str) -> list[Any]:
    field = FIELDS[name]
    if field.kind not in ("int", "float"):
        return []
    step = 1 if field.kind == "int" else abs(field.low) * 1e-9 or 1e-12
    return [field.low - step, field.high + 1, -1e30, 1e30, int(1e30)]


@every(name=NAMES)
def test_a_field_refuses_what_it_is_not_in_one_sentence(name: str):
    field = FIELDS[name]
    for value in [*ANYWHERE, *NEVER[field.kind], *outside(name)]:
        with pytest.raises(ValueError) as caught:
            Config(**{name: value})
        text = said(caught)
        assert text.startswith(f"{name} is ")
        assert field.allowed in text
        if isinstance(value, int | float | str) and len(str(value)) < 50:
            assert repr(value) in text


@pytest.mark.parametrize("value", ["1", "0.5", b"1"], ids=repr)
@pytest.mark.parametrize("name", ["hidden_size", "learning_rate", "seed", "init_scale"])
def test_a_number_is_a_number_and_not_its_name(name: str, value: Any):
    with pytest.raises(ValueError) as caught:
        Config(**{name: value})
    assert said(caught).startswith(f"{name} is {value!r}")


@pytest.mark.parametrize("value", [10**5000, np.array([[1, 2], [3, 4]])], ids=["5,001 digits", "a table"])
@pytest.mark.parametrize("name", ["learning_rate", "task"])
def test_a_value_too_long_or_too_wide_to_say_is_said_in_one_line(name: str, value: Any):
    with pytest.raises(ValueError) as caught:
        Config(**{name: value})
    assert said(caught).startswith(f"{name} is ")
    assert FIELDS[name].allowed in str(caught.value)


@every(name=NAMES)
def test_a_field_says_what_is_allowed(name: str):
    field = FIELDS[name]
    assert field.name == name
    assert field.help.endswith(".") and "\n" not in field.help
    assert len(re.findall(r"\.(?= [A-Z0]|$)", field.help)) >= 2  # what it is, and what it changes
    assert field.check(field.default) == field.default
    if field.kind == "choice":
        assert all(option in field.allowed for option in field.options)
    elif field.kind == "flag":
        assert field.allowed == "true or false"
    else:
        assert field.low <= field.screen[0] <= field.default <= field.screen[1] <= field.high
        assert ("whole" in field.allowed) == (field.kind == "int")
        for end in (field.low, field.high):
            assert field.check(type(field.default)(end)) == end


@every(name=[name for name in NAMES if FIELDS[name].kind in ("int", "float")])
def test_the_ends_of_a_range_are_said_exactly(name: str):
    words = FIELDS[name].allowed.split()
    assert (float(words[-3]), float(words[-1])) == (FIELDS[name].low, FIELDS[name].high)


@every(name=NAMES)
def test_strings_that_stand_for_nothing_are_refused_in_one_sentence(name: str):
    words = ["", " ", "nan", "inf", "-inf", "1e999", "-1", "NaN", "0x10", "1,5", "16.5.1", "true!", LONG, "9" * 10_000,
             "-" + "9" * 5000, "null", "undefined", "[]", "'", '"', "\x00", "\u2028", "<script>alert(1)</script>"]
    low = FIELDS[name].low
    for text in words:
        if text == "-1" and low < 0:
            continue
        with pytest.raises(ValueError) as caught:
            Config.from_mapping({name: text})
        sentence = said(caught)
        assert sentence.startswith(f"{name} is ")
        assert FIELDS[name].allowed in sentence


@every(name=["", "no_such", "Task", "task ", "__class__", "fields", LONG, "a\nb"])
def test_a_setting_that_is_none_is_refused(name: str):
    with pytest.raises(ValueError) as caught:
        Config.from_mapping({name: "1"})
    assert "task, cell, hidden_size" in said(caught)


TEXTS = st.one_of(st.text(), st.floats().map(str), st.integers().map(str), st.sampled_from(["true", "rnn", "3"]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), TEXTS, max_size=5))
@example({"length": "1", "k": "1"})
@example({"task": "sunspots", "length": "1000"})
def test_any_mapping_is_a_config_or_one_sentence(mapping: dict[str, str]):
    try:
        config = Config.from_mapping(mapping)
    except ValueError as error:
        one_line(str(error))
    else:
        assert Config.from_mapping(config.to_mapping()) == config


def values(name: str) -> st.SearchStrategy[Any]:
    field = FIELDS[name]
    return {
        "choice": lambda: st.sampled_from(field.options),
        "flag": st.booleans,
        "int": lambda: st.integers(int(field.low), int(field.high)),
        "float": lambda: st.floats(field.low, field.high),
    }[field.kind]()


CONFIGS = st.fixed_dictionaries({}, optional={name: values(name) for name in NAMES})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(CONFIGS)
def test_a_config_goes_into_strings_and_comes_back_the_same(fields: dict[str, Any]):
    try:
        config = Config(**fields)
    except ValueError as error:  # fields that do not go together: the task, or weights set by hand, say so
        assert re.search("length|start_weights", one_line(str(error)))  # noqa: PT017
        return
    mapping = config.to_mapping()
    assert all(isinstance(text, str) for text in mapping.values())
    assert Config.from_mapping(mapping) == config
    assert set(mapping) == {name for name in FIELDS if getattr(config, name) != FIELDS[name].default}
    assert hash(Config.from_mapping(mapping)) == hash(config)
    assert all(type(getattr(config, name)) is type(field.default) for name, field in FIELDS.items())


def test_the_defaults_are_an_empty_mapping():
    assert Config().to_mapping() == {}
    assert Config.from_mapping({}) == Config()


def test_a_config_is_frozen_and_may_be_a_key_and_be_replaced():
    config = Config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 2  # type: ignore[misc]
    assert {config: 1}[Config()] == 1
    assert dataclasses.replace(config, seed=2) == Config(seed=2) != config
    with pytest.raises(ValueError, match="hidden_size is 0"):
        dataclasses.replace(config, hidden_size=0)


def test_whole_numbers_of_any_type_are_kept_as_pythons_own():
    config = Config(hidden_size=np.int64(8), length=16.0, learning_rate=1, seed=np.int32(3))  # type: ignore[arg-type]
    assert config == Config(hidden_size=8, length=16, learning_rate=1.0, seed=3)
    assert {type(getattr(config, name)) for name in ("hidden_size", "length", "seed")} == {int}
    assert type(config.learning_rate) is float


def test_every_registry_is_the_choice_that_a_config_offers():
    registries: dict[str, Any] = {"task": TASKS, "cell": CELLS, "optimizer": OPTIMIZERS, "initializer": INITIALIZERS,
                                  "start_weights": START_WEIGHTS}
    assert all(FIELDS[name].options == tuple(registry) for name, registry in registries.items())


def test_what_may_change_while_a_network_trains():
    assert {name for name, field in FIELDS.items() if field.live} == {"learning_rate", "clip", "clip_threshold"}


def test_the_fields_that_the_api_promises():
    promised = """task length cell hidden_size layers layer_skip optimizer learning_rate batch_size clip clip_threshold
        initializer init_scale input_scale start_weights recurrent_scale forget_bias bptt_window teacher_forcing seed
        dtype"""
    assert set(promised.split()) <= set(FIELDS)


@pytest.mark.parametrize("fields", [
    {"length": 3, "k": 3}, {"task": "adding", "length": 1}, {"task": "sunspots", "length": 81},
    {"task": "reber", "length": 3},
])
def test_fields_that_do_not_go_together_are_refused(fields: dict[str, Any]):
    with pytest.raises(ValueError) as caught:
        Config(**fields)
    assert f"length {fields['length']}" in said(caught).replace("length is", "length")
