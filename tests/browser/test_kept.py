"""Runs that are kept, in a browser: kept, reloaded, compared, opened again, carried as a file, refused."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, drawn, eventually, rerun, resize, step, until
from tests.browser.steps import (
    LIGHT_AND_DARK,
    arrived,
    button,
    follow,
    look,
    one_step,
    overflow,
    pause,
    play,
    query,
    shifts,
    watch_shifts,
)
from tests.browser.test_reach import violations

FORGET = """() => new Promise((done, fail) => {
  const asked = indexedDB.deleteDatabase("unrolled");
  asked.onsuccess = done;
  asked.onerror = asked.onblocked = fail;
})"""
RACE = "/compare?hidden_size=4&length=6&k=1&seeds=1&values=rnn,gru&speed=full"
RUN = "/?hidden_size=4&length=6&k=1&speed=full"


@pytest.fixture
def clean(visit: Open) -> Iterator[Open]:
    """The same; what is kept meanwhile is gone afterwards."""
    pages: list[Page] = []

    def opened(address: str) -> Page:
        pages.append(visit(address))
        return pages[-1]

    yield opened
    pages[0].evaluate(FORGET)


def cards(page: Page) -> Locator:
    return page.locator("article.run")


def names(page: Page) -> list[str]:
    """Of the cards, the latest first."""
    return [box.input_value() for box in cards(page).get_by_role("textbox", name="Name").all()]


STORED = """() => new Promise((done, fail) => {
  const asked = indexedDB.open("unrolled");
  asked.onerror = fail;
  asked.onsuccess = () => {
    const runs = asked.result.transaction("runs").objectStore("runs").getAll();
    runs.onsuccess = () => { asked.result.close(); done(runs.result); };
  };
})"""


def stored(page: Page) -> list[dict[str, Any]]:
    """The records that the browser has."""
    found: list[dict[str, Any]] = page.evaluate(STORED)
    return found


def keep(page: Page) -> None:
    """Press the button, and wait until the browser has it."""
    button(page, "Keep this run").click()
    expect(page.get_by_test_id("stToast").last).to_contain_text("Kept as")
    page.get_by_test_id("stToast").last.get_by_role("button").click()
    expect(page.get_by_test_id("stToast")).to_have_count(0)


def compare(page: Page, runs: int) -> None:
    follow(page, "Compare")
    expect(cards(page)).to_have_count(runs)


def after_one_step(page: Page) -> tuple[float, str | None]:
    one_step(page)
    return step(page), page.locator("[role=img][data-step]").get_attribute("data-loss")


def test_a_run_is_kept_survives_a_reload_stands_beside_a_race_and_goes_on_where_it_was(clean: Open):
    page = arrived(clean(RUN))
    play(page, 30)
    keep(page)  # while it plays
    at = pause(page)
    keep(page)
    straight = after_one_step(page)
    compare(page, 2)
    assert names(page) == [f"the same, step {at:,.0f}", "echo, rnn, H 4"]
    name = cards(page).nth(1).get_by_role("textbox", name="Name")
    name.fill("the first")
    with rerun(page):
        name.press("Enter")
    note = cards(page).nth(1).get_by_role("textbox", name="Note")
    note.fill("as in the lecture")
    with rerun(page):
        note.press("Enter")
    with rerun(page):
        cards(page).nth(1).get_by_role("button", name="Pin").click()
    eventually(lambda: [run["pinned"] for run in stored(page)].count(True) == 1, "the browser has it", page)
    page.reload()
    expect(cards(page)).to_have_count(2)
    assert names(page)[1] == "the first"
    expect(cards(page).nth(1).get_by_role("textbox", name="Note")).to_have_value("as in the lecture")
    expect(cards(page).nth(1).get_by_role("button", name="Pin")).to_have_attribute("aria-pressed", "true")
    drawn(page)
    lines = "e => e.data.filter((line) => line.mode === 'lines+markers').map(({ name }) => name)"
    plot = page.locator(".plot.losses .js-plotly-plot")
    both = ["the first", f"the same, step {at:,.0f}"]
    eventually(lambda: plot.evaluate(lines) == both, "both are in the chart", page)
    show = cards(page).nth(1).get_by_role("checkbox")
    with rerun(page):
        show.uncheck()
    eventually(lambda: plot.evaluate(lines) == both[1:], "one is", page)
    with rerun(page):
        cards(page).first.get_by_role("button", name="Open again in the playground").click()
    until(page, f"step == {at}")
    drawn(page)
    assert query(page)["hidden_size"] == ["4"] and query(page)["length"] == ["6"]
    assert after_one_step(page) == straight


def test_runs_are_deleted_at_a_second_press_and_come_back_with_a_file(clean: Open, tmp_path: Path):
    page = arrived(clean(RUN))
    one_step(page, 2)
    keep(page)
    compare(page, 1)
    page.get_by_role("button", name="Keep gru", exact=True).click()
    expect(cards(page)).to_have_count(2)
    with page.expect_download() as download:
        button(page, "Save as a file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    found = json.loads(path.read_text("utf-8"))
    assert path.name == "unrolled-runs.json" and len(found["runs"]) == 2
    assert all(len(run["state"]) == run["size"] for run in found["runs"])
    for _ in range(2):  # one right after the other
        remove = cards(page).filter(visible=True).first.get_by_role("button", name="Delete")
        remove.click()
        expect(remove).to_have_text("Sure?")
        remove.click()
    expect(cards(page)).to_have_count(0)
    expect(page.locator(".kept .said")).to_contain_text("is deleted")
    chosen = page.locator(".kept input[type=file]")
    wrong = {
        "foreign.json": (b"{}", "is no file of kept runs"),
        "broken.json": (path.read_bytes()[:-99], "is no file of kept runs"),
        "newer.json": (json.dumps(found | {"version": 9}).encode(), "update it first"),
    }  # fmt: skip
    for name, (data, words) in wrong.items():
        chosen.set_input_files({"name": name, "mimeType": "application/json", "buffer": data})
        expect(page.locator(".kept .said")).to_contain_text(words)
        expect(page.locator(".kept .said")).to_contain_text(name)
    chosen.set_input_files(path)
    expect(cards(page)).to_have_count(2)
    expect(page.locator(".kept .said")).to_contain_text("2 runs came with the file")
    page.reload()
    expect(cards(page)).to_have_count(2)
    with rerun(page):
        cards(page).nth(1).get_by_role("button", name="Open again in the playground").click()
    until(page, "step == 2")


def test_a_races_board_opens_in_the_playground_while_it_plays_and_goes_on_there(clean: Open):
    page = clean(RACE)
    expect(page.locator(".mini")).to_have_count(2)
    drawn(page)
    expect(page.locator(".kept .said")).to_contain_text("No run is kept yet")
    play(page, 0)
    with rerun(page):
        page.get_by_role("button", name="Open in the playground: gru").click()
    expect(page).to_have_title("Echo: what came k steps ago? · Unrolled")
    until(page, "step > 0")
    at = drawn(page)
    expect(page.get_by_text(f"This run comes from Compare, where it took {at:,.0f} steps.")).to_be_visible()
    one_step(page)
    page.wait_for_function("location.search.includes('cell=gru')")


def test_what_is_kept_can_be_read_pointed_at_and_reached_and_nothing_moves_when_more_comes(clean: Open):
    page = clean(RACE)
    expect(page.locator(".mini")).to_have_count(2)
    drawn(page)
    with rerun(page):
        button(page, "Keep each network of this race").click()
    expect(cards(page)).to_have_count(2)
    drawn(page)
    rows = page.locator("table.differ tbody tr")
    assert [row.locator("th, td").all_inner_texts()[:2] for row in rows.all()] == [
        ["rnn", "rnn"], ["gru", "gru"], ["echo, rnn, H 4", "rnn"], ["gru", "gru"],
    ]  # fmt: skip
    cards(page).first.hover()
    expect(page.locator("article.lane.pale")).to_have_count(2)  # its line alone is not
    page.mouse.move(5, 5)
    expect(page.locator("article.lane.pale")).to_have_count(0)
    expect(page.get_by_test_id("stToast")).to_have_count(0, timeout=15_000)
    watch_shifts(page)
    with rerun(page):
        cards(page).first.get_by_role("checkbox").uncheck()
    assert shifts(page) == 0
    with rerun(page):
        cards(page).first.get_by_role("checkbox").check()
    page.mouse.move(5, 5)
    for width in (1440, 390):
        resize(page, width)
        for scheme in LIGHT_AND_DARK:
            look(page, scheme)
            assert overflow(page) <= 0
            assert violations(page, scheme) == [], (width, scheme)
    at_rest(page)


def test_a_run_on_a_text_is_kept_and_opened_there(clean: Open):
    page = clean("/text?hidden_size=8&speed=full")
    until(page, "step >= 0")
    drawn(page)
    button(page, "Step").click()
    until(page, "step == 1")
    drawn(page)
    keep(page)
    with rerun(page):
        button(page, "Reset").click()
    compare(page, 1)
    assert names(page) == ["Shakespeare’s Sonnets, gru, H 8"]
    expect(cards(page).first.get_by_role("checkbox")).not_to_be_checked()  # of another task
    with rerun(page):
        cards(page).first.get_by_role("button", name=re.compile("Open again on Text")).click()
    until(page, "step == 1")
    expect(page.get_by_text("This run was kept as")).to_be_visible()
