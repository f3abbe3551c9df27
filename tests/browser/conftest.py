"""A server and a Chromium for all journeys of a test process; pages that forgive no error and no request elsewhere."""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.browser.harness import Server, chromium, how_to_get_chromium, launch, serve
from tests.lacking import lacking
from ui.run.visit import SEEN

expect.set_options(timeout=40_000)  # ms, for what is awaited: a machine may be busy with other tests
Scheme = Literal["light", "dark"]
Open = Callable[..., Page]
# At /about Streamlit's own front end first asks /about/_stcore/… whether the app lives under that path.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
VISITS = 25  # after which the site's process is another one: it grows with every page, to over 1 GB, and gets slow
FORGET = """for (const key of Object.keys(localStorage)) if (!key.startsWith("unrolled ")) localStorage.removeItem(key);
sessionStorage.clear();"""
# Streamlit starts a session's next run while the one before is still being stopped. Both write into one dictionary, and
# once in some thousand visits one trips over the other. ui/frame/steady.py mends it where it is known to have happened.
RACE = re.compile(
    r"[^\n]*(Uncaught app execution|Exception in thread ScriptRunner.scriptThread:)\nTraceback[^\n]*\n"
    r'(  File "[^"]*/(site-packages/streamlit/|threading.py)[^\n]*\n(    [^\n]*\n)*)+'
    r"RuntimeError: dictionary changed size during iteration\n"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest journeys first, so that at the end no process waits for the other."""
    items.sort(key=lambda item: "test_reach" not in item.nodeid)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Skips where there is no Chromium, and says how to get one; fails where CI=true."""
    with sync_playwright() as playwright:
        if chromium(playwright) is None:
            lacking(f"no Chromium found; this installs one: {how_to_get_chromium()}")
        browser = launch(playwright, "--process-per-site")
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


@pytest.fixture(scope="session")
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """One for all pages; no page finds what another stored, but which of our files it has."""
    context = browser.new_context()
    context.set_default_timeout(40_000)
    context.add_cookies([{"name": SEEN, "value": "true", "url": server.url}])  # nobody's first minute
    keep_awake(context, server)
    context.add_init_script(FORGET)
    yield context
    context.close()


def keep_awake(context: BrowserContext, server: Server) -> None:
    """A page that stays open and keeps the site's process alive, so that the front end is read and compiled once."""
    context.new_page().goto(f"{server.url}/_stcore/health")


@pytest.fixture(scope="session")
def spare() -> list[Page]:
    """The tab that the next visit uses again: a new one would take half as long again."""
    return []


@pytest.fixture(scope="session")
def visits() -> Iterator[int]:
    """Their numbers, from 1."""
    return itertools.count(1)


@pytest.fixture
def visit(context: BrowserContext, server: Server, spare: list[Page], visits: Iterator[int]) -> Iterator[Open]:
    """visit("/?cell=lstm", width=390, scheme="dark") -> Page; whatever goes wrong on it fails the test."""
    faults: list[str] = []
    start = len(server.printed().encode())

    def local(url: str) -> None:
        if urlsplit(url).hostname not in (None, "127.0.0.1", "localhost"):  # data: and blob: have no host
            faults.append(f"request to {url}")

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.search(message.location["url"]):
            faults.append(f"console: {message.text}")

    def answer(response: Response) -> None:
        if response.status >= 400 and not PROBE.search(response.url):
            faults.append(f"{response.status} {response.url}")

    listeners: dict[str, Callable[..., None]] = {
        "console": console,
        "pageerror": lambda e: faults.append(f"page: {e}"),
        "request": lambda r: local(r.url),
        "websocket": lambda w: local(w.url),
        "response": answer,
    }
    opened: list[Page] = []

    def open_page(address: str, on: Server = server, width: int = 1440, scheme: Scheme = "light") -> Page:
        page = spare.pop() if spare else context.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
        page.mouse.move(0, 0)
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        page.goto(f"{on.url}{address}")
        return page

    yield open_page
    left = [page for page in opened if not page.is_closed()]
    for page in left:
        faults += [f"shown: {box}" for box in page.get_by_test_id("stException").all_inner_texts()]
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    for page in left[1:] if not faults else left:
        page.close()
    assert faults == []
    for page in left[:1]:
        page.goto("about:blank")
        spare.append(page)
    if next(visits) % VISITS == 0:
        spare.clear()
        for page in context.pages:
            page.close()
        keep_awake(context, server)
    mended = ("_call_callbacks", "_remove_stale_widgets")
    told = RACE.sub(lambda found: found[0] if any(n in found[0] for n in mended) else "", server.printed(start))
    assert "Traceback" not in told, told
