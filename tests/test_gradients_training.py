"""Gradients over training, and the compact board that shows the run as it was."""

import json
import struct
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from rnn_core import Config
from tests.gradients import SMALL, pictures, run_of, sound
from tests.visiting import ROOT, html, press, session, undisturbed, visit, whole
from ui.figures.powers import power
from ui.gradients import past
from ui.gradients.settings import PREFIX
from ui.run.session import Session

__all__ = ["undisturbed"]  # a fixture that is used here as well


def headers(films: bytes) -> list[dict[str, Any]]:
    """Of each film that the compact board was handed."""
    found, at = [], 0
    while at < len(films):
        (length,) = struct.unpack_from("<I", films, at)
        (size,) = struct.unpack_from("<I", films, at + 8)
        found.append(json.loads(films[at + 12 : at + 12 + size]))
        at += 4 + length
    return found


def frames(header: dict[str, Any]) -> int:
    return int(next(shape[0] for name, _, shape in header["arrays"] if name == "step"))


def test_over_training_shows_what_was_recorded_and_the_present():
    s = run_of(steps=6, clip="norm", clip_threshold=1e-3)
    found = pictures(s, "Over training", t=3)
    sound(found)
    picture = found["over-training"]
    assert s.run.trainer.recording
    steps, norms = s.run.trainer.recording.dh_norms()
    assert list(picture.table["training step"]) == list(steps) == [0, 1, 2, 3, 4, 5, 6]
    np.testing.assert_array_equal(picture.table["log10, t = 3"], np.log10(norms[:, 2]))
    assert picture.figure is not None
    np.testing.assert_allclose(10.0 ** picture.figure.data[0].z[2], norms[:, 2], rtol=1e-5)
    assert f"After 6 training steps ‖∂L/∂h_3‖ is {power(float(np.log10(norms[-1, 2])))}" in picture.look
    assert "100% of the steps on record were clipped" in picture.look
    assert picture.table["loss"][-1] == s.run.last.loss and picture.table["clip ratio"][-1] == s.run.last.clip_ratio
    assert picture.pick and picture.points
    assert picture.pick(3.4, 7.2) == {"at": "2", "t": 7} and picture.pick(5.0, np.nan) == {"at": "4"}
    then = pictures(s, "Over training", t=3, at="2")["over-training"]
    assert "After 2 training steps" in then.look
    for _ in range(40):
        s.step()
    steps = pictures(s, "Over training")["over-training"].table["training step"]
    assert steps[-1] == 46 and 45 not in steps  # the present, which is on no grid


def test_of_a_run_that_diverged_the_last_column_is_the_pass_that_the_board_shows():
    s = run_of(0, task="latch", length=20, cell="rnn-relu", initializer="identity", optimizer="sgd",
               learning_rate=10.0, clip="none")  # fmt: skip
    while not s.run.trainer.diverged:
        s.step()
    found = pictures(s, "Over training", t=1)
    sound(found)
    picture, n = found["over-training"], s.run.last.step + 1
    assert list(picture.table["training step"])[-1] == n and s.run.trainer.history["step"][-1] == n
    assert picture.table["log10, t = 1"][-1] == np.log10(s.run.last.dh_norm[0])
    said = power(float(np.log10(s.run.last.dh_norm[0])))
    assert f"In step {n}, after which the run diverged, ‖∂L/∂h_1‖ is {said}" in picture.look


def test_the_board_is_of_the_top_layer():
    app = visit("gradients", length="6", hidden_size="4", layers="2")
    press(app, "step")
    assert all((each["open"], each["layers"]) == ([1], 2) for each in headers(past_board(app)))
    assert "States are the top layer’s, of held-out sequence 1" in html(app)


def test_a_way_back_and_a_run_from_elsewhere_are_in_the_picture():
    s = run_of(steps=4)
    other = Session(Config(**SMALL))
    for _ in range(5):
        other.step()
    s.continue_with(other.run.save(), "")
    found = pictures(s, "Over training")["over-training"]
    assert "recorded from step 5 on" in found.look and list(found.table["training step"]) == [5]
    s.step()
    assert list(pictures(s, "Over training")["over-training"].table["training step"]) == [6]
    s.reset()
    assert "recorded from" not in pictures(s, "Over training")["over-training"].look


def test_the_board_shows_the_present_or_what_was_kept_and_the_one_cursor():
    app = visit("gradients", length="6", hidden_size="4", **{PREFIX + "t": "4"})
    for _ in range(3):
        press(app, "step")
    now, kept = headers(past_board(app))
    assert (now["cursor"], now["at"], frames(now)) == (4, None, 1) and frames(kept) == 3
    app.select_slider(key=PREFIX + "at").set_value("2")
    whole(app.run())
    now, _ = headers(past_board(app))
    assert now["at"] == 2
    press(app, "reset")  # what was chosen of the run before is gone with it
    assert session(app).run.trainer.step == 0 and headers(past_board(app))[0]["at"] is None
    whole(app.toggle(key=PREFIX + "board").set_value(False).run())
    assert not boards_of(app) and app.session_state["gradients-look"].address[PREFIX + "board"] == ["false"]


def test_what_plays_on_the_playground_is_recorded_and_other_pages_runs_are_not():
    app = visit("playground", length="6", hidden_size="4")
    for _ in range(2):
        press(app, "step")
    press(app, "slowly")
    whole(app.switch_page(str(ROOT / "pages/gradients.py")).run())
    assert past.kept(session(app)) == [0, 1, 2]
    assert list(past.recorded(session(app).run.trainer).steps) == [0, 1, 2, 3]
    whole(app.switch_page(str(ROOT / "pages/shapes.py")).run())
    assert all(run.run.trainer.recording is None for run in app.session_state["together"].runs.values())


def boards_of(app: AppTest) -> list[bytes]:
    protos = [element.proto for element in app.main.get("bidi_component")]
    return [proto.bytes for proto in protos if proto.component_name == "unrolled_past"]


def past_board(app: AppTest) -> bytes:
    (films,) = boards_of(app)
    return films
