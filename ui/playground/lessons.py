"""The five pictures for a lecture of docs/teachers.md as links: what each shows, and the settings for it."""

from typing import NamedTuple

from rnn_core.words import t


class Lesson(NamedTuple):
    """settings: names and strings of the playground's address."""

    title: str
    shows: str
    settings: dict[str, str]


LESSONS = (
    Lesson(
        t("What unrolled means"),
        t("the same three matrices in every column"),
        {"task": "echo", "k": "1", "hidden_size": "8"},
    ),
    Lesson(
        t("Vanishing gradients"),
        t("what the loss at step 40 still says to step 1"),
        {"task": "temporal-order", "cell": "rnn", "length": "40"},
    ),
    Lesson(
        t("Exploding gradients"),
        t("a loss that jumps, and what clipping does about it"),
        {"task": "latch", "cell": "rnn-relu", "length": "20", "initializer": "identity", "optimizer": "sgd",
         "learning_rate": "0.1", "clip": "none"},
    ),
    Lesson(t("A baseline is not optional"), t("next year is as this year"), {"task": "sunspots", "hidden_size": "8"}),
    Lesson(
        t("Truncated backpropagation"),
        t("a window of three steps unlearns what lies three steps back"),
        {"task": "echo", "k": "3", "bptt_window": "3"},
    ),
)  # fmt: skip
