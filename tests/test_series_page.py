"""The Series page without a browser: bring, choose, train, compare, take away; and whatever somebody brings."""

import csv
import io
import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.series_desk import desk, file, lines, months, upload, wave
from tests.visiting import boards, html, press, undisturbed, visit, whole
from ui.controls.uploads import named, refuse
from ui.series.desk import OWN, ROOMS, SeriesDesk
from ui.series.scene import as_csv, order, picture, scene
from ui.series.understood import pick
from ui.series.view import bring

__all__ = ["undisturbed"]  # a fixture that is used here as well
ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "<script>alert(1)</script>"


def test_it_begins_with_a_series_and_says_where_the_scaling_is_from():
    app = visit("series")
    s = desk(app)
    assert s.series.name == "sunspots" and s.run.trainer.step == 0
    assert "Training: the first 247, mean 43.7, standard deviation 34.1; the last 49 of them are for" in html(app)
    assert "Test: the last 62, from 1947 on, which choose nothing" in html(app)
    assert "press Play" in html(app)
    assert s.period == 11


def test_it_trains_and_says_who_wins():
    app = visit("series")
    for _ in range(3):
        press(app, "step")
    assert desk(app).run.trainer.step == 3
    assert "the rule wins" in html(app)
    press(app, "play")
    assert desk(app).run.trainer.step > 3 and desk(app).playing


def test_what_a_tick_forecasts_is_taken_off_the_next_slice():
    app = visit("series")
    press(app, "play")
    press(app, "play")
    s = desk(app)
    assert s.cost > 0
    press(app, "series-shuffle")
    assert s.control and s.control.cost == s.cost


def test_a_table_is_taken_and_forecast():
    app = upload(visit("series"), months(wave()))
    s = desk(app)
    assert (s.series.name, s.parts.source, len(s.series), s.period) == ("sales", OWN, 120, 12)
    assert (s.split.window, s.split.horizon, s.split.held_out) == (24, 12, 24)
    assert app.selectbox(key="series-source").value == OWN
    press(app, "step")
    assert s.labels()[0] == "2008-01"
    assert s.run.trainer.step == 1


def test_a_column_is_chosen_among_several():
    lines = ["day,words,a,b", *(f"2020-01-{k + 1:02d},x,{k * k},{v}" for k, v in enumerate(wave(31)))]
    app = upload(visit("series"), file(*lines))
    assert desk(app).series.name == "a"
    assert app.selectbox(key="series-column").options == ["a", "b"]
    whole(app.selectbox(key="series-column").set_value("b").run())
    assert desk(app).series.name == "b"
    assert any("A new run started" in caption.value for caption in app.sidebar.caption)


BAD = {
    "empty": b"",
    "words": file("name", *["anna"] * 30),
    "one row": file("a", "1"),
    "5 million rows": b"1\n" * 2_400_000,
    "NaN": file("a", *["nan"] * 30),
    "infinite": file("a", *["inf"] * 30),
    "double dates": file("d,a", *(f"2020-01-{k // 2 + 1:02d},{k}" for k in range(40))),
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(99),
    "constant": file("a", *["3"] * 40),
    "flat before": file("a", *["3"] * 60, "1", "2"),
    "large": b"1\n" * 3_000_000,
}


def one_sentence_and_what_stays(s: SeriesDesk) -> None:
    (said,) = s.notes
    assert said.count(". ") == 1 and said.endswith(" stays as it was."), said


def test_a_bad_file_is_one_sentence_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.series.view.st.spinner", lambda text: nullcontext())
    s = SeriesDesk()
    s.want("mine.csv", months(wave()))
    s.bring()
    s.step()
    before = (s.parts, s.series, s.restarts, s.own, s.run.trainer)
    for kind, data in BAD.items():
        s.want(f"{SCRIPT}.csv", data)
        bring(s)
        assert (s.parts, s.series, s.restarts, s.own, s.run.trainer) == before and s.run.trainer.step == 1, kind
        one_sentence_and_what_stays(s)
        bring(s)
        assert len(s.notes) == 1, f"{kind} is asked once"


def test_tables_that_others_took_the_place_of_are_forgotten():
    s = SeriesDesk()
    for k in range(ROOMS + 3):
        s.want(f"{k}.csv", months(wave(), f"column {k}"))
        s.bring()
    assert len(s._rooms) == ROOMS and s.series.name == f"column {k}"


