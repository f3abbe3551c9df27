"""The sequence tasks. Adding one is writing a Task in one of these files and naming it here."""

from rnn_core.tasks.memory import ADDING, ECHO
from rnn_core.tasks.series import SUNSPOTS
from rnn_core.tasks.task import Baseline, Batch, Description, Task

TASKS = {task.name: task for task in (ECHO, ADDING, SUNSPOTS)}

__all__ = ["TASKS", "Baseline", "Batch", "Description", "Task"]
