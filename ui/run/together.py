"""Several runs that play together and cost the server what one does: in a tick each trains a part of the slice."""

import itertools
import struct
import threading
from collections.abc import Mapping
from math import floor

from rnn_core import Config, Trainer
from ui.run.governor import LEAST, pace
from ui.run.plays import Plays
from ui.run.session import LATE_ENOUGH, Session

FEWEST = 4  # frames of a run in a film

_numbers = itertools.count(1)


class AsOne(Plays):
    """Several runs that play or stand still as one; for the governor they are one.

    lock: hold it to train or to read them, as with a Session. usual: about what a tick costs beside its training, as
    long as that is not known.
    """

    usual = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.name, self.lock = f"together {next(_numbers)}", threading.RLock()
        self.playing, self.pace = False, pace(1, self.shortest)
        self._ticked = float("-inf")

    def play(self) -> None:
        """Play all of them, unless they play already: a press that comes twice is one."""
        with self.lock:
            if not self.playing:
                self.playing, self._ticked, self.cost = True, float("-inf"), self.usual

    def pause(self) -> None:
        """Stand still."""
        with self.lock:
            super().pause()

    def due(self, now: float) -> bool:
        """Whether they train in this tick; not where nothing plays, or so soon after another tick."""
        if not self.playing or now - self._ticked < LATE_ENOUGH * self.pace.period:
            return False
        self._ticked = now
        self.keep_pace(now)
        return True

    def keep_pace(self, now: float) -> None:
        """Count among those who play, as one."""
        self.pace = self.paced(now)


class Together(AsOne):
    """Runs by name. to_open: which one is to be opened in the playground; goes_on: to play there."""

    def __init__(self, configs: Mapping[str, Config]) -> None:
        super().__init__()
        self.runs = {name: Session(config) for name, config in configs.items()}
        for each in self.runs.values():
            each.look_at(each.run.ask(longest))
        self.run = next(iter(self.runs.values())).run  # by which the pace of all is found
        self.to_open, self.goes_on, self._turn = "", False, 0
        self._packed: dict[str, tuple[tuple[int, int, bool], bytes]] = {}

    def play(self) -> None:
        with self.lock:
            self.goes_on = self.goes_on and self.playing
            super().play()

    def pause(self) -> None:
        """Stand still, each at the last picture of its film."""
        with self.lock:
            super().pause()
            for run in self.runs.values():
                run.pause()

    def moved(self) -> bool:
        """As for all that plays, of any of them."""
        moved = [run for run in self.runs.values() if run.moved()]
        if moved:
            self.notes = moved[0].notes
        return bool(moved)

    def left(self) -> None:
        """Another page: the card that was asked for is open there, or no longer wanted."""
        super().left()
        self.to_open, self.goes_on = "", False

    def reset(self) -> None:
        """The same starts again, standing still."""
        with self.lock:
            self.pause()
            self.notes = ()
            for run in self.runs.values():
                run.reset()

    def tick(self, now: float) -> None:
        """Share a slice among the runs. Where it is too short for all of them, some train in this tick and others in
        the next.
        """
        if not self.due(now):
            return
        runs = [run for run in self.runs.values() if not run.status.diverged]
        slice_ = self.slice()
        some = min(len(runs), max(1, floor(slice_ / LEAST)))
        chosen = [runs[(self._turn + k) % len(runs)] for k in range(some)]
        self._turn += some
        for run in chosen:
            run.pace = self.pace._replace(slice=slice_ / some, frames=max(FEWEST, self.pace.frames * 3 // 4))
            run.train()
        if all(run.status.diverged for run in self.runs.values()):
            self.pause()

    @property
    def films(self) -> tuple[int, ...]:
        return tuple(run.film for run in self.runs.values())

    def packed(self) -> bytes:
        """The film of every run, each with its length before it: 4 bytes, little endian."""
        return b"".join(struct.pack("<I", len(film)) + film for film in map(self._film, self.runs))

    def _film(self, name: str) -> bytes:
        """A run's film, packed anew only where it is another one."""
        run = self.runs[name]
        playing = self.playing and not run.status.diverged
        state = (run.restarts, run.film, playing)
        if self._packed.get(name, (None,))[0] != state:
            self._packed[name] = (state, run.run.miniature(playing, self.pace.period))
        return self._packed[name][1]


def longest(trainer: Trainer) -> int:
    """Of the held-out sequences the longest: little of it is padding."""
    held_out = trainer.held_out
    return int((held_out.x.any(axis=1) + held_out.mask).sum(axis=0).argmax())
