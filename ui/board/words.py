"""What the board shows, said in words: for those who hear it, and as the line under it."""

import numpy as np

from rnn_core import CELLS, SHAPES, Config, Snapshot
from rnn_core.snapshot import View
from rnn_core.tasks import Task
from ui.figures.numbers import percent, short


def in_words(config: Config, task: Task, s: Snapshot, dh_last: np.ndarray | None = None) -> str:
    """One short paragraph: the task, the network, how far it is, the baseline, where the gradient is large.

    dh_last (T,): the gradient of the last step's loss alone, if that is what is shown.
    """
    cell, baseline = CELLS[config.cell], task.baseline(config)
    T, H = s.shown.h.shape
    said = [
        task.question(config).rstrip("."),
        f"{cell.title}, with {many(H, 'hidden unit')}, unrolled over {many(T, 'time step')}",
        f"training step {s.step}: loss {short(s.loss)}",
    ]
    if np.isfinite(s.held_out_loss):
        said[-1] += f"; held out, loss {short(s.held_out_loss)} and {score(task.metric, s.held_out_metric, task.unit)}"
    said += [f"baseline {baseline.name}: {short(baseline.loss)}", gradient_in_words(s.dh_norm) if dh_last is None else
             f"of the last step's loss alone, {gradient_in_words(dh_last)}"]
    said += halves_in_words(s.shown.encoder_steps, s.shown.free_running, given(s.shown, task))
    if s.diverged:
        said.append(f"training stopped at step {s.diverged.step}, where {s.diverged.array} was no longer finite: "
                    "the last finite picture is shown")
    return ". ".join(part[0].upper() + part[1:] for part in said) + "."


def given(view: View, task: Task) -> np.ndarray:
    """(T,): where a network that would read its own last answer is told the right one: x_t's last O are y_{t−1}."""
    told = np.zeros(len(view.x), bool)
    if SHAPES[task.shape].feeds_back:
        O = view.y.shape[1]
        told[1:] = view.y[:-1].any(1) & (view.x[1:, -O:] == view.y[:-1]).all(1) & ~view.free_running[1:]
    return told


def halves_in_words(read: int, fed: np.ndarray, told: np.ndarray) -> list[str]:
    """Which steps are the encoder's, if any; where the network is told the right last answer (told (T,)), and from
    which step on it reads its own (fed (T,)).
    """
    said, own, right = [], np.flatnonzero(fed), np.flatnonzero(told)
    if 0 < read < len(fed):
        said.append(f"the encoder reads steps 1 to {read} and hands its state over; the decoder, with weights of its "
                    f"own, answers from step {read + 1} on")
    if len(right):
        said.append(f"at steps {right[0] + 1} to {right[-1] + 1} the network reads the right answer of the step "
                    "before, not its own")
    if len(own):
        said.append(f"from step {own[0] + 1} on the network reads its own last answer")
    return said


def gradient_in_words(dh_norm: np.ndarray) -> str:
    """How ∂L/∂h_t (T,) compares between its largest and its smallest step."""
    steps = np.flatnonzero(np.isfinite(dh_norm) & (dh_norm > 0))
    if len(steps) == 0:
        return "no finite gradient reaches any time step" if len(dh_norm) else "there is no time step"
    large, small = (int(steps[pick(dh_norm[steps])]) for pick in (np.argmax, np.argmin))
    lost = int((dh_norm == 0).sum())
    said = f"the gradient that reaches h is {short(float(dh_norm[large]))} at time step {large + 1}"
    if large != small:
        ratio = float(dh_norm[large]) / float(dh_norm[small])
        said += f", {short(ratio)} times as large as at step {small + 1}"
    return said + (f", and exactly 0 at {many(lost, 'step')}" if lost else "")


def many(n: int, thing: str) -> str:
    return f"{n} {thing}{'s' * (n != 1)}"


def score(metric: str, value: float, unit: str = "") -> str:
    """A metric as a person reads it: rmse is a number, in this unit; accuracy and exact match are shares."""
    return f"{metric} {short(value)} {unit}".rstrip() if metric == "rmse" else f"{metric} {percent(value)}"
