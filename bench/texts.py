"""A class that learns texts: thirty visitors press Play on Text at once; seconds until each has passed the bigram.

`python -m bench.texts --workers 1` on a machine that does nothing else. The visitors have no browser
(bench/visitor.py).
"""

import argparse
import asyncio
import os
import tempfile
from math import isfinite
from pathlib import Path
from statistics import median

from bench.classroom import PATIENCE, arrive, peak, workers_of
from bench.visitor import Visitor
from tests.browser.harness import Server, serve
from ui.run.places import WORKERS

GOAL = 60  # seconds


async def learn_together(server: Server, visitors: int, patience: float) -> list[float]:
    """Seconds from Play until the network of each is ahead of the bigram, infinite where it is not in time."""
    light = [Visitor(server.url, "speed=full", title="text") for _ in range(visitors)]
    clock = asyncio.get_running_loop().time

    async def learn(visitor: Visitor) -> float:
        begin = clock()
        await visitor.press("Play", PATIENCE)
        passed = await visitor.until(lambda: visitor.films[-1].ahead, patience)
        return clock() - begin if passed else float("inf")

    try:
        await arrive(light)
        return await asyncio.gather(*map(learn, light))
    finally:
        await asyncio.gather(*(visitor.close() for visitor in light), return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 30])
    parser.add_argument("--workers", default="", help="processes in which runs stand: a number, or auto")
    parser.add_argument("--seconds", type=float, default=3 * GOAL, help="to wait at most")
    given = parser.parse_args()
    environment = {WORKERS: given.workers} if given.workers else {}
    for visitors in given.visitors:
        load = os.getloadavg()[0]
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log", environment=environment) as server:
            took = asyncio.run(learn_together(server, visitors, given.seconds))
            megabytes = [peak(pid) for pid in (server.pid, *workers_of(server))]
            errors = server.printed().count("Traceback")
        passed = [seconds for seconds in took if isfinite(seconds)]
        print(
            f"{visitors} on Text, {given.workers or 'no'} workers (load {load:.1f} before): {len(passed)} passed the "
            f"bigram, after {min(took):.1f} to {max(took):.1f} s, median {median(took):.1f}; goal {GOAL}: "
            f"{'met' if max(took) <= GOAL else 'missed'}; MB {', '.join(f'{each:.0f}' for each in megabytes)}; "
            f"{errors} tracebacks",
            flush=True,
        )


if __name__ == "__main__":
    main()
