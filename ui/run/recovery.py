"""After a divergence: what to change so that the run can go on, and the words for what happened."""

from typing import Any

from rnn_core import CELLS, Config
from rnn_core.snapshot import Divergence
from rnn_core.words import t
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
    what = t("{array} became infinite or NaN", array=diverged.array)
    if diverged.time:
        what = t("{what} at time step {time}", what=what, time=diverged.time)
    why = t("Every step through time multiplies by W_hh")
    if not CELLS[config.cell].bounded:
        why = t("{why}, and nothing bounds h", why=why)
    clipped = t("no clipping")
    if config.clip != "none":
        clipped = t("clipping by {rule} at {threshold}", rule=config.clip, threshold=plain(config.clip_threshold))
    return t("Training diverged: in step {step}, {what}. {why}; with learning rate {rate} and {clipped} the weights "
             "grew until numbers overflowed.", step=diverged.step, what=what, why=why, rate=plain(config.learning_rate),
             clipped=clipped)


def what_continuing_does(config: Config, step: int) -> str:
    """What the button will set, in one sentence."""
    changes = calmer(config)
    parts = []
    if "clip" in changes:
        threshold = plain(changes.get("clip_threshold", config.clip_threshold))
        parts.append(t("clips by {rule} at {threshold}", rule=changes["clip"], threshold=threshold))
    elif "clip_threshold" in changes:
        parts.append(t("lowers the threshold to {threshold}", threshold=plain(changes["clip_threshold"])))
    if "learning_rate" in changes:
        parts.append(t("sets the learning rate to {rate}", rate=plain(changes["learning_rate"])))
    first = t("Continuing goes back to step {step}", step=step)
    if not parts:
        return f"{first}."
    return t("{first} and {last}.", first=", ".join([first, *parts[:-1]]), last=parts[-1])
