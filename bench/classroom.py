"""How live the app is for a whole class: many sessions on one server, all playing. Prints a table for each number.

Run it with `.venv/bin/python -m bench.classroom` on a machine that does nothing else. The sessions are light: they
speak Streamlit's protocol without a browser (bench/visitor.py), all in this one process. One of them is a real one.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from math import ceil, inf, isfinite, nan
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from playwright.async_api import Page, async_playwright
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from bench.visitor import Visitor, drawn
from rnn_core import Config, Trainer
from tests.browser.harness import FLAGS, Server, chromium, serve
from ui.run.places import WORKERS

QUERY = "autoplay=false&speed=full"
PATIENCE = 90  # seconds for all pages to open
WARM_UP = 4  # seconds of playing before anything counts
ROUNDS = 3  # times that a third of the class presses Pause, then Play
GONE = 5  # seconds after which a closed tab must cost nothing
IDLE = 0.01  # of a core: as good as nothing
MEGABYTES = 690


@dataclass
class Lesson:
    """What one class measured. Lists have one number per session; shares are of one core."""

    sessions: int
    load: float
    ticks: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)
    periods: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    plays: list[float] = field(default_factory=list)
    browser_frames: float = nan
    browser_steps: float = nan
    nobody: float = nan
    idle: float = nan
    playing: float = nan
    closed: float = nan
    own: float = nan
    megabytes: float = nan
    errors: int = 0
    asked: int = 0
    bare: float = nan
    busy: list[float] = field(default_factory=list)
    workers: list[float] = field(default_factory=list)
    went_on: list[float] = field(default_factory=list)


class Real:
    """The real browser's page, and what its widgets said in its last message to the server."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.widgets = WidgetStates()
        page.on("websocket", lambda socket: socket.on("framesent", self._sent))

    def _sent(self, payload: str | bytes) -> None:
        message = BackMsg.FromString(payload) if isinstance(payload, bytes) else BackMsg()
        if message.HasField("rerun_script"):
            kept = [w for w in message.rerun_script.widget_states.widgets if w.WhichOneof("value") != "trigger_value"]
            self.widgets = WidgetStates(widgets=kept)

    async def number(self, name: str) -> float:
        """data-step or data-frames of the board."""
        root = self.page.locator("[role=img][data-step]")
        return float(await root.get_attribute(f"data-{name}", timeout=20_000) or "nan")

    async def press(self, label: str) -> None:
        await self.page.get_by_role("button", name=label).click(timeout=20_000)


@asynccontextmanager
async def real(path: str | None, url: str) -> AsyncIterator[Real | None]:
    """A page in Chromium that stands drawn; None where there is no Chromium."""
    if path is None:
        yield None
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            shown = Real(await browser.new_page(viewport={"width": 1440, "height": 900}))
            await shown.page.goto(url)
            await shown.page.locator("[role=img][data-step]").wait_for(timeout=60_000)
            yield shown
        finally:
            await browser.close()


class Meter:
    """CPU time since it was made, as shares of a core."""

    def __init__(self, server: Server) -> None:
        self.server, self.begin = server, time.monotonic()
        self.workers = [replace(server, pid=pid) for pid in workers_of(server)]
        self._before = self._seconds()

    def _seconds(self) -> list[float]:
        return [time.process_time(), *(each.cpu_seconds() for each in (self.server, *self.workers))]

    def shares(self) -> tuple[float, float, list[float]]:
        """Of this process, of the server, and of each worker."""
        seconds = time.monotonic() - self.begin
        spent = zip(self._seconds(), self._before, strict=True)
        own, server, *workers = ((now - then) / seconds for now, then in spent)
        return own, server, workers


async def resting(server: Server, seconds: float) -> float:
    """The server's share of a core for so long."""
    meter = Meter(server)
    await asyncio.sleep(seconds)
    return meter.shares()[1]


