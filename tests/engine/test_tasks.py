"""Tasks: what a draw must be, for every task that there is; each one's rule; and that no baseline flatters itself."""

from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import SHAPES, TASKS, Config
from rnn_core.losses import LOSSES, METRICS
from rnn_core.tasks import Batch
from rnn_core.tasks.task import one_hot
from tests.engine.small import ALL_TASKS, draw, letters, loss_of, small, wide

SPLITS = ("train", "held-out")


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("task", ALL_TASKS)
def test_a_draw_has_the_declared_sizes_and_type(task: str, dtype: str, split: str):
    config = small(task, dtype=dtype, batch_size=5)
    batch, (D, O) = draw(config, split=split), TASKS[task].sizes(config)
    T, _, B = batch.x.shape
    assert batch.x.shape == (T, D, B)
    assert batch.y.shape == (T, O, B)
    assert batch.mask.shape == (T, B)
    if split == "train":
        assert batch.x.shape[2] == config.batch_size
    assert len(batch.x) <= config.length
    for array in batch[:3]:
        assert array.dtype == dtype
        assert np.isfinite(array).all()
    assert np.isin(batch.mask, (0, 1)).all()
    assert batch.mask.any(axis=0).all()  # every sequence is asked something
    if batch.lengths is not None:
        assert batch.lengths.shape == (B,)
        assert 1 <= batch.lengths.min() <= batch.lengths.max() <= batch.read < T
    if batch.feed is not None:
        assert batch.feed.shape == (T,)
        assert batch.feed.dtype == bool
        assert not batch.feed[0]


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
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
        assert T > 1 and batch.feed is None and answering.sum() > 1
    assert SHAPES[shape].decoder == bool(batch.read)
    assert SHAPES[shape].feeds_back == (batch.feed is not None)
    if batch.read:
        assert not answering[: batch.read].any()
        assert answering[batch.read]
    if batch.feed is not None:  # what is fed is the answer before it, in the last rows of x
        O = batch.y.shape[1]
        for t in np.flatnonzero(batch.feed):
            real = batch.mask[t] > 0
            assert (batch.x[t, -O:, real] == batch.y[t - 1, :, real]).all()


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("task", ALL_TASKS)
def test_a_draw_is_decided_by_its_generator_alone(task: str, split: str):
    config = small(task, batch_size=6)
    state = str(np.random.get_state())  # noqa: NPY002
    first, again = draw(config, 3, split), draw(config, 3, split)
    assert str(np.random.get_state()) == state  # noqa: NPY002
    assert all((a == b).all() for a, b in zip(first[:3], again[:3], strict=True))
    first.x[:] = 7  # a draw is its own: it must not reach into the data
    assert (draw(config, 3, split).x == again.x).all()
    if split == "train":
        assert any((draw(config, seed).x != again.x).any() for seed in (4, 5, 6))


@pytest.mark.parametrize("task", ALL_TASKS)
def test_one_rng_draws_one_batch_after_the_other(task: str):
    config, rng = small(task, batch_size=6), np.random.default_rng(1)
    drawn = [TASKS[task].draw(rng, config, "train") for _ in range(4)]
    assert any((a.x != b.x).any() for a, b in pairwise(drawn))


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("task", ALL_TASKS)
def test_a_sequence_is_described_step_by_step(task: str, split: str):
    config = small(task)
    batch, symbols = draw(config, split=split), TASKS[task].symbols(config)
    told = TASKS[task].describe(batch, 1, symbols=symbols)
    asked = batch.mask[:, 1] > 0
    assert len(told.inputs) == len(told.targets) == len(batch.x)
    assert all(isinstance(text, str) for text in (*told.inputs, *told.targets))
    assert [bool(text) for text in told.targets] == asked.tolist()
    assert told.predictions is None
    right = TASKS[task].describe(batch, 1, batch.y, symbols=symbols)
    assert right.predictions == right.targets == told.targets
    if symbols:
        assert set(told.targets) - {""} <= set(symbols)


SAYS = 0.98  # of the held-out sequences that differ, so many read differently; the rest differ by a hair


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
def test_the_question_is_one_sentence_and_the_baseline_says_why(task: str):
    config = small(task)
    question, baseline = TASKS[task].question(config), TASKS[task].baseline(config)
    assert question.endswith(".") and "\n" not in question and "{" not in question
    assert baseline.loss > 0
    assert baseline.name and baseline.why and "\n" not in baseline.name + baseline.why


@pytest.mark.parametrize(("k", "words"), [(1, "1 step before"), (4, "4 steps before")])
def test_echos_question_names_k(k: int, words: str):
    assert words in TASKS["echo"].question(small(k=k))


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


