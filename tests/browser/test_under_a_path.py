"""The app below a path of its host (`--server.baseUrlPath`), such as Community Cloud puts before every page."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Open
from tests.browser.harness import Server, serve

PATHS = ("some/path", "~/+")


@pytest.fixture(params=PATHS, scope="module")
def below(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("below") / "log", path=request.param) as running:
        yield running
        assert "Traceback" not in running.printed()


@pytest.mark.parametrize("name", ["", "shapes", "text", "series"])
def test_every_picture_finds_its_files(visit: Open, below: Server, name: str):
    page: Page = visit(f"/{name}", on=below)
    page.locator("[role=img][data-step]").first.wait_for()
    entries = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    asked = [urlsplit(address).path for address in entries if "app/static/" in address]
    home = urlsplit(below.url).path
    folder = name or "board"
    assert {f"{home}/app/static/{folder}/{folder}.{kind}" for kind in ("js", "css")} | {
        f"{home}/app/static/theme.css"
    } <= set(asked)
    assert [path for path in asked if not path.startswith(f"{home}/app/static/")] == []


def test_a_link_leads_on_below_the_path(visit: Open, below: Server):
    page = visit("/about", on=below)
    page.get_by_role("link", name="Shapes").click()
    page.locator(".mini[data-step]").first.wait_for()
    assert urlsplit(page.url).path == f"{urlsplit(below.url).path}/shapes"
