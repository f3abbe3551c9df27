"""A busy server can lose what a page sent: the press has acted, and the browser does not know. It gets it again.

And a timer's call that comes while the page runs that ends it takes away nothing of that page.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.harness import Server, at_rest, board, eventually, step
from tests.browser.test_journeys import arrived, button


class Lossy:
    """A page's connection, which loses the next run of the page when it is told to. late: what the timer sent last
    comes again right after whatever is pressed.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.lose, self.losing, self.late, self.ticks = page, False, False, False, 0
        self.tick = b""
        page.route_web_socket("**/_stcore/stream", self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(lambda data: self._sent(data, server))
        server.on_message(lambda data: self._received(data, browser))

    def _sent(self, data: str | bytes, server: WebSocketRoute) -> None:
        server.send(data)
        if isinstance(data, bytes):
            asked = BackMsg.FromString(data).rerun_script
            self.ticks += asked.is_auto_rerun
            self.tick = data if asked.is_auto_rerun else self.tick
            if self.late and self.tick and not asked.fragment_id:
                server.send(self.tick)

    def _received(self, data: str | bytes, browser: WebSocketRoute) -> None:
        message = ForwardMsg.FromString(data) if isinstance(data, bytes) else ForwardMsg()
        begins = message.HasField("new_session") and not message.metadata.run.fragment_ids
        if self.lose and begins:
            self.lose, self.losing = False, True
        if not self.losing:
            browser.send(data)
        if message.WhichOneof("type") == "script_finished":
            self.losing = False


@pytest.fixture
def lossy(browser: Browser, server: Server) -> Iterator[Lossy]:
    context = browser.new_context()
    context.set_default_timeout(40_000)
    connection = Lossy(context.new_page())
    connection.page.goto(server.url)
    board(connection.page).wait_for()
    yield connection
    context.close()


def test_a_pause_whose_page_was_lost_is_shown_and_nothing_ticks_on(lossy: Lossy):
    page = lossy.page
    button(page, "Play").click()
    eventually(lambda: step(page) > 20, "it plays", page)
    expect(button(page, "Pause")).to_be_visible()
    lossy.lose = True
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    at_rest(page)
    ticks = lossy.ticks
    page.wait_for_timeout(1500)
    assert lossy.ticks == ticks, "a timer was left"


@pytest.mark.parametrize(("name", "last"), [
    ("", "Save history"), ("series", "Train on shuffled order"), ("text", "Save what it wrote"),
])  # fmt: skip
def test_a_pause_that_a_call_of_the_timer_follows_takes_nothing_away(lossy: Lossy, name: str, last: str):
    page = lossy.page
    page.goto(f"{page.url}{name}")
    arrived(page)
    picture = board(page).element_handle()
    lossy.late = True
    for _ in range(4):
        taken = step(page)
        button(page, "Play").click()
        eventually(lambda: step(page) > taken, "it plays", page)  # noqa: B023, asked at once
        button(page, "Pause").click()
        at_rest(page)
        assert picture.evaluate("e => e.isConnected"), "the picture was replaced"
        expect(button(page, last)).to_be_visible()
