"""Compare in a browser: a race that plays, is pointed at, hidden, zoomed and set, light and dark, wide and narrow."""

import re

from playwright.sync_api import Locator, Page, expect

from rnn_core.presets import PRESETS
from tests.browser.conftest import Open
from tests.browser.harness import at_rest, drawn, eventually, rerun, resize
from tests.browser.steps import LIGHT_AND_DARK, button, follow, look, open_list, overflow, query

SMALL = "/compare?hidden_size=4&length=6&k=1&seeds=2&values=rnn,gru,lstm&speed=full"


def arrived(page: Page, contestants: int = 3) -> Page:
    """Once the charts and every board have been drawn."""
    expect(boards(page)).to_have_count(contestants)
    if "autoplay=true" not in page.url:
        drawn(page)
    return page


def boards(page: Page) -> Locator:
    return page.locator(".mini[role=img][data-step]")


def steps(page: Page) -> list[int]:
    """Of every board and both charts."""
    return [int(e.get_attribute("data-step") or -1) for e in page.locator("[role=img][data-step]").all()]


def row(page: Page, name: str) -> Locator:
    return page.locator("table.lanes tbody tr").filter(has=page.get_by_role("button", name=name, exact=True))


def played(page: Page, beyond: int = 30) -> None:
    """Press Play, wait until all have passed this step, press Pause."""
    button(page, "Play").first.click()
    eventually(lambda: min(steps(page)) > beyond, "all advance", page)
    button(page, "Pause").click()
    drawn(page)


def test_all_learn_at_a_touch_in_step_stand_still_and_start_again(visit: Open):
    page = arrived(visit(SMALL))
    assert set(steps(page)) == {0}
    parts = [e.element_handle() for e in page.locator("[role=img][data-step], .js-plotly-plot, table.lanes").all()]
    page.keyboard.press("Space")
    eventually(lambda: min(steps(page)) > 30, "all advance", page)
    page.keyboard.press("Space")
    drawn(page)
    assert len(set(steps(page))) == 1, "they stand at one step"
    taken = steps(page)[0]
    expect(page.locator("table.lanes caption")).to_contain_text(f"After {taken:,} training steps")
    for name in ("rnn", "gru", "lstm"):
        words = row(page, name).locator("td").all_inner_texts()
        assert words[0] == "4" and words[2] == f"{taken:,}" and "ms" in words[3] and re.search(r"\d", words[4]), words
    page.get_by_text("Numbers", exact=True).click()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    eventually(lambda: set(steps(page)) == {0}, "all start again", page)
    assert all(part.evaluate("e => e.isConnected") for part in parts if part), "a picture was replaced"


def test_one_that_is_pointed_at_is_seen_everywhere_and_one_that_is_hidden_nowhere(visit: Open):
    page = arrived(visit(SMALL))
    played(page)

    def pale() -> dict[str, set[bool]]:
        found: dict[str, set[bool]] = {}
        for part in page.locator("[data-lane]").all():
            is_pale = "pale" in (part.get_attribute("class") or "")
            found.setdefault(part.get_attribute("data-lane") or "", set()).add(is_pale)
        return found

    def traces(plot: str, opacity: float) -> int:
        paths = page.locator(f".plot.{plot} .scatterlayer .trace").all()
        return sum(float(e.evaluate("e => getComputedStyle(e).opacity")) == opacity for e in paths)

    assert pale() == {"rnn": {False}, "gru": {False}, "lstm": {False}}
    lines = [traces(plot, 1) for plot in ("losses", "gradients")]
    row(page, "gru").hover()
    assert pale() == {"rnn": {True}, "gru": {False}, "lstm": {True}}
    assert [traces(plot, 1) for plot in ("losses", "gradients")] == [lines[0] - 2, lines[1] - 2]
    page.locator("article.lane").last.hover()
    assert pale()["lstm"] == {False} and pale()["gru"] == {True}
    page.mouse.move(5, 5)
    assert pale()["gru"] == {False}
    x, y = page.locator(".plot.gradients .js-plotly-plot").evaluate("""e => {
      const { xaxis, yaxis } = e._fullLayout, { left, top } = e.getBoundingClientRect();
      const heights = (name) => Array.from(e.data.find((line) => line.name === name).y, (v) => yaxis.d2p(v));
      const [own, ...others] = ["lstm", "rnn", "gru"].map(heights);
      const apart = own.map((y, t) => Math.min(...others.map((other) => Math.abs(other[t] - y))));
      const t = apart.indexOf(Math.max(...apart));
      return [left + xaxis._offset + xaxis.d2p(t + 1), top + yaxis._offset + own[t]];
    }""")
    page.mouse.move(x, y, steps=3)  # at a line itself, where it is farthest from the others
    eventually(lambda: pale() == {"rnn": {True}, "gru": {True}, "lstm": {False}}, "the line is pointed at", page)
    page.mouse.move(5, 5)
    eventually(lambda: pale()["gru"] == {False}, "nothing is", page)
    row(page, "rnn").get_by_role("button").click()
    expect(row(page, "rnn").get_by_role("button")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("article.lane:visible")).to_have_count(2)
    drawn(page)
    label = page.get_by_role("img", name=re.compile("Loss over training steps"))
    label.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".plot.losses .reader")).to_have_attribute("aria-label", re.compile(r"^\d+ .*gru .*lstm "))
    assert "rnn" not in (page.locator(".plot.losses .reader").get_attribute("aria-label") or "")
    row(page, "rnn").get_by_role("button").click()
    expect(page.locator("article.lane:visible")).to_have_count(3)


