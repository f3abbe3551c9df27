"""W_xh x_t where x_t is one-hot: a column of W_xh, looked up; ∂L/∂W_xh adds ∂L/∂a_t to that column.

What torch.nn.Embedding does. With an alphabet of thousands the product with x_t would be most of a training step.
"""

import numpy as np

from rnn_core.fast.kernels import Kernel

LOOKED_UP = 128  # inputs D from which on this is used: with fewer, the product with (h_{t−1}, 1, x_t) keeps its numbers


class Lookup:
    """Columns of W_xh for batches of T steps and B sequences, in buffers.

    a (T, blocks·H, B): the share of W_xh x_t in the pre-activations, with the kernel's gains.
    """

    def __init__(self, kernel: Kernel, T: int, H: int, B: int, dtype: np.dtype) -> None:
        self.a = np.zeros((T, len(kernel.blocks) * H, B), dtype)
        self.rows, _ = kernel.places(H)["W_xh"]  # the rows of a that x enters
        self.gains = kernel.gains(self.a.shape[1])[self.rows].astype(dtype)

    def forward(self, W_xh: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """W_xh (G·H, D), the place of the 1 in each x_t (T,B) -> a."""
        self.a[:, self.rows] = (W_xh.take(codes, axis=1) * self.gains[:, None]).swapaxes(0, 1)
        return self.a

    def backward(self, da: np.ndarray, codes: np.ndarray, dW_xh: np.ndarray) -> None:
        """da (blocks·H, T·B), the codes of its columns -> ∂L/∂W_xh (G·H, D): columns of one code are added up."""
        flat = codes.ravel()
        order = flat.argsort(kind="stable")
        kinds, starts = np.unique(flat[order], return_index=True)
        dW_xh.fill(0)
        dW_xh[:, kinds] = np.add.reduceat(da[self.rows].take(order, axis=1), starts, axis=1)
