"""Levers: how far an untrained network's states reach, at once as a slider moves, without touching the run."""

from dataclasses import asdict, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from rnn_core import CELLS, Config, Trainer
from rnn_core.analysis.products import singular_value_fan
from rnn_core.analysis.spectrum import Spectrum, log10_power_norms, spectra_of
from rnn_core.config import Field
from rnn_core.idle import idle_fields
from rnn_core.network import key as key_of
from rnn_core.starts import NON_NORMAL
from rnn_core.words import t
from ui.controls.control import control
from ui.figures.gradient_settings import levers
from ui.figures.gradients import eigenvalues, over_time
from ui.figures.numbers import short
from ui.figures.powers import power
from ui.frame.address import plain
from ui.gradients.picture import Picture, refused, step_clicked
from ui.gradients.settings import LEVERS, Look, fields_of, key, steps_of
from ui.gradients.through_time import per_step
from ui.run.session import Session

SEEDS = 5
DRAWN = {"start_weights": "drawn"}  # whatever the run itself started from
POWERS = 60
SIZES = ("init_scale", "input_scale")
LABELS = {
    "task": t("Task"),
    "cell": t("Cell"),
    "hidden_size": t("Hidden size"),
    "length": t("Time steps T"),
    "initializer": t("Initializer"),
    "init_scale": t("Standard deviation"),
    "input_scale": t("Size of the inputs"),
    "recurrent_scale": t("Radius, 0: as drawn"),
    "forget_bias": t("Forget-gate bias"),
    "seed": t("Seed"),
}


class Untrained(NamedTuple):
    """Of one start: log10 ‖∂h_T/∂h_t‖ (T+1,), the Spectrum by gate, the largest |h|, the share of |h| above 0.95."""

    log10_norm: np.ndarray
    spectrum: dict[str, Spectrum]
    largest: float
    saturated: float


def controls(s: Session, values: dict[str, Any]) -> None:
    """The sliders."""
    fields, as_set = fields_of(s), {name: values[f"lever_{name}"] for name in LEVERS}
    idle = idle_fields(SimpleNamespace(**asdict(s.config) | as_set | DRAWN))
    for names in (LEVERS[:5], LEVERS[5:]):
        for column, name in zip(st.columns(5, gap="small"), names, strict=False):
            lever(column, name, fields[f"lever_{name}"], as_set[name], name in idle)


def lever(place: Any, name: str, field: Field, now: Any, idle: bool) -> None:
    """One widget; now: what it says."""
    low, high, default = field.low, field.high, field.default
    if field.kind == "float":
        stops = stops_of(name, low, high, now, default)
        place.select_slider(
            LABELS[name], stops, float(default), plain, key=key(field.name), bind="query-params", disabled=idle
        )
    else:
        control(field, key(field.name), LABELS[name], limits=(low, high), place=place, help=None)


def stops_of(name: str, low: float, high: float, *more: float) -> list[float]:
    """Where a slider stops: twenty to a unit or, of a size, 0 and three in a decade; and at what somebody asked for."""
    if name in SIZES:
        result = [low, *(float(f"{m}e{d}") for d in range(-3, 2) for m in (1, 2, 5))]
    else:
        result = [round(float(v), 2) for v in np.arange(low, high + 0.01, 0.05)]
    return sorted({*map(float, more), *(v for v in result if v <= high)})


@lru_cache(maxsize=256)
def untrained(config: Config, sequence: int = 0) -> Untrained:
    """The start of a Config, reading one held-out sequence. Raises ValueError where its numbers are not finite."""
    with np.errstate(all="ignore"):
        trainer = Trainer(config)
        trainer.shown = sequence
        fan = singular_value_fan(trainer, sequence)
        h = np.abs(trainer.snapshot().shown.h)
    cell = CELLS[config.cell]
    W_hh = trainer.params[key_of("", "W_hh", config.layers - 1)].astype(np.float64)
    return Untrained(fan.log10_norm, spectra_of(cell, W_hh), float(h.max()), float((h > 0.95).mean()))


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    wanted = {name: values[f"lever_{name}"] for name in LEVERS} | DRAWN
    title = t("An untrained network: how far a hidden state reaches")
    try:
        same = wanted["task"] == s.config.task
        config = replace(s.config, **wanted) if same else Config.of_task(**wanted)
        sequence = s.status.sequence if same else 0
        result = [untrained(replace(config, seed=config.seed + k), sequence) for k in range(SEEDS)]
    except ValueError as problem:
        return [refused("levers", title, problem)]
    own = (
        view.ask(s, singular_value_fan, s.status.sequence).log10_norm
        if same and len(result[0].log10_norm) == steps_of(s) + 1
        else None
    )
    return [reach(result, config, min(values["t"], config.length), own), spectrum(result[0]), grows_first()]


