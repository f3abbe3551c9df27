"""A map without a browser: which runs it has, what its cells say, its Stop, its address, and that nothing stays."""

from concurrent.futures import Executor, Future
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import Config
from rnn_core.snapshot import Divergence
from rnn_core.sweep import MOST_RUNS, Result, run
from tests.test_address import HOSTILE
from tests.visiting import ROOT, address, html, press, session, undisturbed, visit, whole
from ui.compare import map_view
from ui.compare.map import Map
from ui.compare.plan import MAPS, OUTCOMES, Plan, plan_in_address, read_plan, shown
from ui.compare.settings import DIFFER, PREFIX
from ui.frame.address import read
from ui.run.governor import Playing

__all__ = ["undisturbed"]  # a fixture that is used here as well
SMALL = Config(hidden_size=2, length=5, k=1, batch_size=2)
PLAN = Plan(SMALL, "hidden_size", (2, 3), "k", (1, 2, 3), seeds=2, steps=3, outcome="loss")


@pytest.fixture(autouse=True)
def _without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trained here: that processes do the same is tests/engine/test_sweep_pool.py's, and a browser's."""
    monkeypatch.setattr("ui.compare.map.shared_pool", lambda: None)


def filled(m: Map, ticks: int = 1000) -> Map:
    m.play()
    moment = 0.0
    for _ in range(ticks):
        if not m.playing:
            break
        m.tick(moment)
        moment += m.pace.period
    return m


def test_every_pair_of_values_and_every_seed_is_a_run_in_its_own_cell():
    m = filled(Map(PLAN))
    assert (m.done, m.total, m.playing) == (12, 12, False)
    for (x, y), results in m.results.items():
        assert [r.config.seed for r in results] == [1, 2]
        assert {(r.config.hidden_size, r.config.k) for r in results} == {(PLAN.xs[x], PLAN.ys[y])}
        assert [r.loss for r in results] == [run(r.config, 3).loss for r in results]
        assert shown(results, OUTCOMES["loss"])[0] == pytest.approx(np.log10(np.mean([r.loss for r in results])))
    assert set(m.results) == {(x, y) for x in range(2) for y in range(3)}


def test_it_stops_at_once_goes_on_with_what_is_left_and_starts_empty(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Map, "slice", lambda self: 1e-6)  # seconds: not even a run
    m = filled(Map(PLAN._replace(steps=40)), 7)
    m.pause()
    had = m.done
    assert 0 < had < 12 and m._sweep is None
    m.tick(1e9)
    assert m.done == had
    filled(m)
    configs = [r.config for results in m.results.values() for r in results]
    assert len(configs) == len(set(configs)) == 12
    m.play()
    assert not m.playing, "there is nothing left to do"
    m.reset()
    assert m.done == 0 and m.seconds == 0


class Waiting(Executor):
    """Takes runs and finishes none."""

    _max_workers = 1

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def test_who_leaves_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, undisturbed: Playing):
    pool = Waiting()
    monkeypatch.setattr("ui.compare.map.shared_pool", lambda: pool)
    monkeypatch.setattr(Map, "slice", lambda self: 0.01)
    m = Map(PLAN)
    m.play()
    m.tick(0.0)
    m.tick(10.0)
    assert len(pool.futures) == 2, "two runs a worker are submitted ahead, not all of them"
    assert undisturbed.tick("another", 10.0, 1e9) == 2
    m.left()
    assert all(future.cancelled() for future in pool.futures) and not m.playing
    m.play()
    m.tick(20.0)
    del m  # as when a tab was closed
    assert all(future.cancelled() for future in pool.futures)


def test_a_cluster_that_is_named_trains_a_map_and_one_that_does_not_answer_is_said_and_it_fills_here(
    monkeypatch: pytest.MonkeyPatch,
):
    pool = Waiting()
    monkeypatch.setattr("ui.compare.map.named_cluster", lambda tell: pool)
    m = Map(PLAN)
    m.play()
    m.tick(0.0)
    assert len(pool.futures) == 2
    m.pause()
    monkeypatch.setattr("ui.compare.map.named_cluster", lambda tell: tell("no Dask scheduler answers"))
    filled(m)
    assert m.done == m.total and m.notes[-1] == "No Dask scheduler answers."


def test_a_cell_has_the_mean_of_its_seeds_and_says_where_there_is_none():
    results = [Result(SMALL, loss=0.1, metric=0.5, beats_baseline_at=50, gradient_ratio=1e-3),
               Result(SMALL, loss=0.3, metric=1.0, diverged=Divergence("h", 3, None))]  # fmt: skip
    words = {name: shown(results, outcome) for name, outcome in OUTCOMES.items()}
    assert words["metric"] == (0.75, "0.75 ✕") and words["loss"][1] == "0.20 ✕"
    assert words["beats"] == (50, "50 ✕") and words["diverged"] == (0.5, "50 % ✕")
    assert words["loss"][0] == pytest.approx(np.log10(0.2)) and words["ratio"] == (-3, "0.0010 ✕")
    assert shown(results[:1], OUTCOMES["metric"])[1] == "0.50"
    assert shown([], OUTCOMES["loss"])[1] == ""
    assert shown([Result(SMALL, error="no")], OUTCOMES["loss"])[1] == "error"
    assert shown([Result(SMALL, loss=1, metric=0.1)], OUTCOMES["beats"])[1] == "never"


@pytest.mark.parametrize(("plan", "sentence"), [
    (PLAN._replace(xs=tuple(range(2, 15))), "hidden_size has 13 values; a map has 2 to 12 on each side"),
    (PLAN._replace(xs=(2,)), "hidden_size has 1 value;"),
    (PLAN._replace(down="hidden_size"), "Hidden size is chosen for both sides"),
    (PLAN._replace(xs=tuple(range(2, 14)), down="learning_rate", ys=tuple(k / 100 for k in range(1, 13)), seeds=7),
     f"1,008 runs are too many; a sweep may have {MOST_RUNS}"),
    (PLAN._replace(ys=(1, 9)), "seed = 1, k = 9, hidden_size = 2: k is 9 with length 5"),
])  # fmt: skip
def test_a_map_that_cannot_be_is_refused_in_one_sentence_and_the_one_before_stays(plan: Plan, sentence: str):
    m = filled(Map(PLAN))
    with pytest.raises(ValueError, match=sentence):
        m.take(plan)
    assert m.plan == PLAN and m.done == 12


def test_another_outcome_is_another_view_of_the_same_runs():
    m = filled(Map(PLAN))
    m.wanted = PLAN._replace(outcome="ratio")
    m.apply(SMALL)
    assert (m.plan.outcome, m.done) == ("ratio", 12)
    m.wanted = PLAN._replace(steps=4)
    m.apply(SMALL)
    assert m.done == 0


def test_a_setting_that_makes_no_difference_anywhere_says_so():
    assert Map(PLAN._replace(down="forget_bias", ys=(1.0, 3.0))).notes == (
        "forget_bias makes no difference, for cell rnn has no forget gate.",
    )
    assert Map(PLAN._replace(down="forget_bias", ys=(1.0, 3.0), across="cell", xs=("rnn", "lstm"))).notes == ()


@pytest.mark.parametrize("name", MAPS)
def test_a_preset_can_be_run_is_reached_by_a_link_and_stands_in_the_address(name: str):
    title, plan = MAPS[name]
    assert title.endswith(".") and len(plan.configs()) == len(plan.xs) * len(plan.ys) <= 36
    assert read_plan({"map": [name]}, Config()) == (plan, ())
    asked = {key: [text] for key, text in plan_in_address(plan).items()}
    assert (read_plan(asked, plan.base) if asked else (plan, ())) == (plan, ())


def test_any_address_is_a_map():
    for text in [*HOSTILE, "0", "7"]:
        for name in ("map", "across", "down", "xs", "ys", "outcome", "map_seeds", "map_steps"):
            plan, said = read_plan({PREFIX + name: [text]}, Config.of_task("latch"))
            plan.configs()
            assert all("\n" not in each and len(each) < 600 for each in said)
    for name in DIFFER:
        plan, _ = read_plan({"across": [name]}, Config())
        plan.configs()


# The page


def here(app: AppTest) -> Map:
    return app.session_state[map_view.HERE]


LINK = {"show": "Map", "hidden_size": "4", "length": "8", "xs": "2,3", "ys": "1,2", "map_steps": "3"}


def test_a_link_opens_a_map_fill_it_and_a_cell_leads_to_its_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Map, "slice", lambda self: 60.0)
    app = visit("compare", **LINK)
    m = here(app)
    assert (m.plan.xs, m.plan.ys, m.plan.steps) == ((2, 3), (1, 2), 3)
    assert "not run yet" in html(app) and app.button(key="play").label == "Fill the map"
    press(app, "play")
    assert m.done == 4 and not m.playing
    whole(app.run())
    assert "All 4 runs are done" in str(app.main.get("progress")[0].proto.text)
    whole(app.selectbox(key=f"{PREFIX}cell-1-k").set_value(2).run())
    assert m.chosen == (0, 1) and f"Held-out loss: {OUTCOMES['loss'].write(m.results[0, 1][0].loss)}" in html(app)
    link = next(each.proto for each in app.main.get("page_link") if "Open in the playground" in each.proto.label)
    asked = dict(part.split("=") for part in link.query_string.split("&"))
    assert read({name: [text] for name, text in asked.items()}) == (m.results[0, 1][0].config, ())
    assert app.dataframe[0].value["loss"].tolist() == [r.loss for y in (0, 1) for x in (0, 1) for r in m.results[x, y]]
    again = visit("compare", **address(app))
    assert here(again).plan == m.plan


def test_what_is_set_is_mapped_and_the_base_is_the_race_s(monkeypatch: pytest.MonkeyPatch):
    app = visit("compare", **LINK)
    whole(app.selectbox(key=PREFIX + "down").set_value("clip").run())
    assert here(app).plan.ys == ("none", "value", "norm") and address(app)[PREFIX + "down"] == "clip"
    before = here(app).plan
    whole(app.text_input(key=f"{PREFIX}xs-hidden_size").set_value("2,many").run())
    assert "hidden_size is &#x27;many&#x27;" in html(app) and here(app).plan == before
    whole(app.text_input(key=f"{PREFIX}xs-hidden_size").set_value("2,5,7").run())
    assert here(app).plan.xs == (2, 5, 7)
    whole(app.slider(key=PREFIX + "length").set_value(6).run())
    assert here(app).plan.base.length == 6
    whole(app.button_group(key=PREFIX + "show").set_value("Race").run())
    assert app.session_state["compare-session"].setup.base.length == 6
    assert session(app).config.length == 20


def test_another_page_stops_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Map, "slice", lambda self: 1e-6)
    app = press(visit("compare", **{**LINK, "map_steps": "5000"}), "play")
    assert here(app).playing and app.button(key="play").label == "Stop"
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    assert not here(app).playing and here(app)._sweep is None


def test_the_link_of_a_map_pressed_on_the_page_shows_that_map():
    app = visit("compare", **LINK)
    app.query_params.clear()  # as a link does
    app.query_params["compare-show"], app.query_params["map"] = "Map", "lag-cell"
    whole(app.run())
    assert here(app).plan == MAPS["lag-cell"][1] and "map" not in address(app)
    whole(app.run())
    assert here(app).plan == MAPS["lag-cell"][1]
