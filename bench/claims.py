"""What nine papers claim of these networks: settings to train, what is measured, and when that counts as solved.

A claim is a record in LIST; adding one is the whole extension. bench/papers.py runs them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np

from rnn_core import Config, Trainer, losses
from rnn_core.losses import Loss
from rnn_core.tasks import Batch
from rnn_core.tasks.series import DEVIATION, LAST_TRAINING_YEAR, MEAN, sunspots

CHUNK = 1000  # sequences that are tested at once
Measured = dict[str, float]


@dataclass(frozen=True)
class Setting:
    """One way to train: the Config (its seed is replaced), and whether the claim says that it is solved."""

    name: str
    config: Config
    solves: bool
    budget: int  # training steps, at most


@dataclass(frozen=True)
class Claim:
    """What a paper says, in one sentence, and how it is judged.

    measure(trainer, batches) -> numbers by name; passes(numbers): whether that is solved, which `solved` says in words.
    Every `every` steps the held-out sequences are measured; where they pass, `fresh` new sequences decide.
    """

    name: str
    paper: str
    claim: str
    solved: str
    beside: str  # what a model without memory, or a linear one, makes of it
    settings: tuple[Setting, ...]
    measure: Callable[[Trainer, Iterable[Batch]], Measured]
    passes: Callable[[Measured], bool]
    every: int = 200
    fresh: int = CHUNK
    seeds: int = 5
    long: bool = False  # more than a few seconds a run: --quick leaves it out
    note: str = ""


def outcomes(trainer: Trainer, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Loss]]:
    for batch in batches:
        with np.errstate(all="ignore"):
            y = trainer.network.forward(trainer.params, batch).y
            yield batch, losses.mean_loss(trainer.task.loss, y, batch.y, batch.mask)


def wrong(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    """The share of sequences with a wrong answer anywhere; an answer is the most probable class."""
    return share(
        (loss.y_hat.argmax(axis=1) != batch.y.argmax(axis=1)) & (batch.mask > 0)
        for batch, loss in outcomes(trainer, batches)
    )


def wrong_sets(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    """The same where an answer is a set, of all that is more probable than not."""
    return share(
        ((loss.y_hat > 0.5) != (batch.y > 0.5)).any(axis=1) & (batch.mask > 0)
        for batch, loss in outcomes(trainer, batches)
    )


def share(misses: Iterable[np.ndarray]) -> Measured:
    """misses (T,B) each -> the share of columns with a miss."""
    return {"wrong": float(np.concatenate([miss.any(axis=0) for miss in misses]).mean())}


def mean_loss(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    return {"loss": float(np.mean([loss.loss_t.sum() for _, loss in outcomes(trainer, batches)]))}


def over_baseline(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    """The loss over that of answering without memory."""
    return {"of memoryless": mean_loss(trainer, batches)["loss"] / trainer.task.baseline(trainer.config).loss}


def by_bit(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    """XOR: the loss of the answers that follow from what was read, each third, and of the others."""
    shares = [loss.loss_t * len(loss.loss_t) for _, loss in outcomes(trainer, batches)]
    per_step = np.mean(shares, axis=0)
    follows = np.arange(len(per_step)) % 3 == 1
    return {"third bit": float(per_step[follows].mean()), "other bits": float(per_step[~follows].mean())}


PERIODS = {"1921-55": (1921, 1955), "1956-79": (1956, 1979)}


def period_errors(said: np.ndarray) -> Measured:
    """said (308,), what was said of 1701 to 2008 -> mean squared error over the variance of 1700 to 1979."""
    years, numbers = sunspots()
    squares, variance = np.square(said - numbers[1:]), numbers[years <= 1979].var()
    return {name: float(squares[(years[1:] >= a) & (years[1:] <= b)].mean() / variance)
            for name, (a, b) in PERIODS.items()}


def autoregression(order: int) -> np.ndarray:
    """AR(order) with a constant, by least squares on the training years -> what it says of 1701 to 2008 (308,)."""
    years, numbers = sunspots()
    before = np.lib.stride_tricks.sliding_window_view(numbers[:-1], order)
    rows = np.concatenate([before, np.ones((len(before), 1))], axis=1)
    known = years[order:] <= LAST_TRAINING_YEAR
    weights = np.linalg.lstsq(rows[known], numbers[order:][known], rcond=None)[0]
    return np.concatenate([numbers[: order - 1], rows @ weights])  # the first years, too few for it, as the year before


def one_year_ahead(trainer: Trainer, batches: Iterable[Batch]) -> Measured:
    """Sunspots: one sequence from 1700 on, the state run through, each year told before the next is asked."""
    series = ((sunspots()[1] - MEAN) / DEVIATION).astype(trainer.config.dtype)[:, None, None]
    batch = Batch(series[:-1], series[1:], np.ones((len(series) - 1, 1), series.dtype))
    (_, loss), = outcomes(trainer, [batch])
    return period_errors(loss.y_hat[:, 0, 0] * DEVIATION + MEAN)


PERSISTENCE, AR9 = period_errors(sunspots()[1][:-1]), period_errors(autoregression(9))


def both(errors: Measured) -> str:
    return " / ".join(f"{error:.3f}" for error in errors.values())


def train(task: str, **fields: Any) -> Config:
    """A Config in which nothing that matters here is left to the app's defaults."""
    common = {"cell": "rnn", "batch_size": 16, "learning_rate": 0.01, "optimizer": "adam", "dtype": "float32",
              "clip": "norm", "clip_threshold": 1.0, "initializer": "uniform", "init_scale": 0.1, "forget_bias": 1.0}
    return Config(task=task, **{**common, **fields})


