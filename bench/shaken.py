"""Run the browser tests again and again while server, browser and tests are stopped at random: which are flaky?

    python -m bench.shaken --times 30        every 0.2 to 2 s something stands still for 0.05 to 1.5 s
    python -m bench.shaken --busy 2          nothing is stopped, but two loops keep the cores busy

A busy machine does both to a test at any time, so each failure is a fault of the test, or of the app. Linux only.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STOP, GAP, LIMIT = (0.05, 1.5), (0.2, 2.0), 1800  # seconds; the last for one run
KINDS = {"server": r"streamlit run", "browser": r"chrom", "test": r"exec\(eval\(sys\.stdin"}  # by the command line


def family(pid: int) -> dict[int, str]:
    """The processes below this one, and their command lines."""
    parents, lines = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
            lines[int(folder.name)] = (folder / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
        except OSError:
            continue  # it has ended meanwhile
    found = {pid}
    while children := {child for child, parent in parents.items() if parent in found} - found:
        found |= children
    return {child: lines[child] for child in found - {pid} if child in lines}


def shake(pid: int, over: threading.Event, rng: random.Random, stops: Counter[str]) -> None:
    """Stop one process of a kind and let it go on, again and again until it is over; count the stops by kind."""
    while not over.wait(rng.uniform(*GAP)):
        kind = rng.choice(list(KINDS))
        processes = [child for child, line in family(pid).items() if re.search(KINDS[kind], line)]
        if not processes:
            continue
        process = rng.choice(processes)
        try:
            os.kill(process, signal.SIGSTOP)
            time.sleep(rng.uniform(*STOP))
            os.kill(process, signal.SIGCONT)
            stops[kind] += 1
        except ProcessLookupError:
            continue  # it has ended meanwhile


def once(paths: list[str], seed: int | None) -> tuple[bool, str]:
    """Run the tests, with stops at random if there is a seed -> whether all passed, and a line that says so."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "CI": "true"})
    over, stops = threading.Event(), Counter[str]()
    shaker = threading.Thread(target=shake, args=(process.pid, over, random.Random(seed), stops), daemon=True)
    try:
        if seed is not None:
            shaker.start()
        printed, _ = process.communicate(timeout=LIMIT)
    finally:
        over.set()
        process.kill()
    passed = process.returncode == 0 and (seed is None or len(stops) == len(KINDS))
    if not passed:
        print(printed, file=sys.stderr, flush=True)
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", printed, re.M)
    return passed, "\n    ".join([printed.strip().splitlines()[-1], f"stops: {dict(stops)}", *failed])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", default=["tests/browser"])
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--busy", type=int, default=0, help="loops beside the tests; then nothing is stopped")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each has another")
    asked = parser.parse_args()
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(asked.busy)]
    bad = 0
    try:
        for k in range(asked.times):
            passed, line = once(asked.paths, None if asked.busy else asked.seed + k)
            bad += not passed
            print(f"run {k + 1}: {line}", flush=True)
    finally:
        for loop in loops:
            loop.kill()
    print(f"{asked.times - bad} of {asked.times} runs passed")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
