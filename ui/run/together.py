"""Several runs that play together and cost the server what one does: in a tick each trains a part of the slice."""

import itertools
import struct
import threading
from collections.abc import Mapping
from math import floor

from rnn_core import Config
from ui.board.film import pack
from ui.run.governor import LEAST, PLAYING, pace
from ui.run.session import LATE_ENOUGH, Plays, Session

FEWEST = 4  # frames of a run in a film

_numbers = itertools.count(1)


class Together(Plays):
    """Runs by name, all of them playing or none. asked: which one is to be opened in the playground; goes_on: to play
    there.

    lock: hold it to train or to read them, as with a Session.
    """

    def __init__(self, configs: Mapping[str, Config]) -> None:
        self.runs = {name: Session(config) for name, config in configs.items()}
        for run in self.runs.values():  # the longest sequence: little of it is padding
            held_out = run.trainer.held_out
            run.look_at(int((held_out.x.any(axis=1) + held_out.mask).sum(axis=0).argmax()))
        self.name, self.lock = f"together {next(_numbers)}", threading.RLock()
        self.playing, self.asked, self.goes_on = False, "", False
        self.pace = pace(1)
        self._ticked, self._turn = float("-inf"), 0
        self._packed: dict[str, tuple[tuple[int, int, bool], bytes]] = {}

    def play(self) -> None:
        """Play all of them, unless they play already: a press that comes twice is one."""
        with self.lock:
            if not self.playing:
                self.playing, self.goes_on, self._ticked = True, False, float("-inf")

    def pause(self) -> None:
        """Stand still, each at the last picture of its film."""
        with self.lock:
            self.playing = False
            PLAYING.stop(self.name)
            for run in self.runs.values():
                run.pause()

    def left(self) -> None:
        """Another page: the card that was asked for is open there, or no longer wanted."""
        super().left()
        self.asked, self.goes_on = "", False

    def reset(self) -> None:
        """The same starts again, standing still."""
        with self.lock:
            self.pause()
            for run in self.runs.values():
                run.reset()

    def tick(self, now: float) -> None:
        """Share a slice among the runs. Where it is too short for all of them, some train in this tick and others in
        the next.
        """
        if not self.playing or now - self._ticked < LATE_ENOUGH * self.pace.period:
            return
        self._ticked = now
        self.keep_pace(now)
        runs = [run for run in self.runs.values() if not run.trainer.diverged]
        slice_ = self.slice()
        some = min(len(runs), max(1, floor(slice_ / LEAST)))
        chosen = [runs[(self._turn + k) % len(runs)] for k in range(some)]
        self._turn += some
        for run in chosen:
            run.pace = self.pace._replace(slice=slice_ / some, frames=max(FEWEST, self.pace.frames * 3 // 4))
            run.train()
        if all(run.trainer.diverged for run in self.runs.values()):
            self.pause()

    def keep_pace(self, now: float) -> None:
        """Count among those who play, as one."""
        self.pace = pace(PLAYING.tick(self.name, now, self.pace.period), before=self.pace.period)

    @property
    def films(self) -> tuple[int, ...]:
        return tuple(run.film for run in self.runs.values())

    def packed(self) -> bytes:
        """The film of every run, each with its length before it: 4 bytes, little endian."""
        return b"".join(struct.pack("<I", len(film)) + film for film in map(self._film, self.runs))

    def _film(self, name: str) -> bytes:
        """A run's film, packed anew only where it is another one."""
        run = self.runs[name]
        playing = self.playing and not run.trainer.diverged
        state = (run.run, run.film, playing)
        if self._packed.get(name, (None,))[0] != state:
            told = {"film": run.film, "run": run.run, "playing": playing, "period": self.pace.period}
            film = pack(run.config, run.frames, run.trainer.history, **told)  # type: ignore[arg-type]
            self._packed[name] = (state, film)
        return self._packed[name][1]