ORDER = train("temporal-order", hidden_size=50, length=30, batch_size=20, optimizer="sgd", learning_rate=0.1,
              initializer="normal")
ADDING = train("adding", hidden_size=32, length=50)
LONG_ADDING = train("adding", hidden_size=100, length=100, learning_rate=0.001)
REBER = train("reber", hidden_size=15, length=30, batch_size=10)
LATCH = train("latch", cell="lstm", hidden_size=8, length=100)
COPY = train("delayed-copy", hidden_size=64, length=20, batch_size=20, learning_rate=0.005)
XOR = train("xor", hidden_size=8, length=30)
SUNSPOTS = train("sunspots", hidden_size=8, length=80)

LIST = (
    Claim(
        "temporal-order-clipping",
        "Pascanu, Mikolov & Bengio 2013",
        "Whether a tanh network learns temporal order at L = 30 is decided by clipping.",
        "under 1 % wrong of 10,000 fresh sequences",
        "chance is 75 % wrong",
        (
            Setting("clipped", ORDER, True, 12_000),
            Setting("unclipped", replace(ORDER, clip="none"), False, 12_000),
        ),
        wrong,
        lambda found: found["wrong"] < 0.01,
        fresh=10_000,
    ),
    Claim(
        "temporal-order-initializers",
        "Pascanu, Mikolov & Bengio 2013",
        "With clipping, it is learned from N(0, 0.1) and from sparse weights of radius 0.95, not from N(0, 0.01).",
        "under 1 % wrong of 10,000 fresh sequences",
        "chance is 75 % wrong",
        (
            Setting("normal 0.1", ORDER, True, 12_000),
            Setting("sparse 0.95", replace(ORDER, initializer="sparse", recurrent_scale=0.95), True, 12_000),
            Setting("normal 0.01", replace(ORDER, init_scale=0.01), False, 12_000),
        ),
        wrong,
        lambda found: found["wrong"] < 0.01,
        fresh=10_000,
        note="The paper draws N(0, 0.01) for sigmoid units; here the units are tanh, and only the weights are its.",
    ),
    Claim(
        "adding",
        "Hochreiter & Schmidhuber 1997",
        "Gated cells learn to add two of 50 numbers; a tanh network never does better than always saying 1.",
        "squared error under 0.01 on 1,000 fresh sequences",
        "always 1: 0.167",
        (
            Setting("rnn", replace(ADDING, cell="rnn"), False, 4_000),
            Setting("lstm", replace(ADDING, cell="lstm"), True, 4_000),
            Setting("gru", replace(ADDING, cell="gru"), True, 4_000),
        ),
        mean_loss,
        lambda found: found["loss"] < 0.01,
        every=100,
    ),
    Claim(
        "identity-start",
        "Le, Jaitly & Hinton 2015",
        "ReLU units that start with W_hh = I learn to add over 100 steps, where tanh units do not.",
        "squared error under 0.01 on 1,000 fresh sequences",
        "always 1: 0.167",
        (
            Setting("relu, identity", replace(LONG_ADDING, cell="rnn-relu", initializer="identity", init_scale=0.001),
                    True, 10_000),
            Setting("tanh, uniform", replace(LONG_ADDING, cell="rnn"), False, 10_000),
        ),
        mean_loss,
        lambda found: found["loss"] < 0.01,
        seeds=3,
        long=True,
    ),
    Claim(
        "embedded-reber",
        "Hochreiter & Schmidhuber 1997",
        "An LSTM learns the embedded Reber grammar and Elman's procedure never does: it is the truncation to one step.",
        "not one wrong answer in 1,000 fresh strings",
        "the T or P at the end needs the second symbol: who forgets it is wrong in half of the strings or all",
        (
            Setting("tanh 15, full BPTT", REBER, True, 12_000),
            Setting("tanh 15, 1 step", replace(REBER, bptt_window=1), False, 12_000),
            Setting("lstm 8, full BPTT", replace(REBER, cell="lstm", hidden_size=8), True, 12_000),
        ),
        wrong_sets,
        lambda found: found["wrong"] == 0,
        every=50,
        note="A step is 10 strings of at most 31 symbols. A first budget of 4,000 steps left 2 of 5 tanh networks "
        "with full BPTT, all 5 without and 1 of 5 LSTMs unsolved; then all three got 12,000.",
    ),
    Claim(
        "forget-bias",
        "Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015",
        "An LSTM holds a class over 100 noisy steps when its forget bias starts at 5, not when it starts at 1.",
        "under 1 % wrong of 1,000 fresh sequences",
        "chance is 50 % wrong",
        (
            Setting("bias 5, uniform", replace(LATCH, forget_bias=5), True, 4_000),
            Setting("bias 1, uniform", replace(LATCH, forget_bias=1), False, 4_000),
            Setting("bias 5, xavier", replace(LATCH, forget_bias=5, initializer="xavier"), True, 4_000),
            Setting("bias 1, xavier", replace(LATCH, forget_bias=1, initializer="xavier"), False, 4_000),
        ),
        wrong,
        lambda found: found["wrong"] < 0.01,
        note="The latch of Bengio et al. 1994 with 3 class steps; 4,000 steps are 64,000 sequences. The xavier start "
        "was added after the uniform one, which was asked first, had failed with some seeds.",
    ),
    Claim(
        "copy",
        "Arjovsky, Shah & Bengio 2016",
        "A GRU copies 5 symbols over a delay of 10; a tanh network of the same size does not.",
        "loss under 5 % of the memoryless 5 ln 8 / 20 on 1,000 fresh sequences",
        "memoryless is 1",
        (
            Setting("gru 64", replace(COPY, cell="gru"), True, 10_000),
            Setting("tanh 64", replace(COPY, cell="rnn"), False, 10_000),
        ),
        over_baseline,
        lambda found: found["of memoryless"] < 0.05,
        long=True,
    ),
    Claim(
        "xor-stream",
        "Elman 1990",
        "In a stream a, b, a xor b the loss of each third bit goes to 0, and that of the others stays at ln 2.",
        "after 3,000 steps, third bit under 0.01 and others within 0.01 of ln 2 on 1,000 fresh streams",
        "without memory every bit costs ln 2 = 0.693",
        (Setting("tanh 8", XOR, True, 3_000),),
        by_bit,
        lambda found: found["third bit"] < 0.01 and abs(found["other bits"] - log(2)) < 0.01,
        every=3_000,
    ),
    Claim(
        "sunspots",
        "Weigend, Huberman & Rumelhart 1990",
        "A small network says the next year's sunspots better than persistence, and in 1921-55 better than AR(9).",
        "after 500 steps, below persistence in both periods and below AR(9) in 1921-55",
        f"persistence {both(PERSISTENCE)}, AR(9) {both(AR9)}",
        (Setting("tanh 8", SUNSPOTS, True, 500),),
        one_year_ahead,
        lambda found: all(found[name] < PERSISTENCE[name] for name in PERIODS) and found["1921-55"] < AR9["1921-55"],
        every=500,
        note="Trained on stretches of 80 years up to 1920; tested on one sequence from 1700 on, the state run through, "
        "one year ahead: squared error over the variance of 1700-1979.",
    ),
)
CLAIMS = {claim.name: claim for claim in LIST}
