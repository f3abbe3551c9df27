"""To and from PyTorch: its names, its layouts, and a short program that runs there.

torch.nn.RNN, LSTM and GRU keep W_xh as weight_ih_l0, W_hh as weight_hh_l0 and two biases whose sum is b_h; gates are
in the same order as here. The second layer is l1, and so on. Of the GRU's second bias, the part of gate n is our b_hn.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.arrays import named
from rnn_core.cells import Cell, Params, cell_of
from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network
from rnn_core.network import Network, key
from rnn_core.registry import short
from rnn_core.tasks import Task

if TYPE_CHECKING:
    from rnn_core.trainer import Trainer

TORCH = {
    "rnn": "nn.RNN({D}, {H}, num_layers={layers})",
    "rnn-relu": "nn.RNN({D}, {H}, num_layers={layers}, nonlinearity='relu')",
    "lstm": "nn.LSTM({D}, {H}, num_layers={layers})",
    "gru": "nn.GRU({D}, {H}, num_layers={layers})",
}


def to_torch(params: Params, cell: Cell | str | None = None) -> dict[str, np.ndarray]:
    """Weights by PyTorch's state-dict names: nn.RNN, nn.LSTM or nn.GRU accepts those of the cell, nn.Linear those of
    read_out.

    params: of one cell (W_xh, W_hh, b_h, …) or of a whole network (W_hh_2, …, W_hy, b_y). The read-out becomes
    read_out.weight and read_out.bias. cell: whose weights these are, a key of CELLS or its record; trainer.params know
    it by themselves. Raises ValueError for weights that PyTorch has no place for, or would compute something else with.
    """
    named("params", params, ())
    network: Network | None = getattr(params, "network", None)
    if network:
        check_network(network)
    if cell is not None:
        check_cell(cell_of(cell))
    state: dict[str, np.ndarray] = {}
    layer = 0
    while key("", "W_hh", layer) in params:
        W_xh, W_hh, b_h = named("params", params, [key("", name, layer) for name in ("W_xh", "W_hh", "b_h")]).values()
        b_hh, b_hn = np.zeros_like(b_h), params.get(key("", "b_hn", layer))
        if b_hn is not None:
            b_hh[-len(b_hn) :] = b_hn
        parts = {"weight_ih": W_xh, "weight_hh": W_hh, "bias_ih": b_h, "bias_hh": b_hh}
        state |= {f"{name}_l{layer}": array.copy() for name, array in parts.items()}
        layer += 1
    if "W_hy" in params:
        W_hy, b_y = named("params", params, ("W_hy", "b_y")).values()
        state |= {"read_out.weight": W_hy.copy(), "read_out.bias": b_y.copy()}
    rest = [name for name in params if name.startswith("decoder_")]
    if rest or not layer:
        what = rest[0] if rest else f"{', '.join(params) or 'nothing'}, but no W_hh"
        raise ValueError(f"params holds {what}; PyTorch's RNN, LSTM and GRU are one stack of layers with W_hh in each")
    return state


def from_torch(state: dict[str, np.ndarray], cell: Cell | str) -> Params:
    """The inverse of to_torch: any state dict of nn.RNN, nn.LSTM or nn.GRU, as arrays -> Params.

    cell: a key of TORCH or its record. Where PyTorch has two biases their sum is taken. Raises ValueError, naming the
    array, where one is missing, and for a cell that PyTorch has not.
    """
    params: Params = {}
    check_cell(cell := cell_of(cell))
    named("state dict", state, ())
    layers = sum(name.startswith("weight_hh_l") for name in state)
    for layer in range(max(1, layers)):
        names = [f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        W_xh, W_hh, b_ih, b_hh = (array.copy() for array in named("state dict", state, names).values())
        H, rows = W_hh.shape[-1], len(cell.gates) * W_hh.shape[-1]
        wanted = {names[1]: (rows, H), names[0]: (rows, W_xh.shape[-1]), names[2]: (rows,), names[3]: (rows,)}
        for name, shape in wanted.items():
            if np.shape(state[name]) != shape:
                raise ValueError(f"{name} has shape {np.shape(state[name])}; cell {cell.name} needs {shape}")
        if cell.biases:  # the GRU's last block of b_hh stays apart, inside the reset product
            params[key("", "b_hn", layer)] = b_hh[-H:].copy()
            b_hh[-H:] = 0
        params |= {key("", name, layer): a for name, a in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_ih + b_hh))}
    if "read_out.weight" in state:
        W_hy, b_y = named("state dict", state, ("read_out.weight", "read_out.bias")).values()
        params |= {"W_hy": W_hy.copy(), "b_y": b_y.copy()}
    return params


def check_cell(cell: Cell) -> None:
    """Raises ValueError for a cell that PyTorch has no layer for."""
    if cell.name not in TORCH:
        raise ValueError(f"cell is {cell.name!r}, which PyTorch has no layer for; it has one for {', '.join(TORCH)}")


def check_network(network: Network) -> None:
    """Raises ValueError for a network that PyTorch's layers cannot be."""
    check_cell(network.cell)
    if network.decoder:
        raise ValueError(
            f"{network.cell.name} reads and writes here, an encoder and a decoder; PyTorch's layers are one stack"
        )
    if network.skip and network.layers > 1:
        raise ValueError("layer_skip is true; PyTorch's layers do not add their input to their output")


def torch_script(config: "Config | Trainer", weights: str = "weights.npz", task: Task | None = None) -> str:
    """The text of a PyTorch program that builds a network, loads its weights and reads a sequence.

    config: whose network, or the run itself. weights: the name of an npz file of to_torch(trainer.params). task: with a
    Config, trainer.task, where that is not TASKS[config.task]. The program defines `network`, a module from x (T, B, D)
    to y (T, B, O). Raises ValueError for a network that PyTorch's layers cannot be.
    """
    if not isinstance(weights, str):
        raise ValueError(f"weights is {short(weights)}; it must be the name of a file (a task is task=…)")
    run: Any = config
    if not isinstance(config, Config):
        run, task = getattr(run, "config", run), task or getattr(run, "task", None)
    settings = checked(run)
    network = build_network(settings, task)
    check_network(network)
    layer = TORCH[settings.cell].format(D=network.D, H=network.H, layers=network.layers)
    return SCRIPT.format(
        config=settings.to_mapping(), layer=layer, H=network.H, O=network.O, D=network.D, weights=weights
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


weights = {{name: torch.from_numpy(array) for name, array in np.load({weights!r}).items()}}
network = Network().to(next(iter(weights.values())).dtype)
read_out = {{name.removeprefix("read_out."): weights.pop(name) for name in ("read_out.weight", "read_out.bias")}}
network.cell.load_state_dict(weights)
network.read_out.load_state_dict(read_out)

if __name__ == "__main__":
    x = torch.zeros(20, 1, {D}, dtype=read_out["bias"].dtype)
    print(network(x))
'''
