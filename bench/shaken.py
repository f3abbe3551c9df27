"""Whether a journey hopes: the browser tests again and again, while server, browser and tests are stopped at random.

    python -m bench.shaken --times 30        every 0.2 to 2 s something stands still for 0.05 to 1.5 s
    python -m bench.shaken --busy 2          nothing is stopped, but two loops keep the cores busy

A machine may do both to a test at any time, so each failure is a fault of the test, or of the app. Linux only.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STOP, GAP = (0.05, 1.5), (0.2, 2.0)  # seconds
KINDS = {"server": r"streamlit run", "browser": r"chrom", "test": r"exec\(eval\(sys\.stdin"}  # by the command line


def family(pid: int) -> dict[int, str]:
    """The processes below this one, and their command lines."""
    parents, lines = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
            lines[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has ended meanwhile
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: lines[one] for one in found - {pid} if one in lines}


def shake(pid: int, over: threading.Event, rng: random.Random) -> None:
    """Until it is over: stop one process of a kind, and let it go on."""
    while not over.wait(rng.uniform(*GAP)):
        kind = rng.choice(list(KINDS))
        some = [one for one, line in family(pid).items() if re.search(KINDS[kind], line)]
        if not some:
            continue
        one = rng.choice(some)
        try:
            os.kill(one, signal.SIGSTOP)
            time.sleep(rng.uniform(*STOP))
            os.kill(one, signal.SIGCONT)
        except ProcessLookupError:
            continue


def once(paths: list[str], seed: int | None) -> tuple[str, list[str]]:
    """One run of the tests, stopped at random if there is a seed -> pytest's closing line, and what failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=0", *paths]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "CI": "true"})
    over = threading.Event()
    shaker = threading.Thread(target=shake, args=(process.pid, over, random.Random(seed)))
    if seed is not None:
        shaker.start()
    printed, _ = process.communicate()
    over.set()
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", printed, re.M)
    if failed:
        print(printed, file=sys.stderr, flush=True)
    return printed.strip().splitlines()[-1], failed


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
            line, failed = once(asked.paths, None if asked.busy else asked.seed + k)
            bad += bool(failed)
            print(f"run {k + 1}: {line}", *failed, sep="\n    ", flush=True)
    finally:
        for loop in loops:
            loop.kill()
    print(f"{bad} of {asked.times} runs had a failure")


if __name__ == "__main__":
    main()
