"""How live a race is: five contestants with three seeds each, H = 16, in one real browser.

`python -m bench.race` on a machine that does nothing else. Prints drawn updates of the boards and of the charts a
second, training steps, the script that a picture of all costs, and the bytes of a message. Then thirty visitors
without a browser (bench/visitor.py) race at once, and a third of them presses Pause, a few times: seconds until it
stands still.
"""

import argparse
import asyncio
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.classroom import PATIENCE, WARM_UP, Lesson, arrive, peak, presses
from bench.live import Wire, figure
from bench.visitor import Visitor
from tests.browser.harness import Server, eventually, launch, serve

ADDRESS = "/compare?preset=cells-echo&speed=full"  # five cells, three seeds, H = 16, T = 20
BOARDS, CHARTS = 8, 2  # drawn updates a second: the goals
PAUSE, MEGABYTES = 1, 690  # seconds from Pause until it stands still, of nineteen in twenty; the server's memory
CONTESTANTS = 5
# [of every board frames drawn and its step; of both charts updates drawn; ms that the last drawing of the boards took]
TOLD = """() => {
  const find = (root) => [...root.querySelectorAll("*")].flatMap((e) =>
    e.matches("[role=img][data-step]") ? [e] : e.shadowRoot ? find(e.shadowRoot) : []);
  const all = find(document), minis = all.filter((e) => e.matches(".mini"));
  return [minis.map(({ dataset }) => [+dataset.frames, +dataset.step]),
          all.filter((e) => !e.matches(".mini")).map(({ dataset }) => +dataset.frames),
          minis.reduce((sum, { dataset }) => sum + +dataset.ms, 0), performance.now() / 1000];
}"""


class Measured(NamedTuple):
    """Updates a second of the slowest board and the slowest chart, training steps a second, ms, bytes a second."""

    boards: float
    charts: float
    steps: float
    script: float
    wire: float


def measure(page: Page, wire: Wire, seconds: float) -> Measured:
    minis, charts, _, begin = page.evaluate(TOLD)
    received, script = wire.received, []
    for _ in range(int(4 * seconds)):
        page.wait_for_timeout(250)
        script.append(page.evaluate(TOLD)[2])
    later, charts_later, _, end = page.evaluate(TOLD)
    spent = end - begin
    return Measured(
        min(b[0] - a[0] for a, b in zip(minis, later, strict=True)) / spent,
        min(b - a for a, b in zip(charts, charts_later, strict=True)) / spent,
        (later[0][1] - minis[0][1]) / spent,
        median(script),
        (wire.received - received) / spent,
    )


async def race_together(server: Server, visitors: int, seconds: float) -> tuple[Lesson, list[float]]:
    """All race; a third presses Pause and Play again, a few times -> what was measured, each one's steps a second."""
    rng, measured = random.Random(1), Lesson(visitors, os.getloadavg()[0])
    query = ADDRESS.partition("?")[2]
    light = [Visitor(server.url, query, title="compare") for _ in range(visitors)]
    clock = asyncio.get_running_loop().time
    try:
        await arrive(light)
        measured.plays += await asyncio.gather(*(visitor.press("Play", PATIENCE) for visitor in light))
        await asyncio.sleep(WARM_UP)
        begin, before = clock(), [visitor.films[-1].step for visitor in light]
        await asyncio.sleep(seconds)
        spent = clock() - begin
        steps = [(v.films[-1].step - at) / spent for v, at in zip(light, before, strict=True)]
        await presses(measured, light, rng)
    finally:
        await asyncio.gather(*(visitor.close() for visitor in light), return_exceptions=True)
    measured.megabytes, measured.errors = peak(server.pid), server.printed().count("Traceback")
    return measured, steps


def of_class(visitors: int, seconds: float) -> None:
    """Print what a class of so many measures that all race."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server:
        m, steps = asyncio.run(race_together(server, visitors, seconds))
        if m.errors:
            print(f"\nThe server's log ends:\n{server.printed()[-2000:]}", flush=True)
    p95 = float(np.percentile(m.pauses, 95, method="higher"))
    print(f"\n{visitors} visitors race (load {m.load:.1f} before), {len(m.pauses)} presses of Pause")
    rows = [
        ("from Pause until it stands still, s", f"{median(m.pauses):.2f}", f"most {max(m.pauses):.2f}", None),
        ("the same, 95th percentile, s", f"{p95:.2f}", f"goal {PAUSE}", p95 <= PAUSE),
        ("from Play to its first picture, s", f"{median(m.plays):.2f}", f"most {max(m.plays):.2f}", None),
        ("training steps a second, of every run", f"{median(steps):.3g}", f"least {min(steps):.3g}", None),
        ("server's memory at its peak, MB", f"{m.megabytes:.0f}", f"goal {MEGABYTES}", m.megabytes <= MEGABYTES),
        ("tracebacks in the server's log", str(m.errors), "goal 0", m.errors == 0),
    ]
    for what, value, more, met in rows:
        print(f"{what:42} {value:>7}   {more:12} {'' if met is None else 'met' if met else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=4, help="of playing in each of the runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=30, help="who race together, without a browser; 0: none")
    given = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    with (tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server,
          sync_playwright() as playwright, launch(playwright) as browser):
        page, wire = browser.new_page(viewport={"width": 1440, "height": 1300}), Wire()
        page.on("websocket", wire.listen)
        page.goto(f"{server.url}{ADDRESS}")
        page.get_by_role("button", name="Play").click()
        eventually(lambda: len(page.evaluate(TOLD)[0]) == CONTESTANTS
                   and min(step for _, step in page.evaluate(TOLD)[0]) > 50, "all play", page, 120)
        runs = [measure(page, wire, given.seconds) for _ in range(given.runs)]
    print(f"{os.cpu_count()} cores (load {load} before); {given.runs} runs of {given.seconds:g} s; {ADDRESS}")
    table = [
        ("drawn updates a second of each board", [run.boards for run in runs], BOARDS),
        ("drawn updates a second of each chart", [run.charts for run in runs], CHARTS),
        ("training steps a second, of every run", [run.steps for run in runs], None),
        ("script for one picture of all boards, ms", [run.script for run in runs], None),
        ("received a second, kB", [run.wire / 1000 for run in runs], None),
    ]
    for what, values, goal in table:
        verdict = "" if goal is None else f"goal {goal}: {'met' if round(median(values), 1) >= goal else 'missed'}"
        print(f"{what:42} {figure(median(values)):>7}   each {', '.join(map(figure, values)):22} {verdict}")
    if given.visitors:
        of_class(given.visitors, 2 * given.seconds)


if __name__ == "__main__":
    main()
