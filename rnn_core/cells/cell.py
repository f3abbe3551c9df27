"""What a recurrent cell is: two pure functions of one time step, and the names of what they compute."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS, rescale
from rnn_core.registry import Named, Registry

Params = dict[str, np.ndarray]  # weights, or gradients, by name
State = Sequence[np.ndarray]  # one (H,B) for every name in cell.states


def sigmoid(a: np.ndarray) -> np.ndarray:
    """σ(a) = 1 / (1 + exp(−a)), by way of tanh, which no a makes overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def as_it_is(step: Any, dstate: State) -> State:
    """The parts of the state add nothing to one another."""
    return dstate


class Carry(NamedTuple):
    """How a state is carried on: its last value times the gate `keep`, plus what the gate `write` lets in; the gate
    `read` lets it out into h. "": no gate, all passes; "1 − z": what gate z leaves.
    """

    state: str
    keep: str = ""
    write: str = ""
    read: str = ""

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates that are computed."""
        return tuple(gate for gate in (self.keep, self.write, self.read) if gate and not gate.startswith("1 − "))


@dataclass(frozen=True, eq=False)
class Cell(Named):
    """A recurrent cell. H hidden units, D inputs, B sequences, G gates (blocks of H rows in W_xh, W_hh and b_h).

    forward(p, x, state) -> state, Step: the state after one time step, and a NamedTuple of everything that it computed:
    x (D,B), h_prev, h, every gate, (H,B) each.
    backward(p, step, dstate) -> grads, dx, dstate_prev: from ∂L/∂(state after the step), ∂L/∂p, ∂L/∂x_t and
    ∂L/∂(state before).
    total(step, dstate) -> dstate, with what one part of the state adds to another within the step: in an LSTM h to c.
    """

    name: str
    title: str
    gates: tuple[str, ...]  # the blocks of H rows in the weights, in PyTorch's order
    states: tuple[str, ...]  # ("h",) or ("h", "c")
    forward: Callable[[Params, np.ndarray, State], tuple[State, Any]]
    backward: Callable[[Params, Any, State], tuple[Params, np.ndarray, State]]
    equation: tuple[str, ...]  # for people; {name} stands for a number out of terms
    terms: Callable[[Params, Any], dict[str, np.ndarray]]
    total: Callable[[Any, State], State] = as_it_is
    sigmoids: tuple[str, ...] = ()  # the gates between 0 and 1
    biases: tuple[str, ...] = ()  # further biases (H,), beside b_h
    through: Mapping[str, str] = field(default_factory=dict)  # gate: the gate that multiplies its W_hh h_{t−1} first
    carry: Carry | None = None  # of a cell that hands a state on without a matrix
    bounded: bool = True  # |h| ≤ 1
    flat_at: tuple[float, ...] = (-1.0, 1.0)  # the h at which the derivative of h is 0

    @staticmethod
    def registry() -> "Registry[Cell]":
        from rnn_core.cells import CELLS

        return CELLS

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of its weights."""
        return ("W_xh", "W_hh", "b_h", *self.biases)

    @property
    def recorded_gates(self) -> tuple[str, ...]:
        """The gates that a Step has beside the state."""
        return tuple(gate for gate in self.gates if gate not in self.states)

    def zeros(self, p: Params, B: int) -> State:
        """The state before the first step, (H,B) for every name in states."""
        return tuple(np.zeros((p["W_hh"].shape[1], B), p["W_hh"].dtype) for _ in self.states)

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
