"""The kernels, one for each cell that has one. A cell without one runs on the plain loops of bptt.py."""

from rnn_core.cells import Cell
from rnn_core.fast.kernels.elman import ELMAN
from rnn_core.fast.kernels.elman_relu import ELMAN_RELU
from rnn_core.fast.kernels.gru import GRU
from rnn_core.fast.kernels.kernel import Kernel
from rnn_core.fast.kernels.lstm import LSTM
from rnn_core.fast.kernels.residual import RESIDUAL

__all__ = ["KERNELS", "Kernel"]
KERNELS: dict[Cell, Kernel] = {kernel.cell: kernel for kernel in (ELMAN, ELMAN_RELU, LSTM, GRU, RESIDUAL)}
