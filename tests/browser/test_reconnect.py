"""A connection that breaks: what played goes on; a server that knows nobody any more shows what the address says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocketRoute, expect

from tests.browser.harness import Server, at_rest, eventually, free_port, number, serve, step
from tests.browser.test_journeys import arrived, button


@pytest.fixture
def alone(browser: Browser) -> Iterator[BrowserContext]:
    """Of its own: what a broken connection prints to the console is no fault here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(40_000)
    yield context
    context.close()


def test_what_plays_goes_on_after_a_break(alone: BrowserContext, server: Server):
    page = alone.new_page()
    connections: list[WebSocketRoute] = []

    def between(browser: WebSocketRoute) -> None:
        browser.connect_to_server()
        connections.append(browser)

    page.route_web_socket("**/_stcore/stream", between)
    page.goto(server.url)
    arrived(page)
    button(page, "Play").click()
    eventually(lambda: step(page) > 50, "it plays", page)
    connections[-1].close()
    before = step(page)
    eventually(lambda: len(connections) == 2, "the browser asks again", page)
    eventually(lambda: step(page) > before + 100, "it plays on", page)
    button(page, "Pause").click()
    assert at_rest(page) > before


def test_a_server_that_was_started_anew_shows_what_the_address_says(alone: BrowserContext, tmp_path: Path):
    page, port = alone.new_page(), free_port()
    with serve(tmp_path / "first", port=port) as first:
        page.goto(f"{first.url}/?task=adding&hidden_size=12")
        arrived(page)
        button(page, "Play").click()
        eventually(lambda: step(page) > 20, "it plays", page)
    with serve(tmp_path / "second", port=port) as second:
        eventually(lambda: step(page) == 0, "the start of the same run", page)
        expect(page.get_by_role("button", name="Task: ")).to_contain_text("Adding")
        expect(page.get_by_role("slider", name="Hidden size")).to_have_value("12")
        expect(page.get_by_role("dialog")).to_have_count(0)
        button(page, "Play").click()
        frames = number(page, "frames")
        eventually(lambda: step(page) > 20 and number(page, "frames") > frames, "it plays", page)
        assert "Traceback" not in second.printed()