@pytest.mark.parametrize("kind", ["picture", "flat before"])
def test_a_bad_file_is_said_on_the_page_and_the_run_goes_on(kind: str):
    app = upload(visit("series"), months(wave()))
    press(app, "step")
    s, before = desk(app), (desk(app).parts, desk(app).series, desk(app).restarts, desk(app).own)
    upload(app, BAD[kind], f"{SCRIPT}.csv")
    assert desk(app) is s
    assert (s.parts, s.series, s.restarts, s.own) == before and s.run.trainer.step == 1
    one_sentence_and_what_stays(s)
    assert "&lt;script&gt;" in html(app) or "mine.csv" in html(app)
    assert "<script>" not in html(app)
    press(app, "step")
    assert s.run.trainer.step == 2


def test_a_script_in_a_header_is_never_markup():
    app = upload(visit("series"), months(wave(), SCRIPT), f"{SCRIPT}.csv")
    assert desk(app).series.name == SCRIPT
    press(app, "step")
    assert "&lt;script&gt;" in html(app) and "<script" not in html(app)
    shown = [*app.markdown, *app.caption, *app.sidebar.caption, *app.expander]
    assert not [e for e in shown if "<script" in str(e) and "unsafe" in str(e)]


def test_a_name_is_never_read_as_markdown():
    name = "![x](http://x.example/y.png) **b** $c$"
    app = upload(visit("series"), months(wave(), name))
    assert desk(app).series.name == name
    said = [*app.markdown, *app.caption, *app.sidebar.caption, *app.sidebar.markdown]
    assert not [element for element in said if "x.example" in element.value]


def test_what_was_put_right_stands_on_the_page():
    values = wave()
    values[5], values[7] = "NaN", "inf"
    app = upload(visit("series"), months(values))
    assert "No number: &#x27;inf&#x27; in row 9" in html(app)
    assert "Nothing known in rows 7, 9" in html(app)


def test_another_page_and_back_keeps_everything(monkeypatch: pytest.MonkeyPatch):
    app = upload(visit("series"), months(wave()))
    whole(app.number_input(key="series-horizon").set_value(5).run())
    whole(app.slider(key="series-hidden_size").set_value(7).run())
    press(app, "step")
    s, parts = desk(app), desk(app).parts
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    whole(app.switch_page(str(ROOT / "pages/series.py")).run())
    assert desk(app) is s
    assert (s.parts, s.run.trainer.step, s.config.hidden_size) == (parts, 1, 7)
    assert (app.number_input(key="series-horizon").value, app.selectbox(key="series-source").value) == (5, OWN)


def test_what_plays_stands_still_on_another_page():
    app = visit("series")
    press(app, "play")
    s = desk(app)
    assert s.playing
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    assert not s.playing


@pytest.mark.parametrize(
    ("key", "value", "anew"),
    [
        ("horizon", 3, False),
        ("window", 9, True),
        ("hold_out", 30, True),
        ("hidden_size", 3, True),
        ("batch_size", 4, True),
    ],
)
def test_what_is_trained_starts_anew_only_where_it_must(key: str, value: int, anew: bool):
    app = visit("series")
    press(app, "step")
    (widget,) = [w for w in (*app.slider, *app.number_input) if w.key == f"series-{key}"]
    whole(widget.set_value(value).run())
    s = desk(app)
    assert s.run.trainer.step == (0 if anew else 1)
    assert getattr(s.parts, key, getattr(s.config, key, None)) == value
    assert s.config.length == s.split.window


def test_a_season_may_be_given():
    app = visit("series")
    press(app, "step")
    whole(app.number_input(key="series-period").set_value(7).run())
    assert desk(app).period == 7 and desk(app).splits["seasonal changes"].lag == 7
    assert "the value of 7 before" in html(app)
    whole(app.number_input(key="series-period").set_value(0).run())
    assert desk(app).period == 11


