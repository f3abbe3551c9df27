"""The engine of Unrolled: recurrent networks and backpropagation through time, by hand, in NumPy.

Read it in this order: cells/elman.py, bptt.py, network.py, step.py; then the other cells, tasks/ and trainer.py.
"""

from rnn_core.analysis.diagnostics import check_gradients
from rnn_core.cells import CELLS
from rnn_core.config import Config
from rnn_core.initializers import INITIALIZERS
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.public import backpropagate, unroll
from rnn_core.shapes import SHAPES
from rnn_core.snapshot import Snapshot
from rnn_core.tasks import TASKS
from rnn_core.trainer import Trainer

__all__ = [
    "CELLS",
    "INITIALIZERS",
    "OPTIMIZERS",
    "SHAPES",
    "TASKS",
    "Config",
    "Snapshot",
    "Trainer",
    "backpropagate",
    "check_gradients",
    "unroll",
]
