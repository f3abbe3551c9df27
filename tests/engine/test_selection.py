"""Learning changes, choosing by validation, training anew: each against what it says it is."""

from dataclasses import replace

import numpy as np
import pytest

from rnn_core import Config, Trainer
from rnn_core.selection import CENT, FEW, MEAN, Best, Candidate, Selection
from rnn_core.tasks.own_series import Split, series_task

T, HORIZON = 6, 5
CONFIG = Config(task="sunspots", cell="rnn", length=T, hidden_size=4, learning_rate=0.02, dtype="float64")


def series(n: int = 160) -> np.ndarray:
    rng, t = np.random.default_rng(3), np.arange(n)
    return (60 + 0.4 * t) * (1 + 0.2 * np.sin(2 * np.pi * t / 12)) + rng.normal(0, 1, n)


def split_of(values: np.ndarray, known: np.ndarray | None = None, lag: int = 0) -> Split:
    return Split(values, np.ones(len(values), bool) if known is None else known, T, HORIZON, 30, lag)


def selection(split: Split, *lags: int) -> Selection:
    return Selection(CONFIG, {f"lag {lag}": replace(split, lag=lag) for lag in lags}, "A series")


def best_of(candidate: Candidate) -> Best:
    assert candidate.best
    return candidate.best


def trained(split: Split, steps: int, *lags: int) -> Selection:
    found = selection(split, *lags)
    while found.candidate.trial.step < steps:
        found.run(0, 1, 1)
    return found


@pytest.mark.parametrize("lag", [0, 1, 12])
@pytest.mark.parametrize("sign", [1, -1])
def test_changes_add_up_to_the_values(lag: int, sign: int):
    split = split_of(sign * series(), lag=lag)
    assert split.logs == (lag > 0 and sign > 0)
    at = split.origins[:-HORIZON]
    true = split.z[at + np.arange(HORIZON)[:, None]]
    np.testing.assert_allclose(split.in_units(true, at), split.truth(at), rtol=1e-12)


@pytest.mark.parametrize("lag", [1, 12])
def test_a_change_is_one_between_two_known_values_of_the_training_part(lag: int):
    values, known = series(), np.ones(160, bool)
    known[[50, 90]] = False
    split = split_of(values, known, lag)
    expected = np.log(values[lag:]) - np.log(values[:-lag])
    np.testing.assert_allclose(split.read[lag:], expected)
    unknown = {*range(lag), 50, 50 + lag, 90, 90 + lag}
    assert set(np.flatnonzero(~split.read_known).tolist()) == unknown
    inside = [change for k, change in enumerate(expected, lag) if k < split.train and k not in unknown]
    assert split.mean == pytest.approx(np.mean(inside)) and split.deviation == pytest.approx(np.std(inside))
    batch = series_task(split).draw(np.random.default_rng(0), CONFIG, "train")
    first = set(np.round(split.z[lag : split.train - T], 9))
    assert set(np.round(batch.x[0, 0], 9)) <= first, "a window before the first change"


def test_the_test_part_chooses_nothing():
    values = series()
    other = values.copy()
    other[130:] = np.random.default_rng(9).uniform(1, 900, 30)
    one, two = (trained(split_of(each), 40, 0, 1) for each in (values, other))
    assert one.chosen == two.chosen
    for a, b in zip(one.candidates.values(), two.candidates.values(), strict=True):
        assert a.looks == b.looks and best_of(a).step == best_of(b).step
        assert all((best_of(a).refit[name] == best_of(b).refit[name]).all() for name in best_of(a).refit)


def test_the_validation_part_is_the_end_of_the_training_part():
    split = split_of(series(), lag=1)
    inner = split.without_test
    assert (len(inner.values), inner.train, inner.held_out) == (130, 104, 26)
    assert (inner.values == split.values[:130]).all() and inner.lag == 1


def test_where_all_before_a_fifth_is_the_same_the_validation_part_is_smaller():
    values = np.r_[np.zeros(110), np.random.default_rng(1).normal(5, 1, 50)]
    assert split_of(values).without_test.held_out == round(0.1 * 130)
    last = split_of(np.r_[np.zeros(129), np.arange(1, 32.0)])  # a training part that is 0 but for its last value
    with pytest.raises(ValueError, match="nothing to learn from"):
        _ = last.without_test


