"""Every chart that is not the board: what it shows is what it was given, in colours that the theme has."""

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable
from math import log10

import numpy as np
import plotly.graph_objects as go
import pytest

import ui.figures
from rnn_core.analysis.cliff import Preset, descend, error_surface
from tests.every import every
from ui import STATIC
from ui.chart import vendor
from ui.chart.chart import message
from ui.figures.cliff import cliff_from_above, cliff_in_space
from ui.figures.forecast import error_over_training, forecast, room, ticks, time_axis
from ui.figures.gradient_parts import (
    before_and_after,
    check_errors,
    gradient_histogram,
    lengths_by_weight,
    norm_history,
    saturation,
)
from ui.figures.gradient_settings import angles, carried_and_cut, lengths, levers
from ui.figures.gradients import eigenvalues, fan, over_time, reach_map
from ui.figures.house import beside, nice_top, written
from ui.figures.map import outcome_map
from ui.figures.over_training import over_training
from ui.figures.perplexity import perplexity
from ui.figures.powers import counted, log_axis, power, powers
from ui.figures.race import Course, losses
from ui.figures.race import gradients as race_gradients

STEPS = [0, 10, 20]
MONTHS = [f"{2000 + k // 12}-{k % 12 + 1:02d}" for k in range(40)]
HELD_OUT = np.array([[2.0, 4.0], [1.0, 3.0], [np.nan, 0.5]])  # of two seeds, the first of which diverges
DEAD = np.array([-np.inf, -400.0, -3.0, 0.0])  # log10: exactly 0, below float64, small, 1
PRESET = Preset()
SURFACE = error_surface(np.linspace(*PRESET.w, 5), np.linspace(*PRESET.b, 4))
WALKS = {name: descend(PRESET.start, 1.0, 12, limit) for name, limit in (("plain", None), ("clipped", 1.0))}
# One example of every figure, by its function's name: a new figure without one fails below.
EXAMPLES: dict[str, Callable[[], go.Figure]] = {
    "perplexity": lambda: perplexity(
        STEPS, np.array([60.0, np.nan, 12]), [(0, 62.0), (20, 14.0)], {"bigram": 11.0, "5-gram": 5.9}, 62, 20
    ),
    "forecast": lambda: forecast(
        MONTHS, np.r_[np.arange(29.0), np.nan],
        {"network": np.ones(10), "last step": np.ones(10) + 1, "persistence": np.full(10, 7.0)},
        (np.zeros(10), np.r_[np.full(9, 2.0), np.nan]), (12, 20), 30, 12,
    ),
    "error_over_training": lambda: error_over_training(
        {"levels": STEPS, "changes": STEPS}, {"levels": np.array([3.0, np.nan, 2.5]), "changes": np.array([5.0, 4, 3])},
        np.array([3.0, 2, 1]), "levels", 10, 2.4,
    ),
    "over_training": lambda: over_training(
        [0, 1, 8], np.array([DEAD, DEAD, [-20.0, -2, -1, 0]]), {"held out": ([0, 8], np.array([1.5, 0.0]))},
        {"r": ([1], np.array([0.9])), "z": ([1], np.array([1.7]))}, {"clipped": ([1, 8], np.array([0.0, 2.0]))},
        None, 2, {"baseline": (1, 1.4)},
    ),
    "losses": lambda: losses(
        STEPS, [Course("rnn", HELD_OUT, HELD_OUT + 1), Course("gru", HELD_OUT[:, :1], HELD_OUT[:, :1], [15])],
        {"baseline: ln 5": 1.609},
    ),
    "gradients": lambda: race_gradients({"rnn": np.array([[1e-9, 0.1], [0.0, 0.3]]), "gru": np.array([[0.5]])}),
    "outcome_map": lambda: outcome_map(
        np.array([[-3.0, 2.0], [np.nan, np.nan]]), [["0.001", "100"], ["diverged", ""]], ("k", ["1", "2"]),
        ("cell", ["rnn", "gru"]), True, (1, 0),
    ),
    "over_time": lambda: over_time({"norm": DEAD, "bound": DEAD + 1}, 2, np.full(4, -323.0)),
    "fan": lambda: fan(np.array([[-1.0, -30.0], [-0.5, -np.inf], [0.0, 0.0]]), np.full(3, -15.0), 1),
    "reach_map": lambda: reach_map(np.array([[0, np.nan, np.nan], [-1, 0, np.nan], [-np.inf, 2.5, 0]]), 1),
    "eigenvalues": lambda: eigenvalues({"h": np.array([1.5, 0.3 - 1j])}, {"h": np.array([0.5, -0.5])}),
    "gradient_histogram": lambda: gradient_histogram(np.array([[-3.0, -np.inf], [-1.0, -2.0]]), 1),
    "saturation": lambda: saturation({"h": np.array([0.5, np.nan]), "f": np.zeros(2)}, 1),
    "lengths_by_weight": lambda: lengths_by_weight(
        {"before": np.array([2.0, 0]), "after": np.array([1.0, 0])}, ["W_xh", "W_hh"]
    ),
    "before_and_after": lambda: before_and_after(DEAD, DEAD - 1, 2),
    "norm_history": lambda: norm_history(np.array([1, 2]), np.array([4.0, 0]), np.array([0.25, 1]), 1.0),
    "check_errors": lambda: check_errors({"W_xh": 1e-9, "b_y": 0.0}, {"W_xh": 0.3, "b_y": 0.0}, 1e-4, "no slope"),
    "angles": lambda: angles([0.1, 1.0], {"by value": np.array([40.0, 0]), "by norm": np.zeros(2)}, 1.0, "c", log=True),
    "lengths": lambda: lengths([1, 5], {"cut": np.array([-np.inf, 0.0])}, 5, "w"),
    "carried_and_cut": lambda: carried_and_cut(5, 2, ["a", "b", "c", "d"], 3),
    "levers": lambda: levers([DEAD, DEAD + 1, DEAD + 2], 2, DEAD),
    "cliff_from_above": lambda: cliff_from_above(SURFACE, WALKS),
    "cliff_in_space": lambda: cliff_in_space(SURFACE, WALKS),
}


