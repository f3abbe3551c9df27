"""All weights of a network in one vector, theta, and where each number of it stands in the matrices of the products."""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

import numpy as np

from rnn_core.arrays import numbers
from rnn_core.fast.kernels import Params
from rnn_core.registry import short

if TYPE_CHECKING:
    from rnn_core.fast.network import Network


class Weights(dict[str, np.ndarray]):
    """Weights (or gradients) by name: views into one vector theta (N,), so that an optimizer needs no loop.

    What is assigned to a name is copied into its view. Raises ValueError, naming array, shape found and shape wanted,
    for a name, a shape or numbers that cannot be; no name can be taken away. A copy has a theta of its own. network:
    whose weights these are, where that is known.
    """

    def __init__(self, theta: np.ndarray, like: Params, network: "Network | None" = None) -> None:
        self.theta, self.network = theta, network or getattr(like, "network", None)
        ends = np.cumsum([array.size for array in like.values()])
        parts = zip(like.items(), ends, strict=True)
        super().__init__({name: theta[end - array.size : end].reshape(array.shape) for (name, array), end in parts})

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, *args: Any, **named: Any) -> None:
        """All of them or, where one cannot be, none."""
        if args and not isinstance(args[0], Mapping):
            raise ValueError(
                f"weights are {short(args[0])}; they must be a dict of arrays by name, as trainer.params is"
            )
        values = dict(*args, **named)
        for name in values:
            if name not in self:
                raise ValueError(f"{short(name)} is no array of weights; there are {', '.join(self)}")
        checked = {name: fitting(name, value, self[name]) for name, value in values.items()}
        for name, array in checked.items():
            self[name][...] = array

    def __ior__(self, other: Any) -> Self:  # type: ignore[override, misc]
        self.update(other)
        return self

    def setdefault(self, name: str, default: Any = None) -> np.ndarray:
        if name not in self:
            self[name] = default
        return self[name]

    def __delitem__(self, name: str) -> NoReturn:
        raise ValueError(f"{short(name)} cannot be taken away; a network needs all of {', '.join(self)}")

    def pop(self, name: str, *default: Any) -> NoReturn:
        del self[name]

    def popitem(self) -> NoReturn:
        del self[next(reversed(self))]

    def clear(self) -> NoReturn:
        del self[next(iter(self))]

    def copy(self) -> "Weights":
        return Weights(self.theta.copy(), self)

    __copy__ = copy

    def __reduce__(self) -> tuple[Any, ...]:
        return Weights, (self.theta.copy(), dict(self), self.network)


def fitting(name: str, value: Any, view: np.ndarray) -> np.ndarray:
    """What can be written into a view. Raises ValueError, naming both shapes, for what cannot."""
    array = numbers(name, value)
    if array.shape != view.shape:
        raise ValueError(f"{name} has shape {array.shape}; it must be {view.shape}")
    with np.errstate(over="ignore"):
        array = array.astype(view.dtype)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} has {(~np.isfinite(array)).sum()} numbers that are not finite as {view.dtype}; all must be"
        )
    return array


def flat(params: Params) -> np.ndarray:
    """All weights as one vector: theirs, where they are views into one."""
    if isinstance(params, Weights):
        return params.theta
    return np.concatenate([array.ravel() for array in params.values()])


class Entries(NamedTuple):
    """The M entries of all matrices, (M,) each: of W, of W with its gain, and of dW. W stands column by column, as a
    product with one sequence wants it (a fifth faster with H = 8), dW row by row, as a product writes it.
    """

    W: np.ndarray
    W_forward: np.ndarray
    dW: np.ndarray


class Layout(NamedTuple):
    """The M entries of all matrices and the N weights, either in the order of the other.

    One gather for all costs less than copying the blocks of one small matrix: 1 µs instead of 8 a step with H = 8.
    """

    into: np.ndarray  # (M,): where in theta each entry stands
    mask: np.ndarray | None  # (M,): 0 where an entry is no weight but always 0; None: nowhere
    gain: np.ndarray | None  # (M,): what an entry is multiplied by on the way forward, see Cell.gain; None: 1
    back: np.ndarray  # (N,): where among the entries each weight stands
    places: dict[Hashable, tuple[slice, tuple[int, int]]]  # of each matrix

    @classmethod
    def of(cls, matrices: Mapping[Hashable, tuple[np.ndarray, np.ndarray]]) -> "Layout":
        """matrices: each by a name, as the numbers of its weights, from 1 (0 where there is none), and as gains."""
        numbers, gains = (np.concatenate([pair[k].ravel("F") for pair in matrices.values()]) for k in (0, 1))
        into = numbers.astype(np.intp) - 1
        real = into >= 0
        by_row = np.concatenate([pair[0].ravel() for pair in matrices.values()]).astype(np.intp) - 1
        back = np.zeros(into.max() + 1, np.intp)
        back[by_row[by_row >= 0]] = np.flatnonzero(by_row >= 0)
        places, end = {}, 0
        for name, (matrix, _) in matrices.items():
            places[name] = slice(end, end + matrix.size), matrix.shape
            end += matrix.size
        mask = None if real.all() else real.astype(gains.dtype)
        return cls(into.clip(0), mask, None if (gains == 1).all() else gains, back, places)

    def entries(self, dtype: np.dtype) -> Entries:
        """Room for them; W with its gain is W itself where there is none."""
        W, W_forward, dW = np.zeros((3, len(self.into)), dtype)
        return Entries(W, W if self.gain is None else W_forward, dW)

    def load(self, theta: np.ndarray, entries: Entries) -> None:
        """The weights into all matrices."""
        theta.take(self.into, out=entries.W, mode="clip")  # in this mode NumPy writes straight into `out`
        if self.mask is not None:
            np.multiply(entries.W, self.mask, out=entries.W)
        if self.gain is not None:
            np.multiply(entries.W, self.gain, out=entries.W_forward)

    def matrix(self, entries: np.ndarray, name: Hashable, order: str = "F") -> np.ndarray:
        """A matrix out of all entries (M,), a view. order: "C" row by row, "F" column by column."""
        place, shape = self.places[name]
        return entries[place].reshape(shape, order=order)
