"""Takes the README's picture: the app as it runs, trained for a while, at 1440 x 900.

`.venv/bin/python -m bench.screenshot` writes docs/screenshot.png; see --help for another address or the dark theme.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.harness import ROOT, at_rest, eventually, launch, serve, step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="/?hidden_size=12&autoplay=true")
    parser.add_argument("--steps", type=int, default=230, help="train at least so long, then pause")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshot.png")
    given = parser.parse_args()
    with (tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server,
          sync_playwright() as playwright, launch(playwright) as browser):
        page = browser.new_page(viewport={"width": given.width, "height": 900},
                                color_scheme="dark" if given.dark else "light")
        page.goto(f"{server.url}{given.address}")
        eventually(lambda: step(page) >= given.steps, f"step {given.steps}", page, 120)
        page.get_by_role("button", name="Pause").click()
        at_rest(page)
        page.mouse.move(0, 0)
        given.out.parent.mkdir(exist_ok=True)
        page.screenshot(path=given.out)
    print(given.out)


if __name__ == "__main__":
    main()
