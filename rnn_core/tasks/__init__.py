"""The sequence tasks. A new one is a Task in one of these files and its name here."""

from rnn_core.registry import Registry, short
from rnn_core.tasks.grammar import PARITY, REBER, XOR
from rnn_core.tasks.images import DIGIT_ROWS, DIGIT_WORDS, DIGITS, FRAMES
from rnn_core.tasks.memory import ADDING, COPY, DELAYED_COPY, ECHO, LATCH, REVERSE, TEMPORAL_ORDER
from rnn_core.tasks.names import SURNAME_LETTERS, SURNAMES
from rnn_core.tasks.reviews import MOOD
from rnn_core.tasks.series import AIRLINE, MACKEY_GLASS, SINE, SUNSPOTS
from rnn_core.tasks.sonnets import SONNETS
from rnn_core.tasks.speech import VOWELS
from rnn_core.tasks.task import Baseline, Batch, Description, Task
from rnn_core.tasks.writing import ADDITION, DATES

STEP_BY_STEP = (ECHO, SUNSPOTS, AIRLINE, MACKEY_GLASS, SINE, FRAMES, SONNETS, XOR, REBER, DELAYED_COPY)
AT_THE_END = (ADDING, TEMPORAL_ORDER, LATCH, PARITY, DIGIT_ROWS, SURNAMES, MOOD, VOWELS)
WRITTEN = (DIGITS, DIGIT_WORDS, SURNAME_LETTERS, REVERSE, COPY, ADDITION, DATES)
TASKS = Registry("task", {task.name: task for task in (*STEP_BY_STEP, *AT_THE_END, *WRITTEN)})


def task_of(name: str, task: Task | None) -> Task:
    """The task that was given or, where none was, the one of this name. Raises ValueError for what is no Task."""
    if task is None:
        return TASKS[name]
    if not isinstance(task, Task):
        raise ValueError(f"task is {short(task)}; it must be a Task, as text_task(text) makes one of a text")
    return task


__all__ = ["TASKS", "Baseline", "Batch", "Description", "Task", "task_of"]
