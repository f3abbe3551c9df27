"""The five pictures for a lecture of docs/teachers.md as links: what each shows, and the settings for it."""

from typing import NamedTuple


class Lesson(NamedTuple):
    """settings: names and strings of the playground's address."""

    title: str
    shows: str
    settings: dict[str, str]


LESSONS = (
    Lesson(
        "What unrolled means",
        "the same three matrices in every column",
        {"task": "echo", "k": "1", "hidden_size": "8"},
    ),
    Lesson(
        "Vanishing gradients",
        "what the loss at step 40 still says to step 1",
        {"task": "temporal-order", "cell": "rnn", "length": "40"},
    ),
    Lesson(
        "Exploding gradients",
        "a loss that jumps, and what clipping does about it",
        {"task": "latch", "cell": "rnn-relu", "length": "20", "initializer": "identity", "optimizer": "sgd",
         "learning_rate": "0.1", "clip": "none"},
    ),
    Lesson("A baseline is not optional", "next year is as this year", {"task": "sunspots", "hidden_size": "8"}),
    Lesson(
        "Truncated backpropagation",
        "a window of three steps unlearns what lies three steps back",
        {"task": "echo", "k": "3", "bptt_window": "3"},
    ),
)  # fmt: skip
