"""A busy server can lose the page's timer; the board then asks for its film, and playing goes on."""

from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.harness import eventually, number, step
from tests.browser.test_journeys import arrived, button

REMEMBER = """() => {
  const start = window.setInterval;
  window.timers = [];
  window.setInterval = (...given) => { const timer = start(...given); window.timers.push(timer); return timer; };
}"""


def frames(page: Page) -> float:
    return number(page, "frames")


def stands_still(page: Page) -> bool:
    """For a second, as soon as what was under way has come."""
    before = frames(page)
    page.wait_for_timeout(1000)
    return frames(page) == before


def test_a_lost_timer_is_set_again(visit: Open):
    page = arrived(visit("/"))
    page.evaluate(REMEMBER)
    button(page, "Play").click()
    eventually(lambda: step(page) > 20, "it plays", page)
    page.evaluate("timers.forEach(clearInterval)")
    eventually(lambda: stands_still(page), "the timer that was lost is the one that plays", page)
    lost = frames(page)
    eventually(lambda: frames(page) > lost + 100, "the board asked, and films come again", page)
