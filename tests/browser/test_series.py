"""The Series page in a real Chromium: bring a table, good or bad, train, read off, download; a script in a header."""

import csv
import math
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, number, rerun, resize, step, until
from tests.browser.steps import (
    arrived,
    button,
    choose_file,
    edges,
    follow,
    one_step,
    open_list,
    overflow,
    pause,
    play,
    shifts,
    watch_shifts,
)  # fmt: skip

SCRIPT = "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>"


def sales(name: str = "sales") -> str:
    """Ten years of months, with a decimal comma, a gap and a word."""
    values = [f"{50 + 10 * math.sin(2 * math.pi * k / 12) + k % 5:.2f}".replace(".", ",") for k in range(120)]
    values[17], values[30] = "", "n.b."
    return "\n".join([f"month;{name}", *(f"01.{k % 12 + 1:02d}.{2000 + k // 12};{v}" for k, v in enumerate(values))])


def bring(page: Page, data: str | bytes, name: str = "mine.csv") -> None:
    """Upload it, as one does who has chosen a file."""
    buffer = data.encode() if isinstance(data, str) else data
    choose_file(page, {"name": name, "mimeType": "text/csv", "buffer": buffer})


def says(page: Page, text: str) -> Locator:
    return page.get_by_test_id("stHtml").filter(has_text=text).first