def reach(result: list[Untrained], config: Config, at: int, own: np.ndarray | None) -> Picture:
    first, ends = result[0], [float(each.log10_norm[1 if len(each.log10_norm) > 1 else 0]) for each in result]
    T = len(first.log10_norm) - 1
    radii = [
        f"{gate if len(first.spectrum) > 1 else ''} {one.spectral_radius:.2f}".strip()
        for gate, one in first.spectrum.items()
    ]
    look = t(
        "∂h_{T}/∂h_1 has norm {norm} with this seed, {low} to {high} over {seeds} seeds; from t = {t} {per_step}. The "
        "largest |h| is {largest}, {saturated} of all |h| are above 0.95. ρ(W_hh) is {radii}.",
        T=T, norm=power(ends[0]), low=power(min(ends)), high=power(max(ends)), seeds=SEEDS, t=min(at, T),
        per_step=per_step(first.log10_norm, min(at, T)), largest=short(first.largest, 2),
        saturated=f"{first.saturated:.0%}", radii=", ".join(radii),
    )  # fmt: skip
    table = {
        "t": range(T + 1),
        **{t("log10 norm, seed {seed}", seed=config.seed + k): each.log10_norm for k, each in enumerate(result)},
    }
    return Picture(
        "levers",
        t("An untrained network: how far a hidden state reaches"),
        levers([e.log10_norm for e in result], min(at, T), own),
        look,
        t("what training makes of it, or that another task’s inputs do the same: this is the start."),
        table,
        height=400,
        pick=step_clicked,
    )


def spectrum(result: Untrained) -> Picture:
    values = {gate: one.eigenvalues for gate, one in result.spectrum.items()}
    sizes = ", ".join(
        f"{gate + ': ' if len(values) > 1 else ''}ρ {one.spectral_radius:.2f}, σ_max {one.norm:.2f}"
        for gate, one in result.spectrum.items()
    )
    table = {
        t("gate"): [g for g, v in values.items() for _ in v],
        t("real"): [x.real for v in values.values() for x in v],
        t("imaginary"): [x.imag for v in values.values() for x in v],
    }
    return Picture(
        "lever-eigenvalues",
        t("Its W_hh by itself"),
        eigenvalues(values, {}, t("this start")),
        t("{sizes}. A product of matrices can grow first even where every eigenvalue is inside the circle, as long "
          "as σ_max is above 1.", sizes=sizes),
        t("how gradients go: two starts with the same circle can vanish and grow. Worth a look has some."),
        table,
        height=400,
    )


def grows_first() -> Picture:
    """A matrix whose every eigenvalue is 0.9, and whose powers grow before they shrink: exact, without a network."""
    norms = log10_power_norms(NON_NORMAL, POWERS)
    most, below = int(norms.argmax()), int(np.flatnonzero(norms[1:] < 0)[0]) + 1
    lines = {"‖W<sup>k</sup>‖": norms, "0.9<sup>k</sup>": np.arange(POWERS + 1) * np.log10(0.9)}
    figure = over_time(lines, most, words=t("k, steps back"), lag=most, counted="k =")
    return Picture(
        "grows-first",
        t("Radius 0.9, and it grows first"),
        figure,
        t("W_hh = [[0.9, 5], [0, 0.9]] has both eigenvalues at 0.9. The norm of its powers is {norm} at k = {most} and "
          "below 1 only from k = {below} on; 0.9 to the k says {radius} there. These are products at h = 0, where "
          "every slope is 1.", norm=f"{10 ** norms[most]:.1f}", most=most, below=below, radius=f"{0.9**most:.2f}"),
        t("that a radius below 1 shrinks at every step: it does in the end. Matrices as they are drawn at random grow "
          "by less."),
        {"k": range(POWERS + 1), t("log10 norm of W to the k"): norms,
         t("log10 of 0.9 to the k"): lines["0.9<sup>k</sup>"]},
        wide=True,
    )
