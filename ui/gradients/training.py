"""Over training: ‖∂L/∂h_t‖ of every time step as a map, beside loss, spectral radius, and norm before and after."""

from typing import Any

import numpy as np

from rnn_core import CELLS, Trainer
from rnn_core.words import plural, t
from ui.figures.numbers import short
from ui.figures.over_training import HEIGHT, earliest, over_training
from ui.figures.powers import log10_of, power
from ui.gradients.clipping import norms_over_training
from ui.gradients.past import Recorded, chosen, recorded
from ui.gradients.picture import Picture
from ui.gradients.settings import Look
from ui.run.history import history_of
from ui.run.session import Session

LEAST = -45.0  # log10, below which float32 reads 0


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    """The one picture: what was recorded, and the present."""
    at, time_step = chosen(s, values["at"]), values["t"]
    result = view.ask(s, recorded)
    steps, radius_steps, radii = result.steps, result.radius_steps, result.radii
    log10_dh = log10_of(result.dh_norms)
    history = view.ask(s, curve)
    baseline = s.task.baseline(s.config)
    taken, norm, ratio = norms_over_training(s)
    levels = {t("baseline"): (1, float(baseline.loss))} if np.isfinite(baseline.loss) else {}
    if s.config.clip == "norm":
        levels[t("threshold")] = (3, s.config.clip_threshold)
    figure = over_training(
        [int(step) for step in steps],
        log10_dh,
        {t("held out"): held_out(history), t("training"): (history["step"], history["loss_mean"])},
        {name: (radius_steps, radii[:, k]) for k, name in enumerate(gates(s))},
        {t("clipped"): (taken, norm * ratio), t("gradient"): (taken, norm)},
        at,
        time_step,
        levels,
    )
    column = len(steps) - 1 if at is None else int(np.flatnonzero(steps == at)[0])
    look = " ".join(
        part for part in (
            how_it_changed(steps, log10_dh, column, time_step, steps[column] > s.status.step),
            reaching(steps, log10_dh, column),
            beside(s, radius_steps, radii, ratio),
            outside(log10_dh),
            since(result),
        ) if part
    )  # fmt: skip
    return [
        Picture(
            "over-training",
            t("The gradient of every time step, over training"),
            figure,
            look,
            t("that a network which has learned lets its gradient flow: one that holds a bit may be saturated, with a "
              "gradient near 0; nor, from a pale map, that nothing can be learned. One column is one batch, and the "
              "radius decides nothing alone: slopes stand between the matrices."),
            table(s, result, log10_dh),
            height=HEIGHT,
            wide=True,
            pick=lambda x, y: picked(result, x, y),
            points=True,
        )
    ]


def curve(trainer: Trainer) -> dict[str, np.ndarray]:
    """The history in as many points as are drawn."""
    return trainer.history.curve()


