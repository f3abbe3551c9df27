"""The run of a text: beside what every run does it writes, and says how well it predicts the held-out passage."""

from math import nan
from typing import NamedTuple

import numpy as np

from rnn_core import Config
from rnn_core.analysis.probes import features, follows, next_letters, surprise, units_over
from rnn_core.sampling import sample
from rnn_core.tasks.text import Letters, task_of
from ui.board.film import curves
from ui.run.run import Run

SHOWN = 800  # characters whose units are shown
WRITTEN = 280  # characters in a sample
RECENT = 20  # batches whose mean loss is told


class Measured(NamedTuple):
    """Of the held-out passage: the perplexity; every unit after each of its first characters, (SHOWN,H); and of every
    unit what it follows, and how closely.
    """

    perplexity: float
    h: np.ndarray
    follows: list[tuple[str, float]]


class Likely(NamedTuple):
    """After a character, both by their codes: the likeliest next ones and how likely each is, the likeliest first; and
    the one that came, where one did.
    """

    code: int
    top: tuple[tuple[int, float], ...]
    came: tuple[int, float] | None


class Expected(NamedTuple):
    """How training goes: the curve's steps and losses, the mean loss of the last batches (NaN before the first), and
    what follows each character of a beginning.
    """

    steps: np.ndarray
    losses: np.ndarray
    recent: float
    likely: list[Likely]


class TextRun(Run):
    """letters: the text in numbers."""

    def __init__(self, config: Config, letters: Letters) -> None:
        self.letters = letters
        super().__init__(config, task=task_of(letters))

    def measure(self) -> Measured:
        """The held-out passage, read by the network as it stands."""
        net, params, result = self.trainer.network, self.trainer.params, self.letters
        passage = result.codes[result.cut : result.cut + SHOWN]
        with np.errstate(all="ignore"):  # a network that diverged: its numbers say so themselves
            loss = surprise(net, params, result.codes, result.cut, result.passage)
            h = units_over(net, params, passage)
            named = features(result.decode(passage))
            return Measured(float(np.exp(min(loss, 700.0))), h, follows(h, named))

    def units(self, codes: np.ndarray) -> np.ndarray:
        """Every unit after each of these characters, (T,H)."""
        with np.errstate(all="ignore"):
            return units_over(self.trainer.network, self.trainer.params, codes)

    def sample(self, codes: np.ndarray, temperatures: tuple[float, ...]) -> tuple[str, ...]:
        """What it writes after these characters, at each temperature: the same for the same seed and step."""
        net, params, rng = self.trainer.network, self.trainer.params, np.random.default_rng(self._seeds)
        with np.errstate(all="ignore"):
            written = sample(net, params, codes, WRITTEN, temperatures, rng, never=self.letters.rare)
        return tuple(self.letters.decode(column) for column in written.T)

    @property
    def _seeds(self) -> list[int]:
        return [self.trainer.config.seed, self.trainer.step]

    def expected(self, codes: np.ndarray, cards: int, likeliest: int) -> Expected:
        """How training goes. codes: a beginning, of which the last `cards` characters are told of."""
        history = self.trainer.history
        result, last = curves(history), history.last("loss", RECENT)
        with np.errstate(all="ignore"):
            p = next_letters(self.trainer.network, self.trainer.params, codes)
        likely = []
        for t in range(max(0, len(codes) - cards), len(codes)):
            top = np.argsort(-p[t], kind="stable")[:likeliest]
            came = (int(codes[t + 1]), float(p[t, codes[t + 1]])) if t + 1 < len(codes) else None
            likely.append(Likely(int(codes[t]), tuple((int(k), float(p[t, k])) for k in top), came))
        return Expected(result["curve_step"], result["curve_loss"], float(last.mean()) if len(last) else nan, likely)
