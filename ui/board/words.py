"""What the board shows, said in words: for those who hear it, and as the line under it."""

from collections.abc import Sequence

import numpy as np

from rnn_core import CELLS, SHAPES, Config, Snapshot
from rnn_core.snapshot import View
from rnn_core.tasks import Task
from rnn_core.words import plural, t
from ui.figures.numbers import metric_name, percent, short


def in_words(
    config: Config, task: Task, s: Snapshot, dh_last: np.ndarray | None = None, covers: Sequence[str] = ()
) -> str:
    """One short paragraph: the task, the network, how far it is, the baseline, where the gradient is large.

    dh_last (T,): the gradient of the last step's loss alone, if that is what is shown. covers: what is not told of.
    """
    cell, baseline = CELLS[config.cell], task.baseline(config)
    T, H = s.shown.h.shape
    units = plural("{count} hidden unit", "{count} hidden units", H, count=H)
    steps = plural("{count} time step", "{count} time steps", T, count=T)
    now = t("training step {step}: loss {loss}", step=s.step, loss=short(s.loss))
    if np.isfinite(s.held_out_loss):
        scored = score(task.metric, s.held_out_metric, task.unit)
        now = t("{now}; held out, loss {loss} and {score}", now=now, loss=short(s.held_out_loss), score=scored)
    parts = [
        task.question(config).rstrip("."),
        t("{cell}, with {units}, unrolled over {steps}", cell=cell.title, units=units, steps=steps),
        now,
        t("baseline {name}: {loss}", name=baseline.name, loss=short(baseline.loss)),
    ]
    if dh_last is not None:
        parts.append(t("of the last step's loss alone, {gradient}", gradient=gradient_in_words(dh_last)))
    elif "grad" not in covers:
        parts.append(gradient_in_words(s.dh_norm))
    parts += halves_in_words(s.shown.encoder_steps, s.shown.free_running, given(s.shown, task))
    if s.diverged:
        parts.append(t("training stopped at step {step}, where {array} was no longer finite: the last finite picture "
                       "is shown", step=s.diverged.step, array=s.diverged.array))  # fmt: skip
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def given(view: View, task: Task) -> np.ndarray:
    """(T,): where a network that would read its own last answer is told the right one: x_t's last O are y_{t−1}."""
    right = np.zeros(len(view.x), bool)
    if SHAPES[task.shape].feeds_back:
        O = view.y.shape[1]
        right[1:] = view.y[:-1].any(1) & (view.x[1:, -O:] == view.y[:-1]).all(1) & ~view.free_running[1:]
    return right


def halves_in_words(read: int, fed: np.ndarray, right_answer: np.ndarray) -> list[str]:
    """Which steps are the encoder's, if any; where the network is told the right last answer (right_answer (T,)), and
    from which step on it reads its own (fed (T,)).
    """
    parts, own, right = [], np.flatnonzero(fed), np.flatnonzero(right_answer)
    if 0 < read < len(fed):
        parts.append(t("the encoder reads steps 1 to {read} and hands its state over; the decoder, with weights of its "
                    "own, answers from step {first} on", read=read, first=read + 1))
    if len(right):
        parts.append(t("at steps {first} to {last} the network reads the right answer of the step before, not its own",
                      first=right[0] + 1, last=right[-1] + 1))
    if len(own):
        parts.append(t("from step {step} on the network reads its own last answer", step=own[0] + 1))
    return parts


def gradient_in_words(dh_norm: np.ndarray) -> str:
    """How ∂L/∂h_t (T,) compares between its largest and its smallest step."""
    steps = np.flatnonzero(np.isfinite(dh_norm) & (dh_norm > 0))
    if len(steps) == 0:
        return t("no finite gradient reaches any time step") if len(dh_norm) else t("there is no time step")
    large, small = (int(steps[pick(dh_norm[steps])]) for pick in (np.argmax, np.argmin))
    lost = int((dh_norm == 0).sum())
    norm = short(float(dh_norm[large]))
    text = t("the gradient that reaches h is {norm} at time step {step}", norm=norm, step=large + 1)
    if large != small:
        ratio = short(float(dh_norm[large]) / float(dh_norm[small]))
        text = t("{gradient}, {ratio} times as large as at step {step}", gradient=text, ratio=ratio, step=small + 1)
    if not lost:
        return text
    return plural("{gradient}, and exactly 0 at {count} step", "{gradient}, and exactly 0 at {count} steps", lost,
                  gradient=text, count=lost)  # fmt: skip


def score(metric: str, value: float, unit: str = "") -> str:
    """A metric as a person reads it: rmse is a number, in this unit; accuracy and exact match are shares."""
    name = metric_name(metric)
    return f"{name} {short(value)} {unit}".rstrip() if metric == "rmse" else f"{name} {percent(value)}"
