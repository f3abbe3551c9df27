"""The engine's oracle: the same networks written a second time, as plainly as the papers have them, for HIPS autograd.

Nothing here comes from rnn_core but names and the layout of arrays. One sequence at a time, one step at a time, one
gate at a time, vectors instead of columns; every derivative is autograd's. ∂L/∂h_t in total is the derivative with
respect to a zero that is added to h_t before anything reads it, and the same for c_t.
"""

from typing import Any, NamedTuple

from autograd import numpy as np
from autograd import value_and_grad
from autograd.tracer import getval

Arrays = dict[str, Any]


class Setting(NamedTuple):
    """What is to be unrolled. read: the steps that an encoder reads before a decoder has the rest; 0: no encoder.

    window: every so many steps, from the first, the gradient is cut and the state carried on; 0 cuts nowhere.
    """

    cell: str
    loss: str = "squared-error"
    layers: int = 1
    skip: bool = False
    window: int = 0
    read: int = 0


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gate(p: Arrays, k: int, x, h):
    """The pre-activation of gate k: its rows of every weight, H at a time."""
    H = len(h)
    rows = slice(k * H, (k + 1) * H)
    return np.dot(p["W_xh"][rows], x) + np.dot(p["W_hh"][rows], h) + p["b_h"][rows]


def elman(p, x, state, zero):
    return (np.tanh(gate(p, 0, x, state[0])) + zero[0],)


def elman_relu(p, x, state, zero):
    a = gate(p, 0, x, state[0])
    return (np.where(a > 0, a, 0.0) + zero[0],)


def residual(p, x, state, zero):
    return (state[0] + np.tanh(gate(p, 0, x, state[0])) + zero[0],)


def lstm(p, x, state, zero):
    """torch.nn.LSTM's documentation: gates i, f, g, o."""
    h, c = state
    i, f = sigmoid(gate(p, 0, x, h)), sigmoid(gate(p, 1, x, h))
    g, o = np.tanh(gate(p, 2, x, h)), sigmoid(gate(p, 3, x, h))
    c = f * c + i * g + zero[1]
    return o * np.tanh(c) + zero[0], c


def gru(p, x, state, zero):
    """torch.nn.GRU's documentation: gates r, z, n; n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))."""
    (h,), H = state, len(state[0])
    r, z = sigmoid(gate(p, 0, x, h)), sigmoid(gate(p, 1, x, h))
    from_x = np.dot(p["W_xh"][2 * H :], x) + p["b_h"][2 * H :]
    n = np.tanh(from_x + r * (np.dot(p["W_hh"][2 * H :], h) + p["b_hn"]))
    return ((1 - z) * n + z * h + zero[0],)


CELLS = {"rnn": elman, "rnn-relu": elman_relu, "residual": residual, "lstm": lstm, "gru": gru}
BLOCKS = {"rnn": 1, "rnn-relu": 1, "residual": 1, "lstm": 4, "gru": 3}  # of H rows in W_xh, W_hh and b_h
STATES = {"rnn": 1, "rnn-relu": 1, "residual": 1, "lstm": 2, "gru": 1}


def cross_entropy(y, target):
    return -np.sum(target * (y - np.log(np.sum(np.exp(y)))))


def squared_error(y, target):
    return np.mean((y - target) ** 2)


def binary_cross_entropy(y, target):
    p = sigmoid(y)
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))


LOSSES = {"cross-entropy": cross_entropy, "squared-error": squared_error, "binary-cross-entropy": binary_cross_entropy}


def layer_of(params: Arrays, stack: str, layer: int) -> Arrays:
    """A layer's weights by plain name: the first layer's have no suffix, those above _2, _3, _4."""
    found = {name: f"{stack}{name}_{layer + 1}" if layer else stack + name for name in ("W_xh", "W_hh", "b_h", "b_hn")}
    return {name: params[full] for name, full in found.items() if full in params}


def read(params: Arrays, stack: str, inputs, times, state, zeros, setting: Setting):
    """One sequence's inputs at these time steps, through all layers -> the top outputs and every layer's last state.

    state: per layer, one vector for every name in the cell's states; zeros: per layer (T, states, H), to be derived by.
    """
    last = []
    for layer in range(setting.layers):
        p, s, outputs = layer_of(params, stack, layer), tuple(state[layer]), []
        for t, x in zip(times, inputs, strict=True):
            if setting.window and t and t % setting.window == 0:
                s = tuple(getval(part) for part in s)
            s = CELLS[setting.cell](p, x, s, zeros[layer][t])
            outputs.append(s[0] + x if setting.skip and layer else s[0])
        inputs = outputs
        last.append(s)
    return inputs, last


def loss(params: Arrays, x, y, mask, setting: Setting, state, zeros, lengths=None) -> Any:
    """The mean over all answers. x (T,D,B), y (T,O,B), mask (T,B); state [layer] (states,H,B); zeros [layer]
    (T,states,H,B); lengths (B,): how many of the encoder's steps each sequence has.
    """
    T, B = mask.shape
    total = 0.0
    for b in range(B):
        now = [s[:, :, b] for s in state]
        zero = [z[:, :, :, b] for z in zeros]
        parts = [("", range(T))]
        if setting.read:
            parts = [("", range(setting.read if lengths is None else lengths[b])), ("decoder_", range(setting.read, T))]
        for stack, times in parts:
            tops, now = read(params, stack, [x[t, :, b] for t in times], times, now, zero, setting)
            if not stack and setting.window and any(t % setting.window == 0 for t in range(len(times), setting.read)):
                now = [tuple(getval(part) for part in s) for s in now]  # a cut while this one's encoder waits
            for t, top in zip(times, tops, strict=True):
                if mask[t, b]:
                    answer = np.dot(params["W_hy"], top) + params["b_y"]
                    total = total + LOSSES[setting.loss](answer, y[t, :, b])
    return total / np.sum(mask)


class Gradients(NamedTuple):
    """The loss, and its gradient: of every weight by name; of x (T,D,B); of each layer's first state (states,H,B); and,
    in total, of each layer's h_t, c_t (T,states,H,B).
    """

    loss: float
    params: Arrays
    x: Any
    state: list[Any]
    states: list[Any]


def gradients(params: Arrays, x, y, mask, setting: Setting, state, lengths=None) -> Gradients:
    """Everything that the engine's way back claims to know."""
    zeros = [np.zeros((len(x), *s.shape)) for s in state]

    def L(everything):
        return loss(everything[0], everything[1], y, mask, setting, everything[2], everything[3], lengths)

    everything = (params, x, state, zeros)
    total, found = value_and_grad(L)(everything)
    return Gradients(float(total), *found)
