"""The history: complete up to its capacity, then thinned by doubling; its curve counts every step all the while."""

import io

import numpy as np
import pytest

from rnn_core import Trainer
from rnn_core import history as module
from rnn_core.history import CAPACITY, COLUMNS, POINTS, REDUCED, WIDTH, History
from tests.engine.same import same
from tests.engine.small import small
from tests.engine.test_checkpoint import changed, loaded, saved

SMALL, RECENT = 1000, 10  # rows, of which so many are always complete


def columns(steps: int, evaluated: int = 7) -> np.ndarray:
    """(columns, steps) of a made-up run, whose held-out loss is known at every so manieth step."""
    rng, step = np.random.default_rng(steps), np.arange(1.0, steps + 1)
    loss, held_out, norm = 2 + rng.random((3, steps))
    held_out[step % evaluated > 0] = np.nan
    return np.array([step, loss, held_out, norm, rng.random(steps), np.full(steps, 0.01)])


def fed(table: np.ndarray, capacity: int = SMALL, read: int = 97) -> History:
    """A history to which a table came step by step, noted as a Trainer does, its curve read every so many steps."""
    history = History(capacity)
    for step, loss, held_out, *rest in table.T.tolist():
        history.add(step, loss, np.nan, *rest)
        if np.isfinite(held_out):
            history.note(int(step), held_out)
        if step % read == 0:
            history.curve()
    return history


def reduced(table: np.ndarray) -> dict[str, np.ndarray]:
    """The curve of a complete table, as it is defined."""
    steps, size = table.shape[1], 1
    while steps > POINTS * size:
        size *= 2
    found: dict[str, list[float]] = {"step": []}
    for start in range(0, steps, size):
        bucket = dict(zip(COLUMNS, table[:, start : start + size], strict=True))
        found["step"].append(bucket["step"][-1])
        for name in REDUCED:
            values = bucket[name][np.isfinite(bucket[name])]
            for kind in ("mean", "min", "max"):
                value = getattr(np, kind)(values) if len(values) else np.nan
                found.setdefault(f"{name}_{kind}", []).append(value)
    return {name: np.array(values) for name, values in found.items()}


def close(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert found.keys() == wanted.keys()
    for name in wanted:
        exact = 0 if name.endswith("_mean") else 1
        np.testing.assert_allclose(found[name], wanted[name], rtol=0 if exact else 1e-12, err_msg=name)


def test_a_hundred_thousand_steps_are_complete_and_one_more_is_thinned():
    table = columns(CAPACITY)
    history = History.of(table)
    assert same(dict(history), dict(zip(COLUMNS, table, strict=True)))
    history.add(CAPACITY + 1, 1.0, np.nan, 1.0, 1.0, 0.01)
    step, recent = history["step"], CAPACITY // 100
    assert CAPACITY / 2 <= len(step) <= CAPACITY * 3 / 4
    assert (np.diff(step[-recent:]) == 1).all() and step[-1] == CAPACITY + 1
    assert np.diff(step).max() <= 3  # two steps are one row, in which either may be kept


@pytest.mark.parametrize("steps", [1, RECENT, 299, 301, 999, 1000, 1001, 1003, 1700, 2500, 30_000])
def test_the_curve_is_the_reduction_of_the_complete_run(steps: int):
    table = columns(steps)
    close(fed(table).curve(), reduced(table))


def test_the_curve_is_the_same_however_often_it_is_read():
    table = columns(5000)
    close(fed(table, read=1).curve(), fed(table, read=10**9).curve())


def test_an_empty_history_has_an_empty_curve():
    assert {len(values) for values in History().curve().values()} == {0}
    assert [len(column) for column in History().values()] == [0] * WIDTH


def test_one_infinite_loss_does_not_hide_its_neighbours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "POINTS", 3)
    losses = np.array([1.0, np.inf, np.nan, np.nan, 3.0])
    curve = History.of(np.vstack([np.arange(1.0, 6), losses, losses, losses, losses, losses])).curve()
    for kind in ("mean", "min", "max"):
        np.testing.assert_array_equal(curve[f"loss_{kind}"], [1, np.nan, 3])


def test_a_thinned_history_keeps_exact_rows_one_in_each_bucket():
    table = columns(30_000, evaluated=10**9)
    history = fed(table)
    step = history["step"].astype(int)
    np.testing.assert_array_equal([history[name] for name in COLUMNS], table[:, step - 1])
    best = {1, 1 + int(table[1].argmin())}
    old = [s for s in step[:-RECENT].tolist() if s not in best]
    gaps = np.diff([s for s in old if s <= 25_000])
    assert set(gaps.tolist()) <= {64, 128}  # 128 where the best is the one of its bucket
    assert best <= set(step.tolist()) and len(step) <= SMALL


def test_a_thinned_history_rather_keeps_a_step_with_a_held_out_loss():
    table = columns(4000, evaluated=50)
    kept = np.isfinite(fed(table)["held_out_loss"]).sum()
    assert kept == np.isfinite(table[2]).sum()


