"""The Gradients page: it shows the playground's run, its settings stand in the address, and it trains."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import CELLS
from rnn_core.analysis.presets import PRESETS
from tests.visiting import ROOT, address, html, press, session, undisturbed, visit, whole
from ui.gradients.picture import in_words
from ui.gradients.settings import ARROWS, PREFIX, settings
from ui.run.session import Session

__all__ = ["undisturbed"]  # a fixture that is used here as well


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """What the page's charts were told, by the first words of their labels."""
    protos = [e.proto for e in app.main.get("bidi_component") if e.proto.component_name.startswith("unrolled_chart")]
    told = [json.loads(proto.bytes) for proto in protos]
    return {each["chart"]["label"].partition(". ")[0]: each for each in told}


def tables(app: AppTest) -> int:
    return len([button for button in app.main.get("download_button") if button.key != "save-history"])


@pytest.mark.parametrize("name", PRESETS)
def test_a_link_opens_the_page_with_what_its_sentence_speaks_of(name: str):
    preset = PRESETS[name]
    app = visit("gradients", length="6", hidden_size="4", preset=name)
    s = session(app)
    assert "preset" not in address(app)
    if preset.alone:
        assert s.config.length == 6 and s.run.trainer.step == 0
    else:
        assert s.config == preset.run and s.run.trainer.step == preset.steps
    values = settings(s, app.session_state["gradients-look"])
    assert values["section"] == preset.section
    assert values.items() >= {n: v for n, v in preset.settings.items() if n != "mistake"}.items()
    assert not preset.settings.get("mistake") or ARROWS[values["mistake"]] == preset.settings["mistake"]
    assert in_words(preset.sentence) in html(app)
    assert charts(app)
    press(app, "reset")
    assert s.run.trainer.step == 0 and in_words(preset.sentence) in html(app)
    assert preset.alone or s.config == preset.run


def test_a_link_to_nothing_changes_nothing():
    app = visit("gradients", length="6", hidden_size="4", preset="<b>")
    assert session(app).config.length == 6 and "preset" not in address(app)


@pytest.mark.parametrize("cell", CELLS)
def test_the_page_opens_with_the_run_of_its_address_and_trains_it(cell: str):
    app = visit("gradients", task="temporal-order", cell=cell, hidden_size="4", length="10")
    assert (session(app).config.cell, session(app).config.length) == (cell, 10)
    before = charts(app)["How far a hidden state reaches"]["chart"]["figure"]
    press(app, "step")
    assert "After 1 training step: " in html(app)
    assert charts(app)["How far a hidden state reaches"]["chart"]["figure"] != before
    assert ("An LSTM’s cell state, and its direct path" in charts(app)) == (cell == "lstm")
    assert tables(app) == len(charts(app))


def test_one_cursor_is_the_same_step_in_every_section():
    app = visit("gradients", length="6", hidden_size="4")
    whole(app.slider(key=PREFIX + "t").set_value(5).run())
    for section in ("What reaches the weights", "Clipping", "Truncation", "Back through time"):
        whole(app.button_group(key=PREFIX + "section").set_value(section).run())
        assert app.slider(key=PREFIX + "t").value == 5
        drawn = [each["chart"]["figure"]["layout"].get("shapes", []) for each in charts(app).values()]
        assert sum(any(shape.get("x0") == 5 == shape.get("x1") for shape in shapes) for shapes in drawn) >= 1


def test_settings_stand_in_the_address_and_survive_another_page():
    asked = {"gradients-section": "Truncation", "gradients-window": "2"}
    app = visit("gradients", length="6", hidden_size="4", **asked)
    assert app.slider(key=PREFIX + "window").value == 2
    whole(app.slider(key=PREFIX + "t").set_value(4).run())
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    links = {link.proto.label: link.proto.query_string for link in app.sidebar.get("page_link")}
    assert "gradients-t=4" in links["Gradients"] and "gradients-window=2" in links["Gradients"]
    assert "length=6" in links["Playground"] and "gradients" not in links["Playground"]
    whole(app.switch_page(str(ROOT / "pages/gradients.py")).run())
    assert app.slider(key=PREFIX + "window").value == 2 and app.slider(key=PREFIX + "t").value == 4
    assert address(app)[PREFIX + "section"] == "Truncation"


