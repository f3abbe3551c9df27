"""Controls and address as Streamlit runs them, without a browser: what each does, and what is put right."""

from typing import Any

import pytest

from rnn_core import TASKS, Config
from tests.visiting import PAGES, html, press, session, undisturbed, visit, whole
from ui.address import plain

__all__ = ["undisturbed"]  # a fixture that is used here as well


def test_learning_rate_and_clipping_act_on_the_running_network():
    app = visit()
    press(app, "step")
    run = session(app).run
    app.select_slider(key="learning_rate").set_value(0.1)
    app.select_slider(key="clip_threshold").set_value(0.5)
    app.button_group(key="clip").set_value("value")
    whole(app.run())
    s = session(app)
    assert (s.config.learning_rate, s.config.clip_threshold, s.config.clip) == (0.1, 0.5, "value")
    assert (s.run, s.trainer.step) == (run, 1)
    press(app, "step")
    assert s.trainer.history["learning_rate"][-1] == 0.1


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("slider", "hidden_size", 5),
        ("slider", "length", 9),
        ("slider", "batch_size", 2),
        ("slider", "k", 4),
        ("selectbox", "cell", "lstm"),
        ("selectbox", "optimizer", "sgd"),
        ("number_input", "seed", 7),
        ("selectbox", "task", "adding"),
    ],
)
def test_everything_else_starts_a_new_run_and_the_page_says_so(kind: str, key: str, value: object):
    app = visit()
    press(app, "step")
    run = session(app).run
    getattr(app, kind)(key=key).set_value(value)
    whole(app.run())
    s = session(app)
    assert (getattr(s.config, key), s.run, s.trainer.step) == (value, run + 1, 0)
    assert f"{key.replace('_', ' ')} {value}" in app.sidebar.caption[0].value
    press(app, "step")
    assert s.trainer.step == 1


def test_new_seed_is_another_start():
    app = visit()
    before, loss = session(app).config.seed, session(app).last.loss
    press(app, "new-seed")
    assert session(app).config.seed != before
    assert session(app).last.loss != loss


def test_a_task_brings_what_it_wants_and_leaves_what_was_chosen():
    app = visit(hidden_size="5")
    wanted = TASKS["adding"].defaults
    whole(app.selectbox(key="task").set_value("adding").run())
    config = session(app).config
    assert config.hidden_size == 5
    assert all(getattr(config, name) == value for name, value in wanted.items() if name != "hidden_size")
    whole(app.selectbox(key="task").set_value("echo").run())
    assert session(app).config == Config(hidden_size=5)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("length", ["1", "60"])
def test_a_task_that_does_not_go_with_what_was_chosen_runs_all_the_same(task: str, length: str):
    app = visit(task="digits" if task != "digits" else "adding", length=length)
    whole(app.selectbox(key="task").set_value(task).run())
    assert session(app).config.task == task
    assert session(app).refused == ""


def test_the_address_reopens_the_same_run():
    app = visit(
        task="adding",
        cell="gru",
        hidden_size="7",
        learning_rate="0.0123",
        clip="value",
        clip_threshold="0.25",
        length="11",
        batch_size="3",
        optimizer="momentum",
        seed="42",
    )
    config = session(app).config
    assert config == Config(
        task="adding",
        cell="gru",
        hidden_size=7,
        learning_rate=0.0123,
        clip="value",
        clip_threshold=0.25,
        length=11,
        batch_size=3,
        optimizer="momentum",
        seed=42,
    )
    again = visit(**dict(app.query_params.items()))
    assert session(again).config == config


@pytest.mark.parametrize("name", [n for n in Config.fields() if n not in ("task", "cell")])
def test_every_field_may_stand_in_the_address(name: str):
    field = Config.fields()[name]
    value = {"choice": field.options[-1:], "flag": (not field.default,)}.get(field.kind, (field.screen or (1, 1)))[0]
    app = visit(**{name: plain(value), **({"k": "1"} if name == "length" else {})})
    assert getattr(session(app).config, name) == value


HOSTILE: list[dict[str, Any]] = [
    {"hidden_size": "<script>alert(1)</script>"},
    {"hidden_size": "x" * 10_000},
    {"hidden_size": ["4", "8", "-1"]},
    {"learning_rate": "nan"},
    {"learning_rate": "inf"},
    {"learning_rate": "1e999"},
    {"learning_rate": "-1"},
    {"length": "1000"},
    {"seed": "9" * 300},
    {"seed": "-1"},
    {"task": "' OR 1=1"},
    {"cell": ""},
    {"clip": "**bold** $x$ [a](javascript:b)"},
    {"k": "19", "length": "5"},
    {"batch_size": "1e3"},
    {"dtype": "object"},
    {"session": "1", "": "2", "speed": "warp"},
    {"autoplay": "perhaps", "play": "true"},
    {"embed": "true"},
    {"x" * 5000: "y" * 5000},
    {"hiden_size": "4"},
    {"clip_threshold": "\x00\u202e"},
    {"layers": "99"},
    {"bptt_window": "-3"},
    {"teacher_forcing": "2"},
]


@pytest.mark.parametrize(
    "address", [*HOSTILE, {n: t for a in HOSTILE for n, t in a.items()}], ids=lambda a: next(iter(a))[:20]
)
def test_any_address_gives_a_page_that_runs(address: dict[str, Any]):
    app = visit(**address)
    assert isinstance(session(app).config, Config)
    said = html(app)
    assert "<script>" not in said
    assert len(said) < 6000
    press(app, "step")
    assert session(app).trainer.step == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_whatever_the_address(page: str):
    visit(page, **{n: t for a in HOSTILE for n, t in a.items()})


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            {"hidden_size": "<b>1</b>"},
            "hidden_size is &#x27;&lt;b&gt;1&lt;/b&gt;&#x27;; it must be a whole number from 1 to 64, so 16 is used.",
        ),
        ({"k": "19", "length": "5"}, "So k is 3."),
    ],
)
def test_what_could_not_be_is_said_in_one_escaped_sentence(address: dict[str, str], said: str):
    assert said in html(visit(**address))


def test_the_address_is_put_right():
    app = visit(hidden_size="1000", learning_rate="1e-3", task="nothing", utm="1")
    address = {name: text if isinstance(text, str) else text[-1] for name, text in app.query_params.items()}
    assert address == {"hidden_size": "64", "learning_rate": "0.001", "utm": "1"}


def test_controls_that_do_not_go_together_are_said_and_the_run_goes_on():
    app = visit()
    press(app, "step")
    run = session(app).run
    whole(app.slider(key="length").set_value(3).run())
    assert "k is 3 with length 3" in html(app)
    assert (session(app).run, session(app).config.length) == (run, 20)
    press(app, "step")
    assert session(app).trainer.step == 2
    whole(app.slider(key="length").set_value(30).run())
    assert session(app).config.length == 30
    assert "k is 3" not in html(app)
