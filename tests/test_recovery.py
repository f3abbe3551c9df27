"""After a divergence: what is changed is calmer, allowed, and in fact lets the run go on."""

import dataclasses
import itertools

import pytest

from rnn_core import CELLS, OPTIMIZERS, Config, Trainer
from ui.frame.address import offered
from ui.run.recovery import calmer, what_continuing_does, what_happened

FIELDS = Config.fields()
WILD = [
    Config(cell=cell, optimizer=optimizer, learning_rate=rate, clip=clip, clip_threshold=threshold)
    for cell, optimizer, rate, clip, threshold in itertools.product(
        CELLS, OPTIMIZERS, (10.0, 0.0123, 1e-4), FIELDS["clip"].options, (10.0, 0.01)
    )
]


@pytest.mark.parametrize("cell", CELLS)
def test_calmer_changes_live_fields_only_within_their_range_and_never_upwards(cell: str):
    for config in WILD:
        if config.cell == cell:
            check_calmer(config)


def check_calmer(config: Config) -> None:
    changes = calmer(config)
    assert all(FIELDS[name].live for name in changes)
    after = dataclasses.replace(config, **changes)
    for name in ("learning_rate", "clip_threshold"):
        low, high = offered(FIELDS[name])
        assert low <= getattr(after, name) <= high
    assert after.learning_rate <= config.learning_rate
    assert after.clip != "none"
    if config.clip != "none":
        assert after.clip_threshold <= config.clip_threshold
    for name, value in changes.items():
        assert value != getattr(config, name)
        assert f"{value:g}" in what_continuing_does(config, 7) if isinstance(value, float) else True


def test_without_clipping_it_clips_by_norm_at_one_and_calms_a_rate_that_clipping_cannot_help():
    assert calmer(Config(clip="none", clip_threshold=5.0, learning_rate=10.0)) == {
        "clip": "norm",
        "clip_threshold": 1.0,
        "learning_rate": 0.01,
    }
    assert calmer(Config(clip="none", clip_threshold=1.0, learning_rate=0.003)) == {"clip": "norm"}


def test_with_clipping_it_halves_the_threshold_and_lowers_the_rate():
    assert calmer(Config(clip="norm", clip_threshold=1.0, learning_rate=0.01)) == {
        "clip_threshold": 0.5,
        "learning_rate": 0.003,
    }


@pytest.mark.parametrize("task", ["echo", "adding", "sunspots"])
@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_a_rate_of_ten_with_relu_and_no_clipping_diverges_and_then_goes_on_and_learns(optimizer: str, task: str):
    config = Config(task=task, cell="rnn-relu", learning_rate=10.0, clip="none", optimizer=optimizer)
    trainer = Trainer(config)
    trainer.advance(200)
    assert trainer.diverged
    trainer.set(**calmer(config))
    trainer.rewind()
    before = trainer.snapshot().held_out_loss
    after = trainer.advance(200)
    assert after.diverged is None
    assert after.held_out_loss < before


def test_the_words_name_step_array_cause_and_what_is_set():
    config = Config(cell="rnn-relu", learning_rate=10.0, clip="none")
    trainer = Trainer(config)
    trainer.advance(50)
    assert trainer.diverged
    said = what_happened(config, trainer.diverged)
    assert f"in step {trainer.diverged.step}, {trainer.diverged.array} became infinite or NaN" in said
    assert "learning rate 10 and no clipping" in said
    assert "nothing bounds h" in said
    assert what_continuing_does(config, 0) == (
        "Continuing goes back to step 0, clips by norm at 1 and sets the learning rate to 0.01."
    )
