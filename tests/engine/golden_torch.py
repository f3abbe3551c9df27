"""Makes golden_torch.json: what PyTorch's RNN, LSTM and GRU compute in float64, forward, backward and in ten steps of
training, and the weights, inputs and targets that they were given.

Run where torch is installed (made with 2.14.1); the tests only read the file:  python tests/engine/golden_torch.py
The engine has one bias where PyTorch adds two, and both would be trained: here bias_hh stays zero, all but what the
engine has too, the part of the GRU's gate n. So as many numbers are trained and clipped there as here.
"""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_suffix(".json")
D, H, O, T, B = 3, 4, 3, 6, 2
LAYERS = [1, 3]
SEED = 11
STEPS, LEARNING_RATE, CLIP = 10, 0.01, 1.0
CELLS: dict[str, tuple[str, dict[str, str], int]] = {  # PyTorch's name, its options, how many gates
    "rnn": ("RNN", {"nonlinearity": "tanh"}, 1),
    "rnn-relu": ("RNN", {"nonlinearity": "relu"}, 1),
    "lstm": ("LSTM", {}, 4),
    "gru": ("GRU", {}, 3),
}


def trained(cell: str) -> np.ndarray:
    """Which numbers of a layer's bias_hh are trained, 1 or 0: gate n of a GRU, nothing elsewhere."""
    mask = np.zeros(CELLS[cell][2] * H)
    mask[-H:] = cell == "gru"
    return mask


def drawn(rng: np.random.Generator, cell: str, layers: int) -> dict[str, np.ndarray]:
    """Weights by PyTorch's state-dict names, with few decimals."""
    rows = CELLS[cell][2] * H
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(layers):
        shapes[f"weight_ih_l{layer}"] = (rows, H if layer else D)
        shapes[f"weight_hh_l{layer}"] = (rows, H)
        shapes[f"bias_ih_l{layer}"] = shapes[f"bias_hh_l{layer}"] = (rows,)
    shapes |= {"read_out.weight": (O, H), "read_out.bias": (O,)}
    scales = {"read_out.weight": 1.2}  # so large that of every cell's steps some are clipped and some are not
    weights = {name: rng.normal(0, scales.get(name, 0.6), shape).round(6) for name, shape in shapes.items()}
    for layer in range(layers):
        weights[f"bias_hh_l{layer}"] *= trained(cell)
    return weights


def rounded(numbers: Any) -> Any:
    """Nested lists of numbers to 12 significant digits."""
    return [rounded(number) for number in numbers] if isinstance(numbers, list) else float(f"{numbers:.12g}")


class Run:
    """A network of PyTorch's with these weights, and one batch: x (T,B,D), classes (T,B)."""

    def __init__(
        self, torch: Any, cell: str, layers: int, weights: dict[str, np.ndarray], x: np.ndarray, classes: np.ndarray
    ) -> None:
        kind, options, _ = CELLS[cell]
        self.torch, self.layers = torch, layers
        self.x, self.classes = torch.tensor(x, requires_grad=True), torch.tensor(classes)
        self.cell = getattr(torch.nn, kind)(D, H, num_layers=layers, dtype=torch.float64, **options)
        self.read_out = torch.nn.Linear(H, O, dtype=torch.float64)
        own = {name: torch.tensor(array) for name, array in weights.items()}
        self.read_out.load_state_dict({name: own.pop(f"read_out.{name}") for name in ("weight", "bias")})
        self.cell.load_state_dict(own)
        self.params = dict(self.cell.named_parameters())
        self.params |= {f"read_out.{name}": weight for name, weight in self.read_out.named_parameters()}
        self.mask = torch.tensor(trained(cell))
        for layer in range(layers):
            bias = self.params[f"bias_hh_l{layer}"]
            if self.mask.any():
                bias.register_hook(lambda gradient: gradient * self.mask)
            else:
                bias.requires_grad_(False)

    def zeros(self) -> list[Any]:
        """Where to start: h_0 and, for an LSTM, c_0, (layers,B,H) each."""
        size, count = (self.layers, B, H), 1 + isinstance(self.cell, self.torch.nn.LSTM)
        return [self.torch.zeros(size, dtype=self.torch.float64, requires_grad=True) for _ in range(count)]

    def forward(self, start: list[Any]) -> tuple[Any, Any, list[Any], Any]:
        """The hidden outputs of the top layer, the outputs, the last states and the loss."""
        h, last = self.cell(self.x, tuple(start) if len(start) > 1 else start[0])
        y = self.read_out(h)
        loss = self.torch.nn.functional.cross_entropy(y.reshape(T * B, O), self.classes.reshape(T * B))
        return h, y, list(last) if len(start) > 1 else [last], loss

    def once(self) -> dict[str, Any]:
        """All that one pass forward and back makes. What is not trained has the gradient 0."""
        start = self.zeros()
        h, y, last, loss = self.forward(start)
        loss.backward()
        zero = self.torch.zeros_like
        gradients = {name: zero(w) if w.grad is None else w.grad for name, w in self.params.items()}
        return {
            "h": h.tolist(),
            "y": y.tolist(),
            "state": [part.tolist() for part in last],
            "loss": loss.item(),
            "gradients": {name: gradient.tolist() for name, gradient in gradients.items()},
            "dx": self.x.grad.tolist(),
            "dstate_0": [part.grad.tolist() for part in start],
        }

    def train(self) -> dict[str, list[float]]:
        """The loss and the gradient's norm before each of the steps."""
        weights = list(self.params.values())
        optimizer = self.torch.optim.Adam([weight for weight in weights if weight.requires_grad], lr=LEARNING_RATE)
        losses, norms = [], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            *_, loss = self.forward(self.zeros())
            loss.backward()
            norms.append(self.torch.nn.utils.clip_grad_norm_(weights, CLIP).item())
            optimizer.step()
            losses.append(loss.item())
        for layer in range(self.layers):
            assert not self.params[f"bias_hh_l{layer}"][self.mask == 0].any(), "a bias that is not trained has moved"
        return {"losses": losses, "norms": norms}


def made(torch: Any, cell: str, layers: int) -> dict[str, Any]:
    """What goes into the file for one network."""
    rng = np.random.default_rng(SEED)
    weights, x, classes = drawn(rng, cell, layers), rng.normal(size=(T, B, D)).round(6), rng.integers(0, O, (T, B))
    run = Run(torch, cell, layers, weights, x, classes)
    once = run.once()
    found = {name: rounded(numbers) for name, numbers in once.items() if name != "gradients"}
    found["gradients"] = {name: rounded(gradient) for name, gradient in once["gradients"].items()}
    given = {"weights": {name: array.tolist() for name, array in weights.items()}, "x": x.tolist()}
    return given | {"classes": classes.tolist()} | found | {name: rounded(path) for name, path in run.train().items()}


def main() -> None:
    torch = importlib.import_module("torch")
    runs = {cell: {str(layers): made(torch, cell, layers) for layers in LAYERS} for cell in CELLS}
    golden = {"torch": torch.__version__, "learning_rate": LEARNING_RATE, "clip": CLIP, "runs": runs}
    FILE.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
