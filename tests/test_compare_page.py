"""Compare: what an address asks of a race, and its page."""

import json
import struct
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import Config
from rnn_core.presets import PRESETS
from tests.test_address import HOSTILE
from tests.visiting import ROOT, address, html, press, session, undisturbed, visit, whole
from ui.compare.race import Race
from ui.compare.settings import DIFFER, HERE, PREFIX, of_preset, parsed, preset_of, read, suggested, tidy

__all__ = ["undisturbed"]  # a fixture that is used here as well


def message(r: AppTest) -> dict[str, Any]:
    """What was sent to the browser, without the films."""
    (data,) = [e.proto.bytes for e in r.main.get("bidi_component") if e.proto.component_name == "unrolled_race"]
    (length,) = struct.unpack_from("<I", data)
    return json.loads(data[4 : 4 + length])


def here(app: AppTest) -> Race:
    return app.session_state[HERE]


@pytest.mark.parametrize("name", PRESETS)
def test_a_link_to_a_preset_opens_it_as_what_it_is_and_so_does_the_address_that_it_leaves(name: str):
    setup, said = read({"preset": [name]})
    assert (setup, said, preset_of(setup)) == (of_preset(name), (), name)
    written = tidy({"preset": [name]}, setup)
    assert "preset" not in written and read(written) == (setup, ())
    assert preset_of(setup._replace(seeds=1)) == name and preset_of(setup._replace(steps=7)) == ""


@pytest.mark.parametrize("name", DIFFER)
def test_every_field_may_differ_with_values_to_begin_with_and_stands_in_the_address(name: str):
    setup, said = read({"differs": [name], "compare-seeds": ["2"]})
    if name == "start_weights":
        return  # none but drawn ones go with what the page opens with
    assert said == () and setup.field == name and 2 <= len(setup.values) <= 6
    assert setup.values == suggested(name, setup.base)
    assert read(tidy({}, setup)) == (setup, ())
    assert set(tidy({}, setup)) <= {PREFIX + "differs", PREFIX + "seeds"}


def test_values_stand_in_the_address_with_commas():
    setup, said = read({"compare-differs": ["learning_rate"], "values": ["0.1, 0.01"], "utm": ["1"]})
    assert (setup.values, said) == ((0.1, 0.01), ())
    assert tidy({"utm": ["1"]}, setup) == {
        "utm": ["1"], "compare-differs": ["learning_rate"], "compare-values": ["0.1,0.01"],
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"learning_rate has the value .* twice"):
        parsed("learning_rate", "0.1,0.1")


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"preset": "nothing"}, "preset is 'nothing'; it must be one of cells-order,"),
    ({"differs": "learning_rate", "values": "0.1,fast"}, "learning_rate is 'fast'; it must be a number from"),
    ({"differs": "k", "values": "1,30"}, "k is '30'; it must be a whole number from 1 to 20"),
    ({"differs": "k", "values": "3,19", "length": "5"}, "k = 19: k is 19 with length 5"),
    ({"values": "rnn"}, "cell has 1 value; a race has 2 to 6"),
    ({"seeds": "9"}, "seeds is '9'; it must be a whole number from 1 to 5, so 5 is used."),
    ({"differs": "task"}, "differs is 'task'; it must be one of cell,"),
])  # fmt: skip
def test_what_an_address_cannot_ask_for_is_said_and_something_runs(asked: dict[str, str], sentence: str):
    setup, said = read({name: [text] for name, text in asked.items()})
    assert any(sentence in each for each in said), said
    assert len(setup.contestants()) >= 2
    assert read(tidy({}, setup)) == (setup, ())


def test_any_address_is_a_race():
    for text in HOSTILE:
        for name in ("differs", "values", "equal", "seeds", "steps", "preset", "hidden_size", "task"):
            setup, said = read({PREFIX + name: [text]})
            setup.contestants()
            assert all("\n" not in each and len(each) < 600 for each in said)
            assert read(tidy({}, setup)) == (setup, ())


