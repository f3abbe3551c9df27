"""Comparisons worth a look: networks that differ in one thing, and a sentence that any seed can make false.

python -m bench.compare trains them with seeds 1 to 5 and prints what holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from rnn_core.config import Config
from rnn_core.registry import Registry
from rnn_core.sweep.grid import changed, contestants
from rnn_core.sweep.runs import Result
from rnn_core.words import t

SEEDS = (1, 2, 3, 4, 5)  # that every sentence holds for


@dataclass(frozen=True)
class Preset:
    """One race: base with `field` set to each of `values`, trained for so many steps.

    sentence: what it shows. expected: for those of the values that the sentence speaks of, from
    where to where the outcome, "metric" or "loss" on the held-out sequences, lies at the end with every seed. measured:
    of every value, the least and the largest that SEEDS gave, to two digits; the last may differ on another machine.
    equal_parameters: where the field is the cell, each has the H whose parameters are nearest in number to base's.
    """

    name: str
    sentence: str
    base: Config
    field: str
    values: tuple[Any, ...]
    steps: int
    expected: Mapping[Any, tuple[float, float]]
    measured: Mapping[Any, tuple[float, float]]
    outcome: str = "metric"
    equal_parameters: bool = False

    def contestants(self, seed: int | None = None) -> dict[Any, Config]:
        """The Config of every value; seed: another than base's."""
        base = changed(self.base, {} if seed is None else {"seed": seed})
        return contestants(base, self.field, self.values, self.equal_parameters)

    def holds(self, value: Any, result: Result) -> bool:
        """Whether a run with this value came out as the sentence says; a value that it does not speak of always did."""
        low, high = self.expected.get(value, (-inf, inf))
        return result.error is None and low <= getattr(result, self.outcome) <= high


FIVE = ("rnn", "rnn-relu", "residual", "gru", "lstm")
SOLVED = (0.99, 1.0)  # accuracy

