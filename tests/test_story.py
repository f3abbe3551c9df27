"""The speed "story", the ends at which a run pauses by itself, what is offered then, and the first minute."""

from collections.abc import Iterator
from dataclasses import replace
from math import e

import numpy as np
import pytest

from rnn_core import TASKS, Config
from rnn_core.analysis.ending import Ending
from rnn_core.analysis.reach import last_step_gradient
from rnn_core.tasks.guides import GUIDES
from tests.every import every
from tests.visiting import address, boards, html, press, session, undisturbed, visit, whole
from ui.frame.address import read
from ui.playground.ending import FIRST, changed_by, next_step, sentence
from ui.run.session import TOLD_IN, Session
from ui.run.visit import FIRST_MINUTE

__all__ = ["undisturbed"]  # a fixture that is used here as well
SMALL = Config(k=1, length=6, hidden_size=6, learning_rate=0.02)


def played(s: Session, ticks: int, speed: str = "story") -> Iterator[Session]:
    """The session after each tick of a run that plays, until it pauses."""
    s.speed, moment = speed, 0.0
    s.play()
    for _ in range(ticks):
        s.tick(moment)
        moment += s.pace.period
        yield s
        if not s.playing:
            return


def test_a_storys_training_steps_grow_by_a_factor_of_e_in_five_seconds():
    s = Session(Config(hidden_size=2))
    steps = [each.run.trainer.step for each in played(s, 40)]
    per_tick = [b - a for a, b in zip([0, *steps], steps, strict=False)]
    later = round(TOLD_IN / s.pace.period)
    assert per_tick[0] == 1
    assert per_tick[-1] / per_tick[-1 - later] == pytest.approx(e, rel=0.1)


def test_a_run_pauses_by_itself_once_it_has_learned_and_goes_on_when_it_is_played():
    s = Session(SMALL)
    last = list(played(s, 100))[-1]
    assert not last.playing and last.ended and last.ended.kind == "learned"
    assert last.run.right_since == last.ended.step and last.ended.step < last.run.trainer.step
    assert f"Learned in {last.ended.step} steps" in sentence(last)
    again = list(played(s, 3))
    assert len(again) == 3 and s.playing and s.ended is None


def test_nothing_pauses_by_itself_at_full_speed():
    s = Session(SMALL)
    s.pace = s.pace._replace(slice=0.01)
    s.keep_pace = lambda now: None  # type: ignore[method-assign]
    list(played(s, 40, "full"))
    assert s.playing and s.ended is None and s.run.last.held_out_metric == 1


def test_an_overfitting_run_says_since_when_and_leads_back_to_the_very_same_numbers():
    config = Config.of_task("digit-rows", optimizer="adam", learning_rate=0.005, hidden_size=8, seed=2)
    s = Session(config)
    for _ in played(s, 200):
        assert s.run.trainer.step < 20_000
    assert s.ended and s.ended.kind == "overfitting" and s.can_go_back
    best = s.ended.step
    assert f"Overfitting since step {best:,}" in sentence(s)
    s.back_to_best()
    assert (s.run.trainer.step, s.playing) == (best, False)
    assert not s.can_go_back
    other = Session(config).run.trainer
    assert other.advance(best).held_out_loss == s.run.last.held_out_loss
    assert other.advance(5).loss == s.run.trainer.advance(5).loss


def test_skipping_ahead_stops_where_the_task_is_learned_or_its_budget_is_used_up(monkeypatch: pytest.MonkeyPatch):
    s = Session(SMALL)
    s.skip()
    moment = 0.0
    while s.playing:
        s.tick(moment)
        moment += 1
    assert s.ended and s.ended.kind == "learned" and s.goal is None
    monkeypatch.setitem(GUIDES, "echo", GUIDES["echo"]._replace(budget=30))
    s = Session(Config(k=6))
    s.run.trainer.advance(7)
    s.skip()
    while s.playing:
        s.tick(moment := moment + 1)
    assert s.ended == ("budget", 37) and s.run.trainer.step == 37
    assert "Step 37: some held-out predictions are still wrong." in sentence(s)


@every(task=TASKS)
def test_the_next_steps_of_a_task_lead_on_and_never_round(task: str):
    config, seen = Config.of_task(task), []
    for _ in range(12):
        step = next_step(config)
        if step is None or step.changes.get("task", task) != task:
            break
        after = changed_by(config, step)
        assert after != config and after not in seen
        seen.append(config := after)
    else:
        raise AssertionError("no end")
    assert len(seen) >= 1 or task == "digits"  # which leads to other tasks


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch, undisturbed: object) -> None:
    """Who opens the page was never here."""
    monkeypatch.setattr("ui.run.visit.newcomer", lambda: True)


