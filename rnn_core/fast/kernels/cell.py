"""What a recurrent cell is to the rest of the engine: a record of pure functions of one time step.

Every cell here gets its pre-activations a_t = W_hh h_{t−1} + b_h + W_xh x_t from one product and does the rest
element by element, so bptt.py can unroll any of them without knowing which one it has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS, rescale
from rnn_core.registry import Named, Registry

# 0-d arrays: on a small array they cost a third of a Python number
ZERO, HALF, ONE = np.array(0, np.float32), np.array(0.5, np.float32), np.array(1, np.float32)
Params = dict[str, np.ndarray]
Step = SimpleNamespace  # the arrays of one time step by name, (H,B) each; or of all T steps at once, (T,H,B) each


def stack(params: Params, W: np.ndarray) -> None:
    """The weights into one matrix (G·H, H+1+D) that multiplies the column (h_{t−1}, 1, x_t)."""
    np.concatenate([params["W_hh"], params["b_h"][:, None], params["W_xh"]], axis=1, out=W)


def unstack(W: np.ndarray, H: int) -> Params:
    """The inverse of stack: a matrix's parts by name, for the weights and for their gradients."""
    return {"W_xh": W[:, H + 1 :], "W_hh": W[:, :H], "b_h": W[:, H]}


def packed(*arrays: np.ndarray) -> list[np.ndarray]:
    """Copies of blocks of a without the gaps that other blocks leave: arithmetic is three times as fast on them."""
    return [array.copy() for array in arrays]


@dataclass(frozen=True, eq=False)
class Cell(Named):
    """A recurrent cell. H hidden units, D inputs, B sequences, G gates (blocks of H rows in W_xh, W_hh and b_h).

    The parameters of its three functions are names: each gets the arrays that they stand for, (H,B) or (n·H, B), and
    writes into some of them. There are a, the blocks and spans of it, the states (h, h_prev), the records, and d before
    each of these. Plain parameters cost a third of looking the names up in a record. NumPy's functions are called by a
    bare name, and what they are to write into is given by its place: tanh(a, h) takes two thirds of the time of
    np.tanh(a, out=h), and multiply(a, b, a) nine tenths of a *= b.

    forward: from a, h_prev (and c_prev) make the blocks of a, h (and c).
    slopes: for many steps at once, (T,H,B) each, what the way back can know before any gradient arrives, into da, and
    where the cell needs it into dh_prev or into d of a record.
    backward: complete dh (and dc), which for the states in `around` lacks dh_later, what step t+1 sent back around its
    product; from it make da, and dh_prev (or dc_prev), what goes back around this one.
    """

    name: str
    title: str
    gates: tuple[str, ...]  # the blocks of H rows in the weights, in PyTorch's order
    states: tuple[str, ...]  # ("h",) or ("h", "c")
    forward: Callable[..., None]
    slopes: Callable[..., None]
    backward: Callable[..., None]
    equation: tuple[str, ...]  # for people; {name} stands for a number out of terms
    terms: Callable[[Params, Step], dict[str, np.ndarray]]
    around: tuple[str, ...] = ()  # the states that also go from step to step by themselves, not through the product
    blocks: tuple[str, ...] = ("a",)  # the blocks of H rows of a_t, once activated
    gain: tuple[float, ...] = (1.0,)  # ½ for a block that becomes a sigmoid: σ(a) = ½ + ½ tanh(a/2), and tanh is fast
    # runs of neighbouring blocks that are handled in one go: start, stop, steps later; before block 0 stands c_{t−1}
    spans: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    records: tuple[str, ...] = ()  # further (T,H,B) arrays that forward keeps
    biases: tuple[str, ...] = ()  # further biases (H,), beside b_h
    through: Mapping[str, str] = field(default_factory=dict)  # gate: the gate that multiplies its W_hh h_{t−1} first
    bounded: bool = True  # |h| ≤ 1
    flat_at: tuple[float, ...] = (-1.0, 1.0)  # the h at which the slope of h is 0
    stack: Callable[[Params, np.ndarray], None] = stack
    unstack: Callable[[np.ndarray, int], Params] = unstack

    @staticmethod
    def registry() -> "Registry[Cell]":
        from rnn_core.fast.kernels import CELLS

        return CELLS

    @property
    def kept(self) -> tuple[str, ...]:
        """The gates that a step keeps: its blocks, where they are more than the pre-activation."""
        return tuple(block for block in self.blocks if block in self.gates)

    def gains(self, rows: int) -> np.ndarray:
        """What each row of the stacked matrix is multiplied by on the way forward, (rows, 1)."""
        return np.repeat(np.array(self.gain, np.float32), rows // len(self.blocks))[:, None]

    def is_sigmoid(self, block: str) -> bool:
        """Whether a block of a_t becomes a sigmoid."""
        return block in self.blocks and self.gain[self.blocks.index(block)] == 0.5

    def init(
        self,
        rng: np.random.Generator,
        D: int,
        H: int,
        *,
        initializer: str = "uniform",
        init_scale: float = 0.1,
        recurrent_scale: float = 0.0,
        forget_bias: float = 0.0,
        dtype: str = "float64",
    ) -> Params:
        """W_xh (G·H, D), W_hh (G·H, H), b_h (G·H,), each gate's block drawn by itself (see initializers.py).

        recurrent_scale: rescale each block of W_hh to this spectral radius (Pascanu et al. 2013); 0 leaves it.
        forget_bias: added to the bias of gate "f", where the cell has one (Gers et al. 2000; Jozefowicz et al. 2015).
        """
        draw, bias = INITIALIZERS[initializer], BIAS_INITIALIZERS[initializer]
        blocks = [draw(rng, (H, H), H, init_scale, True) for _ in self.gates]
        W_hh = np.concatenate([rescale(block, recurrent_scale) for block in blocks])
        W_xh = np.concatenate([draw(rng, (H, D), H, init_scale, False) for _ in self.gates])
        b_h = bias(rng, len(self.gates) * H, H)
        if "f" in self.gates:
            k = self.gates.index("f")
            b_h[k * H : (k + 1) * H] += forget_bias
        params = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h}
        params |= {name: bias(rng, H, H) for name in self.biases}
        return {name: array.astype(dtype, order="C") for name, array in params.items()}
