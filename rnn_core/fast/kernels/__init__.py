"""The recurrent cells, one a file: paper, equations, forward, backward. A new cell is a file and a name here."""

from rnn_core.fast.kernels.cell import Cell, Params, Step
from rnn_core.fast.kernels.gru import GRU
from rnn_core.fast.kernels.lstm import LSTM
from rnn_core.fast.kernels.residual import RESIDUAL
from rnn_core.fast.kernels.rnn import RNN
from rnn_core.fast.kernels.rnn_relu import RNN_RELU
from rnn_core.registry import Registry

CELLS = Registry("cell", {cell.name: cell for cell in (RNN, RNN_RELU, LSTM, GRU, RESIDUAL)})


def cell_of(cell: object) -> Cell:
    """The Cell of a name, or the record itself. Raises ValueError for anything else."""
    if isinstance(cell, Cell):
        return cell
    return CELLS[cell] if isinstance(cell, str) else CELLS.__missing__(cell)


__all__ = ["CELLS", "Cell", "Params", "Step", "cell_of"]
