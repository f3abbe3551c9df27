"""How live the app is: a real browser against a server started here, and the bare engine beside it. Prints ratios.

    python -m bench.live [name=value …]

on a machine that does nothing else; name=value as in the page's address, T=30 and H=32 where nothing is said. Bare
engine and app take turns, so that a machine that slows down slows both.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from playwright.sync_api import Page, WebSocket, sync_playwright

from tests.browser.harness import ROOT, Server, board, chromium, eventually, launch, number, serve, step

BARE = """
import sys, time
from urllib.parse import parse_qs
import ui  # sets the number of BLAS threads, as for the app
from rnn_core import Trainer
from ui.frame.address import read
config, refused = read(parse_qs("&".join(sys.argv[2:])))
assert not refused, refused
trainer = Trainer(config)
trainer.advance(200)
begin, end, cpu = time.perf_counter(), time.perf_counter() + float(sys.argv[1]), time.process_time()
at = trainer.step
while time.perf_counter() < end:
    trainer.advance(20)
steps, seconds, cpu = trainer.step - at, time.perf_counter() - begin, time.process_time() - cpu
from bench.live import blas_threads
print(steps / seconds, steps / cpu, blas_threads())
"""

# In the page: when the board first stood drawn, when it drew since, and how long the callback that drew took.
WATCH = """
window.seen = {first: null, drawn: [], script: []};
const find = (root) => {
  for (const e of root.querySelectorAll("*")) {
    const hit = e.matches("[role=img][data-step]") ? e : e.shadowRoot && find(e.shadowRoot);
    if (hit) return hit;
  }
};
let board;
const frames = () => board?.isConnected ? +board.dataset.frames : 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((t) => {
  const before = frames(), begin = performance.now();
  draw(t);
  const end = performance.now();
  if (frames() > before) { window.seen.drawn.push(end); window.seen.script.push(end - begin); }
});
const look = () => {
  if (!board?.isConnected) board = find(document);
  if (frames() > 0) window.seen.first ??= performance.now(); else ask(look);
};
ask(look);
"""

GOAL = ["length=30", "hidden_size=32", "speed=full"]  # what the goals are for
FULL = 2000  # steps: a run begins slowly, so that one sees its beginning


@dataclass
class Wire:
    """What the page's WebSocket brought and sent, in bytes as the browser hands them over."""

    received: int = 0
    sent: int = 0
    messages: list[int] = field(default_factory=list)

    def listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._in)
        socket.on("framesent", self._out)

    def _in(self, payload: str | bytes) -> None:
        self.received += len(payload)
        self.messages.append(len(payload))

    def _out(self, payload: str | bytes) -> None:
        self.sent += len(payload)


@dataclass
class Live:
    """One stretch of playing: rates a second, script and gaps between frames in ms, bytes a frame."""

    steps: float
    by_cpu: float
    frames: float
    script: float
    gap: float
    wire: float


class Bare(NamedTuple):
    """Training steps of the engine alone by the wall's clock and by the processor's, and its BLAS threads."""

    steps: float
    by_cpu: float
    threads: str


def bare(seconds: float, settings: list[str]) -> Bare:
    """The engine alone, in a process of its own."""
    command = [sys.executable, "-c", BARE, str(seconds), *settings]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rate, by_cpu, threads = run.stdout.split()
    return Bare(float(rate), float(by_cpu), threads)


def first_board(page: Page, url: str) -> float:
    """Seconds from opening the page to the first frame of the board."""
    page.goto(url)
    page.wait_for_function("seen.first", timeout=60_000)
    return float(page.evaluate("seen.first")) / 1000


def live(page: Page, server: Server, wire: Wire, seconds: float) -> Live:
    """Press Play, watch for so many seconds once it runs, press Pause."""
    at = step(page)
    page.get_by_role("button", name="Play").click()
    eventually(lambda: step(page) > max(at, FULL), "it plays at full speed", page, 60)
    page.wait_for_timeout(1000)
    page.evaluate("seen.drawn = [], seen.script = []")
    clock, cpu = "performance.now() / 1000", server.cpu_seconds()
    begin, first, drawn, bytes_ = page.evaluate(clock), step(page), number(page, "frames"), wire.received
    page.wait_for_timeout(1000 * seconds)
    end, last, frames = page.evaluate(clock), step(page), number(page, "frames") - drawn
    cpu = server.cpu_seconds() - cpu
    times, script = page.evaluate("[seen.drawn, seen.script]")
    bytes_ = wire.received - bytes_
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    gaps = np.diff(times) if len(times) > 1 else np.array([np.nan])
    steps, seconds = last - first, end - begin
    return Live(steps / seconds, steps / cpu, frames / seconds, median(script or [float("nan")]),
                float(np.percentile(gaps, 95)), bytes_ / max(1, frames))


