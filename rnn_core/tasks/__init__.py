"""The sequence tasks. A new one is a Task in one of these files and its name here."""

from rnn_core.tasks.grammar import REBER, XOR
from rnn_core.tasks.images import DIGIT_WORDS, DIGITS
from rnn_core.tasks.memory import ADDING, COPY, DELAYED_COPY, ECHO, LATCH, REVERSE, TEMPORAL_ORDER
from rnn_core.tasks.series import SUNSPOTS
from rnn_core.tasks.task import Baseline, Batch, Description, Task

STEP_BY_STEP = (ECHO, SUNSPOTS, XOR, REBER, DELAYED_COPY)
TASKS = {task.name: task for task in (*STEP_BY_STEP, ADDING, TEMPORAL_ORDER, LATCH, DIGITS, DIGIT_WORDS, REVERSE, COPY)}

__all__ = ["TASKS", "Baseline", "Batch", "Description", "Task"]
