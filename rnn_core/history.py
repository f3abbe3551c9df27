"""The columns of a run, one number per step each, in arrays that grow."""

import array as growing

import numpy as np

COLUMNS = ("step", "loss", "held_out_loss", "grad_norm", "clip_ratio", "learning_rate")


class History:
    """The columns of a run, one number per step each."""

    def __init__(self) -> None:
        self.table = [growing.array("d") for _ in COLUMNS]

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Copies, by name. Each is sliced for NumPy to keep: an array whose buffer it were reading could not grow."""
        copies = (np.frombuffer(column[:]) if column else np.empty(0) for column in self.table)
        return dict(zip(COLUMNS, copies, strict=True))

    def add(self, *row: float) -> None:
        for column, number in zip(self.table, row, strict=True):
            column.append(number)

    def note(self, step: int, held_out_loss: float) -> None:
        """The held-out loss after a step."""
        if 0 < step <= len(self.table[0]):
            self.table[COLUMNS.index("held_out_loss")][step - 1] = held_out_loss

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        for column in self.table:
            del column[step:]
