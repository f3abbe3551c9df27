"""Sequences that somebody types: what a task describes reads back to what it drew, and bad text gets one sentence."""

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.tasks.grammar import may_follow

TYPED = [name for name, task in TASKS.items() if task.encode]


def as_typed(name: str, inputs: tuple[str, ...]) -> str:
    """What a person types who sees these inputs."""
    if name in ("copy", "reverse"):
        return "".join(inputs[: len(inputs) // 2])
    return (" " if name in ("adding", "latch", "sunspots") else "").join(inputs)


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("length", [12, 13])
def test_what_is_described_reads_back(name: str, length: int):
    """Inputs, and every target that follows from them; what they do not tell is not guessed."""
    config, task = Config(task=name, length=length), TASKS[name]
    batch = Trainer(config).held_out
    assert task.encode and task.typing(config)
    for i in range(20):
        inputs = task.describe(batch, i, symbols=task.symbols(config)).inputs
        got, one = task.encode(as_typed(name, inputs), config), batch.one(i)
        T = len(got.x)
        assert len(one.x) == T and got.x.dtype == one.x.dtype
        digits = {"adding": 0.006, "sunspots": 0.015, "latch": 0.06}.get(name, 0)  # as they are written
        np.testing.assert_allclose(got.x, one.x, atol=digits)
        assert (got.mask <= one.mask).all()
        if name not in ("latch",):
            np.testing.assert_allclose(got.y * got.mask[:, None], one.y * got.mask[:, None], atol=0.02)
        unknown = {"xor": int(T % 3 != 2), "sunspots": 1}.get(name, 0)
        assert (one.mask - got.mask).sum() == unknown
        if got.asked is not None:
            assert (got.asked[:, 0] >= got.mask[:, 0]).all() and (got.asked[:, 0] == (one.mask[:, 0] > 0)).all()


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_sequence_is_read_by_the_network_as_it_trains(name: str):
    """The same numbers as for a held-out sequence, the held-out loss untouched, and back again."""
    config = Config(task=name, length=12, hidden_size=5)
    trainer, twin = Trainer(config), Trainer(config)
    inputs = trainer.task.describe(trainer.held_out, 3, symbols=trainer.task.symbols(config)).inputs
    assert trainer.task.encode
    trainer.typed, twin.shown = trainer.task.encode(as_typed(name, inputs), config), 3
    for _ in range(2):
        mine, other = trainer.advance(3), twin.advance(3)
        assert (mine.loss, mine.held_out_loss) == (other.loss, other.held_out_loss)
        known = mine.shown.mask
        np.testing.assert_allclose(mine.shown.y_hat[known], other.shown.y_hat[known], atol=0.01)
        if known.sum() == other.shown.mask.sum():
            np.testing.assert_allclose(mine.shown.loss_t, other.shown.loss_t, atol=0.05)
    trainer.typed, trainer.shown = None, 3
    np.testing.assert_array_equal(trainer.snapshot().shown.h, twin.snapshot().shown.h)


@pytest.mark.parametrize("name", TYPED)
def test_bad_text_is_refused_in_one_sentence(name: str):
    config, task = Config(task=name, length=12), TASKS[name]
    assert task.encode
    for text in ("", "   ", "ß", "A%", "<b>", "1 2 x", "0" * 40 + " 1" * 40, "nan inf", "☃" * 3, "E" * 200):
        with pytest.raises(ValueError, match=r"the alphabet|no number|too many|nothing|too far|are there") as said:
            task.encode(text, config)
        assert "\n" not in str(said.value) and len(str(said.value)) < 160


def test_the_symbol_that_is_not_there_and_what_is():
    config = Config(task="echo")
    assert TASKS["echo"].encode
    with pytest.raises(ValueError, match="'X' at place 3 is not in the alphabet, which is A B C D E"):
        TASKS["echo"].encode("abXde", config)
    with pytest.raises(ValueError, match="21 symbols are too many; there is room for 20"):
        TASKS["echo"].encode("A" * 21, config)


def test_what_is_short_ends_in_padding():
    trainer = Trainer(Config(task="echo", length=10, k=2, hidden_size=4))
    assert trainer.task.encode
    trainer.typed = trainer.task.encode("abcd", trainer.config)
    view = trainer.snapshot().shown
    assert (view.ends, list(view.mask)) == (4, [t in (2, 3) for t in range(10)])
    assert view.x[:4].argmax(axis=1).tolist() == [0, 1, 2, 3] and not view.x[4:].any()
    trainer.typed = trainer.task.encode("a", trainer.config)  # no answer is known at all
    view = trainer.snapshot().shown
    assert not view.mask.any() and not view.loss_t.any() and np.isfinite(view.y_hat).all()


def test_what_the_grammar_allows():
    assert may_follow("BTBTXSETE") == ["TP", "B", "TP", "SX", "XS", "E", "T", "E"]
    assert may_follow("BPBPVVEPE")[-3:] == ["E", "P", "E"]
    assert may_follow("BTBTXSEPE") == may_follow("BTBTXSE")  # the wrong end: nobody knows what follows
    assert may_follow("BTBTXSETEE") == may_follow("BTBTXSETE")
    assert may_follow("TB") == []
