"""A page's timers: which run, what takes them away, and whether a board asked for the film that they should bring."""

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


CALLS = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    window.called ||= new TextDecoder().decode(data).includes("overdue");  // as in static/board/watch.js
    return send.call(this, data);
  };
}"""


def watch_calls(page: Page) -> None:
    """From now on the page knows whether a board has told the server that its film is overdue."""
    page.evaluate(CALLS)


def called(page: Page) -> None:
    page.wait_for_function("window.called")
