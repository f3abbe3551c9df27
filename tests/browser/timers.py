"""A page's timers: which run, and what takes them away."""

from playwright.sync_api import Page

COUNT = """() => {
  const [start, stop] = [window.setInterval, window.clearInterval];
  window.timers = new Set();
  window.setInterval = (...given) => { const timer = start(...given); timers.add(timer); return timer; };
  window.clearInterval = (timer) => { timers.delete(timer); stop(timer); };
}"""


def count_timers(page: Page) -> None:
    """From now on the page keeps its timers in a set."""
    page.evaluate(COUNT)


def timer_is_set(page: Page) -> None:
    page.wait_for_function("timers.size > 0")


def timers_are_gone(page: Page) -> None:
    page.wait_for_function("timers.size === 0")


def lose_timers(page: Page) -> None:
    """As if the browser had never got them; whoever set them still holds them to be running."""
    page.evaluate("timers.forEach((timer) => clearInterval(timer))")
