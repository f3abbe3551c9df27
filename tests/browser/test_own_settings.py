"""The Text and the Series page in a real Chromium: what is set stands in the address, and a copy opens the same."""

import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, rerun, step
from tests.browser.steps import arrived, button, follow, one_step, open_list, query, where
from tests.browser.test_text import desk


def write(page: Page, label: str, value: int) -> None:
    """Type a number and leave the field."""
    field = page.get_by_role("spinbutton", name=re.compile(label))
    field.fill(str(value))
    with rerun(page):
        field.press("Enter")
    has(page, label.lower().replace("steps back", "length"), str(value))


def push(page: Page, label: str) -> None:
    """A slider one step up."""
    slider = page.get_by_role("slider", name=re.compile(label))
    slider.focus()
    with rerun(page):
        slider.press("ArrowRight")


def choose(page: Page, label: str, option: str) -> None:
    open_list(page, page.get_by_role("combobox", name=re.compile(label)))
    with rerun(page):
        page.get_by_role("option", name=option, exact=True).click()


def has(page: Page, name: str, value: str) -> None:
    """The address says so, under the page's own prefix."""

    def there() -> bool:
        return query(page).get(f"{urlsplit(page.url).path.strip('/')}-{name}") == [value]

    eventually(there, f"{name} in the address", page)


def set_text(page: Page) -> dict[str, str]:
    for cell, said in (("rnn", ["rnn"]), ("gru", None), ("lstm", ["lstm"])):  # gru is the default
        choose(page, "Cell", cell)
        eventually(lambda: query(page).get("text-cell") == said, f"the address says {said}", page)  # noqa: B023
    push(page, "Hidden size")
    has(page, "hidden_size", "97")
    push(page, "Learning rate")
    has(page, "learning_rate", "0.005")
    write(page, "Steps back", 12)
    write(page, "Seed", 7)
    for shown in (["true"], None):
        with rerun(page):
            page.get_by_text("Show it unrolled").click()
        eventually(lambda: query(page).get("text-unrolled") == shown, "shown or not", page)  # noqa: B023
    return {"cell": "lstm", "hidden_size": "97", "learning_rate": "0.005", "length": "12", "seed": "7"}


def set_series(page: Page) -> dict[str, str]:
    choose(page, "Series", "Airline")
    has(page, "source", "Airline")
    push(page, "Hold out, per cent")
    has(page, "hold_out", "21")
    write(page, "Window", 17)
    write(page, "Horizon", 5)
    choose(page, "Cell", "lstm")
    has(page, "cell", "lstm")
    push(page, "Hidden size")
    has(page, "hidden_size", "17")
    return {"source": "Airline", "hold_out": "21", "window": "17", "horizon": "5", "cell": "lstm", "hidden_size": "17"}


@pytest.mark.parametrize(("name", "set_it"), [("text", set_text), ("series", set_series)])
def test_what_is_set_stands_in_the_address_and_a_copy_opens_the_same(visit: Open, name: str, set_it):
    page = arrived(visit(f"/{name}"))
    assert query(page) == {}
    wanted = {f"{name}-{setting}": [value] for setting, value in set_it(page).items()}
    drawn(page)
    assert wanted.items() <= query(page).items()
    one_step(page, 2)
    copy = arrived(visit(where(page)))
    assert query(copy) == query(page)
    one_step(copy, 2)
    mine, theirs = (board(one).get_attribute("data-loss") for one in (page, copy))
    assert mine == theirs
    for setting, (value,) in wanted.items():
        if setting.endswith(("_size", "hold_out")):
            label = "Hidden size" if setting.endswith("_size") else "Hold out, per cent"
            expect(copy.get_by_role("slider", name=re.compile(label))).to_have_value(value)
        if setting.endswith(("window", "horizon", "seed")):
            expect(copy.get_by_role("spinbutton", name=setting.split("-")[1].capitalize())).to_have_value(value)


def test_another_series_takes_its_own_window_and_the_address_forgets_the_other(visit: Open):
    page = arrived(visit("/series?series-window=9&series-horizon=4&series-hold_out=5"))
    choose(page, "Series", "Airline")
    eventually(lambda: query(page) == {"series-source": ["Airline"]}, "only the series stands there", page)
    expect(page.get_by_role("spinbutton", name="Window")).to_have_value("24")
    copy = arrived(visit(where(page)))
    expect(copy.get_by_role("spinbutton", name="Window")).to_have_value("24")
    push(copy, "Hold out, per cent")
    has(copy, "hold_out", "21")
    assert query(copy) == {"series-source": ["Airline"], "series-hold_out": ["21"]}


def test_every_page_keeps_its_own_address(visit: Open):
    page = arrived(visit("/text?text-cell=lstm&text-seed=5&utm=1"))
    one_step(page)
    for title, address in (
        ("Playground", {}),
        ("Series", {}),
        ("Text", {"text-cell": ["lstm"], "text-seed": ["5"], "utm": ["1"]}),
    ):
        follow(page, title)
        arrived(page)
        eventually(lambda: query(page) == address, f"the address of {title}", page)  # noqa: B023, asked before it changes
        if title == "Series":
            write(page, "Window", 11)
    assert drawn(page) == 1, "not the same run"
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("5")
    follow(page, "Series")
    has(page, "window", "11")
    page.go_back()
    eventually(lambda: "text-seed" in query(page), "back", page)
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("5")  # that of Series is 1
    assert drawn(page) == 1, "not the same run"


def test_the_browsers_way_back_to_the_playground_keeps_its_run(visit: Open):
    page = arrived(visit("/?hidden_size=20"))
    one_step(page)
    follow(page, "Text")
    expect(desk(page)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Task: ")).to_be_visible()
    eventually(lambda: query(page) == {"hidden_size": ["20"]}, "the address", page)
    arrived(page)
    assert drawn(page) == 1, "not the same run"
    expect(page.get_by_role("slider", name=re.compile("Hidden size"))).to_have_value("20")


HOSTILE = [  # as functions, tests/test_own_settings.py reads many more
    "text-hidden_size=-1&text-learning_rate=NaN&text-length=1e9&text-cell=" + quote("<script>window.harm=1</script>")
    + "&text-seed=99999999999999999999&text-unrolled=maybe&text-cell=&text-cell=%00%ff",
    "series-source=" + quote("<img src=x onerror='window.harm=1'>") + "&series-period=-3&series-layers=9"
    + "&series-source=own&series-window=0&series-horizon=inf&series-hold_out=99",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_nonsense_is_said_and_the_page_runs(visit: Open, address: str):
    name = address.split("-")[0]
    page = arrived(visit(f"/{name}?{address}"))
    said = page.locator(".notes[role=status] li")
    expect(said).to_have_count(len(query_names(address)))
    for sentence, setting in zip(said.all_inner_texts(), query_names(address), strict=True):
        assert sentence.startswith(f"{setting} is ") and "it must be" in sentence and " is used." in sentence
    assert page.evaluate("window.harm") is None
    one_step(page)
    expect(said).to_have_count(len(query_names(address)))
    assert step(page) == 1
    button(page, "Reset").click()
    expect(said).to_have_count(0)


def query_names(address: str) -> list[str]:
    """Every setting once, in the address' order."""
    return list(dict.fromkeys(part.split("=")[0].split("-")[1] for part in address.split("&")))
