"""What to ask a network about its gradients."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.cells import Params, State
from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network
from rnn_core.losses import mean_loss
from rnn_core.network import Network
from rnn_core.public import Flow
from rnn_core.step import forward_backward
from rnn_core.tasks import Batch, Task, task_of

if TYPE_CHECKING:
    from rnn_core.trainer import Trainer


class GradientReport(NamedTuple):
    """errors: for every parameter, the largest |BPTT − differences| over the largest gradient of that parameter."""

    errors: dict[str, float]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether every error is under the tolerance."""
        return all(error <= self.tolerance for error in self.errors.values())


def check_gradients(
    config: Config,
    *,
    task: Task | None = None,
    entries: int = 40,
    epsilon: float = 1e-5,
    tolerance: float = 1e-5,
) -> GradientReport:
    """BPTT against central differences (L(θ+ε) − L(θ−ε)) / 2ε in float64, on the first batch of a run.

    task: as in Trainer. entries: how many numbers of each parameter are tried, at least 1, drawn at random where it has
    more. With bptt_window the state at which each window starts is held still, as truncated BPTT takes it to be. Where
    the two disagree, ε is tried ten and a hundred times smaller: a kink of ReLU between θ − ε and θ + ε makes the
    difference a mean of two slopes.
    """
    config = dataclasses.replace(checked(config), dtype="float64")
    if entries < 1:
        raise ValueError(f"entries is {entries}; of each parameter at least 1 must be tried")
    task = task_of(config.task, task)
    network, rng = build_network(config, task), np.random.default_rng(config.seed)
    params, batch = network.init(rng, config), task.draw(rng, config, "train")
    _, _, grads = forward_backward(network, params, batch, task.loss)
    result = central_differences(network, params, batch, task.loss, grads, rng, entries, epsilon, tolerance)
    return GradientReport({name: slopes.error(grads[name]) for name, slopes in result.items()}, tolerance)


class Slopes(NamedTuple):
    """Central differences by some numbers of a parameter: which, counted through the flat array, and the slopes."""

    entries: np.ndarray
    slopes: np.ndarray

    def apart(self, grad: np.ndarray) -> np.ndarray:
        """How far a gradient of the parameter is from each."""
        return np.abs(self.slopes - grad.ravel()[self.entries])

    def scale(self, grad: np.ndarray) -> float:
        """The largest number of both, at least 1e-6."""
        return float(max(np.abs(self.slopes).max(), np.abs(grad).max(), 1e-6))

    def error(self, grad: np.ndarray) -> float:
        """The largest relative error of a gradient of the parameter, as in GradientReport."""
        return float(self.apart(grad).max() / self.scale(grad))


def central_differences(
    network: Network,
    params: Params,
    batch: Batch,
    loss: str,
    grads: Params,
    rng: np.random.Generator,
    entries: int,
    epsilon: float,
    tolerance: float,
    state: Sequence[State] | None = None,
) -> dict[str, Slopes]:
    """Slopes of the loss by `entries` numbers of every parameter; ε is tried smaller where these gradients disagree."""
    T, window = len(batch.x), network.window or len(batch.x)
    windows = [(t, min(t + window, T)) for t in range(0, T, window)]
    starts: list[Sequence[State] | None] = [state]
    for start, stop in windows[:-1]:
        starts.append(network.forward(params, batch.part(start, stop), starts[-1]).state)

    def L() -> float:
        parts = zip(windows, starts, strict=True)
        y = np.concatenate([network.forward(params, batch.part(*window), state).y for window, state in parts])
        return mean_loss(loss, y, batch.y, batch.mask).total

    result = {}
    for name, array in params.items():
        tried = rng.permutation(array.size)[:entries]
        slopes = Slopes(tried, np.array([_difference(L, array.reshape(-1), i, epsilon) for i in tried]))
        scale = slopes.scale(grads[name])
        for smaller in (epsilon / 10, epsilon / 100):
            for k in np.flatnonzero(slopes.apart(grads[name]) > tolerance * scale):
                slopes.slopes[k] = _difference(L, array.reshape(-1), tried[k], smaller)
        result[name] = slopes
    return result


class Comparison(NamedTuple):
    """Of one parameter the largest relative error: of the kernels against the plain loops in float32 and in float64
    (None where the cell has no kernel), and of the plain loops against central differences, in float64.
    """

    float32: float | None
    float64: float | None
    differences: float

    @property
    def ok(self) -> bool:
        """Whether they agree in float64. In float32 the gradient of a network that has learned its task is rounded
        more: it is a difference, p − target, of numbers that are nearly equal.
        """
        return (self.float64 or 0) < 1e-6 and self.differences < 1e-4


def compare_engines(trainer: "Trainer", entries: int = 10) -> dict[str, Comparison]:
    """∂L/∂(every weight) at the run's weights, on the batch of its last Snapshot, in three ways: plain loops, kernels,
    central differences.
    """
    config, task, batch = trainer.config, trainer.task, trainer.batch
    plain, fast = (build_network(config, task, plain=plain) for plain in (True, False))
    start = trainer.last.start if trainer.last else None
    carried = start.state if start else trainer.state
    carried = carried and plain.reset(carried, batch)

    def state(dtype: str) -> Sequence[State] | None:
        return carried and [tuple(np.asarray(part).astype(dtype) for part in layer) for layer in carried]

    def gradients(network: Network, dtype: str) -> tuple[Params, Batch, Params]:
        params = {name: array.astype(dtype) for name, array in trainer.params.items()}
        cast = batch._replace(x=batch.x.astype(dtype), y=batch.y.astype(dtype))
        return params, cast, forward_backward(network, params, cast, task.loss, state(dtype))[2]

    def apart(dtype: str) -> dict[str, float | None]:
        result, wanted = gradients(fast, dtype)[2], gradients(plain, dtype)[2]
        scale = {name: max(np.abs(array).max(), 1e-6) for name, array in wanted.items()}
        return {name: None if type(fast) is Network else float(np.abs(result[name] - wanted[name]).max() / scale[name])
                for name in wanted}  # fmt: skip

    params, cast, grads = gradients(plain, "float64")
    nudged = central_differences(plain, params, cast, task.loss, grads, np.random.default_rng(0), entries, 1e-5, 1e-5,
                                 state("float64"))  # fmt: skip
    single, double = apart("float32"), apart("float64")
    return {name: Comparison(single[name], double[name], nudged[name].error(grads[name])) for name in grads}


def _difference(L: Callable[[], float], theta: np.ndarray, i: int, epsilon: float) -> float:
    before = theta[i]
    theta[i] = before + epsilon
    above = L()
    theta[i] = before - epsilon
    below = L()
    theta[i] = before
    return (above - below) / (2 * epsilon)


def shares_of_steps(flow: Flow) -> np.ndarray:
    """The share of each time step in ∂L/∂W_hh = Σ_t G_t -> (T,): ⟨G_t, G⟩ / ‖G‖², which add up to 1.

    A negative share pulls against the whole. All 0 where the gradient is.
    """
    each = flow.W_hh_shares().astype(np.float64)
    whole = each.sum(axis=0)
    size = float(np.square(whole).sum())
    return np.einsum("trc,rc->t", each, whole) / size if size else np.zeros(len(each))


def spectral_norm(W: np.ndarray) -> float:
    """‖W‖₂, the largest singular value of W (rows, columns): how much it can make a vector longer."""
    return float(np.linalg.norm(W.astype(np.float64), 2))
