"""What is seen and heard: rows of a digit, frames of a film, a man's voice."""

from collections import Counter
from math import log

import numpy as np
import pytest

from rnn_core import TASKS
from rnn_core.tasks.images import digits, held_out_images
from rnn_core.tasks.speech import vowels
from rnn_core.tasks.task import DATA
from tests.engine.small import draw, letters, small, wide


def baseline(task: str) -> float:
    return TASKS[task].baseline(small(task, 12)).loss


def regression(X: np.ndarray, y: np.ndarray, asked: np.ndarray, answers: np.ndarray, classes: int) -> float:
    """The mean loss held out of a logistic regression that minimizes loss + 0.0005 ‖W‖², by plain gradient descent."""
    X, asked = (np.column_stack([a.astype(float), np.ones(len(a))]) for a in (X, asked))
    W, L = np.zeros((X.shape[1], classes)), np.linalg.norm(X, 2) ** 2 / (2 * len(X)) + 0.001

    def p(rows: np.ndarray) -> np.ndarray:
        e = np.exp(rows @ W)
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    for _ in range(3000):
        W -= (X.T @ (p(X) - np.eye(classes)[y]) / len(X) + 0.001 * W) / L
    return float(-np.log(p(asked)[np.arange(len(asked)), answers]).mean())


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_digit_rows_are_the_images_of_digits_row_by_row(split: str):
    rows, whole = draw(wide("digit-rows"), 3, split), draw(wide("digits"), 3, split)
    assert (rows.x.transpose(2, 0, 1).reshape(-1, 64) == whole.x[0].T).all()
    assert (rows.y[7] == whole.y[0]).all()
    assert len(rows.x) == 8 and TASKS["digit-rows"].image == (1, 8)


def test_the_last_row_alone_says_as_much_as_the_baseline():
    images, classes = digits()
    held_out = held_out_images()
    loss = regression(images[:898, 56:], classes[:898], images[held_out, 56:], classes[held_out], 10)
    assert loss == pytest.approx(baseline("digit-rows"), rel=0.02)


ARROWS = {"→": (0, 1), "↓": (1, 0), "←": (0, -1), "↑": (-1, 0)}


def test_a_frames_answer_is_where_the_dot_went_from_the_frame_before():
    batch, symbols = draw(wide("frames", length=9)), TASKS["frames"].symbols(small("frames"))
    assert symbols is not None
    row, column = np.divmod(batch.x.argmax(axis=1), 8)
    for b in range(300):
        for t in range(1, 9):
            down, right = ARROWS[symbols[letters(batch.y)[t, b]]]
            assert (row[t, b] - row[t - 1, b] - down) % 8 == 0 == (column[t, b] - column[t - 1, b] - right) % 8
    turns = letters(batch.y)[2:] != letters(batch.y)[1:-1]
    assert turns.mean() == pytest.approx(0.25 * 0.75, abs=0.02)  # a new direction may be the old one
    assert not batch.mask[0].any() and batch.mask[1:].all()
    assert ((batch.x >= 0) & (batch.x <= 1)).all()
    assert (np.sort(batch.x, axis=1)[:, -2] <= 0.15).all()  # all but the dot is noise


def test_no_single_frame_shows_a_direction():
    """The mutual information of place and direction is that of independent draws, and so is that of the noise."""
    pairs: Counter[tuple[int, int]] = Counter()
    brightness: list[np.ndarray] = []
    for seed in range(8):
        batch = draw(wide("frames", length=12), seed)
        place, heading = batch.x.argmax(axis=1)[1:].ravel(), letters(batch.y)[1:].ravel()
        pairs.update(zip(place.tolist(), heading.tolist(), strict=True))
        brightness.append(np.array([batch.x.sum(axis=1)[1:].ravel()[heading == k].mean() for k in range(4)]))
    n = sum(pairs.values())
    places, headings = Counter[int](), Counter[int]()
    for (place, heading), count in pairs.items():
        places[place] += count
        headings[heading] += count
    bits = sum(c / n * log(c * n / (places[p] * headings[h])) for (p, h), c in pairs.items())
    assert bits < 3 * 63 * 3 / (2 * n)  # of independent draws it is (63 · 3) / 2n on average
    assert len(places) == 64 and len(headings) == 4
    assert np.ptp(np.mean(brightness, axis=0)) < 0.03


def test_vowels_are_the_utterances_with_their_speakers():
    frames, counts, speakers, training = vowels()
    assert (training, len(counts), counts.min(), counts.max()) == (270, 640, 7, 29)
    assert np.bincount(speakers[:training]).tolist() == [30] * 9
    assert np.bincount(speakers[training:]).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]  # the archive's own counts
    batch = draw(wide("vowels", length=29), split="held-out")
    ends = batch.mask.argmax(axis=0)
    assert (ends + 1 == counts[training:]).all()
    assert (letters(batch.y.max(axis=0)[None])[0] == speakers[training:]).all()
    assert np.allclose(batch.x, frames[:, :, training:])
    assert all(batch.x[end, :, b].any() and not batch.x[end + 1 :, :, b].any() for b, end in enumerate(ends))
    assert frames[:, :, :training].min() == 0 and frames.max() == 1
    with np.load(DATA / "vowels.npz") as file:
        raw, part = file["frames"].astype(float), int(file["counts"][:270].sum())
    first = (raw[:20] - raw[:part].min(axis=0)) / (raw[:part].max(axis=0) - raw[:part].min(axis=0))
    assert np.allclose(frames[:20, :, 0], first, atol=1e-5) and counts[0] == 20
    heard = {frames[:, :, i].tobytes() for i in range(training)}
    assert not heard & {frames[:, :, i].tobytes() for i in range(training, 640)}


def test_a_longer_voice_is_heard_from_its_beginning():
    short, whole = (draw(wide("vowels", length=T), 5) for T in (9, 29))
    assert (short.x == whole.x[:9]).all()
    assert (short.mask.argmax(axis=0) == np.minimum(whole.mask.argmax(axis=0), 8)).all()
    assert (short.y.max(axis=0) == whole.y.max(axis=0)).all()


def test_the_last_frame_alone_says_as_much_as_the_baseline():
    frames, counts, speakers, training = vowels()
    last = frames[np.minimum(counts, small("vowels", 12).length) - 1, :, np.arange(640)]
    loss = regression(last[:training], speakers[:training], last[training:], speakers[training:], 9)
    assert loss == pytest.approx(baseline("vowels"), rel=0.02)