@pytest.mark.parametrize("at", [1, 2, 500, 990, 1001, 7777, 19_999])
def test_the_best_steps_are_kept_exactly(at: int):
    table = columns(20_000, evaluated=1)
    table[1, at - 1], table[2, at] = 0.5, 0.25
    history = fed(table)
    for name, where in (("loss", at - 1), ("held_out_loss", at)):
        k = history[name].argmin()
        assert (history["step"][k], history[name][k]) == (where + 1, table[COLUMNS.index(name), where])


def test_rows_and_buckets_are_bounded():
    history, most = History(SMALL), 0
    for step in range(1, 60_000):
        history.add(step, 1.0, np.nan, 1.0, 1.0, 0.01)
        most = max(most, len(history.rows))
    assert most == SMALL * WIDTH and len(history["step"]) >= SMALL / 4
    assert all(POINTS / 2 <= len(values) <= POINTS for values in history.curve().values())


@pytest.mark.parametrize("steps", [600, 5000])
@pytest.mark.parametrize("back", [0, 3, RECENT])
def test_a_cut_among_the_last_steps_forgets_them_and_nothing_else(steps: int, back: int):
    table = columns(steps)
    history = fed(table)
    history.cut(steps - back)
    close(history.curve(), reduced(table[:, : steps - back]))
    assert history["step"][-1] == steps - back
    for row in table[:, steps - back :].T.tolist():
        history.add(*row)
    close(history.curve(), reduced(table))


def test_a_cut_further_back_makes_the_curve_anew_of_what_is_left():
    complete, thinned = fed(columns(900)), fed(columns(5000))
    complete.cut(400)
    close(complete.curve(), reduced(columns(900)[:, :400]))
    thinned.cut(3333)
    step = thinned["step"]
    assert 3300 < step[-1] <= 3333 and thinned.curve()["step"][-1] == step[-1]
    kept = columns(5000)[:, step.astype(int) - 1]
    for name in REDUCED:
        assert thinned.curve()[f"{name}_min"].min() == np.nanmin(kept[COLUMNS.index(name)])
    before = dict(thinned)
    for missing in set(range(1, 3334)) - set(step.tolist()):
        thinned.note(missing, 9.0)
    assert same(dict(thinned), before)
    thinned.add(3334, 1.5, np.nan, 1.0, 1.0, 0.01)
    assert thinned["step"][-1] == thinned.curve()["step"][-1] == 3334


@pytest.mark.parametrize(("steps", "at"), [(900, 1), (900, 700), (900, 900), (5000, 5000), (5000, 4995)])
def test_a_held_out_loss_is_noted_at_its_own_step(steps: int, at: int):
    table = columns(steps)
    history = fed(table)
    for value in (9.0, 8.0):  # the second takes the first one's place
        history.note(at, value)
    table[2, at - 1] = 8.0
    close(history.curve(), reduced(table))
    assert history["held_out_loss"][history["step"] == at].tolist() == [8.0]


def test_a_held_out_loss_of_an_old_or_unknown_step_of_a_thinned_history_changes_nothing():
    history = fed(columns(5000))
    before, curve = dict(history), history.curve()
    for step in (*range(-1, 5001 - RECENT), 5001):
        history.note(step, 9.0)
    assert same(dict(history), before) and same(history.curve(), curve)


@pytest.mark.parametrize("steps", [5, 1500, 5000])
def test_a_thinned_history_goes_through_a_file_and_on(steps: int, monkeypatch: pytest.MonkeyPatch):
    of = History.of
    monkeypatch.setattr(History, "of", lambda table, buckets: of(table, buckets, SMALL))
    trainer, table = Trainer(small()), columns(6000)
    trainer.history = fed(table[:, :steps])
    again = loaded(saved(trainer))
    for each in (trainer, again):
        for row in table[:, steps:].T.tolist():
            each.history.add(*row)
        close(each.history.curve(), reduced(table))
    assert same(dict(again.history), dict(trainer.history))


def test_the_file_of_a_long_run_is_no_larger_than_that_of_a_hundred_thousand_steps():
    trainer, sizes = Trainer(small()), []
    for steps in (CAPACITY, 3 * CAPACITY):
        trainer.history = History.of(columns(steps))
        sizes.append(len(saved(trainer)))
    assert sizes[1] <= sizes[0]


def test_a_file_without_buckets_is_read_too():
    trainer = Trainer(small())
    trainer.advance(400)
    data = changed(saved(trainer), lambda notes, parts: (notes.update(version=3), parts.pop("array:buckets")))
    again = Trainer.load(io.BytesIO(data))
    close(again.history.curve(), trainer.history.curve())
    assert same(again.advance(), trainer.advance())


def test_settings_changed_at_every_step_are_kept_up_to_a_number():
    trainer = Trainer(small())
    for step in range(1100):
        trainer.step = step
        trainer.set(learning_rate=0.01 + step % 2 / 100)
        trainer.set(clip_threshold=1.0 + step % 2, learning_rate=0.05 + step % 2 / 100)
    steps = [change.step for change in trainer.changes]
    assert len(steps) == 1000 and steps == sorted(steps) and steps[-1] == 1099
    assert trainer.changes[-1].before == 0.05 and trainer.changes[-1].after == 0.05 + 1 / 100
