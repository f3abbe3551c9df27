"""Two servers with one scheduler behind the proxy of docs/hosting.md: where visitors from one address come to be.

`python -m bench.proxy`, where nginx is installed. Prints how many play on each server, and whether every visitor stayed
with one: all that a browser asks for goes to the same process.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.classroom import PATIENCE, QUERY, arrive
from bench.visitor import Visitor
from rnn_core.sweep.cluster import SCHEDULER
from tests.browser.harness import ROOT, free_port, serve


@contextmanager
def scheduler(workers: int) -> Iterator[str]:
    """The address of one with so many workers."""
    program = [sys.executable, "-m", "rnn_core.workers", str(workers)]
    process = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().partition(" ")[0]
    finally:
        process.communicate(timeout=30)


@contextmanager
def nginx(folder: Path, ports: list[int]) -> Iterator[str]:
    """The proxy as docs/hosting.md has it, before servers on these ports: its address. The file `went` says who went
    where.
    """
    (told,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "hosting.md").read_text("utf-8"), re.DOTALL)
    port = free_port()
    for written, own in zip((8500, 8501, 8502), (port, *ports), strict=True):
        told = told.replace(str(written), str(own))
    log = f"log_format went '$cookie_seat $upstream_addr'; access_log {folder}/went went;"
    http = f"{log} client_body_temp_path {folder}; proxy_temp_path {folder}; {told}"
    config = folder / "nginx.conf"
    config.write_text(f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}} http {{ {http} }}")
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)])
    try:
        for _ in range(100):
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


async def come(url: str, visitors: int) -> list[float]:
    """Open so many pages, press Play on each -> training steps a second of each."""
    light = [Visitor(url, QUERY) for _ in range(visitors)]
    try:
        await arrive(light)
        await asyncio.gather(*(visitor.press("Play", PATIENCE) for visitor in light))
        await asyncio.sleep(4)
        before = [visitor.films[-1].step for visitor in light]
        await asyncio.sleep(8)
        return [(visitor.films[-1].step - step) / 8 for visitor, step in zip(light, before, strict=True)]
    finally:
        await asyncio.gather(*(visitor.close() for visitor in light), return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed: apt-get install nginx-light")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {SCHEDULER: stack.enter_context(scheduler(given.workers))}
        ports = [free_port(), free_port()]
        servers = [
            stack.enter_context(serve(folder / f"log {port}", port=port, environment=environment)) for port in ports
        ]
        url = stack.enter_context(nginx(folder, ports))
        steps = asyncio.run(come(url, given.visitors))
        went = [line.split() for line in (folder / "went").read_text().splitlines()]
        seats = {seat: {where for each, where in went if each == seat} for seat, _ in went if seat != "-"}
        there = Counter(next(iter(where)) for where in seats.values())
        print(f"{given.visitors} visitors, {given.workers} workers: {dict(there)}; "
              f"{sum(len(where) > 1 for where in seats.values())} of {len(seats)} went to both")  # fmt: skip
        training = sum(step > 0 for step in steps)
        print(f"training steps a second, each: {min(steps):.0f} to {max(steps):.0f}; {training} train")
        print(f"tracebacks in the servers' logs: {[server.printed().count('Traceback') for server in servers]}")


if __name__ == "__main__":
    main()
