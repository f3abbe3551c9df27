"""When a run has nothing more to show: true of real runs, and of none before its time."""

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.analysis.commentary import Run
from rnn_core.analysis.ending import LONG, SMALL, STEADY, Ending, ending
from rnn_core.tasks import Baseline
from rnn_core.tasks.guides import GUIDES
from tests.every import every


def looked_at(trainer: Trainer, until: int) -> tuple[Ending | None, Run, int | None]:
    """A run that is looked at after every step, until it ends or has taken so many."""
    right_since, run = None, None
    while run is None or trainer.step < until:
        shown = trainer.advance()
        right = trainer.task.metric != "rmse" and shown.held_out_metric >= 1
        right_since = (right_since or shown.step) if right else None
        run = Run.of(trainer, shown)
        if found := ending(run, right_since):
            return found, run, right_since
    return None, run, right_since


@pytest.mark.parametrize("seed", [1, 2])
def test_a_small_echo_is_learned_once_all_is_right_and_the_loss_has_been_a_hundredth_for_fifty_steps(seed: int):
    config = Config(k=1, length=6, hidden_size=6, learning_rate=0.02, seed=seed)
    found, run, since = looked_at(Trainer(config), 600)
    assert found == ("learned", since) and since is not None
    held_out = run.history["held_out_loss"]
    assert (held_out[-STEADY - 1 :] <= SMALL * run.baseline.loss).all()
    assert (held_out[: -STEADY - 1] > SMALL * run.baseline.loss).any()
    assert run.now.held_out_metric == 1


def test_a_number_is_learned_by_its_loss_alone():
    found, run, _ = looked_at(Trainer(Config.of_task("latch", learning_rate=0.02)), 200)
    steps, held_out = run.history["step"], run.history["held_out_loss"]
    since = int(steps[np.flatnonzero(held_out > SMALL * run.baseline.loss)[-1] + 1])
    assert found and found.step < since  # a class is right before its loss is small
    assert ending(run._replace(metric="rmse")) == ("learned", since)
    assert ending(run, None) is None  # a prediction that is wrong


def test_overfitting_ends_a_run_long_after_the_best_step_and_not_before():
    digits = Trainer(Config.of_task("digit-rows", optimizer="adam", learning_rate=0.005))
    found, run = None, None
    while not found and digits.step < 4000:
        run = Run.of(digits, digits.advance(20))
        found = ending(run)
    assert found and run and found.kind == "overfitting"
    held_out = run.history["held_out_loss"]
    assert run.history["step"][np.nanargmin(held_out)] == found.step
    assert run.now.step >= max(2 * found.step, found.step + LONG)
    assert ending(run._replace(baseline=Baseline("", 10.0, ""))) is None  # no rise that counts
    assert ending(run._replace(finite=False)) is None  # where every batch is new


@every(task=TASKS)
def test_every_task_has_a_guide_whose_next_steps_are_settings_that_can_be(task: str):
    guide = GUIDES[task]
    assert guide.budget >= 1000 and guide.breaks.endswith(".") and guide.keywords
    config = Config.of_task(task, hidden_size=5)
    for step in guide.nexts:
        after = str(step.changes.get("task", task))
        changed = Config.of_task(after, **{k: v for k, v in step.changes.items() if k != "task"})
        assert step.label and changed != config
