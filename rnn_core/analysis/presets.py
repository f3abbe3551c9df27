"""What gradients do, a sentence each that any seed can make false, with the run and the numbers that it speaks of.

python -m bench.gradients --presets trains them with seeds 1 to 5 and prints what holds. The Gradients page shows each
in its section. Three break the textbook's sentence on the spectral radius: radius-1, large-inputs, non-normal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

import numpy as np

from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.cliff import Preset as Cliff
from rnn_core.analysis.cliff import descend
from rnn_core.analysis.clipping import clip_last_step
from rnn_core.analysis.mistakes import check_mistakes
from rnn_core.analysis.products import singular_value_fan
from rnn_core.analysis.spectrum import spectra
from rnn_core.analysis.terms import gradient_terms
from rnn_core.analysis.truncation import truncation
from rnn_core.config import Config
from rnn_core.registry import Registry
from rnn_core.trainer import Trainer
from rnn_core.words import t

SEEDS = (1, 2, 3, 4, 5)  # that every sentence holds for


@dataclass(frozen=True)
class Number:
    """A number of a run: of(trainer), which leaves the run as it is, lies from low to high. measured: the least and the
    largest that SEEDS gave, to two digits; the last may differ on another machine.
    """

    of: Callable[[Trainer], float]
    low: float
    high: float
    measured: tuple[float, float]

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Preset:
    """sentence: what it shows. section: of the Gradients page. run: what is trained, for so many
    steps. numbers: by name, what the sentence speaks of, of the run after these steps. settings: of the page, by name.
    alone: whether the picture is drawn of the settings alone, whatever runs on the page.
    """

    name: str
    section: str
    sentence: str
    run: Config
    numbers: Mapping[str, Number]
    steps: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False

    def trained(self, seed: int) -> Trainer:
        """The run with this seed."""
        trainer = Trainer(replace(self.run, seed=seed))
        trainer.advance(self.steps)
        return trainer


def norm_to_first(trainer: Trainer) -> float:
    """‖∂h_T/∂h_1‖ of the first held-out sequence."""
    return float(10 ** singular_value_fan(trainer).log10_norm[1])


def largest_norm(trainer: Trainer) -> float:
    """The largest ‖∂h_T/∂h_t‖ of all t."""
    return float(10 ** singular_value_fan(trainer).log10_norm.max())


def directions(trainer: Trainer) -> float:
    """How many singular values of ∂h_T/∂h_1 are within a hundredth of the largest."""
    fan = singular_value_fan(trainer)
    return float((fan.log10_values[1] >= fan.log10_norm[1] - 2).sum())


def radius(trainer: Trainer) -> float:
    """The spectral radius of W_hh."""
    return spectra(trainer).now["h"].spectral_radius


def largest_state(trainer: Trainer) -> float:
    """The largest |h| of the first held-out sequence."""
    return float(np.abs(trainer.snapshot().shown.h).max())


def early_over_late(trainer: Trainer) -> float:
    """‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ of the last batch."""
    norms = trainer.snapshot().dh_norm
    return float(norms[0] / norms[-1])


def accuracy(trainer: Trainer) -> float:
    """The share of held-out answers that are right."""
    return trainer.evaluate()[1]


def whole_over_direct(trainer: Trainer) -> float:
    """‖∂c_T/∂c_1‖ over the largest Π f."""
    paths = cell_state_paths(trainer)
    return float(10 ** (paths.whole[1] - paths.direct_norm[1]))


def recurrent_gradient(trainer: Trainer) -> float:
    """‖∂L/∂W_hh‖."""
    return float(10 ** gradient_terms(trainer).log10_total)


def farthest_term(trainer: Trainer) -> float:
    """The norm of ∂L/∂W_hh's farthest term that is not 0 over its own."""
    terms = gradient_terms(trainer)
    return float(10 ** (terms.log10_by_lag[np.isfinite(terms.log10_by_lag)][-1] - terms.log10_total))


def of_cell(name: str, number: Callable[[Trainer], float]) -> Callable[[Trainer], float]:
    """The number of an untrained run that differs in its cell alone."""
    return lambda trainer: number(Trainer(replace(trainer.config, cell=name)))


def at_start(number: Callable[[Trainer], float]) -> Callable[[Trainer], float]:
    """The number of the run before it was trained."""
    return lambda trainer: number(Trainer(trainer.config))


def unclipped(steps: int) -> Callable[[Trainer], float]:
    """The accuracy of the run, had it not clipped, after so many steps."""

    def number(trainer: Trainer) -> float:
        other = Trainer(replace(trainer.config, clip="none"))
        other.advance(steps)
        return accuracy(other)

    return number


def turned(rule: str, threshold: float) -> Callable[[Trainer], float]:
    """By how many degrees a rule turns the gradient of the last step."""
    return lambda trainer: clip_last_step(trainer, rule, threshold).clipped.angle


def kept(window: int) -> Callable[[Trainer], float]:
    """The length of the truncated gradient over that of the true one."""
    return lambda trainer: truncation(trainer, window).cut.norm_ratio