def test_upload_train_read_download_and_come_back(visit: Open, tmp_path: Path):
    page = arrived(visit("/series"))
    bring(page, sales().encode("utf-16"))
    expect(says(page, "sales of 'mine.csv': 120 values, 2000-01 to 2009-12")).to_be_visible()
    expect(says(page, "the last 19 of them are for validation")).to_be_visible()
    expect(says(page, "No number: 'n.b.' in row 32; treated as gaps.")).to_be_visible()
    expect(says(page, "Nothing known in rows 19, 32")).to_be_visible()
    root = board(page).element_handle()
    play(page, beyond=10)
    watch_shifts(page)
    until(page, f"frames >= {number(page, 'frames') + 5}")  # one for each film
    assert shifts(page) < 0.01, "something moved while it trained"
    assert math.isfinite(number(page, "loss"))
    taken = pause(page)
    assert root.evaluate("e => e.isConnected"), "the picture was replaced on the way"
    expect(says(page, "wins")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Linear autoregression"))).to_be_visible()
    best = int(page.get_by_role("row", name=re.compile("The network")).inner_text().split("step ")[1].split()[0])
    expect(page.locator(".curve").get_by_text(f"best: step {best}")).to_be_visible()

    button(page, "Train on shuffled order").click()
    expect(page.get_by_role("row", name=re.compile(rf"shuffled windows, {best} step"))).to_be_visible()
    expect(says(page, "Order")).to_be_visible()

    drawn(page)  # the page's run that follows the control's end gives the button another file
    with page.expect_download() as begun:
        button(page, "Save forecast").click()
    begun.value.save_as(tmp_path / "forecast.csv")
    rows = list(csv.DictReader((tmp_path / "forecast.csv").read_text("utf-8").splitlines(), delimiter=";"))
    assert rows[0].keys() >= {"date", "truth", "network", "last step", "persistence", "autoregression", "low", "high"}
    assert rows[0]["date"] == "2008-01"
    assert all(math.isfinite(float(row["network"].replace(",", "."))) for row in rows)

    follow(page, "About")
    follow(page, "Series")
    assert step(page) == taken
    expect(says(page, "sales of 'mine.csv'")).to_be_visible()


def test_a_guess_is_corrected_and_the_same_file_opens_the_same_way_after_a_reload(visit: Open):
    long = "date,id,y\n" + "".join(f"{2000 + k}-01-01,{i},{k % 7}{i == 'B'}\n" for i in "AB" for k in range(40))
    page = arrived(visit("/series"))
    bring(page, long.replace("True", "5").replace("False", ""))
    expect(says(page, "Please check how the table was read, below: id column, series.")).to_be_visible()
    series = page.get_by_role("combobox", name=re.compile("Series · please check"))
    with rerun(page):
        open_list(page, series)
        page.get_by_role("option", name="B", exact=True).click()
    expect(says(page, "Column 'id' tells 2 series apart (A, B); 'B' is read.")).to_be_visible()
    page.reload()
    expect(says(page, "bring it again to go on with it")).to_be_visible()
    bring(page, long.replace("True", "5").replace("False", ""))
    expect(says(page, "Column 'id' tells 2 series apart (A, B); 'B' is read.")).to_be_visible()
    assert overflow(page) <= 0


BAD = {
    "empty": (b"", "it is empty"),
    "words": (b"name\n" + b"anna\n" * 30, "column 'name' holds words, as 'anna' in row 2"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(99), "it is a PNG picture by its first bytes"),
    "one row": (b"a\n1\n", "it has 1 row of values"),
    "rows": (b"1\n" * 2_400_000, "is 1 in every row"),
    "double": (b"d,a\n" + b"2020-01-01,1\n" * 40, "has the same date in rows 2 and 3"),
}


def test_a_bad_file_is_said_and_the_run_goes_on(visit: Open, tmp_path: Path):
    page = arrived(visit("/series"))
    bring(page, sales())
    expect(says(page, "sales of 'mine.csv'")).to_be_visible()
    root = board(page).element_handle()
    for taken, (kind, (data, said)) in enumerate(BAD.items(), 1):
        one_step(page)
        bring(page, data, f"{kind}.csv")
        note = page.get_by_role("status").filter(has_text=said)
        expect(note).to_contain_text("'mine.csv' stays as it was.")
        expect(says(page, "sales of 'mine.csv'")).to_be_visible()
        assert step(page) == taken
        assert root.evaluate("e => e.isConnected"), "the picture was replaced"
    for size in (5_100_000, 50_000_000):  # by name and size, before it is sent
        file = tmp_path / f"huge-{size}.csv"
        file.write_bytes(b"1,2\n" * (size // 4))
        choose_file(page, file)
        note = page.get_by_role("status").filter(has_text=f"'huge-{size}.csv' was not read: ")
        expect(note).to_contain_text(f"it has {size / 1e6:.1f} MB and at most 5 MB can be read; keep only the columns")
        expect(says(page, "sales of 'mine.csv'")).to_be_visible()
    one_step(page)


def test_a_script_in_a_header_is_shown_and_not_run(visit: Open):
    page = arrived(visit("/series"))
    bring(page, sales(SCRIPT), f"{SCRIPT[:20]}.csv")
    expect(says(page, "<script>window.harmed")).to_be_visible()
    page.locator(".chart").hover()
    one_step(page)
    bring(page, f"{SCRIPT}\n" + "x\n" * 30, f"{SCRIPT[:20]}.csv")
    expect(page.get_by_role("status").filter(has_text="was not read")).to_contain_text("<script>")
    assert page.evaluate("window.harmed") is None
    assert page.locator("img[src=x]").count() == 0


def test_the_future_is_forecast_by_keyboard_nothing_is_held_out_in_it_and_no_label_covers_a_counter(visit: Open):
    page = arrived(visit("/series"))
    word, held = (page.locator(".chart").get_by_text(text, exact=True) for text in ("the future", "test"))
    expect(word).to_have_count(0)
    with rerun(page):
        page.get_by_role("slider", name="Forecast from").press("End")
    expect(board(page)).to_have_attribute("aria-label", re.compile("forecast from 2009 to 2019"))
    for width in (1440, 390):
        resize(page, width)
        expect(word).to_be_visible()
        nothing_held_out_in_the_future(page, word, held)
    board(page).focus()
    page.keyboard.press("ArrowRight")
    expect(board(page)).to_have_attribute("aria-label", re.compile("^2009 persistence .* network "))


def nothing_held_out_in_the_future(page: Page, word: Locator, held: Locator) -> None:
    assert edges(held)["right"] < edges(word)["left"]
    first = page.get_by_text("1947", exact=True)
    assert edges(first)["bottom"] <= edges(page.get_by_text("Best step"))["top"]


CUT = """table => {
  const [of, at] = [table.parentElement.getBoundingClientRect(), table.getBoundingClientRect()];
  return Math.max(0, at.right - of.right);
}"""
MEET = """root => {
  const all = [...root.querySelectorAll("text")].map((e) => e.getBoundingClientRect()).filter((b) => b.width);
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
  return all.filter((a, i) => all.slice(i + 1).some((b) => meet(a, b))).length;
}"""


def test_between_a_telephone_and_a_desk_nothing_is_cut_and_no_two_words_meet(visit: Open):
    page = arrived(visit("/series", width=390))
    assert overflow(page) <= 0
    one_step(page)  # of which the curve tells
    for width in (390, 700, 768, 830, 960, 1100, 1180, 1240, 1440):
        resize(page, width)
        assert page.locator("table.scores").evaluate(CUT) < 1, f"{width} px wide: the table is cut"
        eventually(lambda: page.locator(".curve").evaluate(MEET) == 0, f"{width} px wide: no two words meet", page)
        assert overflow(page) <= 0
    resize(page, 390)
    expect(page.get_by_role("row", name=re.compile("The network"))).to_be_visible()
