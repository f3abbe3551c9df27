"""Tasks on the 8×8 images of handwritten digits: one image in, its class or its name out."""

from functools import lru_cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, one_hot

if TYPE_CHECKING:
    from rnn_core.config import Config

DATA = Path(__file__).parents[1] / "data"
TRAINING_IMAGES = 898  # the first half, other people's hands than the second
HELD_OUT_IMAGES = 256
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
END = "."
ALPHABET = END + "".join(sorted(set("".join(NAMES))))
LETTERS = 6  # of the longest name, with its end


@lru_cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 images (1797, 64), row by row, from 0 to 1, and their classes (1797,). Source and licence:
    data/SOURCES.md.
    """
    with np.load(DATA / "digits.npz") as file:
        return file["images"] / np.float32(16), file["classes"]


def some_digits(rng: np.random.Generator, config: "Config", split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (B, 64) and their classes (B,); held out: always the same 256 of the second half."""
    images, classes = digits()
    if split == "held-out":
        chosen = np.linspace(TRAINING_IMAGES, len(images) - 1, HELD_OUT_IMAGES).astype(int)
    else:
        chosen = rng.integers(0, TRAINING_IMAGES, config.batch_size)
    return images[chosen], classes[chosen]


def draw_digits(rng: np.random.Generator, config: "Config", split: str) -> Batch:
    """One step: 64 pixels in, the class out."""
    images, classes = some_digits(rng, config, split)
    ones = np.ones((1, len(classes)), config.dtype)
    return Batch(images.T[None].astype(config.dtype), one_hot(classes[None], 10, config.dtype), ones)


DIGITS = Task(
    name="digits",
    title="Digits: which digit is this?",
    shape="one-to-one",
    loss="cross-entropy",
    metric="right",
    question=lambda config: (
        "The network sees one image of 8 × 8 pixels and must say the digit: one step, nothing to remember."
    ),
    baseline=lambda config: Baseline("guessing: ln 10", log(10), "without looking all ten digits are equally likely"),
    sizes=lambda config: Sizes(64, 10),
    draw=draw_digits,
    read=lambda x: "image",
    image=(8, 8),
    symbols=lambda config: tuple("0123456789"),
    defaults={"hidden_size": 24, "length": 1},
)


@lru_cache
def spelled() -> np.ndarray:
    """The letters of each digit's name and its end as numbers, (6, 10); −1 beyond the end."""
    words = [[ALPHABET.index(letter) for letter in name + END] for name in NAMES]
    return np.array([word + [-1] * (LETTERS - len(word)) for word in words]).T


def draw_digit_words(rng: np.random.Generator, config: "Config", split: str) -> Batch:
    """The image at the first step, then the letter before; at each step the answer is the next letter of the name."""
    images, classes = some_digits(rng, config, split)
    letters = spelled()[:, classes]
    real = (letters >= 0).astype(config.dtype)
    y = one_hot(letters.clip(0), len(ALPHABET), config.dtype) * real[:, None]
    x = np.zeros((LETTERS, 64 + len(ALPHABET), len(classes)), config.dtype)
    x[0, :64], x[1:, 64:] = images.T, y[:-1]
    return Batch(x, y, real, feed=np.arange(LETTERS) > 0)


def without_state(config: "Config") -> Baseline:
    """The first letter from the image, each later one from the letter before it alone, the ten names equally likely."""
    words, loss = spelled(), 0.0
    before, after = words[:-1].ravel(), words[1:].ravel()
    pairs = [(b, a) for b, a in zip(before.tolist(), after.tolist(), strict=True) if a >= 0]
    for b, a in pairs:
        following = [after for before, after in pairs if before == b]
        loss -= log(following.count(a) / len(following))
    why = "the image gives the first letter; without a state each further one follows from the letter before alone"
    return Baseline("only the last letter", loss / float((words >= 0).sum()), why)


DIGIT_WORDS = Task(
    name="digit-words",
    title="Digit words: spell the digit",
    shape="one-to-many",
    loss="cross-entropy",
    metric="right",
    question=lambda config: "The network sees one image of a digit and must spell its name, reading its own letters.",
    baseline=without_state,
    sizes=lambda config: Sizes(64 + len(ALPHABET), len(ALPHABET)),
    draw=draw_digit_words,
    read=lambda x: "image" if not x[64:].any() else ALPHABET[int(x[64:].argmax())],
    image=(8, 8),
    symbols=lambda config: tuple(ALPHABET),
    fields=("teacher_forcing",),
    defaults={"cell": "gru", "hidden_size": 32, "length": 6, "batch_size": 32},
)