def blas_threads() -> str:
    """How many threads NumPy's OpenBLAS uses; as the environment asks where the library cannot be asked."""
    folder = Path(np.__file__).parent.parent / "numpy.libs"
    for library in folder.glob("libscipy_openblas*"):
        for name in ("scipy_openblas_get_num_threads64_", "scipy_openblas_get_num_threads"):
            if hasattr(ctypes.CDLL(str(library)), name):
                return str(getattr(ctypes.CDLL(str(library)), name)())
    return os.environ.get("OPENBLAS_NUM_THREADS", "not_known")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("settings", nargs="*", default=GOAL, help="as in the page's address; " + " ".join(GOAL))
    parser.add_argument("--seconds", type=float, default=10, help="of playing in each of the runs")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # they slow a current NumPy
        os.environ.pop(name, None)

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        if chromium(playwright) is None:
            sys.exit("no Chromium found")
        browser, openings = launch(playwright), []
        with serve(Path(folder) / "log") as server:
            wire = Wire()
            for _ in range(given.runs):
                page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
                page.add_init_script(WATCH)
                openings.append(first_board(page, f"{server.url}/"))
                page.context.close()
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.on("websocket", wire.listen)
            page.add_init_script(WATCH)
            openings.append(first_board(page, f"{server.url}/?{'&'.join(given.settings)}"))
            bares, lives = [bare(given.seconds / 2, given.settings)], []
            for _ in range(given.runs):
                lives.append(live(page, server, wire, given.seconds))
                bares.append(bare(given.seconds / 2, given.settings))
            shown = board(page).get_attribute("aria-label")
        browser.close()

    around = list(zip(lives, pairwise(bares), strict=True))
    ratios = [2 * run.steps / (a.steps + b.steps) for run, (a, b) in around]
    by_cpu = [2 * run.by_cpu / (a.by_cpu + b.by_cpu) for run, (a, b) in around]
    frames, script = [run.frames for run in lives], [run.script for run in lives]
    wires = [run.wire for run in lives]
    print(f"{os.cpu_count()} cores (load {load} before), {bares[0].threads} BLAS thread(s), NumPy {np.__version__}, "
          f"Chromium {browser.version}")
    print(f"{' '.join(given.settings)}; {given.runs} runs of {given.seconds:g} s; the board at the end: {shown}\n")
    table = [
        ("first board, a fresh server's first visit", "s", "<= 3", openings[:1], openings[0] <= 3),
        ("first board, later visits", "s", "<= 3", openings[1:], median(openings[1:]) <= 3),
        ("drawn frames a second", "", ">= 15", frames, median(frames) >= 15),
        ("training rate, app over bare engine", "", ">= 0.6", ratios, median(ratios) >= 0.6),
        ("the same by the server's CPU time, load or not", "", "", by_cpu, None),
        ("training steps a second in the app", "", "", [run.steps for run in lives], None),
        ("training steps a second, bare engine", "", "", [b.steps for b in bares], None),
        ("script per drawn frame, of the page's own", "ms", "<= 2", script, median(script) <= 2),
        ("gap between frames, 95th percentile", "ms", "", [run.gap for run in lives], None),
        ("received per drawn frame", "bytes", "<= 4096", wires, median(wires) <= 4096),
    ]
    print(f"| {'what':46} | {'median':>8} | {'each, in order':22} | {'unit':5} | {'goal':7} | met |")
    print(f"| {'-' * 46} | {'-' * 7}: | {'-' * 22} | {'-' * 5} | {'-' * 7} | --- |")
    for what, unit, goal, values, met in table:
        verdict = "" if met is None else "yes" if met else "NO"
        each = ", ".join(map(figure, values))
        print(f"| {what:46} | {figure(median(values)):>8} | {each:22} | {unit:5} | {goal:7} | {verdict:3} |")


def figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


if __name__ == "__main__":
    main()
