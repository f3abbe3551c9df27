"""Any address becomes a Config that can run, and every sentence about it is short and names what was wrong."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import TASKS, Config, Trainer
from tests.engine.small import PAIRS
from tests.every import every
from ui.frame.address import grid, mend, offered, plain, read, written

FIELDS = Config.fields()
HOSTILE = [
    "",
    " ",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "-1",
    "0",
    "1",
    "3.7",
    "9" * 400,
    "x" * 10_000,
    "<script>alert(1)</script>",
    "'; drop table",
    "\x00",
    "٣",
    "１２",
    "_1_0",
    "0x10",
    "true",
    "null",
    "{}",
    "../../etc",
    "\u202e",
    "𝟙",
    "1,5",
    "None",
]


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "nobody", "hiden_size"]),
        st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), max_size=3),
    )
)
def test_any_address_is_a_config_within_what_is_offered(address: dict[str, list[str]]):
    config, said = read(address)
    for name, field in FIELDS.items():
        if field.kind in ("int", "float"):
            low, high = offered(field)
            assert low <= getattr(config, name) <= high
    assert all(len(sentence) < 400 and "\n" not in sentence for sentence in said)


@every(name=FIELDS)
def test_a_bad_value_is_said_with_its_field_and_a_good_one_is_not(name: str):
    for text in HOSTILE:
        config, said = read({name: [text]})
        try:
            same = plain(getattr(Config.from_mapping({name: text}), name)) == plain(getattr(config, name))
        except ValueError:
            same = False
        assert bool(said) != same, text[:40]
        assert not said or name in said[0], text[:40]


@pytest.mark.parametrize(
    ("name", "text", "used"),
    [
        ("hidden_size", "1000", 64),
        ("hidden_size", "0", 1),
        ("hidden_size", "-5", 1),
        ("hidden_size", "3.7", 4),
        ("hidden_size", "many", 16),
        ("learning_rate", "50", 10.0),
        ("learning_rate", "0", 1e-4),
        ("learning_rate", "nan", Config().learning_rate),
        ("learning_rate", "1e999", Config().learning_rate),
        ("length", "1e9", 60),
        ("task", "Echo", "echo"),
        ("cell", "<b>", "rnn"),
    ],
)
def test_the_nearest_value_is_used_or_the_default(name: str, text: str, used: object):
    config, said = read({name: [text]})
    assert getattr(config, name) == used
    assert len(said) == 1
    assert plain(used) in said[0]


def test_a_value_between_a_sliders_stops_runs_as_it_is():
    config, said = read({"learning_rate": ["0.0123"]})
    assert config.learning_rate == 0.0123
    assert said == ()
    assert 0.0123 in grid(FIELDS["learning_rate"], [0.0123])


def test_the_last_of_a_name_given_twice_counts():
    assert read({"hidden_size": ["4", "8"]})[0].hidden_size == 8


def test_values_that_do_not_go_together_are_put_right_with_the_engines_own_sentence():
    config, (sentence,) = read({"k": ["15"], "length": ["10"]})
    assert (config.k, config.length) == (3, 10)
    assert sentence == "k is 15 with length 10; k must be less than length, or no step has an answer. So k is 3."
    config, (sentence,) = read({"length": ["2"]})  # k stays at its default, so the length must give way
    assert (config.k, config.length) == (3, 20)


def test_a_misspelt_name_is_pointed_out_and_a_stranger_is_not():
    assert "did you mean hidden_size?" in read({"hiden_size": ["8"]})[1][0]
    assert read({"utm_source": ["x"], "autoplay": ["true"], "speed": ["slow"]})[1] == ()


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_what_is_written_is_read_back(task: str, cell: str):
    config, _ = mend({"task": task, "cell": cell, "learning_rate": 0.1 + 0.2, "hidden_size": 7, "seed": 99})
    assert read({name: [text] for name, text in written(config).items()}) == (config, ())


@every(task=TASKS)
def test_a_link_to_a_task_alone_opens_it_as_it_wants_to_be_learned(task: str):
    config, said = read({"task": [task]})
    assert config == Config(task=task, **TASKS[task].defaults)  # type: ignore[arg-type]
    assert said == ()
    assert written(config) == ({} if task == Config().task else {"task": task})
    plain_field = next(name for name in TASKS[task].defaults) if TASKS[task].defaults else "hidden_size"
    config, _ = read({"task": [task], plain_field: [plain(FIELDS[plain_field].default)]})
    assert getattr(config, plain_field) == FIELDS[plain_field].default  # and what the link says of it holds


@every(name=[name for name, field in FIELDS.items() if field.log])
def test_a_logarithmic_slider_rises_and_holds_its_ends_and_the_default(name: str):
    stops = grid(FIELDS[name])
    assert stops == sorted(set(stops))
    assert {*offered(FIELDS[name]), FIELDS[name].default} <= set(stops)


def test_every_end_of_every_range_runs():
    for name, field in FIELDS.items():
        for value in offered(field) if field.kind in ("int", "float") else field.options:
            config, _ = mend({name: value})
            Trainer(dataclasses.replace(config, batch_size=1)).advance()
