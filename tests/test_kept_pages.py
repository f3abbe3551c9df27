"""Keep this run, on every page that has one, without a browser: what it hands the browser, and what is opened again."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import Config, Trainer
from tests.engine.same import everything, same
from tests.series_desk import desk, months, upload, wave
from tests.texts import RHYME
from tests.visiting import ROOT, address, press, session, undisturbed, visit, whole
from ui.compare.race import Race
from ui.kept.book import Book
from ui.kept.record import Kept, read
from ui.kept.reopen import where
from ui.run.session import Session
from ui.run.visit import OWN

__all__ = ["undisturbed"]  # a fixture that is used here as well

FILE = {"Text": "text", "Series": "series", "Compare": "compare", "Playground": "playground"}


def book(app: AppTest) -> Book:
    return app.session_state["kept-book"]


def told(app: AppTest) -> dict[str, Any]:
    """What the browser's part was handed."""
    (data,) = [e.proto.bytes for e in app.get("bidi_component") if e.proto.component_name.endswith("_kept")]
    found: dict[str, Any] = json.loads(data)
    return found


def stored(app: AppTest) -> AppTest:
    """The browser has done what it was told."""
    b = book(app)
    b.hear("done", {"visit": b.visit, "did": max((order["n"] for order in b.orders), default=0), "failed": []})
    return app


def keep(app: AppTest) -> tuple[Kept, str]:
    """Press the button -> what the browser is to store."""
    press(app, "keep")
    (order,) = told(app)["orders"]
    assert order["do"] == "put" and order["gone"] == []
    stored(app)
    return read(order["run"]), order["state"]


def runs(app: AppTest, page: str) -> Session:
    found: Session = app.session_state["session" if page == "Playground" else OWN[page]]
    return found


def opened(app: AppTest, run: Kept, state: str) -> AppTest:
    """On Compare press Open again, and let the browser answer."""
    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    b = book(app)
    b.open(run.id)
    b.hear("state", {"visit": b.visit, "id": run.id, "state": state})
    return whole(app.run())


@pytest.mark.parametrize("page", ["Playground", "Text", "Series"])
def test_a_run_that_is_kept_is_opened_again_on_its_page_and_goes_on_to_the_same_numbers(page: str):
    small = {"hidden_size": "8"} if page != "Series" else {"hidden_size": "4", "window": "5", "horizon": "3"}
    app = visit(FILE[page], **small)
    for _ in range(3):
        press(app, "step")
    trainer = runs(app, page).run.trainer
    run, state = keep(app)
    assert run.page == page and run.step == 3 and run.config == trainer.config and where(run).startswith("Open again")
    straight = Trainer.__new__(Trainer)
    straight.__setstate__(trainer.__getstate__())
    straight.advance(20)
    app.button(key="reset").click().run()  # what was there is another run now
    app.session_state["session"].apply(Config(hidden_size=5))
    opened(app, run, state)
    again = runs(app, page)
    if page == "Series":  # it is trained again
        whole(app.run())
        while again.goal is not None:
            again.train()
    assert again.run.trainer.step == 3 and again.run.trainer is not trainer and f"kept as “{run.name}”" in again.news
    again.run.trainer.advance(20)
    assert same(everything(again.run.trainer), everything(straight))
    whole(app.run())
    assert runs(app, page).config == run.config, "the page's controls stand at its settings"
    prefix = "" if page == "Playground" else f"{page.lower()}-"
    assert address(app)[f"{prefix}hidden_size"] == small["hidden_size"]


def test_a_table_of_ones_own_comes_with_its_run_as_it_was_read():
    app = upload(visit("series"), months(wave(60)))
    desk(app).reread("dates", ())
    whole(app.run())
    press(app, "step")
    run, state = keep(app)
    other = visit("series")
    book(other).runs[run.id] = run
    opened(other, run, state)
    s = desk(other)
    assert s.own and list(s.own.given["dates"]) == [] and (s.series.values == desk(app).series.values).all()
    assert s.again == 1 or s.goal == 1 or s.run.trainer.step == 1
    third = visit("series")
    book(third).runs[run.id] = run
    opened(third, run, state.partition(".")[0])
    assert "bring “mine.csv” on Series, then open it again" in book(third).notes[0]


