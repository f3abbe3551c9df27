"""A Dask cluster of two workers in processes of their own, until stdin closes: it prints the scheduler's address and
the workers' pids. Tests start it as a program, for a spawned child runs its parent's main script.
"""

import sys


def main() -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
