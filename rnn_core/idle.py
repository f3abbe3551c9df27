"""Which settings change nothing of a run, and why."""

from typing import Any

from rnn_core.cells import CELLS
from rnn_core.starts import START_WEIGHTS
from rnn_core.tasks import TASKS

TASK_FIELDS = ("k", "horizon", "reverse_input")  # those that only some tasks read
WRITTEN = ("one-to-many", "encoder-decoder")  # shapes whose network reads its own predictions
SCALED = ("normal", "sparse", "identity")  # initializers that read init_scale


def idle_fields(config: Any) -> dict[str, str]:
    """The fields of a Config, or of anything with its attributes, whose value as it is here changes nothing of a run,
    each with the reason in words.
    """
    task, reasons = TASKS[config.task], {}
    if "f" not in CELLS[config.cell].gates:
        reasons["forget_bias"] = f"cell {config.cell} has no forget gate"
    if config.clip == "none":
        reasons["clip_threshold"] = "nothing is clipped"
    if config.initializer not in SCALED:
        reasons["init_scale"] = f"initializer {config.initializer} has no scale"
    by_hand = START_WEIGHTS[config.start_weights].replaces
    reasons |= dict.fromkeys(by_hand, f"start_weights {config.start_weights} are put in place of what is drawn")
    if config.layers == 1:
        reasons["layer_skip"] = "there is one layer, and nothing to skip"
    if config.bptt_window >= config.length:
        reasons["bptt_window"] = f"the sequence has {config.length} steps, which is one block, as with 0"
    if task.shape not in WRITTEN:
        reasons["teacher_forcing"] = f"in task {task.name} the network reads no prediction of its own"
    return reasons | {name: f"task {task.name} does not read it" for name in TASK_FIELDS if name not in task.fields}
