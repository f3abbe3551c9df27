"""A run over training: what the loss says to every time step, W_hh, and the network as it was at each doubling.

The columns are of steps 1, 1 + n, 1 + 2n, …, a number for each time step. n is STRIDE at first, but the first FIRST
steps have a column each; whenever there are more than COLUMNS, n is twice as large, and what is not on that grid goes.
So what is recorded depends on the run and not on how fast it went, there is a bound to its size, and it costs less the
longer the run is: python -m bench.gradients prints it.
"""

from typing import NamedTuple

import numpy as np

from rnn_core.cells import Params
from rnn_core.network import DECODER, Network, key
from rnn_core.snapshot import mean_norm
from rnn_core.view import Pass

COLUMNS, STRIDE, FIRST = 256, 8, 32
MATRICES = 8  # strides from one W_hh to the next


class Kept(NamedTuple):
    """The weights (N,) after a step, and of the pass that led there: the loss, the gradient's norm before clipping and
    the share that clipping left; dh_norm, dh_output and dh_future as a Snapshot has them, (3,T).
    """

    step: int
    theta: np.ndarray
    numbers: tuple[float, float, float]
    norms: np.ndarray


class Recording:
    """What is known of a run from the step `since` on. kept: at steps 0, 1, 2, 4, 8, …, oldest first.

    columns: dh_norm (T,) by step, as a Snapshot has it, of the pass that led there. due: the next step of which
    anything is recorded.
    """

    def __init__(self, since: int = 0) -> None:
        self.since, self.stride, self.due = since, STRIDE, since + 1
        self.columns: dict[int, np.ndarray] = {}
        self.kept: list[Kept] = []
        self._matrices: dict[int, np.ndarray] = {}  # of the top layer's W_hh every gate's, (S·G,H,H), S stacks
        self._radii: dict[int, np.ndarray] = {}  # of those that were asked for, in place of the matrices

    def add(self, step: int, now: Pass, network: Network, params: Params, theta: np.ndarray) -> None:
        """A step was taken, to which this pass led; the weights are those after it."""
        if (step - 1) % self.stride == 0 or step <= FIRST:
            self.columns[step] = mean_norm(now.trace.dh)
            if (step - 1) % (MATRICES * self.stride) == 0:
                self._matrices[step] = recurrent(network, params)
            if len(self.columns) > COLUMNS:
                self._thin()
        if step & (step - 1) == 0:
            norms = np.stack([mean_norm(dh) for dh in (now.trace.dh, now.trace.dh_output, now.trace.dh_future)])
            if step == 1 and not self.kept and now.start:  # the first pass is the untrained network's too
                self.kept.append(Kept(0, now.start.memory[0].copy(), (now.total, now.grad_norm, 1.0), norms))
            self.kept.append(Kept(step, theta.copy(), (now.total, now.grad_norm, now.clip_ratio), norms))
        on_grid = step + self.stride - (step - 1) % self.stride
        self.due = min(on_grid, 1 << step.bit_length()) if step >= FIRST else step + 1

    def _thin(self) -> None:
        self.stride *= 2
        self.columns = {step: each for step, each in self.columns.items() if (step - 1) % self.stride == 0}
        for recorded in (self._matrices, self._radii):
            for step in [step for step in recorded if (step - 1) % (MATRICES * self.stride)]:
                del recorded[step]

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        self.since, self.due = min(self.since, step), step + 1
        self.kept = [each for each in self.kept if each.step <= step]
        for recorded in (self.columns, self._matrices, self._radii):
            for later in [other for other in recorded if other > step]:
                del recorded[later]

    def dh_norms(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps (n,) and dh_norm (n,T) of all that is recorded, what was kept included."""
        result = {each.step: each.norms[0] for each in self.kept} | self.columns
        steps = sorted(result)
        return np.array(steps, int), np.array([result[step] for step in steps])

    def radii(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps (n,) and the spectral radius of every gate's block of the top layer's W_hh, a decoder's after its
        encoder's, (n, S·G). Eigenvalues cost as much as a training step: each is computed once, when it is asked for.
        """
        while self._matrices:
            step, W_hh = self._matrices.popitem()
            self._radii[step] = spectral_radii(W_hh)
        steps = sorted(self._radii)
        return np.array(steps, int), np.array([self._radii[step] for step in steps])

    def nearest(self, step: int) -> Kept | None:
        """What was kept nearest to a step, of two the earlier; None where nothing was."""
        return min(self.kept, key=lambda each: (abs(each.step - step), each.step), default=None)


def recurrent(network: Network, params: Params) -> np.ndarray:
    """Of the top layer's W_hh every gate's block, a decoder's after its encoder's, (S·G,H,H), a copy."""
    stacks = ("", DECODER)[: 1 + network.decoder]
    result = [params[key(stack, "W_hh", network.layers - 1)] for stack in stacks]
    return np.concatenate(result).reshape(-1, network.H, network.H)


def spectral_radii(W_hh: np.ndarray) -> np.ndarray:
    """The largest |eigenvalue| of each matrix (…,H,H) -> (…,)."""
    return np.abs(np.linalg.eigvals(W_hh.astype(np.float64))).max(axis=-1)
