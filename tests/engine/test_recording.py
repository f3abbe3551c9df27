"""Recording over training: it holds what Snapshots said at those steps, whatever the slices, in bounded memory."""

import copy
import io

import numpy as np
import pytest

from rnn_core import CELLS, SHAPES, Config, Snapshot, Trainer
from rnn_core.analysis.spectrum import spectra
from rnn_core.network import DECODER
from rnn_core.recording import FIRST, STRIDE, Recording
from tests.engine.small import ALL_CELLS, of_shape, paired

SMALL = Config(task="temporal-order", length=10, hidden_size=3, batch_size=2)


def recorded(config: Config = SMALL, steps: int = 0) -> Trainer:
    trainer = Trainer(config)
    trainer.record()
    trainer.advance(steps)
    return trainer


def recording(trainer: Trainer) -> Recording:
    assert trainer.recording
    return trainer.recording


def same(a: Recording, b: Recording) -> None:
    for one, other in ((a.dh_norms(), b.dh_norms()), (a.radii(), b.radii())):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)
    assert [each.step for each in a.kept] == [each.step for each in b.kept]
    for left, right in zip(a.kept, b.kept, strict=True):
        np.testing.assert_array_equal(left.theta, right.theta)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_holds_what_snapshots_said_at_those_steps(shape: str):
    for task, cell in paired(of_shape(shape)[:1], ALL_CELLS):
        trainer = Trainer(Config(task=task, cell=cell, hidden_size=3, batch_size=2))
        trainer.record()
        said = {shown.step: shown for shown in (trainer.snapshot(), *(trainer.advance() for _ in range(5)))}
        steps, norms = recording(trainer).dh_norms()
        assert list(steps) == [0, 1, 2, 3, 4, 5]
        np.testing.assert_array_equal(norms, [said[step].dh_norm for step in steps])
        kept = recording(trainer).kept
        assert [each.step for each in kept] == [0, 1, 2, 4]
        for each in kept:
            as_it_was(trainer.look_back(each), said[each.step])


def as_it_was(back: Snapshot, then: Snapshot) -> None:
    """All but the arrays of the training batch."""
    for name in ("step", "loss", "dh_norm", "dh_output", "dh_future", "grad_norm", "clip_ratio"):
        np.testing.assert_array_equal(getattr(back, name), getattr(then, name), name)
    assert (back.held_out_loss, back.held_out_metric) == (then.held_out_loss, then.held_out_metric)
    for name in ("x", "y", "h", "y_hat", "loss_t"):
        np.testing.assert_array_equal(getattr(back.shown, name), getattr(then.shown, name), name)


def test_looking_back_shows_the_sequence_that_is_shown_now_and_changes_nothing():
    trainer = recorded(steps=4)
    trainer.shown = 3
    before = trainer.theta.copy()
    back = trainer.look_back(recording(trainer).kept[0])
    np.testing.assert_array_equal(back.shown.x, trainer.held_out.x[..., 3])
    np.testing.assert_array_equal(trainer.theta, before)
    other = Trainer(SMALL)
    np.testing.assert_array_equal(trainer.advance(3).h, other.advance(7).h)


def test_slices_of_any_length_record_the_same_and_recording_changes_no_number():
    slices, at_once, unrecorded = recorded(steps=7), recorded(steps=20), Trainer(SMALL)
    slices.advance(13)
    unrecorded.advance(20)
    same(recording(slices), recording(at_once))
    np.testing.assert_array_equal(slices.theta, unrecorded.theta)
    frames = recorded()
    frames.run(60.0, frames=3, steps=20)
    same(recording(frames), recording(at_once))


def test_its_size_is_bounded_and_what_it_keeps_lies_on_one_grid(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rnn_core.recording.COLUMNS", 40)
    found = recording(recorded(steps=1000))
    assert len(found.columns) <= 40 and found.stride == 4 * STRIDE
    assert list(found.columns) == list(range(1, 1001, found.stride))
    radii, _ = found.radii()
    assert list(radii) == list(range(1, 1001, 8 * found.stride))
    assert [each.step for each in found.kept] == [0, *(2**k for k in range(10))]


def test_the_first_steps_have_a_column_each():
    found = recording(recorded(steps=3 * STRIDE + FIRST))
    assert list(found.columns) == [*range(1, FIRST + 1), *range(FIRST + 1, 3 * STRIDE + FIRST + 1, STRIDE)]


@pytest.mark.parametrize("cell", CELLS)
def test_the_radius_is_that_of_every_gate_now(cell: str):
    for task in ("temporal-order", "reverse"):
        trainer = recorded(Config(task=task, cell=cell, hidden_size=3, batch_size=2, layers=2), 1)
        stacks = ["", DECODER] if task == "reverse" else [""]
        wanted = [one.spectral_radius for stack in stacks for one in spectra(trainer, stack).now.values()]
        steps, radii = recording(trainer).radii()
        assert list(steps) == [1]
        np.testing.assert_allclose(radii[0], wanted, rtol=1e-6)


def test_a_way_back_forgets_what_came_after_and_goes_on_to_the_same():
    trainer = recorded()
    start = trainer.bookmark()
    trainer.advance(5)
    mark = trainer.bookmark()
    trainer.advance(30)
    trainer.go_back(mark)
    assert max(recording(trainer).columns) == 5 and recording(trainer).kept[-1].step == 4
    trainer.advance(30)
    same(recording(trainer), recording(recorded(steps=35)))
    trainer.go_back(start)
    assert not recording(trainer).columns and [each.step for each in recording(trainer).kept] == [0]
    trainer.advance(35)
    same(recording(trainer), recording(recorded(steps=35)))


def test_a_copy_goes_on_alone_and_a_saved_run_begins_anew():
    trainer = recorded(steps=3)
    other = copy.copy(trainer)
    other.advance(2)
    assert max(recording(other).columns) == 5 and max(recording(trainer).columns) == 3
    file = io.BytesIO()
    trainer.save(file)
    file.seek(0)
    loaded = Trainer.load(file)
    assert loaded.recording is None
    loaded.record()
    loaded.advance(3)
    found = recording(loaded)
    assert found.since == 3 and list(found.dh_norms()[0]) == [4, 5, 6]
    trainer.record()
    assert recording(trainer).since == 0 and recording(trainer).nearest(3) == recording(trainer).kept[2]


def test_what_is_exactly_0_is_recorded_as_0():
    trainer = recorded(Config(task="temporal-order", cell="rnn", length=10, initializer="normal", init_scale=0.0), 2)
    _, norms = recording(trainer).dh_norms()
    assert (norms[:, :-1] == 0).all()
