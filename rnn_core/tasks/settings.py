"""What a task reads of a Config. A task knows no more of the run, so that Config may list the tasks."""

from typing import Protocol


class Settings(Protocol):
    """The attributes that tasks read; rnn_core.config.Config has them and says what each may be."""

    @property
    def length(self) -> int: ...

    @property
    def k(self) -> int: ...

    @property
    def batch_size(self) -> int: ...

    @property
    def horizon(self) -> int: ...

    @property
    def reverse_input(self) -> bool: ...

    @property
    def dtype(self) -> str: ...

    def __hash__(self) -> int: ...  # what is worked out once for a Config is kept by it
