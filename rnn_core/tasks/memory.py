"""Tasks that ask for nothing but memory: what was seen, and how long ago."""

from math import log
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, one_hot

if TYPE_CHECKING:
    from rnn_core.config import Config

LETTERS = ("A", "B", "C", "D", "E")


def draw_echo(rng: np.random.Generator, config: "Config", split: str) -> Batch:
    """T letters; from step k+1 on, the answer is the letter of k steps before."""
    T, B, k = config.length, config.batch_size, config.k
    x = one_hot(rng.integers(0, len(LETTERS), (T, B)), len(LETTERS), config.dtype)
    y, mask = np.zeros_like(x), np.zeros((T, B), config.dtype)
    y[k:], mask[k:] = x[:-k], 1
    return Batch(x, y, mask)


def check_echo(config: "Config") -> None:
    if config.k >= config.length:
        raise ValueError(
            f"k is {config.k} with length {config.length}; k must be less than length, or no step has an answer"
        )


ECHO = Task(
    name="echo",
    title="Echo: what came k steps ago?",
    shape="many-to-many",
    loss="cross-entropy",
    metric="right",
    question=lambda config: (
        "The network reads a letter at each step and must say the letter of "
        f"{config.k} {'step' if config.k == 1 else 'steps'} before."
    ),
    baseline=lambda config: Baseline(
        "no memory: ln 5", log(5), "without memory all five letters are equally likely: ln 5 = 1.609"
    ),
    sizes=lambda config: Sizes(5, 5),
    draw=draw_echo,
    check=check_echo,
    fields=("k",),
    read=lambda x: LETTERS[int(x.argmax())],
    symbols=lambda config: LETTERS,
)


def draw_adding(rng: np.random.Generator, config: "Config", split: str) -> Batch:
    """T numbers from U[0,1], one of them marked in each half; the answer, at the last step, is the sum of the marked
    two.

    Hochreiter & Schmidhuber (1997), experiment 4, in the form of Arjovsky, Shah & Bengio, arXiv:1511.06464 (2016).
    """
    T, B = config.length, config.batch_size
    columns = np.arange(B)
    x = np.zeros((T, 2, B), config.dtype)
    x[:, 0] = rng.random((T, B))
    first, second = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B)
    x[first, 1, columns] = x[second, 1, columns] = 1
    y, mask = np.zeros((T, 1, B), config.dtype), np.zeros((T, B), config.dtype)
    y[-1, 0] = x[first, 0, columns] + x[second, 0, columns]
    mask[-1] = 1
    return Batch(x, y, mask)


def check_adding(config: "Config") -> None:
    if config.length < 2:
        raise ValueError(f"length is {config.length}; adding two numbers needs a length of at least 2")


ADDING = Task(
    name="adding",
    title="Adding: the sum of two marked numbers",
    shape="many-to-one",
    loss="squared-error",
    metric="rmse",
    question=lambda config: "The network reads numbers, two of them marked +, and must say their sum at the last step.",
    baseline=lambda config: Baseline(
        "always 1: 1/6", 1 / 6, "always answering the mean, 1, has squared error 1/6 = 0.167"
    ),
    sizes=lambda config: Sizes(2, 1),
    draw=draw_adding,
    check=check_adding,
    read=lambda x: f"{'+' if x[1] else ''}{x[0]:.2f}".replace("0.", "."),
    defaults={"cell": "lstm", "hidden_size": 16, "learning_rate": 0.01, "batch_size": 32},
)
