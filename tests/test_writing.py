"""What a network is asked to write on the playground: where it is, what comes of a press, and what is safe."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from rnn_core import TASKS
from rnn_core.analysis.what_if import Weight
from tests.visiting import press, session, undisturbed, visit, whole
from ui.playground.writing import PIECES, Written, as_html

__all__ = ["undisturbed"]  # a fixture that is used here as well


def shown(app) -> str:
    """What was written, and by whom."""
    bodies = [element.proto.body for element in app.main.get("html")]
    found = [body for body in bodies if '<div class="written"' in body]
    assert len(found) <= 1
    return found[0] if found else ""


def names(app) -> list[str]:
    return [unescape(name) for name in re.findall("<li>(.*?)</li>", shown(app))]


@pytest.mark.parametrize("task", ["surname-letters", "echo"])
def test_only_a_task_that_writes_is_asked_to(task: str):
    """test_pages.py looks at every task."""
    app, writes = visit(task=task), TASKS[task].writing is not None
    assert [button.key for button in app.button if button.key == "write"] == ["write"] * writes
    assert bool(shown(app)) == writes
    assert names(app) == []


def test_no_room_is_asked_to_write():
    app = visit(task="surname-letters", presentation="true")
    assert not shown(app)


def test_a_press_writes_ten_names_and_says_that_nothing_was_learned():
    app = press(visit(task="surname-letters"), "write")
    assert len(names(app)) == PIECES
    assert "has not trained: random letters" in shown(app)
    assert "from Croatia at temperature 0.7" in shown(app)


@pytest.mark.parametrize("plays", ["true", "false"])
def test_what_was_written_while_it_plays_is_sent_before_the_timer_calls_again(
    plays: str, monkeypatch: pytest.MonkeyPatch
):
    """Else Streamlit drops it, and the press seems to have done nothing."""
    waited: list[bool] = []
    app = visit(task="surname-letters", autoplay=plays)
    monkeypatch.setattr("ui.playground.writing.sent", lambda: waited.append(True))
    whole(app.run())
    assert not waited
    press(app, "write")
    assert len(waited) == (plays == "true")


def test_the_choice_the_step_and_the_press_decide_what_is_written():
    app = press(visit(task="surname-letters"), "step")
    app.selectbox(key="write-from").set_value("Finland")
    app.slider(key="temperature").set_value(1.2)
    first = names(press(app, "write"))
    assert "from Finland at temperature 1.2, after 1 training step" in shown(app)
    second = names(press(app, "write"))
    assert first != second
    again = press(visit(task="surname-letters"), "step")
    again.selectbox(key="write-from").set_value("Finland")
    again.slider(key="temperature").set_value(1.2)
    assert names(press(again, "write")) == first
    assert names(press(again, "write")) == second


def test_another_run_takes_what_was_written_away_and_a_step_does_not():
    app = press(visit(task="surname-letters"), "write")
    assert names(press(app, "step")) != []
    assert names(press(app, "reset")) == []


def test_it_writes_while_it_plays_and_holds_the_lock_meanwhile(monkeypatch: pytest.MonkeyPatch):
    app = visit(task="surname-letters", autoplay="true", speed="steady")
    s = session(app)
    held: list[bool] = []

    def pieces(*_: object) -> tuple[str, ...]:
        held.append(s.lock._is_owned())  # type: ignore[attr-defined]
        return ("x",) * PIECES

    monkeypatch.setattr("ui.run.run.write", pieces)
    assert names(press(app, "write")) == ["x"] * PIECES
    assert held == [True]
    assert s.playing


def test_weights_set_by_hand_write_and_it_says_so(monkeypatch: pytest.MonkeyPatch):
    app = visit(task="surname-letters")
    s = session(app)
    symbols = s.run.trainer.task.symbols(s.config)
    assert symbols
    k = symbols.index("ö")
    assert s.run.exploring.imagine(s.run.trainer, [Weight("b_y", k, None, 60.0)], s.run.exploring.moment)
    # the board, which AppTest has not, would say that nothing is set
    monkeypatch.setattr(s.run, "explore", lambda chosen, playing: None)
    app = press(app, "write")
    assert "with weights set by hand" in shown(app)
    assert set("".join(names(app)).lower()) == {"ö", "…"}


def test_what_is_written_is_text_and_nothing_else():
    evil = Written(1, 5, 0, False, "<b>Spain", 0.7, ("<script>alert(1)</script>", "", "&amp;"))
    text = as_html(evil, "names<i>")
    assert "<script" not in text and "<b>" not in text and "&amp;amp;" in text
    assert "its end at once" in text


def test_any_task_that_writes_is_asked_by_its_own_words(monkeypatch: pytest.MonkeyPatch):
    told = TASKS["surname-letters"].writing
    assert told
    other = told._replace(things="words", ask="Language", read=lambda codes: "<u>")
    monkeypatch.setitem(TASKS, "surname-letters", replace(TASKS["surname-letters"], writing=other))
    app = press(visit(task="surname-letters"), "write")
    assert "Write words" in [button.label for button in app.button]
    assert app.selectbox(key="write-from").label == "Language"
    assert {name.rstrip("…") for name in names(app)} == {"<u>"}
    assert "<u>" not in shown(app)
    assert np.all([len(name) <= 4 for name in names(app)])
