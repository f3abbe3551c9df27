"""Makes golden_optimizers.json: 50 steps of PyTorch's optimizers, in float64, and the gradients they were given.

Run where torch is installed (made with 2.13.0); the tests only read the file:  python tests/engine/golden_optimizers.py
"""

import importlib
import json
import math
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
STEPS = 50
THETA = [0.5, -1.0, 2.0, 0.0]
LEARNING_RATES = [0.001, 0.1]
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "rmsprop": ("RMSprop", {}),
    "adagrad": ("Adagrad", {}),
    "adam": ("Adam", {}),
}


def gradient(step: int) -> list[float]:
    """Four numbers of unlike size: one swings, one fades, one is a thousandth of the others, one comes and goes."""
    return [math.sin(step), 3.0 * 0.8**step, 0.001 * math.cos(2 * step), float(step % 7 == 0)]


def main() -> None:
    torch = importlib.import_module("torch")
    runs: dict[str, dict[str, list[list[float]]]] = {}
    for name, (kind, options) in OPTIMIZERS.items():
        for learning_rate in LEARNING_RATES:
            theta = torch.tensor(THETA, dtype=torch.float64, requires_grad=True)
            optimizer = getattr(torch.optim, kind)([theta], lr=learning_rate, **options)
            path = []
            for step in range(1, STEPS + 1):
                theta.grad = torch.tensor(gradient(step), dtype=torch.float64)
                optimizer.step()
                path.append(theta.tolist())
            runs.setdefault(name, {})[str(learning_rate)] = path
    gradients = [gradient(step) for step in range(1, STEPS + 1)]
    golden = {"torch": torch.__version__, "theta": THETA, "gradients": gradients, "runs": runs}
    FILE.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
