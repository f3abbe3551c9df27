"""How live the Shapes page is: five networks that train together and are drawn in one real browser.

`python -m bench.shapes` on a machine that does nothing else. Prints for each miniature its drawn frames and training
steps a second, and how long the page's script takes for one picture of all five.
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench.live import figure
from rnn_core import SHAPES
from tests.browser.harness import eventually, launch, serve

GOAL = 5  # drawn frames a second, of each
# In the page: how long each callback took that drew in at least one miniature.
WATCH = """
window.script = [];
let minis = [];
const find = (root) => [...root.querySelectorAll("*")].flatMap((e) =>
  e.matches(".mini[data-step]") ? [e] : e.shadowRoot ? find(e.shadowRoot) : []);
window.told = () => minis.map((e) => [+e.dataset.frames, +e.dataset.step]);
const drawn = () => minis.reduce((sum, e) => sum + +e.dataset.frames, 0);
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((t) => {
  if (!minis[0]?.isConnected) minis = find(document);
  const before = drawn(), begin = performance.now();
  draw(t);
  const end = performance.now();
  if (drawn() > before) window.script.push(end - begin);
});
"""


def measured(page: Page, seconds: float) -> tuple[list[list[float]], float]:
    """[frames, steps] a second of each miniature, and the script of one picture, ms."""
    page.evaluate("script.length = 0")
    ask = "[performance.now() / 1000, told()]"
    begin, before = page.evaluate(ask)
    page.wait_for_timeout(1000 * seconds)
    end, after = page.evaluate(ask)
    rates = [[(b - a) / (end - begin) for a, b in zip(*both, strict=True)] for both in zip(before, after, strict=True)]
    return rates, median(page.evaluate("script") or [float("nan")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of playing in each of the runs")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    with (tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server,
          sync_playwright() as playwright, launch(playwright) as browser):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH)
        page.goto(f"{server.url}/shapes")
        page.get_by_role("button", name="Play").click()
        eventually(lambda: page.evaluate("told().length") == len(SHAPES)
                   and min(step for _, step in page.evaluate("told()")) > 20, "all five play", page, 120)
        runs = [measured(page, given.seconds) for _ in range(given.runs)]
    print(f"{os.cpu_count()} cores (load {load} before); {given.runs} runs of {given.seconds:g} s")
    for k, shape in enumerate(SHAPES.values()):
        frames, steps = ([rates[k][j] for rates, _ in runs] for j in (0, 1))
        verdict = "yes" if median(frames) >= GOAL else "NO"
        each = ", ".join(map(figure, frames))
        print(f"{shape.title:30} {median(frames):5.1f} drawn frames a second (each run {each}), "
              f"at least {GOAL}: {verdict}; {median(steps):5.0f} training steps a second")
    print(f"script for one picture of all five: {median(script for _, script in runs):.2f} ms")


if __name__ == "__main__":
    main()
