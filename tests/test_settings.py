"""Controls and address as Streamlit runs them, without a browser: what each does, and what is put right."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import TASKS, Config, Trainer
from rnn_core.config import Field
from rnn_core.starts import START_WEIGHTS
from tests.every import every
from tests.visiting import PAGES, address, html, press, session, undisturbed, visit, whole
from ui.controls.control import LABELS
from ui.controls.controls import MAIN, MORE, choose
from ui.controls.names import NAMES
from ui.frame.address import changed, fields_of, plain, read
from ui.run.session import Session
from ui.run.visit import tidy

WIDGETS = ("selectbox", "slider", "select_slider", "number_input", "toggle", "button_group")

__all__ = ["undisturbed"]  # a fixture that is used here as well


def test_learning_rate_and_clipping_act_on_the_running_network():
    app = visit()
    press(app, "step")
    run = session(app).restarts
    app.select_slider(key="learning_rate").set_value(0.1)
    app.select_slider(key="clip_threshold").set_value(0.5)
    app.button_group(key="clip").set_value("value")
    whole(app.run())
    s = session(app)
    assert (s.config.learning_rate, s.config.clip_threshold, s.config.clip) == (0.1, 0.5, "value")
    assert (s.restarts, s.run.trainer.step) == (run, 1)
    press(app, "step")
    assert s.run.trainer.history["learning_rate"][-1] == 0.1


def test_everything_else_starts_a_new_run_and_the_page_says_so():
    app = visit()
    s = session(app)
    for kind, key, value in [
        ("slider", "hidden_size", 5),
        ("slider", "length", 9),
        ("slider", "batch_size", 2),
        ("selectbox", "cell", "lstm"),
        ("selectbox", "optimizer", "sgd"),
        ("number_input", "seed", 7),
        ("selectbox", "task", "adding"),
        ("selectbox", "task", "echo"),
        ("slider", "k", 4),
    ]:
        press(app, "step")
        run = s.restarts
        whole(getattr(app, kind)(key=key).set_value(value).run())
        assert (getattr(s.config, key), s.restarts, s.run.trainer.step) == (value, run + 1, 0)
        assert f"{key.replace('_', ' ')} {value}" in app.sidebar.caption[0].value
    press(app, "step")
    assert s.run.trainer.step == 1


def test_every_setting_has_a_control_and_those_that_matter_are_drawn():
    assert {"task", *MAIN, *MORE} | {name for task in TASKS.values() for name in task.fields} == Config.fields().keys()
    app = visit(cell="lstm", layers="2", initializer="normal", task="sonnets")
    drawn = {widget.key for kind in WIDGETS for widget in getattr(app.sidebar, kind)}
    assert drawn >= {"task", *MAIN, *MORE}
    plain_app = visit()
    drawn = {widget.key for kind in WIDGETS for widget in getattr(plain_app.sidebar, kind)}
    assert not drawn & {"layer_skip", "start", "init_scale", "forget_bias"}


def folded(app: AppTest) -> str:
    """What is told of the settings under More."""
    return re.findall('class="folded">(.*?)<', " ".join(each.proto.body for each in app.sidebar.get("html")))[0]


def test_moving_k_and_then_choosing_a_task_without_it_runs():
    app = visit()
    whole(app.slider(key="k").set_value(5).run())
    whole(app.selectbox(key="task").set_value("latch").run())
    assert session(app).config.k == Config().k
    assert not folded(app).startswith("k ")


def test_what_is_folded_is_told_as_it_stands_now():
    app = visit()
    whole(app.selectbox(key="task").set_value("sine").run())
    assert folded(app) == "horizon 6, length 24, batch 32, adam, seed 1"
    whole(app.number_input(key="recurrent_scale").set_value(1.5).run())
    assert folded(app) == "horizon 6, length 24, batch 32, adam, recurrent scale 1.5, seed 1"
    assert session(app).config.recurrent_scale == 1.5


def test_new_seed_is_another_start():
    app = visit()
    before, loss = session(app).config.seed, session(app).run.last.loss
    press(app, "new-seed")
    assert session(app).config.seed != before
    assert session(app).run.last.loss != loss


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
def test_a_task_that_does_not_go_with_what_was_chosen_is_put_right(task: str, monkeypatch: pytest.MonkeyPatch):
    """As the page does it: what is drawn counts as it stands, all else as it ran."""
    for length in ("1", "60"):
        before, _ = read({"task": ["digits" if task != "digits" else "adding"], "length": [length]})
        state = {name: getattr(before, name) for name in ("task", *MAIN, *TASKS[before.task].fields, *MORE)}
        monkeypatch.setattr("streamlit.session_state", state)
        choose(task, Session(before))
        fields = {name: fields_of(task)[name].default for name in (*MAIN, *TASKS[task].fields, *MORE)}
        assert changed(before, fields | {n: state[n] for n in ("task", *fields) if n in state}).task == task, length


def test_a_task_that_does_not_go_with_what_was_chosen_runs_all_the_same():
    app = visit(task="digits", length="1")
    for task in ("reber", "airline", "copy"):
        whole(app.selectbox(key="task").set_value(task).run())
        assert (session(app).config.task, session(app).refused) == (task, "")
        whole(app.slider(key="length").set_value(60).run())


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


def another(field: Field) -> Any:
    """A value that may stand in the address."""
    return {"choice": field.options[-1:], "flag": (not field.default,)}.get(field.kind, field.screen or (1, 1))[0]


@every(name=[n for n in Config.fields() if n not in ("task", "cell")])
def test_every_field_may_stand_in_the_address(name: str):
    value = another(Config.fields()[name])
    config, said = read({name: [plain(value)], **({"k": ["1"]} if name == "length" else {})})
    assert (getattr(config, name), said) == (value, ())


def test_fields_that_have_no_widget_stand_in_the_address_and_stay_there():
    drawn = {"task", *MAIN, *MORE, *(name for task in TASKS.values() for name in task.fields)}
    asked = {name: another(field) for name, field in Config.fields().items() if name not in drawn}
    app = visit(**{name: plain(value) for name, value in asked.items()})
    kept = {name: plain(value) for name, value in asked.items() if value != Config.fields()[name].default}
    for _ in range(2):
        press(app, "step")
        assert {name: getattr(session(app).config, name) for name in asked} == asked
        assert address(app) == kept
        app.query_params.clear()  # as a link to where one is already does it


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


ALL_AT_ONCE: dict[str, Any] = {name: text for address in HOSTILE for name, text in address.items()}


@every(address=[*HOSTILE, ALL_AT_ONCE])
def test_any_address_is_a_config_that_runs_and_is_put_right_at_once(address: dict[str, Any]):
    asked = {name: text if isinstance(text, list) else [text] for name, text in address.items()}
    config, said = read(asked)
    assert sum(map(len, said)) < 3000
    assert Trainer(config).advance().diverged is None
    again, complaints = read(tidy(asked, config))
    assert again == config
    assert all("is no setting" in sentence for sentence in complaints)  # somebody else's it may be


@pytest.mark.parametrize("address", [*HOSTILE[:3], ALL_AT_ONCE], ids=["script", "long", "several", "all"])
def test_any_address_gives_a_page_that_runs(address: dict[str, Any]):
    app = visit(**address)
    assert isinstance(session(app).config, Config)
    said = html(app)
    assert "<script>" not in said
    assert len(said) < 6000
    press(app, "step")
    assert session(app).run.trainer.step == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_whatever_the_address(page: str):
    visit(page, **ALL_AT_ONCE)


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
    assert address(app) == {"hidden_size": "64", "learning_rate": "0.001", "utm": "1"}


def test_controls_that_do_not_go_together_are_said_and_the_run_goes_on():
    app = visit()
    press(app, "step")
    run = session(app).restarts
    whole(app.slider(key="length").set_value(3).run())
    assert "k is 3 with length 3" in html(app)
    assert (session(app).restarts, session(app).config.length) == (run, 20)
    press(app, "step")
    assert session(app).run.trainer.step == 2
    whole(app.slider(key="length").set_value(30).run())
    assert session(app).config.length == 30
    assert "k is 3" not in html(app)


@pytest.mark.parametrize("name", START_WEIGHTS)
def test_weights_set_by_hand_bring_the_settings_that_they_need(name: str):
    app = visit()
    whole(app.selectbox(key="start_weights").set_value(name).run())
    config = session(app).config
    assert config.start_weights == name and session(app).refused == ""
    assert all(getattr(config, field) == wanted for field, wanted in START_WEIGHTS[name].needs(config).items())


def test_every_setting_has_a_name_that_can_be_translated():
    names = set(Config.fields())
    assert names <= set(LABELS) and names <= set(NAMES)
    assert all(NAMES[name] == name.replace("_", " ") for name in names)
