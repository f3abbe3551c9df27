"""Lessons walked in a browser: right and wrong, back and forth, a reload in the middle, a storage full or forged."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from rnn_core.lessons import LESSONS
from rnn_core.lessons.memory import QUESTIONS
from rnn_core.lessons.memory import drawn as drawn_round
from tests.browser.conftest import Open
from tests.browser.harness import at_rest, board, drawn, rerun, step, until
from tests.browser.steps import LIGHT_AND_DARK, Scheme, arrived, button, edges, one_step, overflow, query, where
from tests.browser.test_exploring import unit
from tests.browser.test_reach import violations
from ui.learn.game import Game

ENTRY = "unrolled-lesson unrolled"


def lesson(visit: Open, name: str, number: int = 1, **how) -> Page:
    return arrived(visit(f"/learn?lesson={name}&step={number}&speed=full", **how))


def predict(page: Page, name: str, step_name: str, option: str) -> None:
    with rerun(page):
        words = LESSONS[name].text.steps[step_name].options[option]
        page.locator(".st-key-learn-ask label").get_by_text(words, exact=True).click()


def show(page: Page) -> None:
    with rerun(page):
        page.get_by_role("button", name=re.compile("^Show (me|the answer)$")).click()


def set_by_hand(page: Page, choice: str, words: str) -> None:
    with rerun(page):
        page.get_by_role("radiogroup", name=choice).get_by_role("radio", name=words, exact=True).click()


def came(page: Page) -> Locator:
    return page.locator(".came")


def follow(page: Page, name: str) -> None:
    with rerun(page):
        page.get_by_role("link", name=name, exact=True).click()


def stored(page: Page) -> dict[str, list]:
    return json.loads(page.evaluate("key => localStorage.getItem(key) ?? '{}'", ENTRY))


def test_a_lesson_that_is_begun_from_the_list_stays_when_something_is_pressed(visit: Open):
    page = visit("/learn")
    follow(page, "Begin lesson 1")
    assert query(arrived(page)) == {"lesson": ["unrolled"], "step": ["1"]}
    one_step(page)
    follow(page, "All lessons")
    follow(page, "Begin lesson 2")
    assert query(page)["lesson"] != ["unrolled"]
    one_step(page)
    with rerun(page):
        page.go_back()
    expect(page.get_by_role("link", name="Begin lesson 1", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_lesson_is_walked_right_and_wrong_back_and_forth(visit: Open, width: int):
    page = arrived(visit("/learn?lesson=unrolled&speed=full", width=width))
    assert overflow(page) == 0
    words, picture = edges(page.locator(".step-head")), edges(page.locator(".board"))
    assert words["right"] <= picture["left"] if width == 1440 else words["bottom"] <= picture["top"]
    expect(came(page)).to_have_text("")
    predict(page, "unrolled", "matrices", "arrows")
    expect(came(page)).to_have_text("")  # one may look first
    show(page)
    expect(came(page)).to_contain_text("Your prediction: 22, with a W_hh for each column.What happened: 3, the same")
    expect(page.get_by_text("With a W_hh for each column the network")).to_be_visible()
    follow(page, "Next")
    assert query(page) == {"lesson": ["unrolled"], "step": ["2"], "speed": ["full"]}
    predict(page, "unrolled", "one-weight", "later")
    expect(came(page)).to_have_text("")  # nothing was done yet
    show(page)
    expect(page.locator(".whatif")).to_contain_text("→ 2.00?")
    expect(came(page)).to_contain_text("in every column but the first, as you predicted")
    page.locator(".whatif").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".whatif")).to_be_hidden()
    follow(page, "Next")
    follow(page, "Skip")
    predict(page, "unrolled", "moves", "state")
    with rerun(page):
        button(page, "Step").click()
    expect(came(page)).to_contain_text("What happened: the hidden state, as you predicted.")
    follow(page, "Next")
    predict(page, "unrolled", "recurrence", "same")
    button(page, "Play").first.click()
    until(page, "step == 300")
    expect(came(page)).to_contain_text("What happened: about one in five, as when guessing.")
    assert step(page) == 300
    for number in (4, 3):
        with rerun(page):
            page.go_back()
        expect(page.locator(".step-head")).to_contain_text(f"Step {number} of 5")
    with rerun(page):
        page.go_forward()
    expect(came(page)).to_contain_text("What happened in your last run: the hidden state")
    follow(page, "All lessons")
    expect(page.locator(".lesson").first).to_contain_text("4 of 5 steps")
    follow(page, "Go on with lesson 1, step 3")
    expect(page.locator(".step-head")).to_contain_text("Step 3 of 5")


def veil(page: Page) -> Locator:
    return page.get_by_role("button", name="Covered until you predict.")


def where_the_gradient_shows(page: Page) -> set[str]:
    """Where the board says something of ‖∂L/∂h‖: what is drawn, pointed at, walked to, in the table, said of it."""
    first, places = page.locator("svg.time .axis").first, set()
    first.scroll_into_view_if_needed()
    bars = edges(first)
    if page.locator("svg.time .gradients").count() or page.locator("svg.time .note").count():
        places.add("drawn")
    cursor, card = page.locator("button.cursor"), page.locator(".layer .card")
    for below in (-10, 6):  # a bar, the number under it
        page.mouse.move(bars["x"] + 4, bars["y"] + below)
        if card.is_visible():
            places.add("pointed at")
    page.mouse.move(5, 5)
    cursor.focus()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    if "∂L/∂h" in (cursor.get_attribute("aria-label") or ""):
        places.add("walked to")
    page.keyboard.press("Escape")
    button(page, "Numbers").click()
    if page.get_by_role("columnheader", name="‖∂L/∂h‖").count():
        places.add("in the table")
    button(page, "Numbers").click()
    if "gradient" in (board(page).get_attribute("aria-label") or ""):
        places.add("said of it")
    return places


EVERYWHERE = {"drawn", "pointed at", "walked to", "in the table", "said of it"}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_row_is_covered_until_somebody_predicts_or_presses_it_and_nothing_moves(
    visit: Open, width: int, scheme: Scheme
):
    page = lesson(visit, "vanishing", width=width)
    page.emulate_media(color_scheme=scheme)
    at_rest(page)
    expect(veil(page)).to_have_count(1)
    assert overflow(page) == 0 and violations(page, scheme) == []
    assert where_the_gradient_shows(page) == set()
    names = page.locator("svg.time .axis, svg.gutter .title, svg.below .title")
    inside = """names => names.map((name) => [name, name.getRootNode().querySelector(".board")]).map(([name, board]) =>
        [name.getBoundingClientRect(), board.getBoundingClientRect()]).map(([a, b]) => [a.x - b.x, a.y - b.y])"""
    places = names.evaluate_all(inside)
    predict(page, "vanishing", "bars", "tenth")
    expect(veil(page)).to_have_count(0)
    at_rest(page)
    assert names.evaluate_all(inside) == places
    assert where_the_gradient_shows(page) == EVERYWHERE
    follow(page, "Skip")
    follow(page, "Back")
    expect(veil(page)).to_have_count(0)
    expect(page.locator("svg.time .gradients")).to_have_count(1)
    other = lesson(visit, "remembers", 2, width=width)
    assert where_the_gradient_shows(other) == set()
    veil(other).press("Space")
    expect(veil(other)).to_have_count(0)
    drawn(other)
    assert where_the_gradient_shows(other) == EVERYWHERE
    expect(came(other)).to_have_text("")
    expect(other.get_by_role("button", name="Pause")).to_have_count(0)


@pytest.mark.parametrize(("name", "number", "words"), [
    ("unrolled", 1, "one cell, used at all 20 steps"), ("loss", 2, "adds nothing to the loss"),
    ("vanishing", 4, "gradient norm 0."),
])  # fmt: skip
def test_what_is_no_row_of_bars_is_covered_too(visit: Open, name: str, number: int, words: str):
    page = lesson(visit, name, number)
    at_rest(page)

    def tells() -> bool:
        page.mouse.move(5, 5)
        if name == "loss":
            x, y, *_ = edges(page.locator("svg.time .outputs .none, svg.time .none").first).values()
            page.mouse.move(x + 1, y + 1)
        return any(words in text for text in page.locator(".board text, .layer .card").all_text_contents())

    assert not tells()
    veil(page).click()
    expect(veil(page)).to_have_count(0)
    at_rest(page)
    assert tells()
    assert violations(page, "light") == []


def test_a_weight_set_by_hand_is_what_the_check_reads(visit: Open):
    page = lesson(visit, "unrolled", 2)
    predict(page, "unrolled", "one-weight", "one")
    page.mouse.click(*unit(page, 5, 2))
    card = page.get_by_role("dialog")
    which = card.get_by_role("combobox", name="which weight")
    which.select_option(next(name for name in which.locator("option").all_inner_texts() if name.startswith("W_hh")))
    field = card.get_by_role("spinbutton")
    field.fill("2")
    field.press("Enter")
    expect(came(page)).to_contain_text("What happened: in every column but the first.")
    expect(page.get_by_text("The hidden state changed in 19 of 20 columns")).to_be_visible()


def test_what_was_tried_out_in_the_board_stays_in_its_step(visit: Open):
    page = lesson(visit, "unrolled", 5)
    tools, onward = page.locator(".tools"), page.get_by_role("button", name="Next held-out sequence")
    onward.click()
    expect(tools).to_contain_text("sequence 2 of 64")
    page.get_by_role("button", name="Own input").click()
    page.get_by_role("textbox", name="A sequence of your own").fill("BADCAB")
    expect(page.get_by_text("padding, after the end")).to_be_visible()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(tools).to_contain_text("a typed sequence")
    follow(page, "Back")
    expect(tools).to_contain_text("sequence 1 of 64")
    onward.click()
    expect(tools).to_contain_text("sequence 2 of 64")  # and what is chosen here is seen


def test_a_control_moves_with_its_question_and_stands_in_the_address(visit: Open):
    page = lesson(visit, "vanishing", 2)
    predict(page, "vanishing", "longer", "square")
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    expect(came(page)).to_contain_text("as you predicted")
    expect(page).to_have_url(re.compile("learn-length=40"))
    copied = arrived(visit(where(page)))
    expect(copied.get_by_role("slider")).to_have_value("40")
    follow(page, "Next")
    assert query(page) == {"lesson": ["vanishing"], "step": ["3"], "speed": ["full"]}
    follow(page, "Back")
    expect(page.get_by_role("slider")).to_have_value("20")


def test_a_reload_in_the_middle_finds_what_was_answered(visit: Open):
    page = lesson(visit, "unrolled", 1)
    predict(page, "unrolled", "matrices", "sixty")
    show(page)
    expect(came(page)).to_contain_text("What happened: 3")
    page.wait_for_function("key => localStorage.getItem(key)?.includes('three\",{')", arg=ENTRY)
    kept = stored(page)
    assert kept["matrices"][:2] == ["sixty", "three"]
    page.add_init_script(f"localStorage.setItem('{ENTRY}', {json.dumps(json.dumps(kept))})")  # as if nothing cleared it
    page.reload()
    arrived(page)
    expect(page.get_by_role("radio", name="60, three for each column")).to_be_checked()
    expect(came(page)).to_contain_text("What happened")
    follow(page, "All lessons")
    expect(page.locator(".lesson").first).to_contain_text("1 of 5 steps")
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").click()
    assert "My prediction: 60, three for each column" in download.value.path().read_text("utf-8")
    with rerun(page):
        button(page, "Forget my answers").click()
    expect(page.locator(".lesson").first).to_contain_text("0 of 5 steps")
    page.wait_for_function("key => localStorage.getItem(key) === null", arg=ENTRY)
    page.close()  # what was planted goes with it


@pytest.mark.parametrize(("storage", "sentence"), [
    (f"localStorage.setItem('{ENTRY}', 'nonsense')", "had stored cannot be read"),
    ("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }", "keeps nothing"),
])  # fmt: skip
def test_a_storage_that_is_forged_or_full_is_one_sentence_and_the_list(visit: Open, storage: str, sentence: str):
    page = visit("/_stcore/health")
    page.add_init_script(storage)
    page.goto(page.url.replace("/_stcore/health", "/learn?lesson=unrolled"))
    arrived(page)
    predict(page, "unrolled", "matrices", "three")
    show(page)
    expect(came(page)).to_contain_text("as you predicted")
    at_rest(page)
    follow(page, "All lessons")
    expect(page.locator(".notes li")).to_have_count(1)
    expect(page.locator(".notes")).to_contain_text(sentence)
    expect(page.locator(".lesson")).to_have_count(len(LESSONS))
    expect(page.locator(".lesson").first).to_contain_text("1 of 5 steps")
    page.close()  # what was planted goes with it


def test_a_step_is_read_by_everybody_and_nothing_moves_while_it_plays(visit: Open):
    page = lesson(visit, "loss", 4)
    for scheme in LIGHT_AND_DARK:
        page.emulate_media(color_scheme=scheme)
        at_rest(page)
        assert violations(page, scheme) == [], scheme
    expect(page.get_by_role("heading", level=1)).to_have_text("What a loss says")
    board = edges(page.locator(".board"))
    assert page.locator(".baseline .name").evaluate("e => e.scrollWidth <= e.clientWidth")  # it is not cut
    predict(page, "loss", "plateau", "level")
    button(page, "Play").first.click()
    page.mouse.move(5, 5)
    until(page, "step == 700")
    expect(came(page)).to_have_attribute("role", "status")
    expect(came(page)).to_contain_text("What happened")
    drawn(page)
    assert edges(page.locator(".board")) == board
    at_rest(page)
    assert violations(page, "light") == []


def test_a_room_plays_the_memory_without_scrolling(visit: Open):
    page = visit("/learn?lesson=memory&step=1&presentation=true")
    with rerun(page):
        button(page, "Begin").click()
    expect(page.locator(".symbol")).to_contain_text("Symbol 1 of 12")
    for seen in (page.locator(".symbol"), page.get_by_label("Cell 3"), button(page, "Next symbol")):
        expect(seen).to_be_in_viewport(ratio=1)
    assert violations(page, "light") == []


def test_a_room_sees_the_prompt_above_the_board_and_a_brings_the_answer(visit: Open):
    page = lesson(visit, "bug")
    page.goto(f"{page.url}&presentation=true")
    arrived(page)
    words, picture = edges(page.locator(".step-head")), edges(page.locator(".board"))
    assert words["bottom"] < picture["top"]
    expect(page.get_by_text("For which parameters")).to_be_visible()
    expect(came(page)).to_have_text("")
    with rerun(page):
        page.keyboard.press("a")
    expect(page.get_by_role("table").first).to_contain_text("off by")
    follow(page, "Next")
    assert query(page) == {"lesson": ["bug"], "step": ["2"], "presentation": ["true"], "speed": ["full"]}


def test_the_words_are_there_where_the_sidebar_was_folded_on_another_page(visit: Open):
    page = visit("/_stcore/health")
    page.add_init_script("localStorage.setItem('stSidebarCollapsed-', 'true')")
    page.goto(page.url.replace("/_stcore/health", "/learn?lesson=vanishing"))
    arrived(page)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    words, picture = edges(page.locator(".step-head")), edges(page.locator(".board"))
    assert 0 < words["left"] < words["right"] <= picture["left"] and overflow(page) == 0
    page.close()


def test_a_weight_set_by_hand_is_added_to_the_one_that_the_page_set(visit: Open):
    page = lesson(visit, "unrolled", 2)
    show(page)
    expect(page.locator(".whatif")).to_contain_text("→ 2.00?")
    page.mouse.click(*unit(page, 5, 3))
    page.get_by_role("combobox", name="which weight").select_option(index=0)
    page.get_by_role("spinbutton", name="the weight, as a number").fill("1.5")
    expect(page.locator(".whatif")).to_contain_text("→ 1.50, and 1 more?")
    page.locator(".whatif").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".whatif")).to_contain_text("→ 2.00?")
    page.close()


def test_slow_motion_opens_where_the_step_looks(visit: Open):
    page = lesson(visit, "back")
    button(page, "One step, slowly").click()
    slow = page.get_by_role("region", name="One training step, slowly")
    expect(slow.get_by_role("status")).to_contain_text("Backward, t = 3")
    slow.get_by_role("button", name="Next stage").click()
    expect(slow.get_by_role("status")).to_contain_text("Backward, t = 2")
    slow.get_by_role("button", name=re.compile("^Done")).click()
    follow(page, "All lessons")


def test_the_last_step_leads_to_another_page_and_learn_back_to_it(visit: Open):
    page = lesson(visit, "remembers", 3)
    show(page)
    follow(page, LESSONS["remembers"].text.link)
    arrived(page)
    assert query(page)["start_weights"] == ["one-unit"]
    follow(page, "Lessons")
    expect(page.locator(".step-head")).to_contain_text("Step 3 of 3")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_an_echo_is_set_by_hand_wrong_and_right_and_is_a_link(visit: Open, width: int, scheme: Scheme):
    page = lesson(visit, "echo", width=width)
    page.emulate_media(color_scheme=scheme)
    assert overflow(page) == 0
    predict(page, "echo", "blocks", "both")
    expect(came(page)).to_have_text("")  # nothing was set yet
    set_by_hand(page, "W_hh, from the column before", "1 → 1, 2 → 2")
    expect(came(page)).to_contain_text("Each unit feeds itself")
    set_by_hand(page, "W_hh, from the column before", "1 → 2")
    expect(came(page)).to_contain_text("names the letter of the same column, k = 0, in 100 % of the columns")
    page.mouse.move(5, 5)
    at_rest(page)
    assert violations(page, scheme) == []
    set_by_hand(page, "W_hy reads", "2nd five")
    expect(came(page)).to_contain_text("Your prediction: all ten.What happened: the other five.")
    expect(page.get_by_text("100 % of the held-out letters are right")).to_be_visible()
    copied = arrived(visit(where(page)))
    read = copied.get_by_role("radiogroup", name="W_hy reads")
    expect(read.get_by_role("radio", name="2nd five")).to_be_checked()
    follow(copied, "Skip")
    assert query(copied) == {"lesson": ["echo"], "step": ["2"], "speed": ["full"]}
    follow(copied, "Back")
    expect(copied.get_by_role("radio", name="off")).to_be_checked()


def test_a_step_has_its_own_speed_and_keeps_what_somebody_chose(visit: Open):
    page = arrived(visit("/learn?lesson=gates&step=1"))
    speed = page.get_by_role("radiogroup", name="Speed").get_by_role("radio", checked=True)
    expect(speed).to_have_text("story")
    follow(page, "Skip")
    expect(speed).to_have_text("full")
    with rerun(page):
        page.get_by_role("radio", name="Slow").click()
    follow(page, "Skip")
    expect(speed).to_have_text("slow")
    assert query(page)["speed"] == ["slow"]


def test_a_round_goes_on_after_a_reload(visit: Open):
    page = visit("/_stcore/health")
    kept = Game(2, 3, "", [True], [0.0, 4.0, 0.0]).stored()
    page.add_init_script(f"localStorage.setItem('unrolled-lesson game', {json.dumps(kept)})")
    page.goto(page.url.replace("/_stcore/health", "/learn?lesson=memory"))
    shown, cell = page.locator(".symbol"), page.get_by_role("spinbutton").nth(1)
    expect(shown).to_contain_text("Symbol 3 of 12")
    expect(cell).to_have_value("4")
    with rerun(page):
        button(page, "Next symbol").click()
    expect(shown).to_contain_text("Symbol 4 of 12")
    assert query(page)["learn-round"] == ["2"]
    page.wait_for_function("localStorage.getItem('unrolled-lesson game').includes('shown\":4')")
    page.close()  # what was planted goes with it


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_three_numbers_are_kept_by_keyboard_and_a_question_is_answered(visit: Open, width: int, scheme: Scheme):
    page = visit("/learn?lesson=memory&speed=full", width=width)
    page.emulate_media(color_scheme=scheme)
    at_rest(page)
    assert overflow(page) == 0
    predict(page, "memory", "play", "latest")
    played, shown = drawn_round(1), page.locator(".symbol")
    with rerun(page):
        button(page, "Begin").press("Enter")
    cells = page.get_by_role("spinbutton")
    for number, symbol in enumerate(played.symbols, 1):
        expect(shown).to_contain_text(f"Symbol {number} of 12: {'a dot' if symbol == '·' else symbol}")
        if number in (2, 5):
            with rerun(page):
                cells.nth(1).fill(str(number))
                cells.nth(1).press("Enter")
        with rerun(page):
            button(page, "Next symbol" if number < 12 else "To the question").press("Enter")
    expect(shown).to_contain_text(QUESTIONS[played.question])
    assert set(played.symbols) - set(shown.inner_text().splitlines()) == set(played.symbols)  # none can be looked up
    expect(cells.nth(1)).to_have_value("5")
    expect(came(page)).to_have_text("")
    wrong = "ab".replace(played.right, "")
    with rerun(page):
        button(page, wrong).press("Enter")
    expect(shown).to_contain_text(f"You said {wrong}, and it was {played.right}.")
    expect(shown).to_have_attribute("role", "status")
    expect(came(page)).to_contain_text("What happened: one number for each question.")
    at_rest(page)
    assert violations(page, scheme) == []
    with rerun(page):
        button(page, "Another round").press("Enter")
    expect(cells.nth(1)).to_have_value("0")
    follow(page, "Next")
    predict(arrived(page), "memory", "gates", "both")
    set_by_hand(page, "In each step the forget gate keeps", "all")
    expect(came(page)).to_contain_text("37 numbers of noise are added to three signals")
    set_by_hand(page, "The input gate opens", "at ±1")
    expect(came(page)).to_contain_text("What happened: the forget gate.")
