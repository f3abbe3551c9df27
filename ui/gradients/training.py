"""Over training: ‖∂L/∂h_t‖ of every time step as a map, beside loss, spectral radius, and norm before and after."""

from typing import Any

import numpy as np

from rnn_core import CELLS, Trainer
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
    at, t = chosen(s, values["at"]), values["t"]
    found = view.ask(s, recorded)
    steps, radius_steps, radii = found.steps, found.radius_steps, found.radii
    log10_dh = log10_of(found.dh_norms)
    history = view.ask(s, curve)
    baseline = s.task.baseline(s.config)
    taken, norm, ratio = norms_over_training(s)
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
            told(steps, log10_dh, column, t, steps[column] > s.status.step),
            reaching(steps, log10_dh, column),
            beside(s, radius_steps, radii, ratio),
            outside(log10_dh),
            since(found),
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
            table(s, found, log10_dh),
            height=HEIGHT,
            wide=True,
            pick=lambda x, y: picked(found, x, y),
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
    stacks = ("encoder", "decoder") if s.task.shape == "encoder-decoder" else ("",)
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
    last = s.status.held_out_loss
    if s.status.step and np.isfinite(last):
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


def since(found: Recorded) -> str:
    """From which step on there is a record, where that is not the first."""
    return f"It was recorded from step {found.since:,} on: this run comes from elsewhere." if found.since else ""


def table(s: Session, recorded: Recorded, log10_dh: np.ndarray) -> dict[str, Any]:
    """All of it by training step; NaN where the history no longer has a step, or nothing was computed."""
    history, steps = s.run.ask(history_of), recorded.steps
    rows = np.searchsorted(history["step"], steps)
    known = np.isin(steps, history["step"])
    found: dict[str, Any] = {"training step": steps}
    for name in ("loss", "held_out_loss", "grad_norm", "clip_ratio"):
        column = np.append(history[name], np.nan)
        found[name.replace("_", " ")] = np.where(known, column[np.minimum(rows, len(column) - 1)], np.nan)
    for k, name in enumerate(gates(s)):
        by_step = dict(zip(recorded.radius_steps.tolist(), recorded.radii[:, k], strict=True))
        found[f"spectral radius{f', {name}' if name != 'ρ' else ''}"] = [by_step.get(int(n), np.nan) for n in steps]
    return found | {f"log10, t = {t + 1}": log10_dh[:, t] for t in range(log10_dh.shape[1])}


def picked(found: Recorded, x: float, y: float) -> dict[str, Any]:
    """The step nearest to the one that was clicked at which the network was kept, and where that was in the map the
    time step.
    """
    at = found.nearest(round(x))
    return ({} if at is None else {"at": f"{at:,}"}) | ({"t": round(y)} if np.isfinite(y) else {})
