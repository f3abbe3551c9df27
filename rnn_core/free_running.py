"""Free-running: a network that reads its own predictions where the next input would be the target's.

Williams & Zipser, Neural Computation 1 (1989), call the other way, reading the target, teacher forcing.
"""

from collections.abc import Sequence

import numpy as np

from rnn_core.cells import Params, State
from rnn_core.network import Network
from rnn_core.tasks import Batch


def free_running(
    network: Network, params: Params, batch: Batch, own: np.ndarray, state: Sequence[State] | None = None
) -> Batch:
    """The batch with, where own (T,B) is true, the network's own last prediction as the input.

    A prediction is read as a one-hot column in the last O rows of x; no gradient goes through the choice. state: where
    each layer starts (None: zeros).
    """
    steps = np.flatnonzero(own.any(axis=1)).tolist()
    if not steps:
        return batch
    x, done = batch.x.copy(), 0
    batch = batch._replace(x=x, x_codes=None)
    for t in steps:
        trace = network.forward(params, batch.part(done, t), state)
        done, state = t, trace.state
        columns = np.flatnonzero(own[t])
        x[t][:, columns] = 0
        x[t, x.shape[1] - network.O + trace.y[-1].argmax(axis=0)[columns], columns] = 1
    return batch
