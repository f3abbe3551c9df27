"""The executor of a Dask cluster: any number of machines whose workers can import rnn_core.

dask.distributed is asked for only here, and only where a scheduler is named: requirements-cluster.txt.
"""

import os
from collections.abc import Callable
from concurrent.futures import Executor
from threading import Lock
from typing import Any

from rnn_core.registry import short
from rnn_core.sweep.runs import sentence
from rnn_core.words import t

SCHEDULER = "UNROLLED_SCHEDULER"  # of the environment: a scheduler's address, as tcp://10.0.0.1:8786
PATIENCE = 5  # seconds for the scheduler to answer

_clients: dict[str, Any] = {}
_lock = Lock()


def cluster(address: str) -> Executor:
    """The executor of the cluster whose scheduler is at this address, one for all who ask. It is never shut down: the
    cluster is not ours. Raises OSError as connect does.
    """
    client = connect(address)
    result = client.get_executor(pure=False)
    result._max_workers = max(1, sum(client.nthreads().values()))  # by which sweep knows how far to look ahead
    return result


def connect(address: str, *, direct: bool = False) -> Any:
    """The client of the cluster whose scheduler is at this address, one for all who ask. direct: its workers are asked
    without the scheduler between; they must be within reach.

    Raises OSError in one sentence where dask.distributed is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise OSError(t(
            "{variable} names a Dask scheduler, and dask.distributed is not installed: pip install -r "
            "requirements-cluster.txt", variable=SCHEDULER
        )) from None
    with _lock:
        client = _clients.get(address)
        if client is None or client.status != "running":
            try:
                client = _clients[address] = Client(
                    address, timeout=PATIENCE, set_as_default=False, direct_to_workers=direct
                )
            except Exception as problem:  # of its own kinds, by what is wrong with the address
                raise OSError(t(
                    "no Dask scheduler answers at {address} ({problem})",
                    address=short(address), problem=sentence(problem)
                )) from problem
        return client


def named_cluster(tell: Callable[[str], None]) -> Executor | None:
    """The cluster that the environment names; None where it names none, and after tell(sentence) where that one cannot
    be had.
    """
    address = os.environ.get(SCHEDULER, "")
    if not address:
        return None
    try:
        return cluster(address)
    except OSError as problem:
        tell(t("{problem}; the runs are trained on this machine", problem=problem))
        return None