def test_a_text_of_ones_own_comes_with_its_run_and_one_that_was_too_large_has_to_be_brought(
    monkeypatch: pytest.MonkeyPatch,
):
    app = visit("text", hidden_size="8")
    runs(app, "Text").want("my rhyme.txt", RHYME.encode())  # type: ignore[attr-defined]
    whole(app.run())
    press(app, "step")
    run, state = keep(app)
    assert run.own["text"] == "my rhyme.txt" and run.name == "my rhyme.txt, gru, H 8"
    bare = state.partition(".")[0]
    other = visit("text")
    book(other).runs[run.id] = run
    opened(other, run, bare)
    assert "bring “my rhyme.txt” on Text, then open it again" in book(other).notes[0]
    assert runs(other, "Text").source != "my rhyme.txt"  # type: ignore[attr-defined]
    opened(other, run, state)
    assert runs(other, "Text").text == runs(app, "Text").text  # type: ignore[attr-defined]
    opened(app, run, bare)  # here it is still there
    assert runs(app, "Text").run.trainer.step == 1 and "kept as" in runs(app, "Text").news


@pytest.mark.parametrize("page", ["Playground", "Text", "Series"])
def test_a_run_that_cannot_be_opened_is_said_and_changes_nothing(page: str):
    app = visit(FILE[page], hidden_size="8")
    run, state = keep(app)
    before = {name: runs(app, name).run.trainer for name in {"Playground", page}}
    forged: list[dict[str, Any]] = [{"own": {}}, {"own": {"text": 5, "series": 5, "column": 5}}]
    for changes in [*(forged if page != "Playground" else []), {"config": Config(batch_size=64)}]:
        book(app).runs[run.id] = replace(run, **changes)
        opened(app, run, state)
        assert f"“{run.name}” cannot be opened: " in book(app).notes[0]
        assert {name: runs(app, name).run.trainer for name in before} == before
    book(app).runs[run.id] = run
    opened(app, run, state[:-30])
    assert "cut off or damaged" in book(app).notes[0]
    assert {name: runs(app, name).run.trainer for name in before} == before


def race(app: AppTest) -> Race:
    found: Race = app.session_state[OWN["Compare"]]
    return found


SMALL = {"hidden_size": "3", "length": "5", "k": "1", "seeds": "2", "values": "rnn,gru", "steps": "30"}


def test_a_network_of_a_race_is_kept_stands_beside_it_and_is_opened_in_the_playground():
    app = visit("compare", **SMALL)
    assert "No run is kept yet" in told(app)["view"]["said"] and not told(app)["view"]["rows"]
    r = race(app)
    for lane in r.run.lanes:
        lane.train(lane.trainers[0], 4)
    r.run.show()
    r.keeps = ("gru",)
    whole(app.run())
    (order,) = told(app)["orders"]
    run = read(order["run"])
    stored(app)
    assert run.page == "Compare" and run.name == "echo, gru, H 3" and run.step == 4
    view = told(whole(app.run()))["view"]
    assert view["count"] == "1 of 30" and view["heads"] == ["run", "cell", "step", "held-out loss", "score"]
    assert [(row["name"], row["cells"][:2]) for row in view["rows"]] == [
        ("rnn", ["rnn", "4"]), ("gru", ["gru", "4"]), ("echo, gru, H 3", ["gru", "4"]),
    ]  # fmt: skip
    card, last = view["runs"][0], view["rows"][-1]
    assert card["mark"] == last["mark"] and card["opens"] == "Open again in the playground"
    (beside,) = r.kept
    assert beside.id == run.id and list(beside.steps) == [1, 2, 3, 4]
    book(app).show(run.id, False)
    assert told(whole(app.run()))["view"]["rows"] == [] and r.kept == []
    book(app).each = True
    whole(app.run())
    assert [order["run"]["config"]["cell"] for order in told(app)["orders"]] == ["rnn", "gru"]
    straight = r.run.lanes[1].trainers[0]
    r.to_open = "gru"
    whole(app.run())
    s = session(app)
    assert s.config == straight.config and s.run.trainer.step == 4 and "comes from Compare" in s.news
    assert np.array_equal(s.run.trainer.advance(20).h, straight.advance(20).h)
    assert address(app)["cell"] == "gru"


def test_a_network_that_the_playground_has_no_room_for_is_not_opened_there():
    app = visit("compare", values="rnn,lstm", hidden_size="60", equal="true", seeds="1", length="5", k="1")
    r = race(app)
    r.instead, before = None, session(app).run.trainer
    r.lanes[1] = r.lanes[1]._replace(config=replace(r.lanes[1].config, hidden_size=100))
    r.to_open = "lstm"
    whole(app.run())
    assert "lstm cannot be opened in the playground: its hidden_size is 100" in r.notes[0]
    assert session(app).run.trainer is before


def test_the_losses_are_smoothed_as_the_address_says():
    app = visit("compare", **SMALL, smoothing="0.5")
    assert race(app).weight == 0.5 and address(app)["compare-smoothing"] == "0.5"
