"""All weights of a network in one vector, theta, seen by name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from rnn_core.arrays import numbers
from rnn_core.cells import Params
from rnn_core.registry import short

if TYPE_CHECKING:
    from rnn_core.network import Network


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
