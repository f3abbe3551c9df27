"""A kernel: the two functions of a cell, laid out so that few NumPy calls do their work on buffers made beforehand.

A NumPy call on a small array costs 0.2 µs whatever it computes, and that is what training a small network costs. So the
pre-activations a_t = W_hh h_{t−1} + b_h + W_xh x_t come from one product with one stacked matrix, every result goes
into a place that is there already, and what needs no gradient of a later step is computed for many steps at once.
docs/code.md, "What is fast and why".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from rnn_core.cells import Cell, Params

NOTHING: Mapping[str, Any] = MappingProxyType({})
# 0-d arrays: on a small array they cost a third of a Python number
ZERO, HALF, ONE = np.array(0, np.float32), np.array(0.5, np.float32), np.array(1, np.float32)


def packed(*arrays: np.ndarray) -> list[np.ndarray]:
    """Copies of blocks of a without the gaps that other blocks leave: arithmetic is three times as fast on them."""
    return [array.copy() for array in arrays]


class Kernel(NamedTuple):
    """The layout of a cell.

    The parameters of its three functions are names: each gets the arrays that they stand for, (H,B) or (n·H, B), and
    writes into some of them. There are a, the blocks and spans of it, the states (h, h_prev), the records, and d before
    each of these. Plain parameters cost a third of looking the names up in a record. NumPy's functions are called by a
    bare name, and what they are to write into is given by its place: tanh(a, h) takes two thirds of the time of
    np.tanh(a, out=h), and multiply(a, b, a) nine tenths of a *= b.

    forward: from a, h_prev (and c_prev) make the blocks of a, h (and c).
    derivatives: the local derivatives of many steps at once, (T,H,B) each, which no gradient has to arrive for, into
    da, and where the cell needs it into dh_prev or into d of a record.
    backward: complete dh (and dc), which for the states in `bypass` lacks dh_next, what step t+1 sent back around its
    product; from it make da, and dh_prev (or dc_prev), what bypasses this one.
    """

    cell: Cell
    forward: Callable[..., None]
    derivatives: Callable[..., None]
    backward: Callable[..., None]
    bypass: tuple[str, ...] = ()  # the states that also go from step to step by themselves, not through the product
    blocks: tuple[str, ...] = ("h",)  # the blocks of H rows of a_t, in the order that suits the functions
    enters: Mapping[str, tuple[str, ...]] = NOTHING  # weight: the blocks of its rows, if not gates
    # runs of neighbouring blocks that are handled in one go: start, stop, steps later; before block 0 stands c_{t−1}
    spans: Mapping[str, tuple[int, int, int]] = NOTHING
    records: tuple[str, ...] = ()  # further (T,H,B) arrays that forward keeps

    def places(self, H: int) -> dict[str, tuple[np.ndarray, slice | int]]:
        """Rows and columns of every weight in the matrix (blocks·H, H+1+D) that multiplies (h_{t−1}, 1, x_t)."""
        columns = {"W_hh": slice(H), "W_xh": slice(H + 1, None)}
        starts = {block: np.arange(H) + k * H for k, block in enumerate(self.blocks)}
        rows = {name: self.enters.get(name, self.cell.gates) for name in self.cell.weights}
        return {name: (np.concatenate([starts[b] for b in at]), columns.get(name, H)) for name, at in rows.items()}

    def stack(self, params: Params, W: np.ndarray) -> None:
        """The weights into that matrix."""
        for name, place in self.places(params["W_hh"].shape[1]).items():
            W[place] = params[name]

    def unstack(self, W: np.ndarray, H: int) -> Params:
        """The inverse of stack, for the weights and for their gradients."""
        return {name: W[place] for name, place in self.places(H).items()}

    def gains(self, rows: int) -> np.ndarray:
        """What each row of the stacked matrix is multiplied by on the way forward, (rows, 1): ½ for a block that
        becomes a sigmoid, σ(a) = ½ + ½ tanh(a/2), because tanh is fast.
        """
        gain = [0.5 if block in self.cell.sigmoids else 1.0 for block in self.blocks]
        return np.repeat(np.array(gain, np.float32), rows // len(gain))[:, None]
