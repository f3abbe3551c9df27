"""A visitor without a browser: speaks Streamlit 1.67's WebSocket protocol as its front end does, and reads the films.

Hundreds fit into one process. What it answers is what the front end answers (static/js/index.*.js of the streamlit
package): the timers of fragments (handleAutoRerun, handleStopAutoRerun; a run of the whole page ends them all), the
query string and page that the server names, and references to messages that it still has (ForwardMessageCache,
handleScriptFinished). A film that is overdue it asks for as the board does (static/board/watch.js), whose state is a
widget's in the fragment that ticks; asked counts how often.
"""

import asyncio
import json
import struct
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from math import floor, inf
from typing import Any, NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

PERIODS, LEAST = 4, 3  # as in static/board/watch.js


class Film(NamedTuple):
    """When a film came, and what its header and its `step` array say."""

    at: float
    film: int
    frames: int
    step: int  # of its last frame
    period: float  # seconds
    playing: bool
    ahead: bool = False  # of the bigram, where it learns a text


def read(data: bytes, at: float) -> Film:
    """A film's header and its steps (the layout: ui/board/film.py)."""
    (size,) = struct.unpack_from("<I", data, 4)
    header = json.loads(data[8 : 8 + size])
    begin = 8 + size
    for name, kind, shape in header["arrays"]:
        if name == "step":
            steps = struct.unpack_from(f"<{shape[0]}i", data, begin)
            return Film(at, header["film"], len(steps), steps[-1], header["period"], header["playing"])
        count = 1
        for n in shape:
            count *= n
        begin += -(-count * int(kind[1:]) // 4) * 4
    raise ValueError("the film has no array `step`")


def read_race(data: bytes, at: float) -> Film:
    """The same of Compare's race (the layout: ui/compare/scene.py), whose frames are those of its first board."""
    (size,) = struct.unpack_from("<I", data)
    header, begin = json.loads(data[4 : 4 + size]), 4 + size
    (length,) = struct.unpack_from("<I", data, begin)
    first = read(data[begin + 4 : begin + 4 + length], at)
    return first._replace(**{name: header[name] for name in ("film", "step", "period", "playing")})


def read_text(data: bytes, at: float) -> Film:
    """The same of Text, which has no frames: ui/text/scene.py."""
    told = json.loads(data)
    perplexity = {name: value for name, value, _ in told["numbers"]}
    ahead = (perplexity["network"] or inf) < perplexity["bigram"]
    return Film(at, told["film"], 1, told["step"], told["period"], told["playing"], ahead)


PICTURES = {"unrolled_board": read, "unrolled_race": read_race, "unrolled_text": read_text}


def drawn(films: Iterable[Film], begin: float, end: float) -> int:
    """How many frames the board's player (static/board/player.js) shows from `begin` to `end`, in a browser in time.

    It spreads a film's frames evenly over its period, and shows what it owes of the one before among them.
    """
    count, owed = 0, 0
    films = [film for film in films if film.at < end]
    for film, until in zip(films, [*(f.at for f in films), end][1:], strict=True):
        frames = min(owed, film.frames) + film.frames if film.playing and film.frames > 1 else 1

        def shown(t: float, film: Film = film, frames: int = frames) -> int:
            return 0 if t < film.at else min(frames, floor((t - film.at) / film.period * frames) + 1)

        count += shown(until) - (shown(begin) if film.at < begin else 0)
        owed = frames - shown(until)
    return count


class Kept(NamedTuple):
    """A message that the server need not send again, the fragment it came from, and the run that used it last."""

    message: ForwardMsg
    fragment: str
    run: int


@dataclass
class Visitor:
    """One tab. url: the app's; query: the address behind `?`; widgets: what a browser's widgets say each time; title:
    the name of its page in the address, "" for the first.
    """

    url: str
    query: str = ""
    widgets: Callable[[], WidgetStates] = WidgetStates
    title: str = ""
    films: list[Film] = field(default_factory=list)
    received: int = 0  # bytes
    button: str = ""  # what the button that plays and pauses says now
    asked: int = 0  # times
    runs: int = 0  # runs of the page or of a fragment, as the front end counts them

    def __post_init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._kept: dict[str, Kept] = {}
        self._watch: asyncio.Task[None] | None = None
        self._age = 2
        self._page = self._play = self._board = self._ticking = ""
        self._begun = False  # whether a run has begun since the last message to the server
        self._said = WidgetStates()  # the board's own state
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Connect and ask for the page, as a tab does."""
        cookies = await asyncio.to_thread(cookies_of, self.url)
        token = cookies.get("_streamlit_xsrf", "")
        self._socket = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(self.url),
            subprotocols=[Subprotocol(name) for name in ("streamlit", token) if name],
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
            max_size=None,
        )
        self._reader = asyncio.create_task(self._listen(self._socket))
        await self._run()

    async def close(self) -> None:
        """Close the tab."""
        self._stop(list(self._timers))
        if self._watch:
            self._watch.cancel()
        if self._socket:
            await self._socket.close()
        if self._reader:
            self._reader.cancel()

    async def press(self, label: str, patience: float = 15) -> float:
        """Press Play or Pause; seconds until a film says that it is so, inf if none did in time."""
        wanted, seen, begin = label == "Play", len(self.films), asyncio.get_running_loop().time()
        await self._run(pressed=self._play)
        done = await self.until(lambda: any(film.playing == wanted for film in self.films[seen:]), patience)
        return next(film.at for film in self.films[seen:] if film.playing == wanted) - begin if done else inf

    async def until(self, condition: Callable[[], bool], patience: float) -> bool:
        """Wait until something that comes from the server makes it true; whether it did in time.

        Raises what stopped the listening, if that has stopped.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not condition():
                    self._news.clear()
                    if self._reader and self._reader.done():
                        self._reader.result()
                    await self._news.wait()
        return condition()

    def between(self, begin: float, end: float) -> list[Film]:
        return [film for film in self.films if begin <= film.at < end]

    async def _run(self, fragment: str = "", pressed: str = "", timer: bool = False) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self._page
        state.page_name = "" if self._page else self.title
        state.fragment_id, state.is_auto_rerun = fragment, timer
        others = [widget for widget in self.widgets().widgets if widget.id != self._board]
        state.widget_states.widgets.extend([*others, *self._said.widgets])
        if pressed:
            state.widget_states.widgets.add(id=pressed, trigger_value=True)
        state.cached_message_hashes.extend(self._kept)
        self._begun = False
        assert self._socket is not None, "open() comes first"
        with suppress(ConnectionClosed):
            await self._socket.send(message.SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                self.received += len(data)
                self.hear(ForwardMsg.FromString(data))
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self._news.set()

    def hear(self, message: ForwardMsg) -> None:
        """A message from the server. Raises LookupError where it refers to one that is no longer kept: at that a
        browser's page ends.
        """
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            if message.ref_hash not in self._kept:
                raise LookupError(f"the server refers to a message that the front end would have dropped: {message}")
            kept = self._kept[message.ref_hash]
            self._kept[message.ref_hash] = kept._replace(run=self.runs)
            message = kept.message
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._kept[message.hash] = Kept(message, message.delta.fragment_id, self.runs)
        if kind == "delta":
            self._show(message.delta.new_element, message.delta.fragment_id)
        elif kind == "new_session":
            self._begun = True
            if not message.metadata.run.fragment_ids:
                self._stop(list(self._timers))
                self._page = message.new_session.page_script_hash
                self._age = message.new_session.config.max_cached_message_age
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._start(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop(message.stop_auto_rerun.fragment_ids)
        elif kind == "script_finished":
            self._forget(message)

    def _forget(self, message: ForwardMsg) -> None:
        """A run ended: drop what it could have used and did not, nor some before it. Not where another took its place,
        or where it began before the last message to the server, which said what is kept.
        """
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN or not self._begun:
            return
        self.runs += 1
        fragments = message.metadata.run.fragment_ids
        for name, kept in list(self._kept.items()):
            if (not fragments or kept.fragment in fragments) and self.runs - kept.run > self._age:
                del self._kept[name]

    def _show(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "button" and element.button.label in ("Play", "Pause"):
            self.button, self._play = element.button.label, element.button.id
        elif kind == "bidi_component" and (picture := picture_of(element.bidi_component.component_name)):
            self._board, self._ticking = element.bidi_component.id, fragment
            film = picture(element.bidi_component.bytes, asyncio.get_running_loop().time())
            if not self.films or film.film != self.films[-1].film:
                self.films.append(film)
            if self._watch:
                self._watch.cancel()
            if film.playing:
                self._watch = asyncio.create_task(self._wait(max(LEAST, PERIODS * film.period)))

    async def _wait(self, seconds: float) -> None:
        """Ask for a film that is overdue; each time after twice as long."""
        while True:
            await asyncio.sleep(seconds)
            self.asked += 1
            self._said = WidgetStates()
            self._said.widgets.add(id=self._board, json_value=json.dumps({"overdue": self.asked}))
            await self._run(self._ticking)
            seconds *= 2

    def _start(self, fragment: str, interval: float) -> None:
        if fragment in self._timers and self._timers[fragment][0] == interval:
            return
        self._stop([fragment])
        self._timers[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    def _stop(self, fragments: Iterable[str]) -> None:
        for fragment in fragments:
            if fragment in self._timers:
                self._timers.pop(fragment)[1].cancel()

    async def _tick(self, fragment: str, interval: float) -> None:
        """setInterval: due at every multiple of the interval, however long an answer takes."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due += interval
            await asyncio.sleep(max(0.0, due - clock()))
            await self._run(fragment, timer=True)


def picture_of(component: str) -> Callable[[bytes, float], Film] | None:
    """What reads a component's films; None where it has none."""
    return next((picture for name, picture in PICTURES.items() if component.endswith(name)), None)


def cookies_of(url: str) -> dict[str, str]:
    """What a browser is handed before the WebSocket, by name: Streamlit's token, and a proxy's own."""
    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=30) as answer:
        found = answer.headers.get_all("Set-Cookie") or []
    return dict(cookie.partition(";")[0].split("=", 1) for cookie in found)
