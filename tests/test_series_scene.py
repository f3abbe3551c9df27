"""What the Series page shows: the picture, the scores, the verdict, the file."""

import csv
import io
import json

import numpy as np
import pytest

from rnn_core.analysis.ending import Ending
from rnn_core.forecast import errors, persistence
from rnn_core.selection import Look
from tests.series_desk import file, lines, wave
from ui.series.desk import EXAMPLES, SeriesDesk
from ui.series.parts import Parts
from ui.series.scene import as_csv, best, counters, curve, scene, table, verdict


@pytest.fixture
def trained() -> SeriesDesk:
    s = SeriesDesk()
    while s.run.trainer.step < 30:
        s.run.step()
    return s


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_example_is_learned_and_has_a_season(source: str):
    s = SeriesDesk()
    s.choose(Parts(source, s.open(source).likely))
    s.step()
    rules = {"persistence", "seasonal", "autoregression"}
    assert s.period and lines(s).keys() == {"truth", "network", "last step", *rules} | (lines(s).keys() & {"80 % band"})


def test_the_picture_holds_what_the_methods_say(trained: SeriesDesk):
    shown, at, before = lines(trained), trained.origin, trained.series.values[trained.origin - 1]
    assert list(shown["network"].x) == list(range(1946, 1958))
    assert dict(zip(shown["truth"].x, shown["truth"].y, strict=True))[1947] == trained.series.values[at]
    np.testing.assert_allclose(shown["network"].y[1:], trained.forecasts(np.array([at]))[0][:, 0])
    assert list(shown["persistence"].y) == [before] * 12 and shown["network"].y[0] == before
    error, looks = {trace.name: trace for trace in curve(trained).data}, trained.run.selection.candidate.looks
    assert list(error["validation"].x) == [look.step for look in looks[1:]]
    assert list(error["validation"].y) == [look.validation for look in looks[1:]]


def test_the_last_steps_forecast_and_the_band_stand_beside_the_best_ones(trained: SeriesDesk):
    at = np.array([trained.origin])
    while trained.selected.refit_step == trained.best_step:
        trained.run.step()
    shown = lines(trained)
    chosen, last = trained.forecasts(at)
    np.testing.assert_allclose(shown["last step"].y[1:], last[:, 0])
    assert (last != chosen).any()
    low, high = trained.band(chosen[:, 0])
    assert list(shown["80 % band"].y) == [trained.series.values[at[0] - 1], *high, *low[::-1], shown["network"].y[0]]
    assert f"The same at the last step, {trained.run.trainer.step}" in table(trained)
    assert f"The 80 % band holds {100 * trained.coverage():.0f} % of the test part." in verdict(trained)


def test_a_forecast_that_repeats_is_said_to(trained: SeriesDesk, monkeypatch: pytest.MonkeyPatch):
    for lag in (0, 2):
        repeat = np.tile(trained.series.values[trained.split.origins - lag], (trained.split.horizon, 1))
        monkeypatch.setattr(trained, "tested", lambda: (repeat, repeat))  # noqa: B023
        assert trained.best_lag() == lag
        assert ("Best lag" in verdict(trained)) == (lag > 0)
    assert "Best lag 2: its forecasts 1 ahead correlate best with the value 2 steps before" in verdict(trained)


def test_overfitting_is_said_by_that_word_with_the_best_step_unless_the_page_says_so(trained: SeriesDesk):
    candidate = trained.run.selection.candidate
    best, looks = candidate.best, list(candidate.looks)
    assert best and "Overfitting" not in verdict(trained)

    def after(*last: Look) -> str:
        candidate.looks[:] = [*looks, *last]
        trained.run.films += 1
        return verdict(trained)

    high, low = (Look(best.step + 300, looks[-1].training * k, best.validation * 1.2) for k in (2.0, 0.1))
    assert "Overfitting" not in after(*[high] * 5)  # the training error has not fallen
    assert f"Overfitting since step {best.step}: the validation error has risen from" in after(*[low] * 5)
    trained.run.ended = Ending("overfitting", best.step)
    assert "Overfitting" not in verdict(trained)
    trained.run.ended = None
    assert "Overfitting" not in after(*[low._replace(step=best.step + 100)] * 5)  # not for long


def test_the_table_holds_every_method_and_the_smallest_is_bold(trained: SeriesDesk):
    shown = table(trained)
    assert all(rule.title in shown for rule, _ in trained.rules)
    found = errors(persistence(trained.split, trained.split.origins), trained.split.truth(trained.split.origins))
    assert f'<td class="">{found.rmse[0]:.1f}</td>' in shown
    assert shown.count(' best"') >= 4
    assert "1.00" in shown  # persistence over itself


def test_the_file_reads_back_to_the_same_numbers(trained: SeriesDesk):
    rows = list(csv.reader(io.StringIO(as_csv(trained))))
    rules = ["persistence", "seasonal persistence", "autoregression"]
    assert rows[0] == ["date", "truth", "network", "last step", *rules, "low", "high"]
    assert [row[0] for row in rows[1:]] == [str(year) for year in range(1947, 1958)]
    np.testing.assert_allclose([float(row[2]) for row in rows[1:]], trained.lines()["network"], rtol=1e-8)
    assert [float(row[1]) for row in rows[1:]] == trained.series.values[247:258].tolist()


def test_a_season_ahead_the_seasonal_rule_is_credited_for_what_both_persistences_say(trained: SeriesDesk):
    trained.rules = [(rule, score) for rule, score in trained.rules if rule.name != "autoregression"]
    season, horizon = trained.period, trained.split.horizon
    assert season == horizon and trained.rules[0][1].rmse[-1] == trained.rules[1][1].rmse[-1]
    name, _ = best(trained, horizon - 1)
    assert name == "seasonal persistence (so far ahead the same as persistence)"
    assert best(trained, 0)[0] in ("persistence", "seasonal persistence")


def test_a_column_on_a_line_says_that_a_rule_is_exact():
    s = SeriesDesk()
    s.want("line.csv", file("a", *(f"{3 + 0.1 * k:.1f}" for k in range(100))))
    s.bring()
    assert "best rule 0" in [more for _, _, more in counters(s)]


def test_a_forecast_that_is_not_finite_is_said_plainly(trained: SeriesDesk):
    best = trained.run.selection.candidate.best
    assert best
    best.refit["W_hy"][:] = np.inf
    trained.run.restarts += 1
    assert "wins" in verdict(trained)
    assert not np.isfinite(lines(trained)["network"].y[1:]).any() and "–" in lines(trained)["network"].text
    json.loads(scene(trained), parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert "–" in table(trained)


def test_a_thousand_values_and_more_stay_a_small_message():
    s = SeriesDesk()
    s.want("long.csv", file("a", *wave(30_000)))
    s.bring()
    s.step()
    assert len(scene(s)) < 40_000
    for origin in (s.split.train, 28_000, 30_000):
        s.origin = origin
        assert len(lines(s)["truth"].x) <= 400 and lines(s)["network"].x[0] == origin
