"""The columns of a run, one number per step each, in arrays that grow."""

import array as growing

import numpy as np

COLUMNS = ("step", "loss", "held_out_loss", "grad_norm", "clip_ratio", "learning_rate")


class History:
    """The columns of a run, one number per step each."""

    def __init__(self) -> None:
        self.rows = growing.array("d")  # one after the other: a step is one call

    @property
    def table(self) -> np.ndarray:
        """(columns, steps), a copy: NumPy keeps its buffer, and one that is being read could not grow."""
        return np.frombuffer(self.rows[:]).reshape(-1, len(COLUMNS)).T if self.rows else np.empty((len(COLUMNS), 0))

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Copies, by name."""
        return dict(zip(COLUMNS, self.table, strict=True))

    def add(
        self,
        step: float,
        loss: float,
        held_out_loss: float,
        grad_norm: float,
        clip_ratio: float,
        learning_rate: float,
    ) -> None:
        self.rows.extend((step, loss, held_out_loss, grad_norm, clip_ratio, learning_rate))

    def note(self, step: int, held_out_loss: float) -> None:
        """The held-out loss after a step."""
        if 0 < step <= len(self.rows) // len(COLUMNS):
            self.rows[(step - 1) * len(COLUMNS) + COLUMNS.index("held_out_loss")] = held_out_loss

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        del self.rows[step * len(COLUMNS) :]
