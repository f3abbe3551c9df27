"""Which settings change nothing of a run, and why."""

from typing import Any

from rnn_core.cells import CELLS
from rnn_core.starts import START_WEIGHTS
from rnn_core.tasks import TASKS
from rnn_core.words import t

TASK_FIELDS = ("k", "horizon", "reverse_input")  # those that only some tasks read
WRITTEN = ("one-to-many", "encoder-decoder")  # shapes whose network reads its own predictions
SCALED = ("normal", "sparse", "identity")  # initializers that read init_scale


def idle_fields(config: Any) -> dict[str, str]:
    """The fields of a Config, or of anything with its attributes, whose value as it is here changes nothing of a run,
    each with the reason in words.
    """
    task, reasons = TASKS[config.task], {}
    if "f" not in CELLS[config.cell].gates:
        reasons["forget_bias"] = t("cell {cell} has no forget gate", cell=config.cell)
    if config.clip == "none":
        reasons["clip_threshold"] = t("nothing is clipped")
    if config.initializer not in SCALED:
        reasons["init_scale"] = t("initializer {initializer} has no scale", initializer=config.initializer)
    by_hand = START_WEIGHTS[config.start_weights].replaces
    placed = t("start_weights {name} are put in place of what is drawn", name=config.start_weights)
    reasons |= dict.fromkeys(by_hand, placed)
    if config.layers == 1:
        reasons["layer_skip"] = t("there is one layer, and nothing to skip")
    if config.bptt_window >= config.length:
        steps = config.length
        reasons["bptt_window"] = t("the sequence has {steps} steps, which is one block, as with 0", steps=steps)
    if task.shape not in WRITTEN:
        reasons["teacher_forcing"] = t("in task {name} the network reads no prediction of its own", name=task.name)
    unread = t("task {name} does not read it", name=task.name)
    return reasons | dict.fromkeys((name for name in TASK_FIELDS if name not in task.fields), unread)
