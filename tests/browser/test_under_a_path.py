"""The app below a path of its host (`--server.baseUrlPath`), such as Community Cloud puts before every page."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Open
from tests.browser.harness import Server, eventually, serve

PATHS = ("some/path", "~/+")
PICTURES = {"": ".board", "shapes": ".mini", "text": ".desk .chart", "series": ".series .chart"}


@pytest.fixture(params=PATHS, scope="module")
def below(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("below") / "log", path=request.param) as running:
        yield running
        assert "Traceback" not in running.printed()


def test_every_picture_finds_its_files_and_links_lead_on_below_the_path(visit: Open, below: Server):
    page: Page = visit("/", on=below)
    home = urlsplit(below.url).path
    page.evaluate("performance.setResourceTimingBufferSize(2000)")  # of its own it remembers 250 files
    for name in ("", "shapes", "text", "series"):
        if name:
            page.get_by_role("link", name=name.capitalize(), exact=True).click()
        page.locator(f"{PICTURES[name]}[data-step]").first.wait_for()
        folder = name or "board"
        wanted = {f"{folder}/{folder}.js", f"{folder}/{folder}.css", "theme.css"}
        found = {f"{home}/app/static/{file}" for file in wanted}
        eventually(lambda: found <= set(fetched(page)), f"the files of {folder}", page)  # noqa: B023, asked at once
        assert urlsplit(page.url).path == f"{home}/{name}"
    assert [path for path in fetched(page) if not path.startswith(f"{home}/app/static/")] == []


@pytest.mark.parametrize("name", ["text", "series"])
def test_a_link_to_a_page_below_the_path_finds_its_files(visit: Open, below: Server, name: str):
    page: Page = visit(f"/{name}", on=below)
    page.locator(f"{PICTURES[name]}[data-step]").first.wait_for()
    home = urlsplit(below.url).path
    assert fetched(page) and all(path.startswith(f"{home}/app/static/") for path in fetched(page))


def fetched(page: Page) -> list[str]:
    """The paths of our own files that the page has asked for."""
    entries = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return [urlsplit(address).path for address in entries if "app/static/" in address]
