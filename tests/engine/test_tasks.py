"""Tasks: what a draw must be, for every task that there is, and that no baseline flatters itself."""

from itertools import pairwise, product
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import SHAPES, TASKS, Config
from rnn_core.losses import METRICS
from rnn_core.step import LOSSES
from rnn_core.tasks import Batch
from rnn_core.tasks.task import one_hot
from tests.engine.small import ALL_CELLS, ALL_TASKS, PAIRS, draw, loss_of, small, wide
from tests.every import every

SPLITS = ("train", "held-out")


def test_pairs_hold_every_task_and_every_cell_with_each_shape_of_task():
    assert {task for task, _ in PAIRS} == set(ALL_TASKS)
    assert {(TASKS[task].shape, cell) for task, cell in PAIRS} == set(product(SHAPES, ALL_CELLS))
    assert len(PAIRS) == len(set(PAIRS))


@every(task=ALL_TASKS)
def test_a_task_names_a_known_shape_loss_and_metric(task: str):
    record = TASKS[task]
    assert record.name == task
    assert record.shape in SHAPES
    assert record.loss in LOSSES
    assert record.metric in METRICS
    assert record.title and "\n" not in record.title
    assert set(record.fields) <= set(Config.fields())
    wanted: dict[str, Any] = {"task": task, **record.defaults}
    assert Config(**wanted).task == task


@every(task=ALL_TASKS)
def test_a_draw_has_the_declared_sizes_and_type(task: str):
    for dtype, split in product(("float32", "float64"), SPLITS):
        has_the_declared_sizes_and_type(small(task, dtype=dtype, batch_size=5), split)


def has_the_declared_sizes_and_type(config: Config, split: str) -> None:
    batch, (D, O) = draw(config, split=split), TASKS[config.task].sizes(config)
    T, _, B = batch.x.shape
    assert batch.x.shape == (T, D, B)
    assert batch.y.shape == (T, O, B)
    assert batch.mask.shape == (T, B)
    if split == "train":
        assert batch.x.shape[2] == config.batch_size
    assert len(batch.x) <= config.length
    for array in batch[:3]:
        assert array.dtype == config.dtype
        assert np.isfinite(array).all()
    assert np.isin(batch.mask, (0, 1)).all()
    assert batch.mask.any(axis=0).all()  # every sequence is asked something
    if batch.lengths is not None:
        assert batch.lengths.shape == (B,)
        assert 1 <= batch.lengths.min() <= batch.lengths.max() <= batch.encoder_steps < T
    if batch.free_running is not None:
        assert batch.free_running.shape == (T,)
        assert batch.free_running.dtype == bool
        assert not batch.free_running[0]


@every(task=ALL_TASKS)
def test_targets_are_what_the_loss_reads(task: str):
    config = wide(task)
    batch = draw(config)
    asked = batch.y.transpose(0, 2, 1)[batch.mask > 0]
    kind = TASKS[task].loss
    if kind == "cross-entropy":
        assert (asked.sum(axis=1) == 1).all()
    if kind != "squared-error":
        assert np.isin(asked, (0, 1)).all()
        symbols, O = TASKS[task].symbols(config), TASKS[task].sizes(config).O
        assert symbols is not None
        count = O if kind == "cross-entropy" else 2**O
        assert len(symbols) == count
        assert len(set(symbols)) == len(symbols)
    else:
        assert TASKS[task].symbols(config) is None


@every(task=ALL_TASKS)
def test_the_shape_says_who_reads_and_who_answers(task: str):
    config, shape = small(task), TASKS[task].shape
    batch = draw(config)
    T, answering = len(batch.x), np.asarray(batch.mask.any(axis=1))
    if shape == "one-to-one":
        assert T == 1
    if shape == "many-to-one":  # one answer for each sequence, at its last step; beyond it there is nothing
        assert T > 1
        assert batch.mask.sum(axis=0).tolist() == [1] * batch.mask.shape[1]
        for b, last in enumerate(batch.mask.argmax(axis=0)):
            assert not batch.x[last + 1 :, :, b].any()
    if shape == "many-to-many":
        assert T > 1 and batch.free_running is None and answering.sum() > 1
    assert SHAPES[shape].decoder == bool(batch.encoder_steps)
    assert SHAPES[shape].feeds_back == (batch.free_running is not None)
    if batch.encoder_steps:
        assert not answering[: batch.encoder_steps].any()
        assert answering[batch.encoder_steps]
    if batch.free_running is not None:  # what is fed is the answer before it, in the last rows of x
        O = batch.y.shape[1]
        for t in np.flatnonzero(batch.free_running):
            real = batch.mask[t] > 0
            assert (batch.x[t, -O:, real] == batch.y[t - 1, :, real]).all()


