"""A connection that breaks: what played goes on; a server that knows nobody any more shows what the address says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.harness import Server, eventually, free_port, number, serve, step, until
from tests.browser.steps import arrived, pause, play


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """What a broken connection prints to the console is no fault here."""
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    yield page
    page.close()


def test_what_plays_goes_on_after_a_break(page: Page, server: Server):
    connections: list[WebSocketRoute] = []

    def between(browser: WebSocketRoute) -> None:
        browser.connect_to_server()
        connections.append(browser)

    page.route_web_socket("**/_stcore/stream", between)
    page.goto(f"{server.url}/?speed=full")
    arrived(page)
    play(page, beyond=50)
    before, known = step(page), len(connections)
    connections[-1].close()
    eventually(lambda: len(connections) > known, "the browser asks again", page)
    until(page, f"step > {before + 100}")
    assert pause(page) > before


def test_a_server_that_was_started_anew_shows_what_the_address_says(page: Page, tmp_path: Path):
    port = free_port()
    with serve(tmp_path / "first", port=port) as first:
        page.goto(f"{first.url}/?task=adding&hidden_size=12")
        arrived(page)
        play(page, beyond=20)
    with serve(tmp_path / "second", port=port) as second:
        until(page, "step == 0")  # the start of the same run
        expect(page.get_by_role("button", name="Task: ")).to_contain_text("Adding")
        expect(page.get_by_role("slider", name="Hidden size")).to_have_value("12")
        expect(page.get_by_role("dialog")).to_have_count(0)
        frames = number(page, "frames")
        play(page, beyond=20)
        until(page, f"frames > {frames}")
        assert "Traceback" not in second.printed()
