"""The sentence under the board: every rule on a run that it speaks of, and true of that run's numbers."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.analysis.commentary import RULES, Run, comment
from rnn_core.history import History


def run_of(trainer: Trainer) -> Run:
    return Run.of(trainer, trainer.snapshot())


def trained(steps: int, **fields: object) -> Run:
    trainer = Trainer(Config(**fields))  # type: ignore[arg-type]
    for _ in range(steps // 10):
        trainer.advance(10)
    return run_of(trainer)


def history(held_out: list[float], loss: list[float] | None = None, clip_ratio: float = 1.0) -> History:
    made = History()
    for step, value in enumerate(held_out, 1):
        made.add(step, loss[step - 1] if loss else value, value, 1.0, clip_ratio, 0.01)
    return made


def test_an_untrained_network_has_its_own_loss_beside_the_baseline():
    run = trained(0)
    assert comment(run) == f"Untrained: the held-out loss is {run.now.held_out_loss:.3g}, the baseline 1.61."


def test_what_has_vanished_is_counted_from_the_first_step():
    run = trained(10, task="latch", cell="rnn", length=40)
    said = r"The gradient at steps 1 to (\d+) is less than a millionth of that at step 40\."
    found = re.fullmatch(said, comment(run))
    assert found
    norms, far = run.now.dh_norm, int(found[1])
    assert norms[:far].max() < 1e-6 * norms.max() <= norms[far]


def test_a_task_that_is_learned_is_right():
    run = trained(400, k=1, length=6, learning_rate=0.02)
    assert run.now.held_out_metric == 1 and comment(run) == "Every held-out prediction is right."


def test_clipping_is_told_where_it_cuts_most_steps():
    run = trained(20, clip_threshold=0.01)
    kept = run.history["clip_ratio"][-10:]
    assert comment(run) == f"Clipping cut 10 of the last 10 steps, to {100 * kept.mean():.0f} % of the gradient's norm."


def test_the_baseline_is_passed_where_it_stays_behind():
    now = replace(trained(10).now, held_out_loss=1.0, dh_norm=np.ones(3))
    base = run_of(Trainer(Config())).baseline
    above, below = base.loss + 0.1, base.loss - 0.1
    said = comment(Run(now, history([above, below, above, np.nan, below, 1.0]), base, "accuracy"))
    assert said == "Below the baseline since step 5."
    near = replace(now, held_out_loss=0.99 * base.loss)
    assert comment(Run(near, history([above, 0.99 * base.loss]), base, "accuracy")) == ""
    behind = replace(now, held_out_loss=above)
    assert comment(Run(behind, history([above]), base, "accuracy")) == "No better than the baseline yet."


def test_overfitting_is_a_held_out_loss_that_rises_while_the_training_loss_falls():
    now, base = trained(10).now, run_of(Trainer(Config())).baseline
    turn = [2 - 0.01 * k for k in range(60)] + [1.4 + 0.01 * k for k in range(60)]
    falls = [2 - 0.01 * k for k in range(120)]
    run = Run(replace(now, held_out_loss=turn[-1]), history(turn, falls), base, "accuracy")
    assert comment(run).startswith("Overfitting: the held-out loss was least at step 61, 1.4.")
    assert "Overfitting" not in comment(run._replace(history=history(turn, turn)))  # neither falls
    assert "Overfitting" not in comment(run._replace(history=history(falls, falls)))
    tiny = Run(replace(now, held_out_loss=1e-3), history([1e-5] + [1e-3] * 99, falls[:100]), base, "accuracy")
    assert "Overfitting" not in comment(tiny)  # all of it is next to nothing


@pytest.mark.parametrize("task", ["sunspots", "reverse", "digits"])
def test_every_kind_of_task_is_spoken_of(task: str):
    for steps in (0, 10, 60):
        assert "\n" not in comment(trained(steps, task=task))


def test_numbers_that_are_not_finite_are_not_spoken_of():
    now = replace(trained(10).now, held_out_loss=np.nan, dh_norm=np.full(3, np.nan), held_out_metric=np.nan)
    run = Run(now, history([np.nan]), run_of(Trainer(Config())).baseline, "accuracy")
    assert all("nan" not in rule(run) for rule in RULES)


def test_of_a_decoder_it_says_how_many_answers_are_right_from_the_first():
    trainer = Trainer(Config(task="dates", **TASKS["dates"].defaults))  # type: ignore[arg-type]
    now = trainer.advance(600)
    run = Run.of(trainer, now)
    batch, _, loss = trainer.reader.read(trainer.held_out)
    wrong = (loss.y_hat.argmax(axis=1) != batch.y.argmax(axis=1)).any(axis=1)[batch.mask.all(axis=1)]
    first = int(wrong.argmax())
    assert first >= 1 and len(run.right) == len(wrong)
    assert comment(run).startswith("So far the first ") and f" right, of {len(wrong)}, in every" in comment(run)
    said = {(1.0, 0.9, 1.0): "the first answer is", (1.0, 1.0, 0.5): "the first 2 answers are"}
    for right, words in said.items():
        assert comment(run._replace(right=right)) == f"So far {words} right, of 3, in every held-out sequence."
    assert "So far" not in comment(run._replace(right=(0.9, 1.0, 1.0)))