@every(task=ALL_TASKS)
def test_a_draw_is_decided_by_its_generator_alone(task: str):
    config = small(task, batch_size=6)
    for split in SPLITS:
        state = str(np.random.get_state())  # noqa: NPY002
        first, again = draw(config, 3, split), draw(config, 3, split)
        assert str(np.random.get_state()) == state  # noqa: NPY002
        assert all((a == b).all() for a, b in zip(first[:3], again[:3], strict=True)), split
        first.x[:] = 7  # a draw is its own: it must not reach into the data
        assert (draw(config, 3, split).x == again.x).all(), split
    assert any((draw(config, seed).x != draw(config, 3).x).any() for seed in (4, 5, 6))


@every(task=ALL_TASKS)
def test_one_rng_draws_one_batch_after_the_other(task: str):
    config, rng = small(task, batch_size=6), np.random.default_rng(1)
    drawn = [TASKS[task].draw(rng, config, "train") for _ in range(4)]
    assert any((a.x != b.x).any() for a, b in pairwise(drawn))


@every(task=ALL_TASKS)
def test_a_sequence_is_described_step_by_step(task: str):
    config = small(task)
    symbols = TASKS[task].symbols(config)
    for split in SPLITS:
        batch = draw(config, split=split)
        told = TASKS[task].describe(batch, 1, symbols=symbols)
        asked = batch.mask[:, 1] > 0
        assert len(told.inputs) == len(told.targets) == len(batch.x)
        assert all(isinstance(text, str) for text in (*told.inputs, *told.targets))
        assert [bool(text) for text in told.targets] == asked.tolist(), split
        assert told.predictions is None
        right = TASKS[task].describe(batch, 1, batch.y, symbols=symbols)
        assert right.predictions == right.targets == told.targets, split
        if symbols:
            assert set(told.targets) - {""} <= set(symbols), split


SAYS = 0.98  # of the held-out sequences that differ, so many read differently; the rest differ by a hair


@every(task=ALL_TASKS)
def test_no_two_clearly_different_inputs_read_all_the_same(task: str):
    """Over the steps of a sequence, and over the held-out sequences: what differs for the network does for a person."""
    config = small(task, 12, batch_size=100)
    batch, record = draw(config, split="held-out"), TASKS[task]
    told = [record.describe(batch, i).inputs for i in range(batch.x.shape[2])]
    for i, words in enumerate(told[:20]):
        x = batch.x[:, :, i]
        for (a, one), (b, other) in pairwise(zip(x, words, strict=True)):
            assert one != other or np.abs(a - b).max() <= 0.5, words
    sequences = {batch.x[:, :, i].round(1).tobytes() for i in range(len(told))}
    assert len(set(told)) >= SAYS * len(sequences)
    assert all(len(word) <= 48 and word != "image" for words in told for word in words)


@every(task=ALL_TASKS)
def test_the_right_answer_scores_best(task: str):
    config = wide(task, batch_size=50)
    batch = draw(config)
    score = TASKS[task].score(batch.y, batch.y, batch.mask)
    assert score == pytest.approx(0 if TASKS[task].metric == "rmse" else 1)


def test_a_number_has_the_unit_of_what_is_counted():
    """The others are numbers without one: a sum, a wave, a chaotic series; or classes."""
    units = {name: task.unit for name, task in TASKS.items() if task.unit}
    assert units == {"sunspots": "spots", "airline": "% points"}
    values = {name for name, task in TASKS.items() if task.loss == "squared-error"}
    assert values == {"sunspots", "airline", "adding", "mackey-glass", "sine"}


@every(task=ALL_TASKS)
def test_the_question_is_one_sentence_and_the_baseline_says_why(task: str):
    config = small(task)
    question, baseline = TASKS[task].question(config), TASKS[task].baseline(config)
    assert question.endswith(".") and "\n" not in question and "{" not in question
    assert baseline.loss > 0
    assert baseline.name and baseline.why and "\n" not in baseline.name + baseline.why


# What the model of each baseline says at every step, (T,O,B) raw outputs, from a batch of its task.
def even(batch: Batch) -> np.ndarray:
    return np.zeros_like(batch.y)