def made() -> dict[str, Callable[..., go.Figure]]:
    """Every function below ui/figures/ that returns a figure, but the one that all are made with."""
    modules = [importlib.import_module(f"ui.figures.{m.name}") for m in pkgutil.iter_modules(ui.figures.__path__)]
    own = [f for m in modules for _, f in inspect.getmembers(m, inspect.isfunction) if f.__module__ == m.__name__]
    return {f.__name__: f for f in own if f.__annotations__.get("return") is go.Figure and f.__name__ != "figure"}


def test_every_figure_has_an_example():
    assert made().keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_has_the_themes_colours_keeps_its_zoom_and_is_json(name: str):
    text = EXAMPLES[name]().to_json()
    known = set(re.findall(r"^\s*(--[\w-]+):", (STATIC / "theme.css").read_text("utf-8"), flags=re.M))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= known
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", text) == []
    told = json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert told["layout"]["uirevision"] and "colorway" not in told["layout"].get("template", {}).get("layout", {})


def lines(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_perplexity_is_on_a_scale_that_holds_all_of_it():
    figure = EXAMPLES["perplexity"]()
    low, high = figure.layout.yaxis.range
    assert low <= log10(5.9) < log10(62) <= high
    shown = lines(figure)
    assert list(shown["held out"].x) == [0, 20] and list(shown["held out"].y) == [62, 14]
    assert shown["in training"].text == ("60", "–", "12")
    assert set(shown["bigram"].y) == {11} and shown["bigram"].line.dash != "solid"
    names = {note.text: note for note in figure.layout.annotations}
    assert names["bigram"].y == pytest.approx(log10(11)) and names["bigram"].yshift == 0
    by_heart = perplexity(STEPS, np.array([60, 2, 1.2]), [(20, 2.0)], {"bigram": 11.0, "5-gram": 5.9}, 62, 20)
    assert by_heart.layout.yaxis.range[0] <= log10(1.2), "a curve that falls below all rules stays in its chart"
    close = perplexity(STEPS, np.ones(3), [], {"bigram": 1.5, "5-gram": 1.51}, 3, 20)
    shifts = [note.yshift for note in close.layout.annotations]
    assert abs(shifts[0] - shifts[1]) > 10, "two names on one line stand apart"
    many = perplexity(STEPS, np.ones(3), [], {"bigram": 440.0}, 3000, 20)
    assert many.layout.yaxis.ticktext[-1] == "2,000" and many.layout.margin.l > figure.layout.margin.l


def test_a_forecast_begins_at_the_last_value_and_the_future_is_not_held_out():
    figure = EXAMPLES["forecast"]()
    shown = lines(figure)
    assert list(shown["network"].x) == MONTHS[29:40] and np.isnan(shown["network"].y[0])
    assert list(shown["truth"].x) == MONTHS[:30]
    (band,) = [shape for shape in figure.layout.shapes if shape.name == "test"]
    assert (band.x0, band.x1) == (MONTHS[20], MONTHS[29])
    words = {note.text for note in figure.layout.annotations}
    assert words == {"training", "test", "the future", "reads 12 values, then itself"}


@pytest.mark.parametrize(("labels", "kind"), [
    (MONTHS, "date"),
    (["2020-01-01", "2020-01-03"], "date"),
    (["2020-01-01 00:00", "2020-01-01 01:00"], "date"),
    (["1700", "1701"], None),
    (["1960 Q1", "1960 Q2"], "category"),
    (["5", "5"], "category"),
    (["2020-01", "+1"], "category"),
])
def test_the_time_axis_is_what_the_labels_are(labels: list[str], kind: str | None):
    places, axis = time_axis(labels)
    assert axis.get("type") == kind and len(set(places)) == len(labels)


def test_a_wild_forecast_adds_at_most_as_much_room_as_the_truth_has():
    low, high = room(np.array([0, np.nan, 10]), [np.array([5, np.inf, 1e9, -1e9])])
    assert -13 < low < -10 and 20 < high < 23
    assert room(np.array([np.nan]), []) == (0, 1)
    flat, above = room(np.array([3.0, 3.0]), [])
    assert flat < 3 < above


@pytest.mark.parametrize(
    ("low", "high", "pattern"),
    [(0, 200, ",.0f"), (-3, 4, ",.1f"), (101315, 101336, ",.0f"), (1e-3, 1.2e-3, ",.5f")],
)
def test_neighbouring_ticks_differ(low: float, high: float, pattern: str):
    found, width = ticks(low, high)
    assert found["tickformat"] == pattern
    shown = [f"{v:{pattern}}" for v in np.linspace(low, high, 6)]
    assert len(set(shown)) == 6 and width >= 7 * max(map(len, shown))


PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@every(
    given=[
        (1.297e12, 1.303e12, "1.297·10¹²", 7),
        (7.85e7, 8.18e7, "7.85·10⁷", 7),
        (-1.3e-10, 4.2e-9, "0", 5),
        (-3.1e9, -1e6, "−3.0·10⁹", 6),
        (0, 1e7, "0", 6),
    ]
)
def test_ticks_far_from_1_are_written_as_all_numbers_are_and_differ(given: tuple[float, float, str, int]):
    low, high, first, count = given
    found, width = ticks(low, high)
    words = found["ticktext"]
    assert (words[0], len(words), len(set(words))) == (first, count, count)
    assert all(low <= value <= high for value in found["tickvals"]) and width >= 7 * max(map(len, words))
    spoken = [word.replace("·10", "e").replace("−", "-").translate(PLAIN) for word in words]
    np.testing.assert_allclose([float(word) for word in spoken], found["tickvals"], rtol=1e-9, atol=1e-20)


def test_a_forecast_that_leaves_the_picture_is_seen_to():
    truth, wild = np.arange(30.0), np.r_[35.0, 500, -400]
    figure = forecast(MONTHS, truth, {"network": wild, "last step": wild}, (wild, wild), (12, 20), 30, 12)
    low, high = figure.layout.yaxis.range
    marks = {trace.marker.symbol: trace for trace in figure.data if trace.name == "beyond"}
    assert list(marks["triangle-up"].x) == [MONTHS[31]] and list(marks["triangle-up"].y) == [high]
    assert list(marks["triangle-down"].x) == [MONTHS[32]] and list(marks["triangle-down"].y) == [low]
    assert marks["triangle-up"].text == ("500",)


def test_the_error_is_drawn_across_gaps_up_to_the_last_and_bounded_by_three_times_the_best():
    figure = EXAMPLES["error_over_training"]()
    assert lines(figure)["validation"].connectgaps
    assert {"<b>validation 2.50</b>", " best: step 10 "} <= {note.text for note in figure.layout.annotations}
    (mark,) = figure.layout.shapes
    assert mark.x0 == mark.x1 == 10
    exploded = np.array([1e9, 2, 1])
    wild = error_over_training({"levels": STEPS}, {"levels": exploded}, exploded, "levels", 0, 1.5)
    assert wild.layout.yaxis.range[1] == pytest.approx(1.05 * 4.5)
    nothing = error_over_training({"levels": []}, {"levels": np.array([])}, np.array([]), "levels", 0, None)
    assert nothing.layout.xaxis.range == (0, np.log10(20))


def test_powers_are_written_beyond_float64_and_an_axis_has_marks_whatever_its_range():
    assert powers([-400, -5.5, -2, 0, 1.5, 3, 4, 400, -np.inf, np.nan]) == [
        "1.0·10⁻⁴⁰⁰", "3.2·10⁻⁶", "0.010", "1.0", "32", "1,000", "1.0·10⁴", "1.0·10⁴⁰⁰", "0", "–"
    ]  # fmt: skip
    assert power(-5.0000001) == "1.0·10⁻⁵"
    for low, high in ((-1, 1), (-400, 3), (0.1, 0.9), (-323, 308)):
        assert 2 <= len(log_axis(low, high)["tickvals"]) <= 8


def test_names_stand_apart_and_keep_their_order():
    ends = [50.0, 50.0, 51.0, 52.0, 60.0, 60.5, 61.0, 61.0]
    notes = beside(list("abcdefgh"), ends, ends, apart=16)
    places = [note["yshift"] + place for note, place in zip(notes, ends, strict=True)]
    assert sorted(places) == places and np.diff(places).min() > 15.9


def test_whole_numbers_have_no_marks_between_them():
    assert over_time({"norm": np.zeros(2)}, 1).layout.xaxis.dtick == 1 and counted(0, 3, 6)["dtick"] == 1
    assert "dtick" not in counted(0, 60, 8)


def test_numbers_are_written_for_people():
    assert written([0, 1.23456, -2e-9, np.nan, None, np.inf, 12345678]) == [
        "0", "1.235", "−2.000·10⁻⁹", "–", "–", "–", "1.235·10⁷"
    ]  # fmt: skip
    assert [nice_top(x) for x in (0, 3, 20, 21, 1e6, np.nan)] == [1, 5, 20, 50, 1e6, 1]


def test_a_message_is_what_the_browser_needs():
    told = message(EXAMPLES["perplexity"](), "words", 3)
    assert told["label"] == "words" and told["first"] == 3 and told["plotly"] == vendor.plotly_version()
    assert told["figure"]["data"] and told["figure"]["layout"]