def test_what_is_zoomed_stays_so_while_it_trains(visit: Open):
    page = arrived(visit(SMALL))
    played(page)
    box = page.locator(".plot.gradients").bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    page.mouse.up()
    axis = "e => [e.layout.xaxis.range, e.layout.yaxis.range].flat()"
    plot = page.locator(".plot.gradients .js-plotly-plot")
    eventually(lambda: plot.evaluate(axis)[0] > 1, "it is zoomed", page)
    zoomed = plot.evaluate(axis)
    played(page, 150)
    assert plot.evaluate(axis) == zoomed
    page.locator(".plot.gradients").hover()
    page.locator(".plot.gradients [data-title='Show all']").click()
    eventually(lambda: plot.evaluate(axis)[:2] == [0.5, 6.5], "all is shown", page)
    (low, high), lines = plot.evaluate(axis)[2:], plot.evaluate("e => e.data.map(({ y }) => y).flat()")
    assert low < min(lines) and max(lines) < high, "as it is now"


def test_it_can_be_read_light_and_dark_on_a_desk_and_on_a_telephone(visit: Open):
    page = arrived(visit(SMALL))
    played(page)
    for width in (1440, 390):
        resize(page, width)
        for scheme in LIGHT_AND_DARK:
            look(page, scheme)
            assert overflow(page) <= 0
            small = page.locator(".race").evaluate("""root => {
              const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
                if (node.data.trim() && size < 11.5 && node.parentElement.tagName !== "STYLE")
                  found.push([node.data, size]);
              }
              return found;
            }""")
            assert [each for each in small if not re.fullmatch(r"[−\d]+", each[0])] == []  # but exponents
        if width == 1440:
            table = page.locator("table.lanes").bounding_box()
            assert table and table["y"] + table["height"] < 900, "charts and table are on the first screen"
            expect(page.get_by_role("tooltip")).to_have_count(0)
            page.get_by_role("button", name="hears back").focus()
            expect(page.get_by_role("tooltip").filter(has_text="hundredth")).to_be_visible()
    at_rest(page)


def test_a_teachers_link_plays_a_preset_and_another_is_chosen_on_the_page(visit: Open):
    page = arrived(visit("/compare?preset=window-echo&autoplay=true&speed=slow"), 2)
    eventually(lambda: min(steps(page)) > 0, "it plays", page)
    expect(page.locator(".says").first).to_contain_text(PRESETS["window-echo"].sentence)
    button(page, "Pause").click()
    drawn(page)
    assert query(page)["compare-differs"] == ["bptt_window"] and "preset" not in query(page)
    button(page, "Races worth a look").click()
    page.get_by_role("link", name=re.compile("^Adding numbers")).click()
    expect(page.locator(".says").first).to_contain_text("Adding numbers")
    expect(row(page, "teacher forcing 0")).to_be_visible()
    expect(button(page, "Pause")).to_be_visible()
    button(page, "Pause").click()
    drawn(page)
    page.wait_for_function("location.search.includes('compare-task=addition')")
    asked = query(page)
    assert asked["compare-differs"] == ["teacher_forcing"] and "preset" not in asked
    follow(page, "Playground")
    with rerun(page):
        page.get_by_role("link", name="Compare", exact=True).click()
    expect(row(page, "teacher forcing 0")).to_be_visible()
    assert query(page)["compare-task"] == ["addition"]


