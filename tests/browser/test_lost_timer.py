"""A busy server can lose the page's timer; the board then asks for its film, and playing goes on."""

from tests.browser.conftest import Open
from tests.browser.harness import number, until
from tests.browser.steps import arrived, pause, play
from tests.browser.timers import called, count_timers, lose_timers, timer_is_set, watch_calls


def test_a_lost_timer_is_set_again(visit: Open):
    page = arrived(visit("/"))
    count_timers(page)
    play(page, beyond=5)
    watch_calls(page)
    lose_timers(page)
    called(page)
    timer_is_set(page)  # the page ran anew
    until(page, f"frames > {number(page, 'frames') + 10}")
    pause(page)