async def lesson(server: Server, path: str | None, sessions: int, seconds: float, kill: bool) -> Lesson:
    """Open, stand still, play, press Pause here and there, close a third. With more than one session one is real. kill:
    a worker, while all play.
    """
    measured, rng = Lesson(sessions, os.getloadavg()[0]), random.Random(1)
    measured.bare = bare_engine()
    measured.nobody = await resting(server, GONE)
    async with real(path, f"{server.url}/?{QUERY}") as browser:
        shared = browser.widgets if browser else WidgetStates()
        if browser and sessions == 1:
            await browser.page.close()
            browser = None
        light = [Visitor(server.url, QUERY, lambda: shared) for _ in range(sessions - (browser is not None))]
        try:
            await arrive(light)
            await asyncio.sleep(2)
            measured.idle = await resting(server, GONE)
            await play(measured, server, light, browser, seconds, rng)
            await presses(measured, light, rng)
            if kill:
                await lose_a_worker(measured, server, light)
            await leave(measured, server, light, browser, rng)
        finally:
            await asyncio.gather(*(visitor.close() for visitor in light), return_exceptions=True)
    measured.megabytes = peak(server.pid)
    measured.workers = [peak(pid) for pid in workers_of(server)]
    measured.asked = sum(visitor.asked for visitor in light)
    measured.errors = server.printed().count("Traceback")
    return measured


async def arrive(light: Sequence[Visitor]) -> None:
    """Everybody opens the page, one after the other, and waits for the board."""
    for visitor in light:
        await visitor.open()
        await visitor.until(lambda visitor=visitor: bool(visitor.films), 2)  # type: ignore[misc]
    ready = await asyncio.gather(*(v.until(lambda v=v: bool(v.films and v.button), PATIENCE) for v in light))  # type: ignore[misc]
    if not all(ready):
        raise RuntimeError(f"{ready.count(False)} of {len(light)} sessions got no board in {PATIENCE} s")


async def play(
    measured: Lesson, server: Server, light: Sequence[Visitor], browser: Real | None, seconds: float, rng: random.Random
) -> None:
    """Everybody presses Play within a second; then watch."""
    clock = asyncio.get_running_loop().time

    async def press(visitor: Visitor) -> float:
        await asyncio.sleep(rng.random())
        return await visitor.press("Play", PATIENCE)

    measured.plays += await asyncio.gather(*map(press, light))
    if browser:
        await browser.press("Play")
    await asyncio.sleep(WARM_UP)
    meter, begin, received = Meter(server), clock(), [visitor.received for visitor in light]
    seen = clock(), await browser.number("frames") if browser else nan, await browser.number("step") if browser else nan
    await asyncio.sleep(seconds)
    (measured.own, measured.playing, measured.busy), end = meter.shares(), clock()
    for visitor, before in zip(light, received, strict=True):
        films = visitor.between(begin, end)
        frames = drawn(visitor.films, begin, end)
        at_first = next(f.step for f in reversed(visitor.films) if f.at < begin)
        measured.ticks.append((len(films) - 1) / (films[-1].at - films[0].at) if len(films) > 1 else 0)
        measured.frames.append(frames / (end - begin))
        measured.steps.append((films[-1].step - at_first if films else 0) / (end - begin))
        measured.bytes.append((visitor.received - before) / max(1, frames))
        measured.periods.extend(film.period for film in films)
    if browser:
        now = clock(), await browser.number("frames"), await browser.number("step")
        _, measured.browser_frames, measured.browser_steps = np.subtract(now, seen) / (now[0] - seen[0])


async def presses(measured: Lesson, light: Sequence[Visitor], rng: random.Random) -> None:
    """A random third presses Pause, each at a time of its own, and Play again; so a few times."""

    async def press(visitor: Visitor) -> None:
        await asyncio.sleep(2 * rng.random())
        measured.pauses.append(await visitor.press("Pause"))
        await asyncio.sleep(1)
        measured.plays.append(await visitor.press("Play"))

    for _ in range(ROUNDS):
        await asyncio.gather(*map(press, rng.sample(list(light), ceil(len(light) / 3))))
        await asyncio.sleep(1)


