"""A network that writes: what it says is read as the next input, and so on. Only for tasks that read what they answer.

p(next = k) = softmax(y / τ)_k. A temperature τ below 1 makes the likely likelier, above 1 all more alike; 0 takes the
likeliest. (Ackley, Hinton & Sejnowski, Cognitive Science 9, 1985, section 2, for the name.)
"""

from collections.abc import Sequence

import numpy as np

from rnn_core.cells import Params, State
from rnn_core.config import Config
from rnn_core.fast.network import build_network, forward_into
from rnn_core.network import Network, Trace
from rnn_core.tasks import Batch, Task
from rnn_core.tasks.task import one_hot


def sample(
    network: Network,
    params: Params,
    start: np.ndarray,
    n: int,
    temperatures: Sequence[float],
    rng: np.random.Generator,
    state: Sequence[State] | None = None,
    apart: bool = False,
    never: int | None = None,
) -> np.ndarray:
    """Read start (T,), at least one symbol, and write n more at each of K temperatures -> (n,K) symbols.

    Symbols are numbers; what is written, output k, is read as the one-hot input D − O + k, as in Batch.free_running;
    start names inputs: where D is O, as in a text, the two are one. All K get the same random numbers, or each its own
    where they are to be `apart`. never: an output that is not written. state: where each layer starts, (H,K) each
    (None: zeros). Raises ValueError for an empty start.
    """
    if not len(start):
        raise ValueError("start is empty; a network must read at least one symbol before it writes")
    K = len(temperatures)
    tau = np.array(temperatures, float)[:, None]
    now = np.repeat(np.asarray(start)[:, None], K, axis=1)
    written = np.empty((n, K), np.int64)
    first, answers = network.forward(params, reading(now, network, params), state), network.D - network.O
    last, state = first.y[-1].copy(), first.state
    trace: Trace | None = None
    for t in range(n):
        if never is not None:
            last[never] = -np.inf
        p = tempered(last.T, tau)  # (K,O)
        u = rng.random((K if apart else 1, 1))
        drawn = (p.cumsum(axis=1) < u * p.sum(axis=1, keepdims=True)).sum(axis=1)
        written[t] = np.where(tau[:, 0] > 0, np.minimum(drawn, network.O - 1), last.argmax(axis=0))
        read = reading(written[t : t + 1] + answers, network, params)
        trace = forward_into(trace, network, params, read, state, same=True)
        last, state = trace.y[-1].copy(), trace.state
    return written


def write(
    task: Task, config: Config, params: Params, start: str, n: int, temperature: float, rng: np.random.Generator
) -> tuple[str, ...]:
    """n pieces that a network of this task writes from one of its starts, each up to its own end; "" if that comes at
    once, and with … after it if it does not come within T steps. Raises ValueError where there is nothing to write.
    """
    symbols, writing = task.symbols(config), task.writing
    if not writing or not symbols or start not in writing.starts:
        starts = ", ".join(writing.starts) if writing else "nothing"
        raise ValueError(f"start is {start!r}; {task.name} writes from {starts}")
    network, begun = build_network(config, task), np.array([writing.starts[start]])
    codes = sample(network, params, begun, config.length, [temperature] * n, rng, apart=True)
    over = (codes == symbols.index(task.end)).any(axis=0)
    return tuple(writing.read(one) + ("" if ended else "…") for one, ended in zip(codes.T.tolist(), over, strict=True))


def tempered(y: np.ndarray, tau: float | np.ndarray = 1.0) -> np.ndarray:
    """softmax(y / τ) over the last axis, in float64; where τ is 0, that of τ = 1."""
    y = (y - y.max(axis=-1, keepdims=True)).astype(float) / np.where(np.equal(tau, 0), 1.0, tau)
    p = np.exp(y)
    return p / p.sum(axis=-1, keepdims=True)


def reading(codes: np.ndarray, network: Network, params: Params) -> Batch:
    """Inputs (T,B), one-hot, as a batch that only has to be read."""
    x = one_hot(codes, network.D, str(params["W_hy"].dtype))
    return Batch(x, x, np.ones(codes.shape, x.dtype), x_codes=codes)