def test_the_page_shows_a_race_that_stands_still_with_its_table_and_its_charts():
    app = visit("compare", hidden_size="4", seeds="1")
    told = message(app)
    assert [lane["name"] for lane in told["lanes"]] == list(Config.fields()["cell"].options)
    assert all(len(lane["cells"]) + 1 == len(told["heads"]) for lane in told["lanes"])
    assert (told["step"], told["playing"]) == (0, False)
    assert set(told["charts"]) == {"losses", "gradients"} and all(c["label"] for c in told["charts"].values())
    assert not app.dataframe  # none is made until somebody opens them
    app.session_state["compare-numbers"] = True
    app.run()
    assert len(app.dataframe) == 2
    table = app.dataframe[0].value
    assert list(table.columns) == ["training step", *(f"{lane.name}, seed 1" for lane in here(app).lanes)]
    whole(app.run())
    assert message(app)["film"] == told["film"]


def test_play_pause_reset(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    app = press(visit("compare", hidden_size="4", seeds="1", speed="steady", values="rnn,gru"), "play")
    assert app.button(key="play").label == "Pause" and here(app).step == 5  # so many a tick at this speed
    press(app, "play")
    assert app.button(key="play").label == "Play" and not here(app).playing
    press(app, "reset")
    assert here(app).step == 0


def test_a_teacher_s_link_opens_a_preset_and_plays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    app = visit("compare", preset="forget-bias-latch", autoplay="true", speed="slow")
    r = here(app)
    assert preset_of(r.setup) == "forget-bias-latch" and r.playing and r.step > 0
    assert PRESETS["forget-bias-latch"].sentence in html(app) and "forget bias 3 100 %" in html(app)
    assert "preset" not in address(app) and read({n: [t] for n, t in address(app).items()})[0] == r.setup
    whole(app.run())
    assert here(app).restarts == r.restarts


def test_the_link_of_a_preset_pressed_on_the_page_starts_that_race():
    app = visit("compare", hidden_size="4")
    app.query_params["preset"] = "window-echo"
    whole(app.run())
    assert here(app).setup == of_preset("window-echo") and "preset" not in address(app)
    assert app.selectbox(key=PREFIX + "differs").value == "bptt_window"
    assert app.text_input(key=PREFIX + "values-bptt_window").value == "3, 4"
    whole(app.run())
    assert here(app).setup == of_preset("window-echo")


def test_what_is_set_is_raced_and_what_cannot_be_leaves_the_race(monkeypatch: pytest.MonkeyPatch):
    app = visit("compare", hidden_size="4", seeds="1", values="rnn,gru")
    whole(app.slider(key=PREFIX + "hidden_size").set_value(5).run())
    assert {lane.config.hidden_size for lane in here(app).lanes} == {5}
    whole(app.selectbox(key=PREFIX + "differs").set_value("k").run())
    assert here(app).setup.values == (1, 3, 6)
    assert not [each for each in app.slider if each.key == PREFIX + "k"]  # the base has none of its own
    restarts = here(app).restarts
    for text, sentence in (("1, 30", "k is &#x27;30&#x27;"), ("1, 20", "k = 20: k is 20"), ("1", "k has 1 value")):
        whole(app.text_input(key=PREFIX + "values-k").set_value(text).run())
        assert sentence in html(app) and "goes on" in html(app) and here(app).restarts == restarts
    whole(app.text_input(key=PREFIX + "values-k").set_value("1,2").run())
    assert here(app).setup.values == (1, 2) and here(app).refused == ""
    assert address(app)[PREFIX + "values"] == "1,2" and address(app)[PREFIX + "differs"] == "k"
    whole(app.selectbox(key=PREFIX + "differs").set_value("seed").run())
    assert [lane.config.seed for lane in here(app).lanes] == [1, 2, 3, 4, 5]
    assert not [each for each in app.slider if each.key == PREFIX + "seeds"]


def test_it_has_settings_of_its_own_and_they_are_there_on_the_way_back():
    app = visit("compare", **{"compare-hidden_size": "9", "compare-differs": "clip", "cell": "lstm"})
    r = here(app)
    assert r.setup.base.cell == "lstm" and session(app).config.cell == "rnn"
    press(app, "play")
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert not r.playing and session(app).config.hidden_size == 16
    step = r.step
    whole(app.switch_page(str(ROOT / "pages/compare.py")).run())
    assert here(app) is r and (r.step, r.setup.base.hidden_size, r.setup.field) == (step, 9, "clip")
