"""Takes the README's pictures: the app as it runs, each page trained for a while, at 1440 x 900.

`python -m bench.screenshot` writes docs/*.png; names after it take only these: `python -m bench.screenshot shapes`.
first_minute is what somebody sees who was never here, second by second.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw  # comes with Streamlit
from playwright.sync_api import Page, sync_playwright

from tests.browser.harness import ROOT, eventually, launch, serve

PATIENCE = 240  # seconds
MINUTE = "first_minute"
SECONDS = (0, 1, 2, 4, 6, 8, 12, 16, 24)  # after "Watch it learn", when the pictures of the first minute are taken
SMALL = (640, 400)  # their size


@dataclass(frozen=True)
class Picture:
    """address: where it plays. steps: it trains at least so long and pauses; on Shapes, every one of the five."""

    address: str
    steps: int
    then: Callable[[Page], object] = lambda page: None
    height: int = 900


def slowly(page: Page) -> None:
    """One training step, taken apart, on its way back: a hidden state hears from its output and from the future."""
    press(page, "One step, slowly")
    replay = page.get_by_role("region", name="One training step, slowly")
    replay.get_by_role("button", name="2 backward").click()
    for _ in range(7):
        replay.get_by_role("button", name="Next stage").click()
    page.wait_for_timeout(500)


def typed(page: Page) -> None:
    """What the network expects after each letter of a beginning."""
    page.get_by_label("Type a beginning").fill("Shall I compare")
    page.wait_for_timeout(2000)


PICTURES = {
    "screenshot": Picture("/?hidden_size=12&speed=full", 60),
    "slow": Picture("/?task=echo&hidden_size=8&length=12&speed=full", 60, slowly),
    "shapes": Picture("/shapes", 250),
    "gradients": Picture("/gradients?task=temporal-order&cell=rnn&speed=full", 600, height=1540),
    "text": Picture("/text?speed=full", 900, typed, 1040),
    "series": Picture("/series?speed=full", 400, height=1000),
}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^\W*{name}\b", re.I)).first.click()


def least(page: Page) -> float:
    """Training steps so far, of whichever run has the fewest; -1 before anything is drawn."""
    roots = page.locator("[role=img][data-step]")
    return min([int(root.get_attribute("data-step") or -1) for root in roots.all()], default=-1)


def take(page: Page, url: str, picture: Picture, out: Path) -> None:
    """Open, play, pause, wait until it stands still, and keep it."""
    page.set_viewport_size({"width": 1440, "height": picture.height})
    page.goto(url + picture.address)
    page.locator("[role=img][data-step]").first.wait_for(timeout=1000 * PATIENCE)
    press(page, "Play")
    eventually(lambda: least(page) >= picture.steps, f"step {picture.steps}", page, PATIENCE)
    press(page, "Pause")
    page.get_by_role("button", name="Pause").wait_for(state="detached")
    picture.then(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)
    page.screenshot(path=out)
    with Image.open(out) as shot:
        keep(shot.convert("RGB"), out)


def keep(picture: Image.Image, out: Path) -> None:
    """256 colours, which these pictures hardly exceed."""
    picture.quantize(256, dither=Image.Dither.NONE).save(out, optimize=True)


def take_first_minute(page: Page, url: str, out: Path) -> None:
    """Open without a cookie, press the one button, and keep what is seen at each of SECONDS as one picture."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(url)
    page.locator("[role=img][data-step]").first.wait_for(timeout=1000 * PATIENCE)
    page.wait_for_timeout(1500)
    (width, height), rows, begin = SMALL, -(-len(SECONDS) // 3), 0.0
    sheet = Image.new("RGB", (3 * width, rows * (height + 28)), "white")
    for k, second in enumerate(SECONDS):
        if k == 1:
            press(page, "Watch it learn")
            begin = time.monotonic()
        page.wait_for_timeout(max(0.0, 1000 * (begin + second - time.monotonic())) if k else 0)
        with Image.open(BytesIO(page.screenshot())) as shot:
            at = (k % 3 * width, k // 3 * (height + 28))
            sheet.paste(shot.convert("RGB").resize(SMALL, Image.Resampling.LANCZOS), (at[0], at[1] + 28))
        ImageDraw.Draw(sheet).text((at[0] + 8, at[1] + 6), f"{second} s", "black", font_size=18)
    keep(sheet, out)


def main() -> None:
    parser, names = argparse.ArgumentParser(description=__doc__.splitlines()[0]), [*PICTURES, MINUTE]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all where none is given")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="the folder; docs/ where none is given")
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"no picture is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    given.out.mkdir(exist_ok=True)
    with (tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server,
          sync_playwright() as playwright, launch(playwright) as browser):
        for name in given.names or names:
            page, out = browser.new_page(color_scheme="dark" if given.dark else "light"), given.out / f"{name}.png"
            if name == MINUTE:
                take_first_minute(page, server.url, out)
            else:
                take(page, server.url, PICTURES[name], out)
            page.close()
            print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
