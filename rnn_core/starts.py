"""Weights set by hand in place of drawn ones: networks that do something before they have learned anything.

one-unit        h_t = tanh(3 h_{t−1} + x_t) keeps a sign for ever, and no gradient goes back through it
                                          Bengio, Simard & Frasconi, IEEE Trans. Neural Networks 5 (1994), section III
shift-register  k + 1 blocks of D units, each a copy of the block before one step later: it echoes
non-normal      W_hh of 2 × 2 blocks ((0.9, 5), (0, 0.9)): eigenvalues 0.9, and yet its powers first grow 19-fold
                                          Trefethen & Embree, Spectra and Pseudospectra (2005), chapter 1
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnn_core.registry import Registry, short
from rnn_core.words import t

Params = dict[str, np.ndarray]


class StartWeights(NamedTuple):
    """needs(config): settings that it needs, by name. write(params, config): put its numbers in place of the drawn.
    replaces: the settings of what is drawn that then change nothing.
    """

    needs: Callable[[Any], dict[str, Any]]
    write: Callable[[Params, Any], None]
    replaces: tuple[str, ...] = ()

    def check(self, config: Any) -> None:
        """Raises ValueError for a setting that it does not go with."""
        for name, wanted in self.needs(config).items():
            if (value := getattr(config, name)) != wanted:
                raise ValueError(t("start_weights is {given}, which needs {name} {wanted}, and {name} is {found}",
                                   given=repr(config.start_weights), name=name, wanted=wanted, found=short(value)))


# Both eigenvalues are 0.9, and the norm of its powers is 19.4 before it shrinks.
NON_NORMAL = np.array([[0.9, 5.0], [0.0, 0.9]])


def drawn(params: Params, config: Any) -> None:
    """Leave the weights as they were drawn."""


def one_unit(params: Params, config: Any) -> None:
    """W_hh (1,1) = 3, W_xh (1,1) = 1, W_hy (2,1) = −3, 3."""
    params["W_hh"][:], params["W_xh"][:], params["W_hy"][:, 0] = 3, 1, (-3, 3)
    params["b_h"][:] = params["b_y"][:] = 0


def shift_register(params: Params, config: Any) -> None:
    """W_xh (H,D) writes x_t into the first block of D units, W_hh (H,H) each block into the next, W_hy (D,H) reads the
    last. tanh(3) is nearly 1.
    """
    D = params["W_xh"].shape[1]
    params["W_xh"][:] = 3 * np.eye(*params["W_xh"].shape)
    params["W_hh"][:] = 3 * np.eye(len(params["W_hh"]), k=-D)
    params["W_hy"][:] = 10 * np.eye(*params["W_hy"].shape, k=params["W_hy"].shape[1] - D)
    params["b_h"][:] = params["b_y"][:] = 0


def non_normal(params: Params, config: Any) -> None:
    """W_hh (H,H) of blocks ((0.9, 5), (0, 0.9)); b_h = 0."""
    params["W_hh"][:] = np.kron(np.eye(len(params["W_hh"]) // 2), NON_NORMAL)
    params["b_h"][:] = 0


WHOLE = ("initializer", "init_scale", "input_scale", "recurrent_scale")  # where all weights are set

START_WEIGHTS = Registry(
    "start_weights",
    {
        "drawn": StartWeights(lambda config: {}, drawn),
        "one-unit": StartWeights(
            lambda config: {"task": "latch", "cell": "rnn", "hidden_size": 1, "layers": 1}, one_unit, WHOLE
        ),
        "shift-register": StartWeights(
            lambda config: {"task": "echo", "cell": "rnn", "hidden_size": 5 * (config.k + 1), "layers": 1},
            shift_register,
            WHOLE,
        ),
        "non-normal": StartWeights(
            lambda config: {"cell": "rnn", "layers": 1, "hidden_size": max(2, config.hidden_size // 2 * 2)},
            non_normal,
            ("recurrent_scale",),
        ),
    },
)
