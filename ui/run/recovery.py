"""After a divergence: what to change so that the run can go on, and the words for what happened."""

from typing import Any

from rnn_core import CELLS, Config
from rnn_core.snapshot import Divergence
from ui.frame.address import grid, plain

# Adam and its kin divide the gradient by its own size: a step moves each weight by about the learning rate, however the
# gradient was clipped. The others move the weights by rate times the clipped norm.
CALM = {"adam": 0.01, "rmsprop": 0.01, "adagrad": 0.1, "momentum": 0.01}
CALM_OTHERWISE = 0.1


def calmer(config: Config) -> dict[str, Any]:
    """Which live fields to change, and to what, so that a run that diverged may go on.

    Without clipping: clip by norm at 1. With it: half the threshold, and a third of the learning rate. Either way the
    learning rate comes down to what the optimizer stands, for clipping bounds the gradient and not the step.
    """
    fields = Config.fields()
    rate = config.learning_rate
    if config.clip == "none":
        changes: dict[str, Any] = {"clip": "norm", "clip_threshold": 1.0}
    else:
        changes = {"clip_threshold": max(fields["clip_threshold"].screen[0], config.clip_threshold / 2)}
        rate = max(fields["learning_rate"].screen[0], rate / 3)
    rate = min(rate, CALM.get(config.optimizer, CALM_OTHERWISE))
    below = [stop for stop in grid(fields["learning_rate"]) if stop <= rate]
    changes["learning_rate"] = config.learning_rate if rate == config.learning_rate else below[-1] if below else rate
    return {name: value for name, value in changes.items() if value != getattr(config, name)}


def what_happened(config: Config, diverged: Divergence) -> str:
    """At which step which array was no longer finite, and why that happens, in two sentences."""
    where = f" at time step {diverged.time}" if diverged.time else ""
    unbounded = "" if CELLS[config.cell].bounded else ", and nothing bounds h"
    clipped = "no clipping" if config.clip == "none" else f"clipping by {config.clip} at {plain(config.clip_threshold)}"
    return (
        f"Training diverged: in step {diverged.step}, {diverged.array} became infinite or NaN{where}. "
        f"Every step through time multiplies by W_hh{unbounded}; with learning rate {plain(config.learning_rate)} and "
        f"{clipped} the weights grew until numbers overflowed."
    )


def what_continuing_does(config: Config, step: int) -> str:
    """What the button will set, in one sentence."""
    changes = calmer(config)
    parts = []
    if "clip" in changes:
        parts.append(f"clips by {changes['clip']} at {plain(changes.get('clip_threshold', config.clip_threshold))}")
    elif "clip_threshold" in changes:
        parts.append(f"lowers the threshold to {plain(changes['clip_threshold'])}")
    if "learning_rate" in changes:
        parts.append(f"sets the learning rate to {plain(changes['learning_rate'])}")
    return (
        f"Continuing goes back to step {step}"
        + "".join(f", {p}" for p in parts[:-1])
        + (f" and {parts[-1]}" if parts else "")
        + "."
    )
