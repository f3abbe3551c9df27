"""Where each number of theta, the vector of all weights, is in the matrices of the products."""

from collections.abc import Hashable, Mapping
from typing import Literal, NamedTuple

import numpy as np

ORDER: Literal["F", "C"] = "F"  # of W: column by column, as a product with one sequence wants it


class Entries(NamedTuple):
    """The M entries of all matrices, (M,) each: of W, of W with its gain, and of dW, this row by row."""

    W: np.ndarray
    W_forward: np.ndarray
    dW: np.ndarray


class Layout(NamedTuple):
    """The M entries of all matrices and the N weights, either in the order of the other.

    One gather for all costs less than copying the blocks of one small matrix: 1 µs instead of 8 a step with H = 8.
    """

    into: np.ndarray  # (M,): where in theta each entry stands
    mask: np.ndarray | None  # (M,): 0 where an entry is no weight but always 0; None: nowhere
    gain: np.ndarray | None  # (M,): what an entry is multiplied by on the way forward, see Kernel.gains; None: 1
    back: np.ndarray  # (N,): where among the entries each weight stands
    places: dict[Hashable, tuple[slice, tuple[int, int]]]  # of each matrix

    @classmethod
    def of(cls, matrices: Mapping[Hashable, tuple[np.ndarray, np.ndarray]]) -> "Layout":
        """matrices: each by a name, as the numbers of its weights, from 1 (0 where there is none), and as gains."""
        numbers, gains = (np.concatenate([pair[k].ravel(ORDER) for pair in matrices.values()]) for k in (0, 1))
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

    def matrix(self, entries: np.ndarray, name: Hashable, order: Literal["F", "C"] | None = None) -> np.ndarray:
        """A matrix out of all entries (M,), a view. order: "C" row by row, "F" column by column, None: as W."""
        place, shape = self.places[name]
        return entries[place].reshape(shape, order=order or ORDER)
