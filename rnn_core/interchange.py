"""To and from PyTorch: its names, its layouts, and a short program that runs there.

torch.nn.RNN, LSTM and GRU keep W_xh as weight_ih_l0, W_hh as weight_hh_l0 and two biases whose sum is b_h; gates are
in the same order as here. The second layer is l1, and so on. Of the GRU's second bias, the part of gate n is our b_hn.
"""

from typing import TYPE_CHECKING

import numpy as np

from rnn_core.cells import CELLS, Params
from rnn_core.network import Network, key

if TYPE_CHECKING:
    from rnn_core.config import Config

TORCH = {
    "rnn": "nn.RNN({D}, {H}, num_layers={layers})",
    "rnn-relu": "nn.RNN({D}, {H}, num_layers={layers}, nonlinearity='relu')",
    "lstm": "nn.LSTM({D}, {H}, num_layers={layers})",
    "gru": "nn.GRU({D}, {H}, num_layers={layers})",
}


def to_torch(params: Params) -> dict[str, np.ndarray]:
    """Weights by PyTorch's state-dict names: nn.RNN, nn.LSTM or nn.GRU accepts those of the cell, nn.Linear those of
    read_out.

    params: of one cell (W_xh, W_hh, b_h, …) or of a whole network (W_hh_2, …, W_hy, b_y). The read-out becomes
    read_out.weight and read_out.bias. Raises ValueError for weights that PyTorch has no place for.
    """
    state: dict[str, np.ndarray] = {}
    layer = 0
    while key("", "W_hh", layer) in params:
        W_xh, W_hh, b_h = (params[key("", name, layer)] for name in ("W_xh", "W_hh", "b_h"))
        b_hh, b_hn = np.zeros_like(b_h), params.get(key("", "b_hn", layer))
        if b_hn is not None:
            b_hh[-len(b_hn) :] = b_hn
        parts = {"weight_ih": W_xh, "weight_hh": W_hh, "bias_ih": b_h, "bias_hh": b_hh}
        state |= {f"{name}_l{layer}": array.copy() for name, array in parts.items()}
        layer += 1
    if "W_hy" in params:
        state |= {"read_out.weight": params["W_hy"].copy(), "read_out.bias": params["b_y"].copy()}
    rest = [name for name in params if name.startswith("decoder_")]
    if rest or not layer:
        what = rest[0] if rest else f"{', '.join(params) or 'nothing'}, but no W_hh"
        raise ValueError(f"params holds {what}; PyTorch's RNN, LSTM and GRU are one stack of layers with W_hh in each")
    return state


def from_torch(state: dict[str, np.ndarray], cell: str) -> Params:
    """The inverse of to_torch: any state dict of nn.RNN, nn.LSTM or nn.GRU, as arrays -> Params.

    Where PyTorch has two biases their sum is taken. Raises ValueError, naming the array, where one is missing.
    """
    params: Params = {}
    layers = sum(name.startswith("weight_hh_l") for name in state)
    for layer in range(max(1, layers)):
        names = [f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        for name in names:
            if name not in state:
                raise ValueError(f"{name} is missing; the state dict has {', '.join(state) or 'nothing'}")
        W_xh, W_hh, b_ih, b_hh = (np.array(state[name]) for name in names)
        H, G = W_hh.shape[1], len(CELLS[cell].gates)
        if len(W_hh) != G * H:
            raise ValueError(f"weight_hh_l{layer} has shape {W_hh.shape}; cell {cell} needs {(G * H, H)}")
        if CELLS[cell].biases:  # the GRU's last block of b_hh stays apart, inside the reset product
            params[key("", "b_hn", layer)] = b_hh[-H:].copy()
            b_hh[-H:] = 0
        params |= {key("", name, layer): a for name, a in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_ih + b_hh))}
    if "read_out.weight" in state:
        params |= {"W_hy": np.array(state["read_out.weight"]), "b_y": np.array(state["read_out.bias"])}
    return params


def torch_script(config: "Config", weights: str = "weights.npz") -> str:
    """The text of a PyTorch program that builds config's network, loads its weights and reads a sequence.

    weights: an npz file of to_torch(trainer.params). The program defines `network`, a module from x (T, B, D) to y
    (T, B, O). Raises ValueError for a network that PyTorch's layers cannot be.
    """
    network = Network.of(config)
    if config.cell not in TORCH or network.decoder or (network.skip and network.layers > 1):
        raise ValueError(
            f"cell {config.cell} with task {config.task} and layer_skip {config.layer_skip} has no layer of PyTorch's; "
            f"one of {', '.join(TORCH)}, without an encoder and without layer_skip, has"
        )
    layer = TORCH[config.cell].format(D=network.D, H=network.H, layers=network.layers)
    return SCRIPT.format(
        config=config.to_mapping(), layer=layer, H=network.H, O=network.O, D=network.D, weights=weights
    )


SCRIPT = '''"""A network of Unrolled in PyTorch. Settings that differ from the defaults: {config}"""

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    """x (T, B, D) -> y (T, B, O), the raw outputs."""

    def __init__(self):
        super().__init__()
        self.cell = {layer}
        self.read_out = nn.Linear({H}, {O})

    def forward(self, x):
        h, _ = self.cell(x)
        return self.read_out(h)


weights = {{name: torch.from_numpy(array) for name, array in np.load("{weights}").items()}}
network = Network().to(next(iter(weights.values())).dtype)
read_out = {{name.removeprefix("read_out."): weights.pop(name) for name in ("read_out.weight", "read_out.bias")}}
network.cell.load_state_dict(weights)
network.read_out.load_state_dict(read_out)

if __name__ == "__main__":
    x = torch.zeros(20, 1, {D}, dtype=read_out["bias"].dtype)
    print(network(x))
'''