def always_one(batch: Batch) -> np.ndarray:
    return np.ones_like(batch.y)


def same_again(batch: Batch) -> np.ndarray:
    return batch.x


def dots_then_even(batch: Batch) -> np.ndarray:
    y = np.zeros_like(batch.y)
    y[:-5, 8] = 1000
    y[-5:, 8] = -1000
    return y


def by_context(batch: Batch, rows: slice) -> np.ndarray:
    """The logits of how often each output is asked after each present symbol alone, counted on this very batch."""
    context = batch.x[:, rows].argmax(axis=1)
    y = np.zeros_like(batch.y)
    for symbol in np.unique(context):
        here = context == symbol
        asked = here & (batch.mask > 0)
        if asked.any():
            p = batch.y.transpose(0, 2, 1)[asked].mean(axis=0).clip(1e-12, 1 - 1e-12)
            y.transpose(0, 2, 1)[here] = np.log(p) - np.log1p(-p)
    return y


MODELS = {
    "echo": (even, 0), "xor": (even, 0), "temporal-order": (even, 0), "latch": (even, 0), "digits": (even, 0),
    "copy": (even, 0), "reverse": (even, 0), "delayed-copy": (dots_then_even, 0), "adding": (always_one, 0.05),
    "parity": (even, 0), "frames": (even, 0), "airline": (even, 0),
    "mackey-glass": (same_again, 0.03), "sine": (same_again, 0.1),
    "sunspots": (same_again, 0), "reber": (lambda batch: by_context(batch, slice(0, 7)), 0.03),
}


@every(task=sorted(MODELS))
def test_a_baselines_loss_is_what_its_model_scores(task: str):
    """The number on the screen against the named model's real score: exact, but where the draw itself decides."""
    model, slack = MODELS[task]
    config = wide(task)
    batch = draw(config, 11, "held-out" if task in ("sunspots", "airline", "mackey-glass") else "train")
    assert loss_of(config, model(batch), batch) == pytest.approx(TASKS[task].baseline(config).loss, rel=slack or 1e-9)


def test_digit_words_baseline_is_the_best_that_the_last_letter_allows():
    config = wide("digit-words")
    batch = draw(config)
    before, after = batch.x[1:, 64:].argmax(axis=1), batch.y[1:].argmax(axis=1)
    asked, total = batch.mask[1:] > 0, 0.0
    for letter in np.unique(before[asked]):
        following = np.bincount(after[asked & (before == letter)])
        total -= sum(n * log(n / following.sum()) for n in following if n)
    assert total / batch.mask.sum() == pytest.approx(TASKS["digit-words"].baseline(config).loss, rel=0.03)


ELSEWHERE = {  # in which file beside this one
    "test_tasks_text.py": ("surnames", "surname-letters", "mood", "sonnets"),
    "test_tasks_senses.py": ("digit-rows", "vowels"),
    "test_tasks_writing.py": ("dates", "addition"),
}


def test_every_tasks_baseline_is_held():
    assert {*MODELS, "digit-words", *(name for names in ELSEWHERE.values() for name in names)} == set(TASKS)
    for file, names in ELSEWHERE.items():
        text = (Path(__file__).parent / file).read_text("utf-8")
        assert all(f'baseline("{name}")' in text for name in names), file


@every(task=ALL_TASKS)
def test_a_sequence_by_itself_is_the_same_sequence(task: str):
    batch = draw(small(task, batch_size=4))
    one = batch.one(2)
    assert all((a[..., 0] == b[..., 2]).all() for a, b in zip(one[:3], batch[:3], strict=True))
    assert one.encoder_steps == batch.encoder_steps
    if batch.lengths is not None:
        assert one.lengths is not None
        assert one.lengths.tolist() == [batch.lengths[2]]


@every(task=ALL_TASKS)
def test_a_length_too_short_for_the_task_is_refused_in_one_sentence(task: str):
    for length in range(1, 30):
        try:
            config = small(task, length=length, k=1)
        except ValueError as error:
            text = str(error).replace("length is", "length")
            assert "\n" not in text and f"length {length}" in text
        else:
            batch = draw(config)
            assert batch.mask.any()


def test_a_class_out_of_range_is_refused():
    for bad in (-1, 5):
        with pytest.raises(ValueError, match=rf"^a class is {bad}; it must be one of 0 to 4$"):
            one_hot(np.array([[0, bad]]), 5, "float32")