async def lose_a_worker(measured: Lesson, server: Server, light: Sequence[Visitor]) -> None:
    """Kill one while all play, and see how long each waits for a film with fresh training after it."""
    clock, begin = asyncio.get_running_loop().time, [visitor.films[-1].step for visitor in light]
    os.kill(workers_of(server)[-1], signal.SIGKILL)
    at = clock()

    async def wait(visitor: Visitor, step: int) -> float:
        fresh = await visitor.until(lambda: visitor.films[-1].step > step and visitor.films[-1].at > at, PATIENCE)
        return clock() - at if fresh else inf

    measured.went_on += await asyncio.gather(*map(wait, light, begin))


def bare_engine(seconds: float = 3) -> float:
    """Training steps a second of the playground's own network, alone on a core and without pictures."""
    trainer = Trainer(Config())
    trainer.run(0.5)
    begin, before = time.perf_counter(), trainer.step
    while time.perf_counter() - begin < seconds:
        trainer.advance(500)
    return (trainer.step - before) / (time.perf_counter() - begin)


def workers_of(server: Server) -> list[int]:
    """The processes of its workers, where it has some: the nannies' children."""
    parents = {int(p.name): int(p.joinpath("stat").read_text().rpartition(")")[2].split()[1])
               for p in Path("/proc").iterdir() if p.name.isdecimal() and p.joinpath("stat").exists()}  # fmt: skip
    below = [pid for pid in parents if server.pid in ancestors(pid, parents)]
    spawned = [pid for pid in below if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    return sorted(spawned)


def ancestors(pid: int, parents: dict[int, int]) -> list[int]:
    found = []
    while pid in parents:
        pid = parents[pid]
        found.append(pid)
    return found


async def leave(
    measured: Lesson, server: Server, light: Sequence[Visitor], browser: Real | None, rng: random.Random
) -> None:
    """A third closes the tab while playing; all others pause, so that what runs on is what the closed tabs left."""
    begin, gone = time.monotonic(), rng.sample(list(light), ceil(len(light) / 3))
    await asyncio.gather(*(visitor.close() for visitor in gone))
    stay = [visitor for visitor in light if visitor not in gone]
    await asyncio.gather(*(visitor.press("Pause") for visitor in stay))
    if browser:
        await browser.press("Pause")
    await asyncio.sleep(max(0.0, begin + GONE - time.monotonic()))
    measured.closed = await resting(server, GONE)


def peak(pid: int) -> float:
    """The most memory that a process has held, in MB (10⁶ bytes)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024 / 1e6


class Row(NamedTuple):
    what: str
    values: Sequence[float]
    unit: str = ""
    goal: str = ""
    met: bool | None = None


def rows(m: Lesson) -> list[Row]:
    """What is printed of a lesson, with the goals for a class of thirty."""

    def fair(values: Sequence[float]) -> float:
        return min(values) / median(values) if median(values) else nan

    p95 = float(np.percentile(m.pauses, 95, method="higher"))
    with_workers = bool(m.workers)
    share = (">= 0.6", sum(m.steps) / m.bare >= 0.6) if with_workers else ("", None)
    late = max(m.went_on) <= 4 if m.went_on else None
    busy = ("<= 0.5", m.playing <= 0.5) if with_workers else ("", None)
    least, patience = (12, 0.25) if with_workers else (8, 1)
    return [
        Row("ticks a second, each session", m.ticks, "", ">= 1", min(m.ticks) >= 1),
        Row("frames a second, each session", m.frames, "", f">= {least}", min(m.frames) >= least),
        Row("frames a second, the real browser", [m.browser_frames], "", ">= 8", atleast(m.browser_frames, 8)),
        Row("training steps a second, each session", m.steps),
        Row("training steps a second, the real browser", [m.browser_steps]),
        Row("training steps a second, all light sessions", [sum(m.steps)]),
        Row("the same over the bare engine on one core", [sum(m.steps) / m.bare], "", *share),
        Row("slowest over median, ticks", [fair(m.ticks)], "", ">= 0.5", fair(m.ticks) >= 0.5),
        Row("slowest over median, frames", [fair(m.frames)], "", ">= 0.5", fair(m.frames) >= 0.5),
        Row("slowest over median, training steps", [fair(m.steps)], "", ">= 0.5", fair(m.steps) >= 0.5),
        Row("period of the films", m.periods, "s"),
        Row("from Pause to its picture", m.pauses, "s"),
        Row("from Pause to its picture, 95th percentile", [p95], "s", f"<= {patience}", p95 <= patience),
        Row("from Play to its first picture", m.plays, "s"),
        Row("received per frame", m.bytes, "bytes"),
        Row("server's memory at its peak", [m.megabytes], "MB", f"<= {MEGABYTES}", m.megabytes <= MEGABYTES),
        Row("each worker's memory at its peak", m.workers, "MB"),
        Row("from a worker's end to fresh training", m.went_on, "s", "<= 4", late),
        Row("server's CPU while all play", [m.playing], "core", *busy),
        Row("each worker's CPU while all play", m.busy, "core"),
        Row("server's CPU, open pages that never played", [m.idle], "core", "0", m.idle <= IDLE),
        Row("server's CPU, no page open", [m.nobody], "core"),
        Row(f"server's CPU {GONE} s after tabs closed", [m.closed], "core", "0", m.closed <= IDLE),
        Row("this process's CPU while all play", [m.own], "core"),
        Row("films that a board had to ask for", [m.asked]),
        Row("tracebacks in the server's log", [m.errors], "", "0", m.errors == 0),
    ]


def atleast(value: float, goal: float) -> bool | None:
    """None for what was not measured."""
    return value >= goal if isfinite(value) else None


def table(m: Lesson) -> str:
    lines = [
        f"{m.sessions} session(s), load {m.load:.1f} before and {os.getloadavg()[0]:.1f} after, "
        f"{len(m.pauses)} presses of Pause\n",
        f"| {'what':44} | {'median':>7} | {'least':>7} | {'most':>7} | {'unit':5} | {'goal':6} | met |",
        f"| {'-' * 44} | {'-' * 6}: | {'-' * 6}: | {'-' * 6}: | {'-' * 5} | {'-' * 6} | --- |",
    ]
    for what, values, unit, goal, met in rows(m):
        if any(isfinite(value) for value in values) or met is not None:
            shown = (median(values), min(values), max(values)) if len(values) > 1 else (values[0], None, None)
            numbers = " | ".join(f"{'' if n is None else figure(n):>7}" for n in shown)
            verdict = "" if met is None else "yes" if met else "NO"
            lines.append(f"| {what:44} | {numbers} | {unit:5} | {goal:6} | {verdict:3} |")
    return "\n".join(lines)


def figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 30, 60])
    parser.add_argument("--workers", default="", help="processes in which runs stand: a number, or auto")
    parser.add_argument("--kill", action="store_true", help="one of them, while all play")
    parser.add_argument("--seconds", type=float, default=20, help="of playing that count, for each number of sessions")
    given = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        sys.exit("the server's CPU time and memory are read from /proc, which this system does not have")
    print(f"{os.cpu_count()} cores, NumPy {np.__version__}, Python {sys.version.split()[0]}; goals are for 30 sessions")
    with sync_playwright() as playwright:
        path = chromium(playwright)
    environment = {WORKERS: given.workers} if given.workers else {}
    for sessions in given.sessions:
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log", environment=environment) as server:
            limit = 2 * PATIENCE + 120 + given.seconds
            try:
                taught = lesson(server, path, sessions, given.seconds, given.kill)
                measured = asyncio.run(asyncio.wait_for(taught, limit))
                print(f"\n{table(measured)}", flush=True)
            finally:
                if "Traceback" in server.printed():
                    print(f"\nThe server's log ends:\n{server.printed()[-2000:]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
