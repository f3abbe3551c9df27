"""Where the weights start. Each draws one matrix of weights from a Generator.

H is the hidden size, scale is Config.init_scale, recurrent is true for a gate's block of W_hh.

uniform     U(±1/√H), biases too                            torch.nn.RNN's documentation
normal      N(0, scale²), biases 0               Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), "basic tanh"
sparse      15 incoming weights a unit, N(0, scale²), biases 0         ibid., "smart tanh" (with recurrent_scale 0.95)
xavier      U(±√(6/(in+out))), biases 0                     Glorot & Bengio, AISTATS (2010)
orthogonal  Q of a Gaussian matrix, biases 0                Saxe, McClelland & Ganguli, arXiv:1312.6120 (2013)
identity    W_hh = I, the rest N(0, scale²), biases 0       Le, Jaitly & Hinton, arXiv:1504.00941 (2015)
"""

from collections.abc import Callable

import numpy as np

from rnn_core.registry import Registry

Initializer = Callable[[np.random.Generator, tuple[int, int], int, float, bool], np.ndarray]


def uniform(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    return rng.uniform(-(H**-0.5), H**-0.5, shape)


def normal(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    return rng.normal(0, scale, shape)


def sparse(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    keep = rng.random(shape).argsort(axis=1) < 15
    return rng.normal(0, scale, shape) * keep


def xavier(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    limit = (6 / sum(shape)) ** 0.5
    return rng.uniform(-limit, limit, shape)


def orthogonal(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    rows, columns = shape
    Q, R = np.linalg.qr(rng.normal(size=(max(shape), min(shape))))
    Q *= np.where(np.diag(R) < 0, -1, 1)  # makes the draw uniform over orthogonal matrices
    return Q if rows >= columns else Q.T


def identity(rng: np.random.Generator, shape: tuple[int, int], H: int, scale: float, recurrent: bool) -> np.ndarray:
    return np.eye(H) if recurrent else normal(rng, shape, H, scale, recurrent)


def rescale(W_hh: np.ndarray, radius: float) -> np.ndarray:
    """W_hh (H,H) scaled to this spectral radius; radius 0 (or a W_hh without one) leaves it."""
    now = np.abs(np.linalg.eigvals(W_hh)).max() if radius else 0.0
    return W_hh * (radius / now) if now > 0 else W_hh


INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    {
        "uniform": uniform,
        "normal": normal,
        "sparse": sparse,
        "xavier": xavier,
        "orthogonal": orthogonal,
        "identity": identity,
    },
)


def no_bias(rng: np.random.Generator, n: int, H: int) -> np.ndarray:
    return np.zeros(n)


def uniform_bias(rng: np.random.Generator, n: int, H: int) -> np.ndarray:
    return rng.uniform(-(H**-0.5), H**-0.5, n)


BIAS_INITIALIZERS = dict.fromkeys(INITIALIZERS, no_bias) | {"uniform": uniform_bias}
