"""The columns of a run and its curve, in bounded memory however long the run is.

Up to CAPACITY steps there is a row for every step. After that the older rows are thinned to every 2nd, 4th, 8th …
step, while the curve goes on counting every step, in buckets of 1, 2, 4, … steps that begin at the first.
"""

import array as growing
from collections.abc import Iterator, Mapping
from math import ceil, log2

import numpy as np

COLUMNS = ("step", "loss", "held_out_loss", "grad_norm", "clip_ratio", "learning_rate")
WIDTH, HELD_OUT = len(COLUMNS), COLUMNS.index("held_out_loss")
REDUCED = COLUMNS[1:4]  # what the curve has mean, least and largest of
CAPACITY = 100_000  # rows
FILLED = 1 / 2  # of them, at most, once a history is thinned: the rest is room until the next time
POINTS = 300  # buckets of the curve, at most


class History(Mapping[str, np.ndarray]):
    """A run's columns by name, a number for each row; history["step"] names the steps.

    Every step has a row while they are at most `capacity`, and the last hundredth of that many always has. Of each
    2, 4, 8, … older steps one keeps its row, exact: the last with a held-out loss, or else the last. So do the first
    step and the two with the least loss and the least held-out loss.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.rows = growing.array("d")  # one after the other: a step is one call
        self.buckets = np.empty((4 * len(REDUCED) + 1, 0))  # of the curve, see bucketed()
        self._reduced = 0  # so many rows are in the buckets
        self._full, self._recent = capacity * WIDTH, max(1, capacity // 100)

    @classmethod
    def of(cls, table: np.ndarray, buckets: np.ndarray | None = None, capacity: int = CAPACITY) -> "History":
        """The history with this table and these buckets. Raises ValueError where it can have neither."""
        history = cls(capacity)
        if table.shape[:-1] != (WIDTH,) or not ((np.diff(table[0], prepend=0) > 0) & np.isfinite(table[0])).all():
            raise ValueError(f"a history is a table of {WIDTH} columns whose steps increase; save the run again")
        history.rows.frombytes(table.T.astype(float).tobytes())
        if buckets is not None:
            if buckets.shape[:-1] != history.buckets.shape[:-1]:
                raise ValueError(f"a bucket of a history has {len(history.buckets)} numbers; save the run again")
            history.buckets = np.array(buckets, float)
            history._reduced = int(np.searchsorted(history["step"], history.buckets[-1].max(initial=0), "right"))
        if len(history.rows) > history._full:
            history._thin()
        return history

    def __getitem__(self, name: str) -> np.ndarray:
        """A copy: NumPy keeps its buffer, and rows that are being read could not grow."""
        if name not in COLUMNS:
            raise KeyError(name)
        return np.array(self.rows[COLUMNS.index(name) :: WIDTH])

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return WIDTH

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.rows) // WIDTH

    def table(self, start: int = 0) -> np.ndarray:
        """(columns, rows) from this row on, a copy."""
        return np.array(self.rows[start * WIDTH :]).reshape(-1, WIDTH).T.copy()

    def last(self, name: str, steps: int) -> np.ndarray:
        """A column of the last rows only."""
        return np.array(self.rows[-steps * WIDTH :][COLUMNS.index(name) :: WIDTH])

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
        if len(self.rows) > self._full:
            self._thin()

    def note(self, step: int, held_out_loss: float) -> None:
        """The held-out loss after a step: any, while every step has a row; then one of the last, or nothing is done."""
        count = self.count
        last = int(self.rows[-WIDTH]) if count else 0
        at = count - 1 - (last - step)
        if not 0 <= at < count or self.rows[at * WIDTH] != step or (at < self._reduced and count < last):
            return
        self.rows[at * WIDTH + HELD_OUT] = held_out_loss
        if at < self._reduced:
            self._start_curve()

    def cut(self, step: int) -> None:
        """Forget what came after a step. A curve that reached beyond it is made anew of the rows that are left."""
        count = int(np.searchsorted(self["step"], step, "right"))
        del self.rows[count * WIDTH :]
        if count < self._reduced:
            self._start_curve()

    def curve(self) -> dict[str, np.ndarray]:
        """The whole run in at most POINTS buckets, by name: step, the last in the bucket; of REDUCED the mean, the
        least and the largest finite value, NaN where there is none: loss_mean, loss_min, loss_max, …

        A bucket that is full stays as it is until two become one. Costs what is new since the last call.
        """
        self._reduce()
        sums, counts, least, largest, (step,) = np.split(self._with(self.table(self._reduced)), (3, 6, 9, 12))
        result = {"step": step}
        for name, total, n, low, high in zip(REDUCED, sums, counts, least, largest, strict=True):
            none = np.where(n, 0.0, np.nan)
            result |= {f"{name}_mean": total / (n + none), f"{name}_min": low + none, f"{name}_max": high + none}
        return result

    def _with(self, rows: np.ndarray) -> np.ndarray:
        """The buckets, these rows added."""
        return merged(np.hstack([self.buckets, bucketed(rows)]), POINTS)

    def _reduce(self) -> None:
        """Add to the curve what is not among the last rows, which may yet change."""
        new = self.table(self._reduced)[:, : -self._recent]
        if new.size:
            self.buckets = self._with(new)
            self._reduced += new.shape[1]

    def _start_curve(self) -> None:
        self.buckets, self._reduced = self.buckets[:, :0], 0

    def _thin(self) -> None:
        self._reduce()
        rows = np.frombuffer(self.rows).reshape(-1, WIDTH)
        old, recent = np.split(rows, [self._reduced])
        kept = old[chosen(old[:, :3].T.copy(), int(FILLED * self._full / WIDTH))]
        self.rows, self._reduced = growing.array("d"), len(kept)
        self.rows.frombytes(kept.tobytes())
        self.rows.frombytes(recent.tobytes())


def chosen(table: np.ndarray, most: int) -> np.ndarray:
    """Which rows of a table (columns, rows) stay, (rows,): the first, those with the least losses, and one of each of
    `most` buckets.
    """
    n = table.shape[1]
    losses = np.where(np.isfinite(table[1:3]), table[1:3], np.inf)
    ranked = np.arange(n) + n * np.isfinite(table[HELD_OUT])  # a row with a held-out loss before any without
    stay = np.zeros(n, bool)
    stay[np.maximum.reduceat(ranked, starts(table[0], most)) % n] = True
    stay[[0, *losses.argmin(axis=1)]] = True
    return stay


def bucketed(table: np.ndarray) -> np.ndarray:
    """A table (columns, rows) as buckets of one row each: of REDUCED (3, rows) the sums, counts, least and largest of
    the finite values, and the step.
    """
    values = table[1:4]
    finite = np.isfinite(values)
    parts = [np.where(finite, values, none) for none in (0.0, np.inf, -np.inf)]
    return np.vstack([parts[0], finite, *parts[1:], table[:1]])


def merged(buckets: np.ndarray, most: int) -> np.ndarray:
    """Buckets made into at most `most`, which hold the same number of steps, a power of two."""
    first = starts(buckets[-1], most)
    if not len(first):
        return buckets
    sums, least, largest = np.split(buckets, (6, 9))
    return np.vstack([
        np.add.reduceat(sums, first, axis=1),
        np.minimum.reduceat(least, first, axis=1),
        np.maximum.reduceat(largest, first, axis=1),
    ])  # fmt: skip


def starts(steps: np.ndarray, most: int) -> np.ndarray:
    """Where the buckets of 1, 2, 4, … steps begin: of the smallest size with which there are at most `most`."""
    size = 2 ** max(0, ceil(log2(max(1.0, steps.max(initial=0)) / most)))
    return np.flatnonzero(np.diff(np.floor((steps - 1) / size), prepend=-1.0))
