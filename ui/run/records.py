"""What goes through a run's door, as plain data: how to train, how to show a film, and how the run stands."""

from typing import NamedTuple

from rnn_core import Config
from rnn_core.analysis.ending import Ending
from rnn_core.snapshot import Divergence
from ui.board.film import Choice


class Order(NamedTuple):
    """How to train in a tick of `period` seconds: so long, for at most so many steps and frames; 0 frames where nobody
    sees them. more: where waiting for other threads took much of it, go on for the frames that are missing.

    ends: whether it looks for an ending; watched: whether it remembers the best step and looks where to stop; goal: the
    step at which it does.
    """

    seconds: float
    period: float
    frames: int
    steps: int
    more: bool = False
    ends: bool = True
    watched: bool = False
    goal: int | None = None


class Screen(NamedTuple):
    """How the board is to show a film. opens: where the replay of a step begins: the stage's kind, the time step.
    covers: what is covered until somebody predicts, as a lesson's Stage names it.
    """

    choice: Choice
    playing: bool
    period: float
    big: bool = False
    first: bool = False
    folded: bool = False
    opens: tuple[str, int] = ("forward", 1)
    covers: tuple[str, ...] = ()


class Status(NamedTuple):
    """How a run stands. film counts films, restarts starts. ended: why it has nothing more to show, said once; best:
    the step with the least held-out loss, where there is a way back to it. sequence: which held-out one is shown, of so
    many; T: its time steps, encoder_steps of them an encoder's. The losses and clip_ratio: of the last picture.
    """

    config: Config
    step: int
    film: int
    restarts: int
    diverged: Divergence | None
    sound_step: int
    ended: Ending | None
    best: int | None
    slow: bool
    sequence: int
    sequences: int
    typed: str
    imagined: bool
    T: int
    encoder_steps: int
    loss: float
    held_out_loss: float
    held_out_metric: float
    clip_ratio: float
