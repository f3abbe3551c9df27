"""The bench's light visitor: reads what ui/board/film.py packs, and counts frames as the board's player does."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.visitor import Film, Visitor, drawn, read
from rnn_core import Config, Trainer
from ui.board.film import pack


@pytest.mark.parametrize("frames", [1, 5])
def test_it_reads_a_film(frames: int):
    trainer = Trainer(Config())
    snapshots = [trainer.advance() for _ in range(frames)]
    film = pack(trainer.config, snapshots, trainer.history, film=7, run=1, playing=True, period=0.75)
    assert read(film, at=3.0) == Film(3.0, 7, frames, frames, 0.75, True)


def film(at: float, frames: int, playing: bool = True) -> Film:
    return Film(at, round(at), frames, 0, 1.0, playing)


@pytest.mark.parametrize(
    ("films", "begin", "end", "shown"),
    [
        ([], 0.0, 9.0, 0),
        ([film(0, 4)], 0.0, 0.1, 1),  # the first at once
        ([film(0, 4)], 0.0, 0.6, 3),
        ([film(0, 4)], 0.0, 9.0, 4),
        ([film(0, 4)], 0.6, 9.0, 1),  # what was shown before does not count
        ([film(0, 4), film(0.5, 4)], 0.0, 9.0, 8),  # one that comes early: what is owed is shown too
        ([film(0, 9), film(0.01, 2)], 0.0, 9.0, 1 + 4),  # but no more of it than the new one has
        ([film(0, 4), film(5, 1, playing=False)], 0.0, 9.0, 5),
        ([film(0, 4), film(20, 4)], 0.0, 9.0, 4),  # not yet come
    ],
)
def test_frames_are_counted_as_the_player_shows_them(films: list[Film], begin: float, end: float, shown: int):
    assert drawn(films, begin, end) == shown


SUCCESS, FRAGMENT, EARLY = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
)


def begun(fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.config.max_cached_message_age = 2
    message.metadata.run.fragment_ids.extend([fragment] if fragment else [])
    return message


def ended(how: int, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg(script_finished=how)  # type: ignore[arg-type]
    message.metadata.run.fragment_ids.extend([fragment] if fragment else [])
    return message


def large(name: str) -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.metadata.cacheable = True
    message.delta.new_element.html.body = "a long text"
    return message


TICKS = [begun("tick"), ended(FRAGMENT, "tick")] * 9


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (TICKS, True),  # no fragment's run says anything of the page
        ([*TICKS, begun(), ended(SUCCESS)], False),
        ([*TICKS, begun(), ForwardMsg(ref_hash="css"), ended(SUCCESS)], True),
        ([*TICKS, begun(), ended(EARLY)], True),  # another run took its place, and will refer to it
    ],
)
def test_it_keeps_a_message_as_long_as_the_front_end(after: list[ForwardMsg], kept: bool):
    visitor = Visitor("http://nowhere")
    for message in [begun(), large("css"), ended(SUCCESS), *after]:
        visitor.hear(message)
    if kept:
        visitor.hear(ForwardMsg(ref_hash="css"))
    else:
        with pytest.raises(LookupError, match="css"):
            visitor.hear(ForwardMsg(ref_hash="css"))


class Wire:
    """A connection that carries what it is given, and notes nothing."""

    def __init__(self, *messages: ForwardMsg) -> None:
        self.messages = [message.SerializeToString() for message in messages]

    async def send(self, data: bytes) -> None:
        pass

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for data in self.messages:
            yield data


def played(scene: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: a journey before leaves its browser's event loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, scene).result()


def test_a_run_that_began_before_the_last_request_makes_nothing_old():
    async def scene() -> None:
        visitor = Visitor("http://nowhere")
        visitor._socket = Wire()  # type: ignore[assignment]
        for message in [begun(), large("css"), ended(SUCCESS), *TICKS, begun()]:
            visitor.hear(message)
        await visitor._run()  # it says that css is here
        for message in [ended(SUCCESS), begun(), ForwardMsg(ref_hash="css")]:
            visitor.hear(message)

    played(scene())


def test_a_visitor_that_cannot_go_on_says_so():
    async def scene() -> None:
        visitor = Visitor("http://nowhere")
        visitor._reader = asyncio.create_task(visitor._listen(Wire(ForwardMsg(ref_hash="never sent"))))  # type: ignore[arg-type]
        await visitor.until(lambda: False, patience=30)

    with pytest.raises(LookupError, match="never sent"):
        played(scene())
