"""What journeys do again and again: arrive, press, take a step, choose a task, read the address."""

import re
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FilePayload, Locator, Page, expect

from rnn_core import TASKS
from tests.browser.harness import at_rest, board, drawn, rerun, step, until
from ui.frame.navigation import LABELS

Scheme = Literal["light", "dark"]
LIGHT_AND_DARK: tuple[Scheme, Scheme] = ("light", "dark")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^\W*{name}\b", re.I))


def arrived(page: Page) -> Page:
    """The page once it is complete and its one picture drawn; where it plays, once a first frame is."""
    until(page, "frames >= 1")
    expect(board(page)).to_have_count(1)
    if "autoplay=true" not in page.url:
        drawn(page)
    return page


def one_step(page: Page, times: int = 1) -> None:
    """Press Step so often, each time waiting for the board to show it."""
    for _ in range(times):
        after = step(page) + 1
        button(page, "Step").click()
        until(page, f"step == {after}")
        drawn(page)


def play(page: Page, beyond: float) -> None:
    """Press Play, and wait until the board has passed this step."""
    button(page, "Play").first.click()
    until(page, f"step > {beyond}")


def pause(page: Page) -> float:
    """Press Pause -> the step at which it stands."""
    button(page, "Pause").click()
    return drawn(page)


def choose(page: Page, task: str) -> None:
    """Choose a task in the gallery, and wait for its first picture."""
    page.get_by_role("button", name="Task: ").click()
    card = page.get_by_role("dialog").locator(f'.card:has(.title:text-is("{TASKS[task].title}"))').last
    with rerun(page):
        card.click()


def choose_file(page: Page, file: str | Path | FilePayload) -> None:
    """Give the page at rest this file, and wait until it has been read: until a run is complete, the place for the file
    before still stands there.
    """
    drawn(page)
    place = page.get_by_test_id("stFileUploaderDropzoneInput")
    expect(place).to_have_count(1)
    with rerun(page):
        place.set_input_files(file)


def open_list(page: Page, box: Locator) -> None:
    """Open a select box's list, once the page has scrolled to it: scrolling would close it again."""
    box.scroll_into_view_if_needed()
    at_rest(page)
    box.click()


def follow(page: Page, title: str) -> None:
    """Press the link to a page, and wait until that page is complete and drawn."""
    with rerun(page):
        page.get_by_role("link", name=LABELS.get(title, title), exact=True).click()


def look(page: Page, scheme: Scheme) -> None:
    """Prefer light or dark, once the picture is drawn so."""
    page.emulate_media(color_scheme=scheme)
    expect(board(page).first).to_have_css("color-scheme", scheme)
    at_rest(page)


def edges(place: Locator) -> dict[str, float]:
    """Where it stands in the window, in pixels."""
    found: dict[str, float] = place.evaluate("e => e.getBoundingClientRect().toJSON()")
    return found


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def where(page: Page) -> str:
    """The address as somebody copies it, without the server."""
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}"


def overflow(page: Page) -> float:
    """By how many pixels the page is wider than its window."""
    return float(page.evaluate(
        "() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth))"
    ))


SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    window.shifts += entry.value; })).observe({ type: "layout-shift" }); }"""


def watch_shifts(page: Page) -> None:
    """From now on `shifts(page)` is by how much things have moved on the page, as the browser counts it."""
    page.evaluate(SHIFTS)


def shifts(page: Page) -> float:
    return float(page.evaluate("window.shifts"))
