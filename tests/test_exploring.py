"""What a viewer tries out: weights by hand, a sequence of one's own, what drops them, what a browser may send."""

import numpy as np
import pytest

from rnn_core import TASKS, Config
from rnn_core.analysis.what_if import Weight
from tests.test_film import unpack
from ui.board import board, film
from ui.board.film import Choice
from ui.run.session import Session

BIG = Weight("W_hh", 0, 1, 1.5)


def session(**more: object) -> Session:
    s = Session(Config(length=6, hidden_size=4, k=1, **more))  # type: ignore[arg-type]
    s.step()
    return s


def set_by_hand(s: Session, *weights: Weight) -> Choice:
    return Choice(weights=weights, moment=s.run.exploring.moment)


def test_weights_set_by_hand_are_shown_and_the_run_stays():
    s = session()
    before, weights = s.film, s.run.trainer.params["W_hh"].copy()
    s.explore(set_by_hand(s, BIG))
    assert s.run.exploring.imagined and s.film == before + 1
    assert not np.array_equal(s.run.exploring.imagined.snapshot.shown.h, s.run.last.shown.h)
    assert s.run.exploring.imagined.params["W_hh"][0, 1] == 1.5
    assert s.run.exploring.described(s.run.trainer)["weights"] == [[*BIG, float(weights[0, 1])]]
    np.testing.assert_array_equal(s.run.trainer.params["W_hh"], weights)
    s.explore(set_by_hand(s, BIG))
    assert s.film == before + 1  # nothing new
    s.explore(set_by_hand(s))  # undone
    assert s.run.exploring.imagined is None and s.film == before + 2


@pytest.mark.parametrize("press", ["play", "step", "reset"])
def test_a_press_drops_what_was_set(press: str):
    s = session()
    chosen = set_by_hand(s, BIG)
    s.explore(chosen)
    s.ask(press)
    s.answer()
    assert s.run.exploring.imagined is None
    if press == "play":
        s.ask("pause")
        s.answer()  # and pause, with no step between
    s.explore(chosen)  # what the browser still has in mind is of another moment
    assert s.run.exploring.imagined is None
    assert s.run.exploring.described(s.run.trainer)["weights"] == []


def test_a_weight_that_cannot_be_leaves_the_last_and_says_why():
    s = session()
    s.explore(set_by_hand(s, BIG))
    s.explore(set_by_hand(s, BIG, Weight("W_hh", 9, 9, 1.0)))
    assert s.run.exploring.imagined and s.run.exploring.imagined.weights == (BIG,)
    assert s.run.exploring.refused_weight == "W_hh[10,10] is no weight; W_hh has 4 × 4 of them."
    s.explore(set_by_hand(s, BIG, Weight("W_hh", 1, 1, 1.0)))
    assert (s.run.exploring.refused_weight, len(s.run.exploring.described(s.run.trainer)["weights"])) == ("", 2)  # type: ignore[arg-type]


def test_another_sequence_is_read_with_the_same_weights():
    s = session()
    chosen = set_by_hand(s, BIG)
    s.explore(chosen)
    s.explore(chosen._replace(sequence=5))
    assert s.run.exploring.imagined
    np.testing.assert_array_equal(s.run.exploring.imagined.snapshot.shown.x, s.run.trainer.held_out.one(5).x[..., 0])


def test_a_typed_sequence_stays_while_it_trains_and_through_a_restart():
    s = session()
    s.explore(Choice(typed="ABCABC"))
    assert s.run.exploring.typed == "ABCABC" and s.run.last.shown.x.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2]
    s.play()
    s.tick(1e9)
    assert s.run.last.step > 1 and s.run.last.shown.x.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2]
    s.reset()
    s.explore(Choice(typed="ABCABC"))
    assert s.run.last.shown.x.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2]
    s.explore(Choice(typed="ABCX"))
    assert "'X' at place 4" in s.run.exploring.refused_text and s.run.exploring.typed == "ABCABC"
    s.explore(Choice())
    assert not s.run.exploring.refused_text and not s.run.exploring.typed
    np.testing.assert_array_equal(s.run.last.shown.x, s.run.trainer.held_out.one(0).x[..., 0])


def test_a_typed_sequence_of_another_task_is_let_go():
    s = session()
    s.explore(Choice(typed="ABC"))
    s.apply(Config(task="digits"))
    s.explore(Choice(typed="ABC"))
    assert s.run.exploring.typed == "" and s.run.trainer.typed is None
    assert s.run.exploring.described(s.run.trainer)["typing"] == ""


TYPED = {"adding": "0.5 +.2 .1 +0.3", "xor": "0110", "sunspots": "5 11 16", "reverse": "ABC"}
TYPED["temporal-order"] = "cAdBefcdee"


@pytest.mark.parametrize("task", TYPED)
def test_a_film_of_a_typed_sequence(task: str):
    """Padding beyond its end, answers where the task answers, targets only where they follow."""
    s = Session(Config(task=task, length=12, hidden_size=3))
    s.explore(Choice(typed=TYPED[task]))
    told = {"film": 1, "run": 1, "playing": False, "period": 0.5, "explored": s.run.exploring.described(s.run.trainer)}
    header, got = unpack(film.pack(s.config, [s.run.last], s.run.trainer.history, **told))  # type: ignore[arg-type]
    assert header["typed"] == TYPED[task] and header["typing"] == TASKS[task].typing(s.config)
    n = 4 if task in ("adding", "xor") else 3 if task == "sunspots" else 10
    if task != "reverse":
        assert header["padding"] == [t >= n for t in range(12)] and not any(header["inputs"][n:])
    answers, known = header["answers"], [bool(t) for t in header["targets"]]
    assert known == list(np.isfinite(got["target"])) and all(a >= k for a, k in zip(answers, known, strict=True))
    assert sum(answers) - sum(known) == {"xor": 1, "sunspots": 1}.get(task, 0)
    assert np.isfinite(got["loss_t"]).all()


FOREIGN = [
    {"imagined": 3},
    {"imagined": {"weights": 7}},
    {"imagined": {"weights": [[1, 2]]}},
    {"imagined": {"weights": [["W_hh", "x", 0, 1]]}},
    {"imagined": {"weights": [["W_hh", 0, 0, None]]}},
    {"imagined": {"weights": [["W_hh", 1e400, 0, 1]]}},
]


@pytest.mark.parametrize("view", FOREIGN)
def test_whatever_a_browser_sends_is_a_choice(view: dict[str, object]):
    assert board.read({"view": view}) == Choice()


def test_what_the_board_sends_is_read():
    view = {"imagined": {"moment": 4, "weights": [["W_hh", 0, 1, 1.5], ["b_y", 2, None, -1]]}, "typed": "ABC"}
    chosen = board.read({"view": view})
    assert (chosen.weights, chosen.moment, chosen.typed) == ((BIG, Weight("b_y", 2, None, -1.0)), 4, "ABC")