@pytest.mark.parametrize("task", sorted(MODELS))
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


@pytest.mark.parametrize("k", [1, 2, 5])
def test_echo_answers_with_the_letter_of_k_steps_before(k: int):
    batch = draw(wide("echo", length=6, k=k))
    assert (letters(batch.y)[k:] == letters(batch.x)[:-k]).all()
    assert not batch.mask[:k].any()
    assert batch.mask[k:].all()
    assert np.bincount(letters(batch.x).ravel()) / batch.mask.size == pytest.approx([0.2] * 5, abs=0.03)


@pytest.mark.parametrize("length", [2, 3, 10, 11])
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(length: int):
    batch = draw(wide("adding", length=length))
    number, mark = batch.x[:, 0], batch.x[:, 1]
    assert (mark[: length // 2].sum(axis=0) == 1).all()
    assert (mark[length // 2 :].sum(axis=0) == 1).all()
    assert batch.y[-1, 0] == pytest.approx((number * mark).sum(axis=0))
    assert ((number >= 0) & (number <= 1)).all()
    assert number.mean() == pytest.approx(0.5, abs=0.03)


def test_sunspots_asks_for_next_year_and_keeps_the_years_apart():
    config = small("sunspots", length=10)
    train, held_out = draw(wide("sunspots", length=10)), draw(config, split="held-out")
    for batch in (train, held_out):
        assert (batch.x[1:] == batch.y[:-1]).all()
    mean, deviation = TASKS["sunspots"].scale
    known = {round(float(x) * deviation + mean, 1) for x in train.x.ravel()}
    assert {5.0, 11.0, 16.0} <= known  # 1700 to 1702
    later = held_out.x[:, 0, 0] * deviation + mean
    assert later[:3] == pytest.approx([26.1, 14.2, 5.8], abs=0.01)  # 1921 to 1923
    assert held_out.x.shape[2] == 88 - 10


def test_xor_is_the_rule():
    bits = draw(wide("xor", length=12)).x[:, 0].astype(int)
    assert (bits[2::3] == bits[0::3] ^ bits[1::3]).all()
    batch = draw(wide("xor", length=12))
    assert (letters(batch.y)[:-1] == batch.x[1:, 0]).all()
    assert np.unique(batch.x).tolist() == [0, 1]


def test_reber_asks_for_every_symbol_that_may_come_and_remembers_the_second():
    """The automaton of facts: B→{T:1,P:2} 1:{S:1,X:3} 2:{T:2,V:4} 3:{X:2,S:E} 4:{P:3,V:E}, once more around it."""
    edges = {0: {"T": 1, "P": 2}, 1: {"S": 1, "X": 3}, 2: {"T": 2, "V": 4}, 3: {"X": 2, "S": 5}, 4: {"P": 3, "V": 5}}
    batch = draw(wide("reber", length=20, batch_size=200))
    for b in range(200):
        steps = int(batch.mask[:, b].sum())
        assert batch.mask[:steps, b].all()
        read = ["BTSXPVE"[k] for k in letters(batch.x)[:steps, b]]
        asked = [{"BTSXPVE"[k] for k in np.flatnonzero(batch.y[t, :, b])} for t in range(steps)]
        assert read[0] == "B" and read[2] == "B" and read[1] in "TP"
        assert asked[:3] == [{"T", "P"}, {"B"}, {"T", "P"}]
        node = 0
        for t in range(3, steps - 2):
            node = edges[node][read[t]]
            assert asked[t] == (set(edges[node]) if node < 5 else {"E"})
        assert node == 5
        assert read[-2:] == ["E", read[1]]
        assert asked[-2:] == [{read[1]}, {"E"}]


@pytest.mark.parametrize("length", [10, 15, 37, 100])
def test_temporal_order_puts_one_letter_in_each_place_and_asks_for_both(length: int):
    batch = draw(wide("temporal-order", length=length))
    symbols = letters(batch.x)
    relevant = symbols < 2
    assert (relevant.sum(axis=0) == 2).all()
    first, second = np.argsort(~relevant, axis=0, kind="stable")[:2]
    assert (length // 10 <= first).all() and (first < max(2 * length // 10, length // 10 + 1)).all()
    assert (5 * length // 10 <= second).all() and (second < max(6 * length // 10, 5 * length // 10 + 1)).all()
    columns = np.arange(1000)
    assert (letters(batch.y)[-1] == 2 * symbols[first, columns] + symbols[second, columns]).all()
    assert TASKS["temporal-order"].symbols(small("temporal-order")) == ("AA", "AB", "BA", "BB")


def test_latch_is_three_signs_then_noise_of_variance_a_fifth():
    batch = draw(wide("latch", length=20))
    assert (np.abs(batch.x[:3]) == 1).all()
    assert (letters(batch.y)[-1] == (batch.x[0, 0] > 0)).all()
    assert (batch.x[0] == batch.x[2]).all()
    assert batch.x[3:].var() == pytest.approx(0.2, rel=0.05)


def test_delayed_copy_says_the_first_five_at_the_end():
    batch = draw(wide("delayed-copy", length=17))
    read, said = letters(batch.x), letters(batch.y)
    assert (said[-5:] == read[:5]).all() and (read[:5] < 8).all()
    assert (said[:-5] == 8).all()
    assert (read[-6] == 9).all() and (np.delete(read, 11, axis=0)[5:] == 8).all()
    assert batch.mask.all()


@pytest.mark.parametrize("length", [2, 3, 8, 13])
@pytest.mark.parametrize("task", ["copy", "reverse"])
def test_copy_and_reverse_write_the_word_that_was_read(task: str, length: int):
    batch = draw(wide(task, length=length))
    assert batch.lengths is not None
    assert batch.read == length // 2
    for b in range(100):
        n = int(batch.lengths[b])
        word = letters(batch.x[: batch.read, 1:])[:n, b]
        assert not batch.x[n : batch.read, :, b].any()
        said = letters(batch.y)[batch.read : batch.read + n, b]
        assert said.tolist() == (word[::-1] if task == "reverse" else word).tolist()
        assert batch.mask[:, b].tolist() == [0] * batch.read + [1] * n + [0] * (length - batch.read - n)
    assert len(set(batch.lengths.tolist())) > 1 or length < 4


def test_digits_are_the_images_with_their_classes_and_the_halves_are_apart():
    train, held_out = draw(wide("digits")), draw(small("digits"), split="held-out")
    assert train.x.shape == (1, 64, 1000)
    assert (train.x >= 0).all() and train.x.max() == 1
    seen = {column.tobytes() for column in train.x[0].T.astype("float32")}
    assert not seen & {column.tobytes() for column in held_out.x[0].T.astype("float32")}
    assert (np.bincount(letters(train.y)[0]) > 60).all()
    means = np.array([train.x[0][:, letters(train.y)[0] == k].mean(axis=1) for k in range(10)])
    nearest = ((means[:, :, None] - held_out.x[0][None]) ** 2).sum(axis=1).argmin(axis=0)
    assert (nearest == letters(held_out.y)[0]).mean() > 0.8  # the labels belong to the images


def test_a_picture_and_a_sound_are_read_in_words():
    assert TASKS["digit-rows"].read(np.array([0, 0, 0.01, 1, 0.5, 0, 0, 0.99])) == "··▁█▄··█"
    assert TASKS["digit-rows"].read(np.zeros(8)) == "blank"
    frame = np.full(64, 0.1)
    frame[8 * 1 + 4] = 0.9
    assert TASKS["frames"].read(frame) == "dot in row 2, column 5"
    seven = np.zeros((8, 8))
    seven[1], seven[2:6, 5] = 1, 1
    for task in ("digits", "digit-words"):
        more = np.zeros(TASKS[task].sizes(small(task)).D - 64)
        assert TASKS[task].read(np.concatenate([seven.ravel(), more])) == "image, rows ·█▁▁▁▁··"
    sound = np.full(12, 0.5)
    sound[6], sound[1] = 0.93, 0.051
    assert TASKS["vowels"].read(sound) == "sound, most in 7 (0.93), least in 2 (0.05)"


def test_digit_words_are_spelled():
    config = wide("digit-words")
    batch, digits = draw(config), draw(wide("digits"))
    assert (batch.x[0, :64] == digits.x[0]).all()  # the same draw of images
    symbols = TASKS["digit-words"].symbols(config)
    assert symbols is not None
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    for b in range(100):
        word = "".join(symbols[letters(batch.y)[t, b]] for t in range(6) if batch.mask[t, b])
        assert word == names[letters(digits.y)[0, b]] + "."


@pytest.mark.parametrize("task", ALL_TASKS)
def test_a_sequence_by_itself_is_the_same_sequence(task: str):
    batch = draw(small(task, batch_size=4))
    one = batch.one(2)
    assert all((a[..., 0] == b[..., 2]).all() for a, b in zip(one[:3], batch[:3], strict=True))
    assert one.read == batch.read
    if batch.lengths is not None:
        assert one.lengths is not None
        assert one.lengths.tolist() == [batch.lengths[2]]


@pytest.mark.parametrize("task", ALL_TASKS)
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
