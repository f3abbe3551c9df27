"""What a learner does on the page of a lesson, for the journeys through it."""

import re

from playwright.sync_api import Locator, Page

from rnn_core.lessons import LESSONS
from tests.browser.conftest import Open
from tests.browser.harness import rerun
from tests.browser.steps import arrived


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
