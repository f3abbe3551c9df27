"""Lessons walked in a browser: right and wrong, back and forth, a reload in the middle, a storage full or forged."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from rnn_core.lessons import LESSONS
from tests.browser.conftest import Open
from tests.browser.harness import at_rest, drawn, rerun, step, until
from tests.browser.lessons import came, follow, lesson, predict, show
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, edges, one_step, overflow, query, where
from tests.browser.test_exploring import unit
from tests.browser.test_reach import violations

ENTRY = "unrolled-lesson unrolled"


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