def test_every_window_and_horizon_on_offer_runs():
    app = upload(visit("series"), months(wave(30)))
    for hold_out in (50, 5, 20):
        whole(app.slider(key="series-hold_out").set_value(hold_out).run())
        for key in ("window", "horizon"):
            field = app.number_input(key=f"series-{key}")
            for value in (field.max, field.min):
                whole(app.number_input(key=f"series-{key}").set_value(value).run())
                assert desk(app).refused == ""
                assert getattr(desk(app).parts, key) == value
    press(app, "step")


def test_the_forecast_begins_where_one_says():
    app = visit("series")
    (slider,) = [w for w in app.main.select_slider if w.label == "Forecast from"]
    assert slider.options[-1] == "the future"
    whole(slider.set_value(309).run())
    s = desk(app)
    assert s.labels() == [str(year) for year in range(2009, 2020)]
    shown = picture(s)
    assert "the future" in [note.text for note in shown.layout.annotations]
    (band,) = [shape for shape in shown.layout.shapes if shape.name == "test"]
    assert (band.x0, band.x1) == (1947, 2008)  # nobody holds anything out in the future
    assert list(lines(s)["network"].x) == list(range(2008, 2020)) and lines(s)["truth"].x[-1] == 2008
    rows = list(csv.DictReader(io.StringIO(as_csv(s))))
    assert [row["truth"] for row in rows] == [""] * 11


def test_the_control_takes_as_many_steps_and_is_scored_beside():
    app = visit("series")
    assert app.button(key="series-shuffle").disabled
    for _ in range(3):
        press(app, "step")
    press(app, "series-shuffle")
    control = desk(app).control
    for _ in range(20):
        if control and control.run.trainer.step == 3:
            break
        whole(app.run())
    assert control and control.run.trainer.step == 3 and not control.playing
    assert control.config == desk(app).config
    assert "on shuffled windows, 3 steps" in html(app)
    assert "rder" in order(desk(app))
    press(app, "step")
    assert not app.button(key="series-shuffle").disabled
    whole(app.slider(key="series-hidden_size").set_value(3).run())
    assert desk(app).control is None


def test_the_board_is_shown_when_asked_for_and_for_a_slow_step():
    app = visit("series")
    assert not boards(app)
    press(app, "slowly")
    assert boards(app) and app.toggle(key="series-unrolled").value
    whole(app.toggle(key="series-unrolled").set_value(False).run())
    assert not boards(app)
    whole(app.toggle(key="series-unrolled").set_value(True).run())
    assert boards(app)


def test_a_file_that_is_too_large_to_be_sent_is_said():
    s = SeriesDesk()
    refuse(s, SCRIPT, 50_000_000)
    assert "it has 50.0 MB and at most 5 MB can be read; keep only" in s.notes[0]
    assert s.notes[0].endswith("'sunspots' stays as it was.") and s.notes[0].startswith(repr(SCRIPT))


def test_whatever_a_browser_says_of_a_file_is_a_name_and_a_size_or_nothing():
    for seen in (None, 3, {}, {"file": None}, {"file": {"name": 1, "size": "x"}}, {"file": {"size": 9}}):
        assert named(seen) is None, seen
    assert named({"file": {"name": SCRIPT, "size": 5e7}}) == (SCRIPT, 50_000_000)


def test_a_divergence_is_said_and_goes_on():
    app = visit("series", speed="full")
    s = desk(app)
    for name, value in (("cell", "rnn-relu"), ("clip", "none"), ("learning_rate", 10.0)):
        app.session_state[f"series-{name}"] = value
    whole(app.run())
    press(app, "play")
    for _ in range(20):
        if s.run.trainer.diverged:
            break
        whole(app.run())
    whole(app.run())
    assert s.run.trainer.diverged and "became infinite or NaN" in html(app)
    json.loads(scene(s))
    press(app, "continue")
    assert s.run.trainer.diverged is None and s.config.clip == "norm"


def test_a_click_on_the_column_that_is_forecast_takes_back_what_was_said_of_another(monkeypatch: pytest.MonkeyPatch):
    s, chosen = SeriesDesk(), list[str]()
    monkeypatch.setattr("streamlit.session_state", {"table": {"selection": {"columns": chosen}}})
    chosen[:] = [s.table.reading.columns[0].name]
    pick(s, s.table.reading, "table")
    assert "holds the dates" in s.notes[0]
    chosen[:] = [s.parts.column]
    pick(s, s.table.reading, "table")
    assert s.notes == ()