def error(mistake: str, weight: str) -> Callable[[Trainer], float]:
    """How wrong a weight's gradient is with a mistake in the backward pass."""
    return lambda trainer: check_mistakes(trainer, entries=10)[mistake].errors[weight]


def cliff(threshold: float | None) -> Callable[[Trainer], float]:
    """The loss at the end of the cliff's walk, which has no seed."""
    own = Cliff()
    return lambda trainer: float(descend(own.start, own.learning_rate, own.steps, threshold, own.cliff).loss[-1])


BACK, REACHES, TRAINING = t("Back through time"), t("What reaches the weights"), t("Over training")
CLIPPING = t("Clipping")
ORDER: dict[str, Any] = {"task": "temporal-order", "cell": "rnn"}
LEVERS: dict[str, Any] = {**ORDER, "hidden_size": 16}


def levers(name: str, sentence: str, settings: Mapping[str, Any], numbers: Mapping[str, Number]) -> Preset:
    """Of an untrained network that the page's sliders draw, whatever runs."""
    config = {**LEVERS, **settings}
    return Preset(
        name, t("Levers"), sentence, Config.of_task(**config), numbers,
        settings={f"lever_{key}": value for key, value in ({"input_scale": 1.0} | config).items()}, alone=True,
    )  # fmt: skip


