"""Over training: ‖∂L/∂h_t‖ of every time step as a map, beside loss, spectral radius, and norm before and after."""

from typing import Any

import numpy as np

from rnn_core import CELLS
from rnn_core.network import DECODER
from rnn_core.recording import recurrent, spectral_radii
from ui.figures.numbers import short
from ui.figures.over_training import HEIGHT, earliest, over_training
from ui.figures.powers import log10_of, power
from ui.gradients.clipping import norms_over_training
from ui.gradients.past import chosen, recording
from ui.gradients.picture import Picture
from ui.gradients.settings import Look
from ui.run.session import Session

LEAST = -45.0  # log10, below which float32 reads 0


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    """The one picture: what was recorded, and the present."""
    kept, t = chosen(s, values["at"]), values["t"]
    steps, dh = columns(s)
    log10_dh = log10_of(dh)
    history = s.trainer.history.curve()
    radius_steps, radii = radii_of(s)
    baseline = s.trainer.task.baseline(s.config)
    taken, norm, ratio = norms_over_training(s)
    at = None if kept is None else kept.step
    levels = {"baseline": (1, float(baseline.loss))} if np.isfinite(baseline.loss) else {}
    if s.config.clip == "norm":
        levels["threshold"] = (3, s.config.clip_threshold)
    figure = over_training(
        [int(step) for step in steps],
        log10_dh,
        {"held out": held_out(history), "training": (history["step"], history["loss_mean"])},
        {name: (radius_steps, radii[:, k]) for k, name in enumerate(gates(s))},
        {"clipped": (taken, norm * ratio), "gradient": (taken, norm)},
        at,
        t,
        levels,
    )
    column = len(steps) - 1 if at is None else int(np.flatnonzero(steps == at)[0])
    look = " ".join(
        part for part in (
            told(steps, log10_dh, column, t, steps[column] > s.last.step),
            reaching(steps, log10_dh, column),
            beside(s, radius_steps, radii, ratio),
            outside(log10_dh),
            since(s),
        ) if part
    )  # fmt: skip
    return [
        Picture(
            "over-training",
            "The gradient of every time step, over training",
            figure,
            look,
            "that a network which has learned lets its gradient flow: one that holds a bit may be saturated, with a "
            "gradient near 0; nor, from a pale map, that nothing can be learned. One column is one batch, and the "
            "radius decides nothing alone: slopes stand between the matrices.",
            table(s, steps, log10_dh, radius_steps, radii),
            height=HEIGHT,
            wide=True,
            pick=lambda x, y: picked(s, x, y),
            points=True,
        )
    ]


def columns(s: Session) -> tuple[np.ndarray, np.ndarray]:
    """Training steps (n,) and ‖∂L/∂h_t‖ (n,T) of what is recorded and of the present."""
    steps, dh = recording(s).dh_norms()
    last = s.last.step + bool(s.trainer.diverged)  # what is shown of a run that diverged is the pass of its last step
    steps, dh = steps[steps <= last], dh[steps <= last]
    if not len(steps):
        return np.array([last]), s.last.dh_norm[None]
    if steps[-1] < last:
        return np.append(steps, last), np.vstack([dh, s.last.dh_norm])
    return steps, dh


def radii_of(s: Session) -> tuple[np.ndarray, np.ndarray]:
    """Training steps (n,) and W_hh's spectral radius, of every gate, (n,G), of what is recorded and of the present."""
    steps, radii = recording(s).radii()
    radii = radii[steps <= s.last.step]
    steps = steps[: len(radii)]
    W_hh = recurrent(s.trainer.network, s.trainer.params)
    if s.last.step in steps or not np.isfinite(W_hh).all():
        return steps, radii.reshape(-1, len(W_hh))
    return np.append(steps, s.last.step), np.vstack([*radii, spectral_radii(W_hh)])


