"""Clipping: the gradient of the step just taken before and after, by the run's rule or by another one."""

from typing import Any

import numpy as np
import streamlit as st

from rnn_core.analysis.clipping import ClippedStep, clip, clip_last_step
from rnn_core.trainer import Trainer
from rnn_core.words import t
from ui.figures.gradient_parts import before_and_after, lengths_by_weight, norm_history
from ui.figures.gradient_settings import angles as over_thresholds
from ui.figures.numbers import short
from ui.figures.powers import log10_of, power, ratio_words
from ui.frame.address import fields_of, grid, plain
from ui.gradients.picture import MANY, Picture, step_clicked, tall
from ui.gradients.settings import RULES, Look, key
from ui.run.session import Session

THRESHOLDS = np.geomspace(1e-3, 10, 33)
POINTS = 600  # of the history that are drawn


def controls(s: Session, values: dict[str, Any]) -> None:
    """What would have been, had the rule been this one: nothing is trained again."""
    left, right = st.columns(2, gap="medium")
    left.segmented_control(
        t("Rule"),
        RULES,
        default=s.config.clip,
        required=True,
        key=key("rule"),
        bind="query-params",
        help=t("Of the step just taken; nothing is trained again."),
        width="stretch",
    )
    field = fields_of(s.config.task)["clip_threshold"]
    stops = grid(field, [s.config.clip_threshold, values["threshold"]])
    right.select_slider(
        t("Threshold"),
        stops,
        value=float(s.config.clip_threshold),
        format_func=plain,
        key=key("threshold"),
        bind="query-params",
        disabled=values["rule"] == "none",
    )


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    rule, threshold = values["rule"], values["threshold"]
    result, value, norm = (view.ask(s, clipped_step, each, threshold) for each in (rule, "value", "norm"))
    named = {
        "none": t("no clipping"),
        "value": t("clipping by value at {threshold}", threshold=f"{threshold:g}"),
        "norm": t("clipping by norm at {threshold}", threshold=f"{threshold:g}"),
    }[rule]
    return [
        by_weight(s, result, named),
        by_step(result, values["t"], named),
        turning(value, norm, view.ask(s, over_all_thresholds), threshold),
        over_training(s),
    ]


def clipped_step(trainer: Trainer, rule: str, threshold: float) -> ClippedStep:
    """clip_last_step without the gradients themselves: a visitor's answers are kept, and may be many."""
    result = clip_last_step(trainer, rule, threshold)
    return result._replace(clipped=result.clipped._replace(gradient={}, clipped={}))


def over_all_thresholds(trainer: Trainer) -> dict[str, np.ndarray]:
    """By either rule at THRESHOLDS, the angle in degrees, to a millionth, and the share kept."""
    gradient = clip_last_step(trainer, "none", 1.0).clipped.gradient
    result = {rule: [clip(gradient, rule, float(c)) for c in THRESHOLDS] for rule in ("value", "norm")}
    angles = {f"angle by {rule}": np.round([c.angle for c in each], 6) for rule, each in result.items()}
    return angles | {f"kept by {rule}": np.array([c.kept for c in each]) for rule, each in result.items()}


def by_weight(s: Session, result: ClippedStep, named: str) -> Picture:
    clipped = result.clipped
    names = list(clipped.lengths_by_weight)
    before, after = np.array(list(clipped.lengths_by_weight.values())).T
    whole, left = float(np.hypot.reduce(before)), float(np.hypot.reduce(after))
    text = {"whole": short(whole), "rule": named, "left": short(left), "kept": f"{clipped.kept:.0%}",
            "angle": f"{clipped.angle:.1f}"}  # fmt: skip
    if s.status.step == 0:
        look = t("The gradient of the step to come has length {whole}; {rule} leaves {left} ({kept}) and turns it by "
                 "{angle}°.", **text)  # fmt: skip
    else:
        look = t("The gradient of step {step} has length {whole}; {rule} leaves {left} ({kept}) and turns it by "
                 "{angle}°.", **text, step=s.status.step)  # fmt: skip
    table = {
        t("weights"): names,
        t("before"): before,
        t("after"): after,
        t("kept"): [clipped.kept_by_weight[n] for n in names],
        t("angle in degrees"): [clipped.angle_by_weight[n] for n in names],
    }
    return Picture(
        "clip-weights",
        t("By weight matrix"),
        lengths_by_weight({t("before"): before, t("after"): after}, names),
        f"{look} {own_rule(s)}",
        t("that a rule is better as such: which one lets a run learn depends on the threshold and on the task."),
        table,
        height=tall(names),
        wide=len(names) > MANY,
    )


def own_rule(s: Session) -> str:
    """What the run itself did in that step."""
    config, ratio = s.config, s.status.clip_ratio
    if s.status.step == 0:
        return t("No step has been taken yet.")
    if config.clip == "none":
        return t("The run itself does not clip.")
    rule = {"rule": config.clip, "threshold": f"{config.clip_threshold:g}"}
    if ratio >= 1:
        return t("The run’s own rule, {rule} {threshold}, cut nothing.", **rule)
    return t("The run’s own rule, {rule} {threshold}, left {left}.", **rule, left=f"{ratio:.0%}")


