"""The app below a path of its host (`--server.baseUrlPath`), such as Community Cloud puts before every page."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import eventually, serve

PATHS = {"text": "some/path", "series": "~/+"}  # and the page that is opened there first
WALKS = {"text": ("", "shapes", "text", "series"), "series": ("",)}  # one walks on through all pages
PICTURES = {"": ".board", "shapes": ".mini", "text": ".desk .chart .reader", "series": ".series .chart .reader"}


@pytest.mark.parametrize("first", ["text", "series"])
def test_every_picture_finds_its_files_and_links_lead_on_below_the_path(
    visit: Open, tmp_path: Path, first: str
):
    with serve(tmp_path / "log", path=PATHS[first]) as below:
        page: Page = visit(f"/{first}", on=below)
        page.evaluate("performance.setResourceTimingBufferSize(2000)")  # of its own it remembers 250 files
        home = f"/{PATHS[first]}"
        for name in (first, *WALKS[first]):
            if name != first or urlsplit(page.url).path != f"{home}/{first}":
                page.get_by_role("link", name=name.capitalize() or "Playground", exact=True).click()
            page.locator(f"{PICTURES[name]}[data-step]").first.wait_for()
            folder = name or "board"
            wanted = {f"{home}/app/static/{file}" for file in (f"{folder}/{folder}.js", f"{folder}/{folder}.css")}
            eventually(lambda: wanted <= set(fetched(page)), f"the files of {folder}", page)  # noqa: B023, asked at once
            assert urlsplit(page.url).path == f"{home}/{name}"
        assert f"{home}/app/static/theme.css" in fetched(page)
        assert [path for path in fetched(page) if not path.startswith(f"{home}/app/static/")] == []
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.close()
        assert "Traceback" not in below.printed()


def fetched(page: Page) -> list[str]:
    """The paths of our own files that the page has asked for."""
    entries = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return [urlsplit(address).path for address in entries if "app/static/" in address]
