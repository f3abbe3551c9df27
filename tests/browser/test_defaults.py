"""A link to a task alone opens it as the task wants to be learned; whatever is chosen beside that is in the address."""

from playwright.sync_api import Page, expect

from rnn_core import TASKS
from tests.browser.conftest import Open
from tests.browser.harness import eventually
from tests.browser.steps import arrived, choose, query


def units(page: Page):
    return page.get_by_role("slider", name="Hidden size")


def turn(page: Page, by: int) -> None:
    """So many units more, or less."""
    units(page).focus()
    for _ in range(abs(by)):
        page.keyboard.press("ArrowRight" if by > 0 else "ArrowLeft")


def test_a_link_to_a_task_alone(visit: Open):
    """Each task's link, as a function: test_address.py."""
    task = "mood"
    wanted = int(str(TASKS[task].defaults["hidden_size"]))
    page = arrived(visit(f"/?task={task}"))
    expect(units(page)).to_have_value(str(wanted))
    assert query(page) == {"task": [task]}

    turn(page, 16 - wanted)  # 16 is what a task has that does not say
    eventually(lambda: query(page).get("hidden_size") == ["16"], "the address says so", page)
    page = arrived(visit(f"/?task={task}&hidden_size=16"))
    expect(units(page)).to_have_value("16")
    assert query(page) == {"task": [task], "hidden_size": ["16"]}

    turn(page, wanted - 16)
    eventually(lambda: query(page) == {"task": [task]}, "what the task wants needs no saying", page)


def test_another_task_brings_what_it_wants_and_its_link_is_short(visit: Open):
    page = arrived(visit("/?task=frames&seed=5"))
    choose(page, "echo")
    eventually(lambda: query(page) == {"seed": ["5"]}, "echo with a seed of our own", page)
    expect(units(page)).to_have_value("16")
    page.reload()
    arrived(page)
    expect(units(page)).to_have_value("16")
    assert query(page) == {"seed": ["5"]}
