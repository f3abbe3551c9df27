"""Many runs: each Config of a grid trained for so many steps, here or on any concurrent.futures executor.

    for result in sweep(grid(Config(), {"cell": ["rnn", "gru"], "seed": [1, 2, 3]}), steps=500): ...

`python -m rnn_core.sweep --help` does it without a program.
"""

from rnn_core.idle import idle_fields
from rnn_core.sweep.cluster import named_cluster
from rnn_core.sweep.grid import EqualParameters, contestants, equal_parameters, grid
from rnn_core.sweep.pool import Pool, process_pool
from rnn_core.sweep.results import MOST_RUNS, Sweep, sweep
from rnn_core.sweep.runs import Result, run

__all__ = [
    "MOST_RUNS",
    "EqualParameters",
    "Pool",
    "Result",
    "Sweep",
    "contestants",
    "equal_parameters",
    "grid",
    "idle_fields",
    "named_cluster",
    "process_pool",
    "run",
    "sweep",
]
