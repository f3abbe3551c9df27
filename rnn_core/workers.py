"""Worker processes of this machine: `python -m rnn_core.workers 3` starts them with dask.distributed, prints the
scheduler's address and the workers' pids in one line, and ends with them when its standard input does.

It is a program of its own because a worker runs its parent's main script again, which under Streamlit is the app
(docs/code.md, "Many runs"). Nothing of it is seen from outside this machine.
"""

import os
import sys
from collections.abc import Sequence

from rnn_core.sweep.pool import ONE_THREAD

# Dask would have workers give freed memory back at once, and then a large array costs its pages anew each time: a
# training step on a text took 7.2 ms in place of 4.1 (GRU, H 96, T 40).
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": str(1 << 28), "MALLOC_MMAP_THRESHOLD_": str(1 << 25)}

# Dask samples what a worker's threads do every 10 ms, and every 20 ms whether its loop is late: that costs training a
# fifth.
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_LOGGING__DISTRIBUTED": "critical",  # whoever lost something says so
}


def main(arguments: Sequence[str]) -> None:
    """Start as many as the first argument says."""
    from distributed import LocalCluster

    os.environ.update(ONE_THREAD | ALLOCATOR | QUIET)  # before they start
    cluster = LocalCluster(
        n_workers=int(arguments[0]),
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs="CRITICAL",
    )
    with cluster:
        pids = [str(nanny.pid) for nanny in cluster.workers.values()]
        print(cluster.scheduler_address, *pids, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
