"""Series that were measured and series that are made: what is asked is what comes, and the parts are kept apart."""

import numpy as np
import pytest

from rnn_core import TASKS
from rnn_core.tasks.series import mackey_glass, passengers
from rnn_core.tasks.task import DATA
from tests.engine.small import draw, letters, small, wide

ODD = ("even", "odd")


def test_every_file_that_ships_has_its_source_its_licence_and_a_script_that_makes_it_again():
    sources = (DATA / "SOURCES.md").read_text("utf-8")
    files = [path for path in DATA.iterdir() if path.suffix in (".csv", ".npz", ".txt")]
    assert {"sunspots.csv", "airline.csv", "surnames.txt", "vowels.npz"} <= {path.name for path in files}
    for path in files:
        (line,) = [line for line in sources.splitlines() if line.startswith(f"| `{path.name}` |")]
        assert line.count("|") == 6 and f"`make_{path.stem}.py`" in line
        assert (DATA / f"make_{path.stem}.py").is_file()
    assert sum(path.stat().st_size for path in files) < 1e6


def test_airline_asks_for_the_next_change_and_begins_after_a_year():
    months = passengers()
    assert len(months) == 144 and months[:3].tolist() == [112, 118, 132] and months[-1] == 432
    percent = 100 * (months[1:] - months[:-1]) / months[:-1]
    parts = {split: draw(wide("airline", length=24), split=split) for split in ("train", "held-out")}
    for batch, known in zip(parts.values(), (percent[:95], percent[95:]), strict=True):
        values = {round(float(v), 6) for v in known}
        assert {round(float(v) * 10, 6) for v in batch.x.ravel()} <= values
        assert (batch.x[12:] == batch.y[11:-1]).all()
        assert not batch.mask[:11].any() and batch.mask[11:].all()
    assert parts["held-out"].x.shape[2] == 48 - 24
    assert TASKS["airline"].describe(parts["held-out"], 0).targets[11] == f"{percent[95 + 12]:.0f}"


@pytest.mark.parametrize("horizon", [1, 6, 17])
@pytest.mark.parametrize("task", ["mackey-glass", "sine"])
def test_what_is_asked_lies_so_many_steps_ahead(task: str, horizon: int):
    batch = draw(wide(task, length=40, horizon=horizon, batch_size=200))
    later = np.arange(20, 40 - horizon)
    assert (batch.y[later] == batch.x[later + horizon]).all()
    assert not batch.mask[:20].any() and batch.mask[20:].all()
    assert ("the next value" if horizon == 1 else f"{horizon} steps ahead") in TASKS[task].question(
        small(task, horizon=horizon)
    )


def test_mackey_glass_obeys_its_equation_and_its_parts_are_apart():
    """By central differences at whole steps: x′ is 0.2 x(t−17) / (1 + x(t−17)¹⁰) − 0.1 x."""
    x = 0.9 + 0.25 * mackey_glass()
    slope = (-x[4:] + 8 * x[3:-1] - 8 * x[1:-3] + x[:-4]) / 12
    said = 0.2 * x[:-17] / (1 + x[:-17] ** 10) - 0.1 * x[17:]
    assert slope[15:] == pytest.approx(said[:-2], abs=2e-3)
    assert 0.2 < x.min() < 0.5 and 1.2 < x.max() < 1.5 and len(x) == 3000
    train, held_out = draw(wide("mackey-glass", length=20)), draw(wide("mackey-glass", length=20), split="held-out")
    assert not {*train.x.ravel().tolist()} & {*held_out.x.ravel().tolist()}


def test_sines_have_periods_and_heights_of_their_own():
    """x_{t+1} + x_{t−1} = 2 cos(ω) x_t: the period, by least squares for each wave."""
    x = draw(wide("sine", length=40)).x[:, 0]
    middle = x[1:-1]
    cosine = (middle * (x[2:] + x[:-2])).sum(axis=0) / (2 * middle * middle).sum(axis=0)
    periods = 2 * np.pi / np.arccos(cosine)
    assert periods.min() >= 8 - 1e-6 and periods.max() <= 30 + 1e-6
    assert np.histogram(periods, 4)[0].min() > 180
    assert np.abs(x).max() <= 1 and np.abs(x).max(axis=0).min() > 0.4


@pytest.mark.parametrize("length", [2, 3, 5, 20])
def test_parity_counts_the_ones_and_many_sequences_are_short(length: int):
    config = wide("parity", length=length)
    batch, ends = draw(config), []
    for i in range(300):
        told = TASKS["parity"].describe(batch, i, symbols=TASKS["parity"].symbols(config))
        bits = [word for word in told.inputs if word]
        assert [word for word in told.targets if word] == [ODD[bits.count("1") % 2]]
        assert told.targets[len(bits) - 1]
        ends.append(len(bits))
    assert set(ends) == set(range(1, length + 1))
    assert letters(batch.y.max(axis=0)[None]).mean() == pytest.approx(0.5, abs=0.06)
