"""Tasks by their own rules: which answer each asks for, counted again from what is read."""


import numpy as np
import pytest

from rnn_core import TASKS
from tests.engine.small import draw, letters, small, wide


@pytest.mark.parametrize(("k", "words"), [(1, "1 step before"), (4, "4 steps before")])
def test_echos_question_names_k(k: int, words: str):
    assert words in TASKS["echo"].question(small(k=k))


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
    assert batch.encoder_steps == length // 2
    for b in range(100):
        n = int(batch.lengths[b])
        word = letters(batch.x[: batch.encoder_steps, 1:])[:n, b]
        assert not batch.x[n : batch.encoder_steps, :, b].any()
        said = letters(batch.y)[batch.encoder_steps : batch.encoder_steps + n, b]
        assert said.tolist() == (word[::-1] if task == "reverse" else word).tolist()
        before = batch.encoder_steps
        assert batch.mask[:, b].tolist() == [0] * before + [1] * n + [0] * (length - before - n)
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
