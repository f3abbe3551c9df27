"""One server and one Chromium for all journeys; pages that forgive no error and no request elsewhere."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.harness import Server, chromium, how_to_get_chromium, launch, serve

Open = Callable[..., Page]
# At /about Streamlit's own front end first asks /about/_stcore/… whether the app lives under that path.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
EXPECTED = "The page that you have requested does not seem to exist"  # Streamlit's answer to /nowhere


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Skips where there is no Chromium, and says how to get one; fails where CI=true."""
    with sync_playwright() as playwright:
        if chromium(playwright) is None:
            missing = f"no Chromium found; this installs one: {how_to_get_chromium()}"
            if os.environ.get("CI") == "true":
                pytest.fail(missing)
            pytest.skip(missing)
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, shared by the journeys."""
    with serve(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture
def fresh_server(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """The app as nobody has visited it yet."""
    with serve(tmp_path / "log") as running:
        yield running
        assert "Traceback" not in running.printed()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Open]:
    """visit("/playground?cell=lstm", width=390) -> Page in a context of its own; its faults fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    start = len(server.printed().encode())

    def local(url: str) -> None:
        if urlsplit(url).hostname not in (None, "127.0.0.1", "localhost"):  # data: and blob: have no host
            faults.append(f"request to {url}")

    def console(message: ConsoleMessage) -> None:
        known = PROBE.search(message.location["url"]) or EXPECTED in message.text
        if message.type == "error" and not known:
            faults.append(f"console: {message.text}")

    def answer(response: Response) -> None:
        if response.status >= 400 and not PROBE.search(response.url):
            faults.append(f"{response.status} {response.url}")

    def open_page(address: str, on: Server | None = None, width: int = 1440, **context: Any) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("console", console)
        page.on("pageerror", lambda e: faults.append(f"page: {e}"))
        page.on("request", lambda r: local(r.url))
        page.on("websocket", lambda w: local(w.url))
        page.on("response", answer)
        page.goto(f"{(on or server).url}{address}")
        return page

    yield open_page
    for page in (page for context in contexts for page in context.pages):
        faults += [f"shown: {box}" for box in page.get_by_test_id("stException").all_inner_texts()]
    for context in contexts:
        context.close()
    assert faults == []
    assert "Traceback" not in server.printed(start), server.printed(start)
