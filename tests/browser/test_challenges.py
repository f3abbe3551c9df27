"""The challenges among the lessons: an echo that is set by hand, and three numbers that are the memory."""

import json

import pytest
from playwright.sync_api import expect

from rnn_core.lessons.memory import QUESTIONS
from rnn_core.lessons.memory import drawn as drawn_round
from tests.browser.conftest import Open
from tests.browser.harness import at_rest, rerun
from tests.browser.lessons import came, follow, lesson, predict, set_by_hand
from tests.browser.steps import Scheme, arrived, button, overflow, query, where
from tests.browser.test_reach import violations
from ui.learn.game import Game


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


def test_a_room_plays_the_memory_without_scrolling(visit: Open):
    page = visit("/learn?lesson=memory&step=1&presentation=true")
    with rerun(page):
        button(page, "Begin").click()
    expect(page.locator(".symbol")).to_contain_text("Symbol 1 of 12")
    for seen in (page.locator(".symbol"), page.get_by_label("Cell 3"), button(page, "Next symbol")):
        expect(seen).to_be_in_viewport(ratio=1)
    assert violations(page, "light") == []
