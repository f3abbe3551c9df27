"""The recurrent cells, one a file: paper, equations, forward, backward. A new cell is a file and a name here."""

from rnn_core.cells.cell import Cell, Params, State
from rnn_core.cells.elman import RNN
from rnn_core.cells.elman_relu import RNN_RELU
from rnn_core.cells.gru import GRU
from rnn_core.cells.lstm import LSTM
from rnn_core.cells.residual import RESIDUAL
from rnn_core.registry import Registry

CELLS = Registry("cell", {cell.name: cell for cell in (RNN, RNN_RELU, LSTM, GRU, RESIDUAL)})


def cell_of(cell: object) -> Cell:
    """The Cell of a name, or the record itself. Raises ValueError for anything else."""
    if isinstance(cell, Cell):
        return cell
    return CELLS[cell] if isinstance(cell, str) else CELLS.__missing__(cell)


__all__ = ["CELLS", "GRU", "LSTM", "RESIDUAL", "RNN", "RNN_RELU", "Cell", "Params", "State", "cell_of"]