@pytest.mark.usefixtures("newcomer")
def test_a_bare_address_opens_small_with_one_button_and_says_so_in_the_address():
    app = visit()
    assert address(app) == {name: text for name, (text,) in FIRST_MINUTE.items()}
    assert app.button(key="watch").label == "Watch it learn"
    assert {b.key for b in app.main.button} == {"watch", "play", "step", "reset", "everything"}
    assert session(app).config == SMALL
    assert FIRST in html(app) and b'"first":true' in boards(app)[-1] and b'"dh_last"' in boards(app)[-1]
    press(app, "watch")
    assert session(app).playing and session(app).speed == "story"


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("link", [{"task": "latch"}, {"speed": "full"}, {"k": "3"}, {"presentation": "true"}])
def test_a_link_with_settings_opens_the_whole_board(link: dict[str, str]):
    app = visit(**link)
    assert "first" not in address(app)
    assert b'"first":false' in boards(app)[-1]


@pytest.mark.usefixtures("newcomer")
def test_the_whole_board_is_one_press_away_and_keeps_the_run():
    app = press(visit(), "step")
    press(app, "everything")
    assert "first" not in address(app) and app.button(key="skip")
    assert (session(app).config, session(app).run.trainer.step) == (SMALL, 1)
    assert b'"first":false' in boards(app)[-1] and b'"dh_last"' not in boards(app)[-1]


@pytest.mark.usefixtures("newcomer")
def test_who_sets_something_gets_the_whole_board_and_that_run():
    app = visit()
    whole(app.slider(key="hidden_size").set_value(9).run())
    assert "first" not in address(app) and app.button(key="skip")
    assert session(app).config == Config(k=1, length=6, hidden_size=9, learning_rate=0.02)


@pytest.mark.usefixtures("newcomer")
def test_the_doors_of_the_first_minute_lead_to_a_longer_memory_that_plays():
    app = visit()
    s = session(app)
    list(played(s, 100))
    whole(app.run())
    doors = [b.label for b in app.main.button if b.key and b.key.startswith("door")]
    assert doors == ["How did one step work?", "Make it remember 3 steps"]
    whole(app.button(key="door-Make it remember 3 steps").click().run())
    assert s.config == Config() and s.playing
    assert address(app) == {}


@pytest.mark.parametrize(
    "link",
    [{"k": "3"}, {"task": "latch", "length": "25"}, {"task": "digits", "length": "1"}, {"first": "true", "seed": "2"}],
)
def test_a_next_step_is_what_its_button_says_in_the_controls_and_in_the_address(link: dict[str, str]):
    app = visit(**link, hidden_size="8")
    s = session(app)
    s.run.ended = Ending("learned", 7)
    whole(app.run())
    label = [b.label for b in app.main.button if b.key and b.key.startswith("door")][-1]
    step = next_step(s.config)
    assert step and step.label == label
    wanted = changed_by(s.config, step)
    s.run.ended = Ending("learned", 7)
    whole(app.button(key=f"door-{label}").click().run())
    assert s.config == wanted and s.playing
    assert read({name: [text] for name, text in address(app).items()})[0] == wanted


@pytest.mark.parametrize("seed", range(1, 11))
def test_what_the_first_minute_says_is_true_of_every_seed(seed: int):
    s = Session(replace(SMALL, seed=seed))
    vanishes(s)
    for each in played(s, 100):
        vanishes(each)
    assert s.ended and s.ended.kind == "learned" and s.run.last.held_out_metric == 1
    s.run.trainer.params["W_hh"][:] = 0
    assert s.run.trainer.snapshot().held_out_metric < 0.5, "the letter before is not in the hidden state"


def vanishes(s: Session) -> None:
    """The last step's gradient gets smaller at every step back, at a pace at which the board says that it vanishes."""
    found = last_step_gradient(s.run.trainer)
    assert found is not None and (np.diff(found[:-1]) > 0).all()
    assert (found[0] / found[-1]) ** (1 / (len(found) - 1)) < 0.85  # static/board/rows/gradients.js: FADES


def test_the_first_minute_says_what_the_hidden_state_remembers_and_only_of_its_task(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.playground.ending.first_minute", lambda: True)
    s = Session(SMALL)
    s.run.ended = Ending("learned", 7)
    assert "its hidden state now remembers the letter before" in sentence(s)
    for other in (replace(SMALL, k=2), Config(task="latch")):
        s = Session(other)
        s.run.ended = Ending("learned", 7)
        assert "remembers" not in sentence(s)


def test_the_first_minutes_sentence_is_only_said_of_its_task():
    assert FIRST not in html(visit(first="true", task="reber"))
    assert FIRST not in html(visit(first="true", k="2"))


def test_after_a_divergence_the_first_minute_offers_the_way_on_and_nothing_that_cannot_be_pressed():
    app = press(visit(first="true", cell="rnn-relu", learning_rate="10", clip="none"), "step")
    while not session(app).run.trainer.diverged:
        press(app, "step")
    assert [b.key for b in app.main.button] == ["continue", "reset", "everything"]
