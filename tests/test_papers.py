"""The papers' claims: what is kept prints as a table, every setting trains, and the verdicts follow from the runs."""

import subprocess
import sys
from dataclasses import replace
from math import isfinite
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench import claims, papers
from bench.claims import CLAIMS, Claim, Setting
from bench.papers import Run
from rnn_core import Config, Trainer
from rnn_core.tasks.series import sunspots

TINY = Config(hidden_size=2, length=5, batch_size=2)


def claim(*settings: Setting, **changes: Any) -> Claim:
    made = Claim("made-up", "Nobody 1900", "It works.", "at all", "nothing", settings, counted, lambda found: False)
    return replace(made, **changes)


def counted(trainer, batches):
    return {"sequences": float(sum(batch.mask.shape[1] for batch in batches))}


def ran(setting: str, solved: bool, seed: int = 1, **changes: Any) -> Run:
    run = Run(setting, seed, solved, 7 if solved else 10, {"loss": 0.25}, False, 1.0, "abc")
    return replace(run, **changes)


GOOD, BAD = Setting("good", TINY, True, 10), Setting("bad", TINY, False, 10)
OTHER = Setting("other", TINY, True, 10)


def test_the_table_prints_from_the_kept_runs_alone(tmp_path):
    command = [sys.executable, str(papers.ROOT / "bench/papers.py"), "--table"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout == papers.table(CLAIMS.values()) + "\n"
    for name, one in CLAIMS.items():
        said = papers.verdict(one, papers.kept(one))
        assert said != papers.UNFINISHED
        assert f"{name}: {said.upper()}\n" in done.stdout


@pytest.mark.parametrize("name", CLAIMS)
def test_every_setting_of_a_claim_trains_and_is_measured(name):
    one = replace(CLAIMS[name], fresh=4)
    assert len({setting.name for setting in one.settings}) == len(one.settings)
    assert any(setting.solves for setting in one.settings)
    for setting in one.settings:
        run = papers.run(one, replace(setting, budget=1), 2)
        assert (run.setting, run.seed, run.steps, run.diverged) == (setting.name, 2, 1, False)
        assert run.measured and all(map(isfinite, run.measured.values()))


@pytest.mark.parametrize(("good", "bad", "said"), [
    ("+++", "---", "reproduced"),
    ("++-", "---", "partly"),
    ("+++", "--+", "partly"),
    ("+--", "---", "not reproduced"),
    ("---", "---", "not reproduced"),
    ("+++", "+++", "not reproduced"),  # all solve it: what was said to decide decides nothing
    ("+-", "--", "not reproduced"),  # half is not most
    ("---", "+++", "not reproduced"),
    ("+++", "", "not finished"),
    ("", "", "not finished"),
])
def test_a_verdict_follows_from_the_runs(good, bad, said):
    runs = [ran("good", sign == "+", k) for k, sign in enumerate(good)]
    runs += [ran("bad", sign == "+", k) for k, sign in enumerate(bad)]
    assert papers.verdict(claim(GOOD, BAD), runs) == said


def test_one_setting_that_holds_of_those_to_be_solved_makes_it_partly():
    three = claim(GOOD, OTHER, BAD)
    assert papers.verdict(three, [ran("good", True), ran("other", True), ran("bad", False)]) == "reproduced"
    assert papers.verdict(three, [ran("good", True), ran("other", False), ran("bad", False)]) == "partly"
    assert papers.verdict(three, [ran("good", False), ran("other", False), ran("bad", False)]) == "not reproduced"
    assert papers.verdict(three, [ran("good", True), ran("bad", False)]) == "not finished"


def test_kept_runs_come_back_until_what_they_were_asked_changes(tmp_path):
    one = claim(GOOD, BAD)
    runs = [ran("good", True, 1), ran("good", False, 2), ran("bad", False, 1)]
    papers.keep(one, reversed(runs), tmp_path)
    assert papers.kept(one, tmp_path) == runs
    assert papers.kept(replace(one, note="Notes otherwise."), tmp_path) == runs
    assert papers.kept(replace(one, solved="at last"), tmp_path) == []
    assert papers.kept(claim(replace(GOOD, budget=11), BAD), tmp_path) == runs[2:]
    assert papers.kept(claim(GOOD, replace(BAD, config=replace(TINY, cell="gru"))), tmp_path) == runs[:2]
    assert papers.kept(claim(GOOD), tmp_path) == runs[:2]
    assert papers.kept(claim(GOOD, replace(BAD, name="new")), tmp_path) == runs[:2]
    assert papers.kept(one, tmp_path / "nothing") == []


def test_kept_runs_outlive_a_new_field_but_not_a_new_default(tmp_path, monkeypatch):
    papers.keep(claim(GOOD, BAD), [ran("good", True), ran("bad", False)], tmp_path)
    without = papers.file_of(claim(), tmp_path).read_text("utf-8").replace('"layers": 1, ', "", 1)
    papers.file_of(claim(), tmp_path).write_text(without, "utf-8")
    assert len(papers.kept(claim(GOOD, BAD), tmp_path)) == 2
    changed = replace(GOOD, config=replace(TINY, learning_rate=TINY.learning_rate / 2))
    assert papers.kept(claim(changed, BAD), tmp_path) == [ran("bad", False)]


def test_the_table_says_plainly_what_did_not_come_out(tmp_path):
    failed = [ran("good", False, seed, measured={"loss": loss}) for seed, loss in enumerate((0.5, 0.125, 0.75))]
    papers.keep(claim(GOOD, BAD), [*failed, ran("good", True, 3), ran("bad", False, diverged=True)], tmp_path)
    lines = papers.table([claim(GOOD, BAD)], tmp_path).splitlines()
    assert lines[0] == "made-up: NOT REPRODUCED"
    assert lines[-1] == "1 claims: 1 not reproduced. 5 runs, 0 minutes of CPU time, engine abc."
    good, bad = (" ".join(line.split()) for line in lines if line.startswith(("  good", "  bad")))
    assert good == "good solved 1 of 4 7 10 loss 0.125 / 0.375 / 0.75"
    assert bad == "bad not solved 1 of 1 - 10 loss 0.25; 1 diverged"


def test_a_run_ends_when_new_sequences_say_that_it_is_solved_or_the_budget_is_used_up():
    heard: list[int] = []
    solved = papers.run(claim(passes=lambda found: True, every=4, fresh=9), GOOD, 3, "abc", heard.append)
    assert (solved.solved, solved.steps, solved.measured, heard) == (True, 4, {"sequences": 9.0}, [4])
    assert papers.run(claim(every=4, fresh=9), GOOD, 3).steps == GOOD.budget
    held_out_only = papers.run(claim(passes=lambda found: found["sequences"] > 9, every=4, fresh=9), GOOD, 3)
    assert (held_out_only.solved, held_out_only.steps) == (False, GOOD.budget)


def test_a_sequence_is_wrong_where_an_asked_answer_is(monkeypatch):
    y = np.zeros((2, 3, 4))
    y[:, 0] = 1
    y_hat = np.full((2, 3, 4), 0.2)
    y_hat[:, 0] = 0.8
    y_hat[1, 1, 0] = 0.9  # sequence 0: a miss at a step that is asked; as a set, both are named
    y_hat[0, 1, 1] = 0.9  # sequence 1: at one that is not
    mask = np.ones((2, 4))
    mask[0, 1] = 0
    made = [(SimpleNamespace(y=y, mask=mask), SimpleNamespace(y_hat=y_hat))]
    monkeypatch.setattr(claims, "outcomes", lambda trainer, batches: made)
    nothing: Any = None
    assert claims.wrong(nothing, []) == claims.wrong_sets(nothing, []) == {"wrong": 0.25}


def test_each_third_bit_is_the_one_that_follows(monkeypatch):
    one = CLAIMS["xor-stream"]
    batch = next(papers.fresh(Trainer(one.settings[0].config), 50))
    bits, answers = batch.x[:, 0], batch.y.argmax(axis=1)
    assert (answers[1::3] == np.logical_xor(bits[0::3], bits[1::3])).all()
    loss_t = np.where(np.arange(30) % 3 == 1, 0.002, 0.5) / 30
    monkeypatch.setattr(claims, "outcomes", lambda trainer, batches: [(batch, SimpleNamespace(loss_t=loss_t))])
    nothing: Any = None
    assert claims.by_bit(nothing, []) == pytest.approx({"third bit": 0.002, "other bits": 0.5})
    assert one.passes({"third bit": 0.002, "other bits": 0.69})
    assert not one.passes({"third bit": 0.002, "other bits": 0.5})
    assert not one.passes({"third bit": 0.02, "other bits": 0.69})


def test_sunspots_baselines_are_those_of_an_independent_calculation():
    assert list(claims.PERSISTENCE.values()) == pytest.approx([0.427, 0.965], abs=5e-4)
    assert list(claims.AR9.values()) == pytest.approx([0.127, 0.353], abs=3e-3)
    assert claims.period_errors(sunspots()[1][1:]) == {"1921-55": 0, "1956-79": 0}


def test_autoregression_finds_the_weights_that_made_a_series(monkeypatch):
    years, series = sunspots()[0], [3.0, 8.0]
    while len(series) < len(years):
        series.append(10 + 1.6 * series[-1] - 0.9 * series[-2])
    monkeypatch.setattr(claims, "sunspots", lambda: (years, np.array(series)))
    assert claims.autoregression(2)[1:] == pytest.approx(series[2:])
    assert len(claims.autoregression(9)) == len(years) - 1