PRESETS = Registry("preset", {preset.name: preset for preset in (
    Preset(
        "gru-vanishes", BACK,
        t("Gates alone are no cure: over 40 steps of an untrained network the gradient shrinks more than a "
          "million-fold in a GRU, and less than a hundred-thousand-fold in an LSTM."),
        Config.of_task("temporal-order", cell="gru", length=40),
        {
            t("first over last step, GRU"): Number(early_over_late, 0, 1e-6, (2.3e-09, 5.2e-08)),
            t("LSTM"): Number(of_cell("lstm", early_over_late), 1e-5, 1, (9.9e-05, 0.00039)),
        },
        settings={"t": 1},
    ),
    Preset(
        "relu-vanishes", BACK,
        t("ReLU is no cure: from the same start its gradient shrinks more than that of tanh."),
        Config.of_task("temporal-order", cell="rnn-relu", length=40),
        {
            t("ReLU over tanh"): Number(
                lambda run: early_over_late(run) / of_cell("rnn", early_over_late)(run), 0, 1, (2e-10, 0.0009)
            ),
        },
        settings={"t": 1},
    ),
    Preset(
        "lstm-vanishes", BACK,
        t("An LSTM can vanish too: with a forget bias of −2 less than 1e−20 of its gradient is left after 40 steps."),
        Config.of_task("temporal-order", cell="lstm", length=40, forget_bias=-2.0),
        {t("first over last step"): Number(early_over_late, 0, 1e-20, (1.3e-25, 1.6e-23))},
        settings={"t": 1},
    ),
    Preset(
        "direct-path", BACK,
        t("An LSTM’s gradient does not live on its direct path: untrained, the whole ∂c_T/∂c_1 is more than four times "
          "Π f."),
        Config.of_task("temporal-order", cell="lstm", length=20),
        {t("whole over direct"): Number(whole_over_direct, 4, inf, (9.2, 15))},
        settings={"t": 1},
    ),
    Preset(
        "one-direction", BACK,
        t("A tanh network that has learned the order of two symbols lets one direction through from its first step to "
          "its last."),
        Config.of_task(**ORDER, length=20),
        {t("directions"): Number(directions, 1, 1, (1, 1)), t("accuracy"): Number(accuracy, 0.99, 1, (1, 1))},
        steps=1000, settings={"t": 1},
    ),
    Preset(
        "non-normal", BACK,
        t("Both eigenvalues of W_hh are 0.9, and looking back the norm first grows more than eighteen-fold."),
        Config.of_task("latch", cell="rnn", hidden_size=2, length=40, initializer="normal", init_scale=0.001,
                       start_weights="non-normal"),
        {
            t("largest norm"): Number(largest_norm, 18, 20, (19, 19)),
            t("radius"): Number(radius, 0.899, 0.901, (0.9, 0.9)),
        },
        settings={"t": 31},
    ),
    Preset(
        "far-terms", REACHES,
        t("∂L/∂W_hh does not vanish, it is above 0.01, and its farthest term is less than a thousandth of it."),
        Config.of_task(**ORDER, length=40),
        {
            t("gradient"): Number(recurrent_gradient, 0.01, inf, (0.087, 0.18)),
            t("farthest over it"): Number(farthest_term, 0, 1e-3, (8.5e-12, 9.1e-09)),
        },
        settings={"t": 2},
    ),
    Preset(
        "learned-anyway", TRAINING,
        t("A gradient that has vanished can be learned from: it starts below a thousandth, and after 1,000 steps every "
          "answer is right and a tenth of it comes back."),
        Config.of_task(**ORDER, length=20),
        {
            t("first over last step, untrained"): Number(at_start(early_over_late), 0, 1e-3, (2.2e-06, 0.0002)),
            t("trained"): Number(early_over_late, 0.1, inf, (0.22, 3.2)),
            t("accuracy"): Number(accuracy, 0.99, 1, (1, 1)),
        },
        steps=1000, settings={"t": 1},
    ),
    Preset(
        "learned-and-quiet", TRAINING,
        t("A network that makes no mistake need not let its gradient flow: an LSTM that holds a bit over 20 steps lets "
          "less than a fifth come back."),
        Config.of_task("latch", cell="lstm", length=20),
        {
            t("first over last step"): Number(early_over_late, 0, 0.2, (0.00058, 0.16)),
            t("accuracy"): Number(accuracy, 0.99, 1, (1, 1)),
        },
        steps=500, settings={"t": 1},
    ),
    Preset(
        "relu-clipped", TRAINING,
        t("A ReLU network from an identity start: clipped by norm at 1 it holds its bit after 200 steps, unclipped it "
          "does not after 1,500."),
        Config.of_task("latch", cell="rnn-relu", length=20, initializer="identity", optimizer="sgd", learning_rate=0.1),
        {
            t("accuracy, clipped"): Number(accuracy, 0.99, 1, (1, 1)),
            t("unclipped"): Number(unclipped(1500), 0, 0.75, (0.56, 0.61)),
        },
        steps=200,
    ),
    Preset(
        "value-turns", CLIPPING,
        t("Clipping by value at 0.01 turns this gradient by more than 20 degrees, clipping by norm by none."),
        Config.of_task(**ORDER, length=20, initializer="orthogonal", optimizer="sgd", learning_rate=0.5),
        {
            t("degrees, by value"): Number(turned("value", 0.01), 20, 90, (38, 50)),
            t("by norm"): Number(turned("norm", 0.01), 0, 0.001, (0, 0)),
        },
        steps=100, settings={"rule": "value", "threshold": 0.01},
    ),
    Preset(
        "truncated", t("Truncation"),
        t("A window of 5 keeps the untrained network’s gradient to within a twentieth of its length, and less than "
          "four fifths once it has learned."),
        Config.of_task(**ORDER, length=20),
        {
            t("length kept, untrained"): Number(at_start(kept(5)), 0.95, 1.05, (0.98, 1)),
            t("trained"): Number(kept(5), 0, 0.8, (0.32, 0.48)),
        },
        steps=1000, settings={"window": 5},
    ),
    Preset(
        "cliff", t("The cliff"),
        t("From this start the cliff throws plain descent, whose loss is above 0.2 after 200 steps; clipped, it has "
          "arrived."),
        Config.of_task("echo"),
        {
            t("loss, plain"): Number(cliff(None), 0.2, inf, (0.25, 0.25)),
            t("clipped"): Number(cliff(Cliff().threshold), 0, 1e-3, (2.4e-26, 2.4e-26)),
        },
        settings={"w": Cliff().start[0], "b": Cliff().start[1], "rate": Cliff().learning_rate,
                  "limit": Cliff().threshold},
        alone=True,
    ),
    levers(
        "radius-1",
        t("At a spectral radius of 1 an untrained tanh network’s gradient shrinks to less than a fifth over 60 steps."),
        {"length": 60, "initializer": "uniform", "recurrent_scale": 1.0},
        {t("norm"): Number(norm_to_first, 0, 0.2, (1.2e-08, 0.015)), t("radius"): Number(radius, 0.999, 1.001, (1, 1))},
    ),
    levers(
        "large-inputs",
        t("At a radius of 2 it shrinks too where inputs are large: to less than a millionth over 40 steps."),
        {"length": 40, "initializer": "normal", "init_scale": 5.0, "recurrent_scale": 2.0},
        {
            t("norm"): Number(norm_to_first, 0, 1e-6, (2.2e-19, 5.3e-14)),
            t("radius"): Number(radius, 1.999, 2.001, (2, 2)),
        },
    ),
    levers(
        "bounded",
        t("No |h| reaches 1, and the gradient grows more than a hundred-fold over 40 steps: tanh bounds states, not "
          "derivatives."),
        {"length": 40, "initializer": "normal", "init_scale": 0.001, "recurrent_scale": 1.2},
        {
            t("norm"): Number(norm_to_first, 100, inf, (250, 1300)),
            t("largest |h|"): Number(largest_state, 0, 0.999, (0.34, 0.86)),
        },
    ),
    Preset(
        "transpose", t("Check it yourself"),
        t("Without the transpose in the backward pass ∂L/∂W_hh is wrong and ∂L/∂W_hy is right."),
        Config.of_task("echo"),
        {
            t("relative error of W_hh"): Number(error("no-transpose", "W_hh"), 0.01, inf, (0.25, 0.51)),
            t("W_hy"): Number(error("no-transpose", "W_hy"), 0, 1e-5, (3.4e-10, 1.7e-09)),
        },
        settings={"mistake": "no-transpose"},
    ),
)})  # fmt: skip