PRESETS = Registry("preset", {preset.name: preset for preset in (
    Preset(
        "cells-order",
        t("The order of two symbols over 40 steps: the GRU learns it with every seed, the ReLU network with none."),
        Config.of_task("temporal-order", length=40), "cell", FIVE, 3000,
        {"gru": SOLVED, "rnn-relu": (0, 0.6)},
        {"rnn": (0.33, 1), "rnn-relu": (0.23, 0.36), "residual": (0.69, 1), "gru": (1, 1), "lstm": (1, 1)},
    ),
    Preset(
        "cells-echo",
        t("A letter from ten steps back at every step: the plain network wins, and gated ones stay below 80 %."),
        Config.of_task("echo", k=10), "cell", FIVE, 3000,
        {"rnn": (0.95, 1), "gru": (0, 0.8), "lstm": (0, 0.8), "residual": (0, 0.8), "rnn-relu": (0, 0.3)},
        {"rnn": (0.97, 1), "rnn-relu": (0.18, 0.22), "residual": (0.58, 0.63), "gru": (0.66, 0.72),
         "lstm": (0.62, 0.68)},
    ),
    Preset(
        "cells-latch",
        t("One bit kept for 60 steps: the residual cell learns it with every seed, GRU and LSTM with none."),
        Config.of_task("latch", length=60), "cell", FIVE, 2000,
        {"residual": SOLVED, "gru": (0, 0.7), "lstm": (0, 0.7)},
        {"rnn": (0.44, 1), "rnn-relu": (0.39, 0.61), "residual": (1, 1), "gru": (0.39, 0.61), "lstm": (0.39, 0.61)},
    ),
    Preset(
        "clip-at-1",
        t("ReLU, an identity start, SGD, a threshold of 1: by norm it keeps a bit; by value, or unclipped, it does "
          "not."),
        Config.of_task("latch", cell="rnn-relu", length=20, initializer="identity", optimizer="sgd", learning_rate=0.3),
        "clip", ("none", "value", "norm"), 1000,
        {"none": (0, 0.8), "value": (0, 0.8), "norm": SOLVED},
        {"none": (0.39, 0.61), "value": (0.39, 0.61), "norm": (1, 1)},
    ),
    Preset(
        "clip-at-0.1",
        t("A spectral radius of 1.5, SGD and a threshold of 0.1: after 500 steps by value is done, and by norm is "
          "not."),
        Config.of_task("temporal-order", cell="rnn", length=20, recurrent_scale=1.5, optimizer="sgd", learning_rate=0.1,
                clip_threshold=0.1),
        "clip", ("none", "value", "norm"), 500,
        {"none": (1.2, inf), "value": (0, 0.1), "norm": (0.3, inf)},
        {"none": (1.4, 1.5), "value": (0.0066, 0.017), "norm": (0.53, 1.1)},
        outcome="loss",
    ),
    Preset(
        "forget-bias-latch",
        t("A bit kept for 60 steps: an LSTM with forget bias 3 learns it with every seed, with forget bias 1 with "
          "none."),
        Config.of_task("latch", length=60), "forget_bias", (1.0, 3.0), 1500,
        {1.0: (0, 0.7), 3.0: SOLVED},
        {1.0: (0.36, 0.61), 3.0: (1, 1)},
    ),
    Preset(
        "forget-bias-echo",
        t("A letter from three steps back: after 400 steps an LSTM with forget bias −2 has it, with 3 or 5 not yet."),
        Config.of_task("echo", cell="lstm"), "forget_bias", (-2.0, 1.0, 3.0, 5.0), 400,
        {-2.0: (0.97, 1), 3.0: (0, 0.97), 5.0: (0, 0.97)},
        {-2.0: (1, 1), 1.0: (0.95, 0.99), 3.0: (0.92, 0.94), 5.0: (0.88, 0.9)},
    ),
    Preset(
        "parameters-latch",
        t("With as many parameters as a GRU of 16 units, 28 units, the plain network keeps a bit for 60 steps; GRU and "
          "LSTM do not."),
        Config.of_task("latch", cell="gru", length=60), "cell", ("rnn", "gru", "lstm"), 2000,
        {"rnn": SOLVED, "gru": (0, 0.7), "lstm": (0, 0.7)},
        {"rnn": (1, 1), "gru": (0.39, 0.61), "lstm": (0.39, 0.61)},
        equal_parameters=True,
    ),
    Preset(
        "optimizer-small-start",
        t("From weights near 0 Adam learns within 500 steps what SGD, at the same learning rate, has not begun to."),
        Config.of_task("echo", initializer="normal", init_scale=0.01, learning_rate=0.05), "optimizer",
        ("sgd", "adam"), 500,
        {"sgd": (0, 0.35), "adam": (0.97, 1)},
        {"sgd": (0.19, 0.2), "adam": (1, 1)},
    ),
    Preset(
        "start-sgd",
        t("With SGD it is the start that decides: from weights near 0 nothing has happened after 500 steps."),
        Config.of_task("echo", optimizer="sgd", init_scale=0.01, learning_rate=0.05), "initializer",
        ("normal", "uniform"), 500,
        {"normal": (0, 0.35), "uniform": (0.6, 1)},
        {"normal": (0.19, 0.2), "uniform": (0.68, 0.84)},
    ),
    Preset(
        "window-echo",
        t("A letter from three steps back: a window of 4 learns it; with a window of 3 it ends near chance."),
        Config.of_task("echo"), "bptt_window", (3, 4), 2000,
        {3: (0, 0.35), 4: (0.97, 1)},
        {3: (0.21, 0.26), 4: (0.99, 1)},
    ),
    Preset(
        "teacher-forcing-addition",
        t("Adding numbers, digit by digit: trained without teacher forcing it ends with a lower loss, free-running."),
        Config.of_task("addition"), "teacher_forcing", (1.0, 0.0), 2000,
        {1.0: (0.4, inf), 0.0: (0, 0.25)},
        {1.0: (0.49, 0.85), 0.0: (0.054, 0.14)},
        outcome="loss",
    ),
)})  # fmt: skip
