"""Check it yourself: the gradient against finite differences, and what one mistake in the backward pass does to it."""

from html import escape
from typing import Any

import streamlit as st

from rnn_core.analysis.diagnostics import GradientReport
from rnn_core.analysis.mistakes import MISTAKES, check_mistakes
from rnn_core.trainer import Trainer
from rnn_core.words import plural, t
from ui.figures.gradient_parts import check_errors
from ui.figures.powers import log10_of, power
from ui.gradients.picture import Picture, tall
from ui.gradients.settings import ARROWS, Look, key
from ui.run.session import Session

TRIED = 10  # numbers of each parameter
SHORT = {
    "no-transpose": t("no transpose"),
    "no-slope": t("no (1 − h²)"),
    "no-future": t("no future"),
    "no-output": t("no output"),
    "same-step": t("hₜ for hₜ₋₁"),
    "loss-at-every-step": t("loss at every step"),
    "answer-at-every-step": t("answer at every step"),
}


def controls(s: Session, values: dict[str, Any]) -> None:
    st.radio(
        t("Switch one arrow of the backward pass off"),
        list(ARROWS),
        key=key("mistake"),
        bind="query-params",
        horizontal=True,
    )


def tried(trainer: Trainer) -> dict[str, GradientReport]:
    return check_mistakes(trainer, entries=TRIED)


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    result: dict[str, GradientReport] = view.ask(s, tried)
    title = values["mistake"]
    chosen = ARROWS[title]
    right, wrong = result["none"], result.get(chosen)
    tolerance = right.tolerance
    if wrong is None:
        look = t("“{mistake}” cannot be made here: {reason}.", mistake=title, reason=why_not(chosen))
    else:
        red = [name for name, error in wrong.errors.items() if not error <= tolerance]
        kept = [name for name in wrong.errors if name not in red]
        look = (
            plural("{mistake}: {wrong} is wrong, {right} still right.",
                   "{mistake}: {wrong} are wrong, {right} still right.", len(red),
                   mistake=title, wrong=", ".join(red), right=", ".join(kept) or t("nothing"))
            if red
            else t("{mistake}: nothing shows here. At T = 1 W_hh has no gradient, at T = 2 some do not reach it yet.",
                   mistake=title)
        )  # fmt: skip
    table: dict[str, Any] = {t("parameter"): list(right.errors)}
    table |= {name: list(report.errors.values()) for name, report in result.items()}
    return [
        Picture(
            "check",
            t("Backpropagation against finite differences"),
            check_errors(right.errors, wrong.errors if wrong else None, tolerance, SHORT[chosen]),
            f"{look} {verdict(right)}",
            t("from a falling loss, that a gradient is right: most of these mistakes still learn something. And from "
              "a few numbers that agree, that all do: {tried} of each parameter are tried, on the last batch, in "
              "float64.", tried=TRIED),
            table,
            height=tall(list(right.errors)),
            wide=True,
            below=matrix(result, chosen),
        )
    ]


def verdict(report: GradientReport) -> str:
    worst = power(float(log10_of(max(report.errors.values(), default=0.0))))
    if report.ok:
        return t("The right gradient agrees with nudging the weights that were tried: its largest error is {error}.",
                 error=worst)  # fmt: skip
    return t("The right gradient does not agree with nudging: its largest error is {error}.", error=worst)


def why_not(chosen: str) -> str:
    """Why a mistake does not apply."""
    mistake = MISTAKES[chosen]
    if mistake.several:
        return t("it needs a task with several answers in a sequence")
    if mistake.dy:
        return t("it needs a task of which only the last step is asked, and more than one step")
    return t("it can be made in {cells} only", cells=", ".join(mistake.cells or ()))


def matrix(result: dict[str, GradientReport], chosen: str) -> str:
    """All mistakes at once, as HTML: a row for every weight, red and with a cross where the check shows it."""
    right = t("right")
    heads = "".join(
        f'<th scope="col"{mark(name, chosen)}>{escape(SHORT.get(name, right))}</th>' for name in result
    )
    rows = ""
    for weight in result["none"].errors:
        cells = "".join(
            cell(report.errors[weight], report.tolerance, mark(name, chosen))
            for name, report in result.items()
        )
        rows += f'<tr><th scope="row">{escape(weight)}</th>{cells}</tr>'
    caption, first = t("Largest error beside the largest gradient: ✓ agrees, ✗ does not"), t("weights")
    return (
        f'<table class="checked"><caption>{caption}</caption>'
        f'<thead><tr><th scope="col">{first}</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def mark(name: str, chosen: str) -> str:
    return ' class="chosen"' if name == chosen else ' class="right"' if name == "none" else ""


def cell(error: float, tolerance: float, marked: str) -> str:
    wrong = not error <= tolerance  # nor is one right that is not finite
    kind = marked.replace('class="', 'class="wrong ') if marked and wrong else (' class="wrong"' if wrong else marked)
    return f"<td{kind}>{'✗' if wrong else '✓'} {power(float(log10_of(error)))}</td>"