def test_what_nobody_chose_follows_the_run():
    app = visit("gradients", length="8", hidden_size="4", **{PREFIX + "section": "Clipping"})
    assert app.button_group(key=PREFIX + "rule").value == "norm"
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    whole(app.button_group(key="clip").set_value("value").run())
    whole(app.slider(key="length").set_value(12).run())
    (link,) = [link.proto for link in app.sidebar.get("page_link") if link.proto.label == "Gradients"]
    assert link.query_string == "gradients-section=Clipping"  # nothing of the run, which may be another by now
    app.query_params.clear()
    whole(app.switch_page(str(ROOT / "pages/gradients.py")).run())
    assert app.button_group(key=PREFIX + "rule").value == "value"
    assert app.slider(key=PREFIX + "t").value == 6 and PREFIX + "t" not in address(app)
    whole(app.run())
    assert (session(app).config.length, address(app)["length"], address(app)["clip"]) == (12, "12", "value")


def test_what_cannot_be_is_said_and_put_right():
    app = visit("gradients", length="6", **{PREFIX + "t": "99", PREFIX + "section": "<b>", PREFIX + "tt": "1"})
    assert "t is &#x27;99&#x27;; it must be a whole number from 1 to 6, so 6 is used." in html(app)
    assert "section is &#x27;&lt;b&gt;&#x27;" in html(app)
    assert app.slider(key=PREFIX + "t").value == 6 and address(app)[PREFIX + "t"] == "6"


def test_while_it_plays_pictures_follow_and_tables_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Session, "slice", lambda self: 60.0)
    app = visit("gradients", speed="slow", hidden_size="4", length="6")
    press(app, "play")
    assert session(app).run.trainer.step > 0 and session(app).playing
    assert all(each["playing"] for each in charts(app).values()) and tables(app) == 0
    press(app, "play")
    assert not session(app).playing and not any(each["playing"] for each in charts(app).values())
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert session(app).run.trainer.step > 0


def test_after_a_divergence_it_says_so_and_goes_on_from_here():
    app = visit("gradients", cell="rnn-relu", learning_rate="10", clip="none", autoplay="true", speed="full")
    s = session(app)
    assert s.run.trainer.diverged and "became infinite or NaN" in html(app)
    press(app, "continue")
    assert (s.config.clip, s.config.learning_rate) == ("norm", 0.01)
    assert s.run.trainer.diverged is None
    assert address(app)["learning_rate"] == "0.01"
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert (s.config.clip, app.select_slider(key="learning_rate").value) == ("norm", 0.01)


def test_levers_move_without_touching_the_run():
    app = visit("gradients", length="6", hidden_size="4", **{PREFIX + "section": "Levers"})
    before = session(app).run.trainer.theta.copy()
    whole(app.slider(key=PREFIX + "lever_length").set_value(40).run())
    whole(app.select_slider(key=PREFIX + "lever_recurrent_scale").set_value("2").run())
    assert "ρ(W<sub>hh</sub>) is 2.00" in html(app)
    assert app.session_state["gradients-look"].address[PREFIX + "lever_recurrent_scale"] == ["2"]
    assert session(app).config.length == 6 and (session(app).run.trainer.theta == before).all()


def test_a_switched_off_arrow_turns_rows_red_and_says_so():
    app = visit("gradients", length="6", hidden_size="4", cell="rnn", **{PREFIX + "section": "Check it yourself"})
    whole(app.radio(key=PREFIX + "mistake").set_value("hₜ in place of hₜ₋₁ in ∂L/∂W_hh").run())
    table = re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', html(app))
    chosen = {name: re.search(r'<td class="(wrong )?chosen">(.)', cells) for name, cells in table}
    assert {name: found[2] for name, found in chosen.items() if found} == {
        "W_xh": "✓", "W_hh": "✗", "b_h": "✓", "W_hy": "✓", "b_y": "✓"
    }  # fmt: skip