def held_out(history: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Where a held-out loss is known."""
    known = np.isfinite(history["held_out_loss_mean"])
    return history["step"][known], history["held_out_loss_mean"][known]


def gates(s: Session) -> list[str]:
    """What each of the radii is called."""
    gates = CELLS[s.config.cell].gates
    names = [""] if len(gates) == 1 else list(gates)
    stacks = ("encoder", "decoder") if f"{DECODER}W_hh" in s.trainer.params else ("",)
    return [" ".join(filter(None, (stack, name))) or "ρ" for stack in stacks for name in names]


def told(steps: np.ndarray, log10_dh: np.ndarray, column: int, t: int, diverged: bool) -> str:
    """The cursor's number, beside the last time step's and the first training step's. diverged: whether the weights
    after that step are none to go on with.
    """
    here = log10_dh[column]
    ratio, before = (row[t - 1] - row[-1] if np.isfinite(row[-1]) else np.nan for row in (here, log10_dh[0]))
    n = int(steps[column])
    when = "Before any training" if n == 0 else f"After {n:,} training step{'s' * (n > 1)}"
    if diverged:
        when = f"In step {n:,}, after which the run diverged,"
    share = f", {power(ratio)} times that at the last time step" if np.isfinite(ratio) and t < len(here) else ""
    first = f" (at step {steps[0]:,}: {power(before)})" if share and column and np.isfinite(before) else ""
    return f"{when} ‖∂L/∂h_{t}‖ is {power(float(here[t - 1]))}{share}{first}."


def reaching(steps: np.ndarray, log10_dh: np.ndarray, column: int) -> str:
    """How far back a gradient near the largest comes, first and now."""
    first, now = earliest(log10_dh)[[0, column]]
    if not np.isfinite(now):
        return "Every gradient is exactly 0 there."
    if not np.isfinite(first):
        return f"Time steps from {now:.0f} on have one within a hundredth of the largest."
    same = "as at the start" if first == now else f"and at step {steps[0]:,} from t = {first:.0f} on"
    if column == 0:
        return f"From t = {now:.0f} on there are gradients within a hundredth of the largest."
    return f"From t = {now:.0f} on there are gradients within a hundredth of the largest, {same}."


def beside(s: Session, steps: np.ndarray, radii: np.ndarray, ratio: np.ndarray) -> str:
    """Spectral radius and clipping over the run."""
    said = []
    if len(steps) > 1:
        each = [
            f"{f'{name}: ' if name != 'ρ' else ''}{a:.2f} to {b:.2f}"
            for name, a, b in zip(gates(s), radii[0], radii[-1], strict=True)
        ]
        said.append(f"The spectral radius of W_hh went from {', '.join(each)}.")
    if len(ratio) and s.config.clip != "none":
        said.append(f"{float((ratio < 1).mean()):.0%} of the steps on record were clipped.")
    last = s.last.held_out_loss
    if s.last.step and np.isfinite(last):
        said.append(f"The held-out loss is {short(last)}.")
    return " ".join(said)


def outside(log10_dh: np.ndarray) -> str:
    """Underflow and overflow in words."""
    known = log10_dh[np.isfinite(log10_dh)]
    zeros = float((log10_dh == -np.inf).mean())
    said = ""
    if zeros:
        said = f"What is left empty, {zeros:.0%} of the map, is exactly 0"
        small = len(known) and known.min() < LEAST + 10
        said += ": the run’s own numbers end at 1e−45." if small else "."
    elif len(known) and known.min() < LEAST + 3:
        said = "The run’s own numbers, in float32, end at 1e−45: what is smaller reads exactly 0."
    if len(known) and known.max() > 30:
        said += " The run’s own numbers, in float32, end at 3e+38: what is larger is infinite, and the run diverges."
    return said.strip()


def since(s: Session) -> str:
    """From which step on there is a record, where that is not the first."""
    found = recording(s)
    return f"It was recorded from step {found.since:,} on: this run comes from elsewhere." if found.since else ""


def table(
    s: Session, steps: np.ndarray, log10_dh: np.ndarray, radius_steps: np.ndarray, radii: np.ndarray
) -> dict[str, Any]:
    """All of it by training step; NaN where the history no longer has a step, or nothing was computed."""
    history = s.trainer.history
    rows = np.searchsorted(history["step"], steps)
    known = np.isin(steps, history["step"])
    found: dict[str, Any] = {"training step": steps}
    for name in ("loss", "held_out_loss", "grad_norm", "clip_ratio"):
        column = np.append(history[name], np.nan)
        found[name.replace("_", " ")] = np.where(known, column[np.minimum(rows, len(column) - 1)], np.nan)
    for k, name in enumerate(gates(s)):
        by_step = dict(zip(radius_steps.tolist(), radii[:, k], strict=True))
        found[f"spectral radius{f', {name}' if name != 'ρ' else ''}"] = [by_step.get(int(n), np.nan) for n in steps]
    return found | {f"log10, t = {t + 1}": log10_dh[:, t] for t in range(log10_dh.shape[1])}


def picked(s: Session, x: float, y: float) -> dict[str, Any]:
    """What was kept nearest to the training step that was clicked, and where that was in the map the time step."""
    kept = recording(s).nearest(round(x))
    found: dict[str, Any] = {} if kept is None else {"at": f"{kept.step:,}"}
    return found | ({"t": round(y)} if np.isfinite(y) else {})