@pytest.mark.parametrize("lag", [0, 1])
def test_the_best_network_is_the_one_trained_anew_for_as_many_steps(lag: int):
    split = split_of(series(), lag=lag)
    candidate = trained(split, 60, lag).candidate
    alone = Trainer(CONFIG, series_task(split))
    alone.advance(best_of(candidate).step)
    assert all((alone.params[name] == best_of(candidate).refit[name]).all() for name in alone.params)
    assert candidate.refit.step == 60


def test_the_best_step_has_the_smallest_mean_of_its_last_looks_and_the_chosen_candidate_the_smallest_of_all():
    found = trained(split_of(series()), 90, 0, 1, 12)
    best = {}
    for name, candidate in found.candidates.items():
        errors = [look.validation for look in candidate.looks]
        means = [float(np.exp(np.mean(np.log(errors[max(0, k - MEAN + 1) : k + 1])))) for k in range(len(errors))]
        at = 1 + int(np.argmin(means[1:]))
        assert best_of(candidate)[:2] == (candidate.looks[at].step, means[at])
        best[name] = means[at]
    assert found.chosen == min(best, key=lambda name: best[name])


def test_no_clock_decides_when_it_looks():
    split = split_of(series())
    one, two = trained(split, 60, 0, 1), selection(split, 0, 1)
    two.run(1e9, 3, 60)
    assert [c.looks for c in one.candidates.values()] == [c.looks for c in two.candidates.values()]
    assert one.chosen == two.chosen


def test_a_look_is_the_error_of_the_trials_forecasts():
    split = split_of(series(), lag=1)
    candidate = trained(split, 1, 1).candidate
    inner = candidate.validation
    assert candidate.looks[-1].validation == pytest.approx(
        np.sqrt(np.mean([
            (inner.values[at] - inner.values[at - 1] * np.exp(predicted(candidate, at))) ** 2 for at in inner.origins
        ]))
    )


def predicted(candidate: Candidate, at: int) -> float:
    """The change that the trial predicts for index `at`, by hand."""
    p, h = candidate.trial.params, np.zeros(4)
    for z in candidate.validation.z[at - T : at]:
        h = np.tanh(p["W_xh"][:, 0] * z + p["W_hh"] @ h + p["b_h"])
    return float((p["W_hy"] @ h + p["b_y"])[0] * candidate.validation.deviation + candidate.validation.mean)


@pytest.mark.parametrize("lag", [0, 1])
def test_the_band_holds_the_chosen_part_of_the_validation_errors(lag: int):
    candidate = trained(split_of(series(), lag=lag), 60, lag).candidate
    inner, half = candidate.validation, candidate.half_width
    assert (np.diff(half) >= 0).all()
    found = candidate._roll(best_of(candidate).trial, inner, inner.origins)
    low, high = candidate.band(found)
    truth = inner.truth(inner.origins)
    for k, known in enumerate(np.isfinite(truth)):
        if known.sum() >= FEW:
            held = ((low[k] <= truth[k]) & (truth[k] <= high[k]))[known].mean()
            assert held >= CENT / 100 - 1 / known.sum()
    assert np.isnan(selection(split_of(series()), 0).candidate.half_width).all(), "before a step nothing is known"


def test_settings_reach_all_networks_and_a_divergence_leaves_the_best_one():
    found = trained(split_of(series()), 20, 0, 1)
    found.set(learning_rate=0.5)
    assert {trainer.config.learning_rate for trainer in found.trainers()} == {0.5}
    found.candidates["lag 0"].trial.params["W_hh"][:] = np.nan
    before = found.chosen
    best = best_of(found.candidates[before])
    found.run(0, 1, 1)
    assert np.isfinite(found.candidate.forecast(found.candidate.split.origins)).all()
    assert best_of(found.candidates[before]).validation <= best.validation


def test_a_horizon_changes_without_training_again():
    found = trained(split_of(series()), 20, 0)
    found.set_horizon(9)
    assert found.candidate.forecast(np.array([130])).shape == (9, 1) and len(found.candidate.half_width) == 9
    assert found.candidate.trial.step == 20
