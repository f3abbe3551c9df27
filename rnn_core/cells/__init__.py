"""The recurrent cells, one a file: paper, equations, forward, backward. Adding a cell is adding a file and a line here."""

from rnn_core.cells.cell import Cell, Params, Step
from rnn_core.cells.gru import GRU
from rnn_core.cells.lstm import LSTM
from rnn_core.cells.residual import RESIDUAL
from rnn_core.cells.rnn import RNN, RNN_RELU

CELLS = {cell.name: cell for cell in (RNN, RNN_RELU, LSTM, GRU, RESIDUAL)}

__all__ = ["CELLS", "Cell", "Params", "Step"]
