"""A busy server can lose what a page sent: the press has acted, and the browser does not know. It gets it again.

And a timer's call that comes while the page runs that ends it takes away nothing of that page.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.harness import Server, board, drawn, step
from tests.browser.steps import arrived, button, pause, play
from tests.browser.timers import count_timers, timer_is_set, timers_are_gone


class Lossy:
    """A page's connection, which loses the next run of the page when it is told to. late: what the timer sent last
    comes again right after whatever is pressed.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.lose, self.losing, self.late, self.tick = page, False, False, False, b""
        page.route_web_socket("**/_stcore/stream", self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(lambda data: self._sent(data, server))
        server.on_message(lambda data: self._received(data, browser))

    def _sent(self, data: str | bytes, server: WebSocketRoute) -> None:
        server.send(data)
        if isinstance(data, bytes):
            asked = BackMsg.FromString(data).rerun_script
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
def lossy(context: BrowserContext, server: Server) -> Iterator[Lossy]:
    connection = Lossy(context.new_page())
    connection.page.goto(server.url)
    arrived(connection.page)
    yield connection
    connection.page.close()


def test_a_pause_whose_page_was_lost_is_shown_and_nothing_ticks_on(lossy: Lossy):
    page = lossy.page
    count_timers(page)
    play(page, beyond=20)
    timer_is_set(page)
    expect(button(page, "Pause")).to_be_visible()
    lossy.lose = True
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    drawn(page)
    timers_are_gone(page)


@pytest.mark.parametrize(("name", "last"), [
    ("", "Save history"), ("series", "Train on shuffled order"), ("text", "Save what it wrote"),
])  # fmt: skip
def test_a_pause_that_a_call_of_the_timer_follows_takes_nothing_away(lossy: Lossy, name: str, last: str):
    page = lossy.page
    if name:
        page.goto(f"{page.url}{name}")
        arrived(page)
    picture = board(page).element_handle()
    lossy.late = True
    for _ in range(3):
        play(page, beyond=step(page))
        pause(page)
        assert picture.evaluate("e => e.isConnected"), "the picture was replaced"
        expect(button(page, last)).to_be_visible()