def held_out(history: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Where a held-out loss is known."""
    known = np.isfinite(history["held_out_loss_mean"])
    return history["step"][known], history["held_out_loss_mean"][known]


def gates(s: Session) -> list[str]:
    """What each of the radii is called."""
    gates = CELLS[s.config.cell].gates
    names = [""] if len(gates) == 1 else list(gates)
    stacks = (t("encoder"), t("decoder")) if s.task.shape == "encoder-decoder" else ("",)
    return [" ".join(filter(None, (stack, name))) or "ρ" for stack in stacks for name in names]


def how_it_changed(steps: np.ndarray, log10_dh: np.ndarray, column: int, time_step: int, diverged: bool) -> str:
    """The cursor's number, beside the last time step's and the first training step's. diverged: whether the weights
    after that step are none to go on with.
    """
    here = log10_dh[column]
    ratio, before = (row[time_step - 1] - row[-1] if np.isfinite(row[-1]) else np.nan for row in (here, log10_dh[0]))
    n = int(steps[column])
    when = plural("After {count} training step", "After {count} training steps", n) if n else t("Before any training")
    if diverged:
        when = t("In step {step}, after which the run diverged,", step=f"{n:,}")
    now = {"when": when, "t": time_step, "norm": power(float(here[time_step - 1])), "share": power(ratio)}
    if not np.isfinite(ratio) or time_step == len(here):
        return t("{when} ‖∂L/∂h_{t}‖ is {norm}.", **now)
    if not column or not np.isfinite(before):
        return t("{when} ‖∂L/∂h_{t}‖ is {norm}, {share} times that at the last time step.", **now)
    return t("{when} ‖∂L/∂h_{t}‖ is {norm}, {share} times that at the last time step (at step {first}: {before}).",
             **now, first=f"{steps[0]:,}", before=power(before))  # fmt: skip


def reaching(steps: np.ndarray, log10_dh: np.ndarray, column: int) -> str:
    """How far back a gradient near the largest comes, first and now."""
    first, now = earliest(log10_dh)[[0, column]]
    if not np.isfinite(now):
        return t("Every gradient is exactly 0 there.")
    since = f"{now:.0f}"
    if not np.isfinite(first):
        return t("Time steps from {t} on have one within a hundredth of the largest.", t=since)
    if column == 0:
        return t("From t = {t} on there are gradients within a hundredth of the largest.", t=since)
    if first == now:
        return t("From t = {t} on there are gradients within a hundredth of the largest, as at the start.", t=since)
    return t("From t = {t} on there are gradients within a hundredth of the largest, and at step {step} from t = "
             "{first} on.", t=since, step=f"{steps[0]:,}", first=f"{first:.0f}")  # fmt: skip


def beside(s: Session, steps: np.ndarray, radii: np.ndarray, ratio: np.ndarray) -> str:
    """Spectral radius and clipping over the run."""
    parts = []
    if len(steps) > 1:
        each = [
            (f"{name}: " if name != "ρ" else "") + t("{first} to {last}", first=f"{a:.2f}", last=f"{b:.2f}")
            for name, a, b in zip(gates(s), radii[0], radii[-1], strict=True)
        ]
        parts.append(t("The spectral radius of W_hh went from {radii}.", radii=", ".join(each)))
    if len(ratio) and s.config.clip != "none":
        share = f"{float((ratio < 1).mean()):.0%}"
        parts.append(t("{share} of the steps on record were clipped.", share=share))
    last = s.status.held_out_loss
    if s.status.step and np.isfinite(last):
        parts.append(t("The held-out loss is {loss}.", loss=short(last)))
    return " ".join(parts)


def outside(log10_dh: np.ndarray) -> str:
    """Underflow and overflow in words."""
    known = log10_dh[np.isfinite(log10_dh)]
    zeros = float((log10_dh == -np.inf).mean())
    parts, share = [], f"{zeros:.0%}"
    if zeros and len(known) and known.min() < LEAST + 10:
        parts.append(t("What is left empty, {share} of the map, is exactly 0: the run’s own numbers end at 1e−45.",
                      share=share))  # fmt: skip
    elif zeros:
        parts.append(t("What is left empty, {share} of the map, is exactly 0.", share=share))
    elif len(known) and known.min() < LEAST + 3:
        parts.append(t("The run’s own numbers, in float32, end at 1e−45: what is smaller reads exactly 0."))
    if len(known) and known.max() > 30:
        parts.append(t("The run’s own numbers, in float32, end at 3e+38: what is larger is infinite, and the run "
                      "diverges."))  # fmt: skip
    return " ".join(parts)


def since(result: Recorded) -> str:
    """From which step on there is a record, where that is not the first."""
    if not result.since:
        return ""
    return t("It was recorded from step {step} on: this run comes from elsewhere.", step=f"{result.since:,}")


def table(s: Session, recorded: Recorded, log10_dh: np.ndarray) -> dict[str, Any]:
    """All of it by training step; NaN where the history no longer has a step, or nothing was computed."""
    history, steps = s.run.ask(history_of), recorded.steps
    rows = np.searchsorted(history["step"], steps)
    known = np.isin(steps, history["step"])
    result: dict[str, Any] = {t("training step"): steps}
    named = {"loss": t("loss"), "held_out_loss": t("held out loss"), "grad_norm": t("grad norm"),
             "clip_ratio": t("clip ratio")}  # fmt: skip
    for name, head in named.items():
        column = np.append(history[name], np.nan)
        result[head] = np.where(known, column[np.minimum(rows, len(column) - 1)], np.nan)
    for k, name in enumerate(gates(s)):
        by_step = dict(zip(recorded.radius_steps.tolist(), recorded.radii[:, k], strict=True))
        head = t("spectral radius") if name == "ρ" else t("spectral radius, {gate}", gate=name)
        result[head] = [by_step.get(int(n), np.nan) for n in steps]
    return result | {t("log10, t = {t}", t=k + 1): log10_dh[:, k] for k in range(log10_dh.shape[1])}


def picked(result: Recorded, x: float, y: float) -> dict[str, Any]:
    """The step nearest to the one that was clicked at which the network was kept, and where that was in the map the
    time step.
    """
    at = result.nearest(round(x))
    return ({} if at is None else {"at": f"{at:,}"}) | ({"t": round(y)} if np.isfinite(y) else {})