def test_the_browsers_back_brings_back_what_differed_and_its_values(visit: Open):
    page = arrived(visit("/compare?hidden_size=4&length=6&seeds=1&values=rnn,gru"), 2)

    def raced() -> list[str]:
        return page.locator("table.lanes tbody th").all_inner_texts()

    with rerun(page):
        open_list(page, page.get_by_role("combobox", name="What differs"))
        page.get_by_role("option", name="Batch size").click()
    expect(boards(page)).to_have_count(3)
    field = page.get_by_role("textbox", name=re.compile("Values"))
    field.fill("2, 4")
    with rerun(page):
        field.press("Enter")
    page.wait_for_function("location.search.includes('compare-values=2%2C4')")
    assert raced() == ["batch size 2", "batch size 4"]
    for go, wanted in (
        (page.go_back, ["batch size 8", "batch size 16", "batch size 32"]),
        (page.go_back, ["rnn", "gru"]),
        (page.go_forward, ["batch size 8", "batch size 16", "batch size 32"]),
        (page.go_forward, ["batch size 2", "batch size 4"]),
    ):
        go()
        eventually(lambda wanted=wanted: raced() == wanted, f"{wanted} are raced", page)  # type: ignore[misc]
        drawn(page)
    expect(page.get_by_role("textbox", name=re.compile("Values"))).to_have_value("2, 4")


def test_what_cannot_be_raced_is_said_and_the_race_stays(visit: Open):
    page = arrived(visit("/compare?hidden_size=4&length=6&k=1&seeds=1&differs=k&values=1,2"), 2)
    field = page.get_by_role("textbox", name=re.compile("Values"))
    field.fill("1, 9")
    with rerun(page):
        field.press("Enter")
    expect(page.locator(".notes")).to_contain_text("k = 9: k is 9 with length 6")
    expect(boards(page)).to_have_count(2)
    field.fill("1, 2, 3")
    with rerun(page):
        field.press("Enter")
    expect(boards(page)).to_have_count(3)
    expect(page.locator(".notes")).to_have_count(0)
    page.wait_for_function("location.search.includes('compare-values=1%2C2%2C3')")


def test_a_map_fills_stops_and_a_cell_opens_its_run_in_the_playground(visit: Open):
    page = visit("/compare?show=Map&length=8&xs=2,3,4&ys=1,2&map_steps=20000&seed=7")
    fill = button(page, "Fill the map")
    fill.click()
    expect(page.locator(".notes")).to_contain_text("map_steps is '20000'; it must be a whole number from 1 to 10000")
    stop = button(page, "Stop")
    stop.click()
    expect(fill).to_be_visible()
    steps = page.get_by_role("spinbutton", name="Training steps")
    steps.fill("20")
    with rerun(page):
        steps.press("Enter")
    expect(page.get_by_text("0 of 6 runs")).to_be_visible()
    fill.click()
    expect(page.get_by_text(re.compile("All 6 runs are done"))).to_be_visible()
    drawn(page)
    box = page.locator(".plot.whole").bounding_box()
    assert box
    with rerun(page):  # the third column, the second row
        page.mouse.click(box["x"] + 84 + 5 / 6 * (box["width"] - 96), box["y"] + 8 + 3 / 4 * (box["height"] - 60))
    expect(page.locator("p.cell")).to_contain_text("Hidden size 4, Steps to remember, k 2: Score on held-out")
    for width in (1440, 390):
        resize(page, width)
        for scheme in LIGHT_AND_DARK:
            look(page, scheme)
            assert overflow(page) <= 0
    resize(page, 1440)
    link = page.get_by_role("link", name="Open in the playground, seed 7")
    with rerun(page):
        link.click()
    expect(page).to_have_title("Echo: what came k steps ago? · Unrolled")
    page.wait_for_function("location.search.includes('hidden_size=4')")
    asked = {name: texts[-1] for name, texts in query(page).items()}
    assert asked == {"hidden_size": "4", "k": "2", "length": "8", "seed": "7"}