def by_step(result: ClippedStep, at: int, named: str) -> Picture:
    terms = result.log10_terms
    after = terms + log10_of(result.kept_by_step)
    T, finite = len(terms), np.flatnonzero(np.isfinite(terms))
    if len(finite) > 1:
        first, last = finite[0], finite[-1]
        before_ratio, after_ratio = (power(float(v[first] - v[last])) for v in (terms, after))
        both = {"first": first + 1, "last": last + 1, "before": before_ratio}
        if before_ratio == after_ratio:
            look = t("The term of step {first} over that of step {last}: {before} before clipping, the same.", **both)
        else:
            look = t("The term of step {first} over that of step {last}: {before} before clipping, {after} after it.",
                     **both, after=after_ratio)  # fmt: skip
    else:
        look = t("There are no two terms to compare.")
    left = f"{result.kept_by_step[at - 1]:.0%}"
    look += " " + t("At t = {t}, {rule} leaves {left} of the term.", t=at, rule=named, left=left)
    table = {
        "t": range(1, T + 1),
        t("matrix"): result.weights,
        t("log10 before"): terms,
        t("log10 after"): after,
        t("kept"): result.kept_by_step,
    }
    return Picture(
        "clip-steps",
        t("By time step: each term of ∂L/∂W_hh"),
        before_and_after(terms, after, at),
        look,
        t("that clipping helps against vanishing: by norm every term has the same factor, so early over late stays "
          "what it is."),
        table,
        pick=step_clicked,
    )


def turning(value: ClippedStep, norm: ClippedStep, curves: dict[str, np.ndarray], threshold: float) -> Picture:
    """What either rule would have done at every threshold."""
    angles = {t("by value"): curves["angle by value"], t("by norm"): curves["angle by norm"]}
    most = int(np.argmax(curves["angle by value"]))
    look = t(
        "At {threshold}, by value turns this gradient by {value_angle}° and leaves {value_kept}; by norm turns it by "
        "{norm_angle}° and leaves {norm_kept}. By value turns it most, by {most}°, at {where}.",
        threshold=f"{threshold:g}", value_angle=f"{value.clipped.angle:.1f}", value_kept=f"{value.clipped.kept:.0%}",
        norm_angle=f"{norm.clipped.angle:.1f}", norm_kept=f"{norm.clipped.kept:.0%}",
        most=f"{curves['angle by value'][most]:.0f}", where=ratio_words(THRESHOLDS[most]),
    )  # fmt: skip
    table = {
        t("threshold"): THRESHOLDS,
        t("angle by value in degrees"): curves["angle by value"],
        t("angle by norm in degrees"): curves["angle by norm"],
        t("kept by value"): curves["kept by value"],
        t("kept by norm"): curves["kept by norm"],
    }
    at = min(max(threshold, THRESHOLDS[0]), THRESHOLDS[-1])
    figure = over_thresholds(list(THRESHOLDS), angles, at, t("threshold"), log=True)
    return Picture(
        "clip-angle",
        t("The angle between before and after"),
        figure,
        look,
        t("that a turned step goes the wrong way: below 90° it still goes down, for a small enough rate."),
        table,
        pick=lambda x, y: {"threshold": float(f"{10 ** min(max(x, -4), 3):.2g}")},
    )


def over_training(s: Session) -> Picture:
    """‖∂L/∂W‖ over the run, and the share of its steps that were clipped."""
    title = t("Over training: before and after clipping")
    steps, norms, ratios = taken(s)
    if not len(steps):
        return Picture("clip-history", title, None, t("No training step has been taken yet: press Step or Play."))
    share = float((ratios < 1).mean())
    look = t(
        "{share} of {steps} training steps on record were clipped; the largest gradient had length {largest}, the "
        "middle one {middle}.", share=f"{share:.0%}", steps=f"{len(steps):,}", largest=short(np.nanmax(norms)),
        middle=short(np.nanmedian(norms))
    )  # fmt: skip
    steps, norms, ratios = norms_over_training(s)
    threshold = s.config.clip_threshold if s.config.clip == "norm" else None
    figure = norm_history(steps, norms, ratios, threshold)
    table = {t("step"): steps, t("norm before"): norms, t("share kept"): ratios}
    return Picture(
        "clip-history",
        title,
        figure,
        look,
        t("from few clipped steps, that clipping does not matter: the one step that it prevents may be the last."),
        table,
    )


def taken(s: Session) -> list[np.ndarray]:
    """Of every training step on record, (n,) each: its number, ‖∂L/∂W‖ before clipping, and the share that was kept."""
    with s.lock:
        history = s.run.ask(norms)
    return [column[history["step"] > 0] for column in history.values()]


def norms(trainer: Trainer) -> dict[str, np.ndarray]:
    """Of the history, all that clipping is about."""
    return {name: trainer.history[name] for name in ("step", "grad_norm", "clip_ratio")}


def norms_over_training(s: Session) -> list[np.ndarray]:
    """The same of POINTS steps, evenly spaced, the last among them."""
    result = taken(s)
    every = max(1, len(result[0]) // POINTS)
    return [column[(len(column) - 1) % every :: every] for column in result]
