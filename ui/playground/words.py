"""What the page says around the board: the question, what to beat, what was put right, how to go on after a divergence.

Everything is escaped here: text out of an address reaches the page as text.
"""

from html import escape
from typing import Protocol

import streamlit as st

from rnn_core import Config
from rnn_core.cells import Cell
from rnn_core.tasks import Task
from rnn_core.words import t
from ui.figures.numbers import short
from ui.playground.ending import FIRST, ended, is_first_task
from ui.playground.glossary import HTML, linked
from ui.run.recovery import what_continuing_does, what_happened
from ui.run.session import Session
from ui.run.visit import presenting


def say(s: Session) -> None:
    """The place above the board, of one height: the question, what went wrong, or why it stands still by itself. In a
    room one line: the task's title and, where it fits, the question.
    """
    room = presenting()
    if s.status.diverged:
        parts = [what_happened(s.config, s.status.diverged), what_continuing_does(s.config, s.status.sound_step)]
        name = heading(s.task.title.partition(":")[0], "spoken")
        parts[0] = parts[0].partition(". ")[0] + "." if room else parts[0]
        text = f"<p>{escape(parts[0])} <b>{escape(parts[1])}</b></p>"
        st.html(f'{name}<div class="says trouble" role="alert">{text}</div>')
    elif s.ended:
        ended(s, heading(s.task.title.partition(":")[0], "spoken"))
    elif is_first_task(s.config):
        name = heading(s.task.title.partition(":")[0], "spoken")
        st.html(f'<div class="says"><div>{name}<p>{FIRST}</p></div></div>')
    elif room:
        question_text = escape(s.task.question(s.config))
        st.html(f'<div class="task-line">{heading(s.task.title)}<p>{question_text}</p></div>')
    else:
        name = heading(s.task.title.partition(":")[0])
        st.html(f'<div class="says"><div>{name}<p>: {question(s.config, s.task)}</p></div></div>')


def heading(text: str, kind: str = "") -> str:
    """The page's one heading of the first level, as HTML; kind "spoken": for who hears the page."""
    return f'<h1 class="{kind}">{escape(text)}</h1>'


def question(config: Config, task: Task) -> str:
    """What is asked, and what a network must beat, as HTML."""
    baseline = task.baseline(config)
    return linked(
        t("{question} Baseline: a loss of <b>{loss}</b>, the dashed line ({why}).",
          question=escape(task.question(config)), loss=short(baseline.loss), why=escape(baseline.why)),
        HTML,
    )


class Speaks(Protocol):
    """What has sentences for its page: why the last change was refused, and others."""

    refused: str
    notes: tuple[str, ...]


def notes(s: Speaks) -> None:
    """One line for everything that was asked and could not be."""
    notes = [*([s.refused] if s.refused else []), *s.notes]
    if notes:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in notes)
        st.html(f'<ul class="notes" role="status">{lines}</ul>')


def way_back(cell: Cell) -> str:
    """∂L/∂h_t as LaTeX: from its own output, and from step t+1 through every state that h_t goes into."""
    part = r" + \left(\frac{\partial s_{t+1}}{\partial h_t}\right)^{\!\top} \frac{\partial L}{\partial s_{t+1}}"
    later = "".join(part.replace("s_", f"{state}_") for state in cell.states)
    return r"\frac{\partial L}{\partial h_t} = W_{hy}^\top \frac{\partial L}{\partial y_t}" + later


JACOBIANS = {  # ∂h_{t+1}/∂h_t by the cell's name
    "rnn": r"$\mathrm{diag}(1 - h_{t+1}^2)\,W_{hh}$",
    "rnn-relu": r"$\mathrm{diag}(h_{t+1} > 0)\,W_{hh}$",
    "residual": r"$I + \mathrm{diag}(1 - \tanh^2 a_{t+1})\,W_{hh}$",
    "gru": t(r"$\mathrm{diag}(z_{t+1})$ and what passes through the gates"),
}


def jacobian(cell: Cell) -> str:
    """What the way back multiplies by at each step, in words."""
    if "c" in cell.states:
        return t(
            "An LSTM's $h_t$ reaches step $t+1$ in two ways: through the output gate into $h_{t+1}$ (here with "
            "$c_{t+1}$ held), and through the other gates into $c_{t+1}$. The matrices in brackets differ at every "
            "step; the weights in them are shared."
        )
    if cell.name not in JACOBIANS:
        return t("The matrix in brackets differs at every step; the weights in it are shared.")
    return t("The matrix in brackets differs at every step, here {matrix}; the weights in it are shared.",
             matrix=JACOBIANS[cell.name])


LEGEND = {
    t("input"): ("var(--input)", t("xₜ, as a person reads it: a letter, a number, a year's sunspots.")),
    t("hidden state"): (
        "linear-gradient(90deg, var(--negative), transparent, var(--positive))",
        t("hₜ, a square for every unit: blue with a dash below zero, orange above, pale near zero. The arrows W_xh, "
          "W_hh and W_hy are the same three matrices in every column: that is what unrolled means. Point at a unit "
          "for its equation with the live numbers in it and for what enters it most; click it to set a weight by "
          "hand."),
    ),
    t("cell state"): (
        "var(--text)",
        t("a state that an LSTM, a GRU or a residual cell hands on without a matrix: a line over the units, as "
          "thick as the state is large. Discs are its gates: on the line what is kept, over it what comes in, under "
          "it what goes out into h. A disc grows to its ring as the gate opens."),
    ),
    t("output"): (
        "var(--output)",
        t("ŷₜ, the prediction, and the stronger the colour the surer; under it the target yₜ and whether it is "
          "right. A dot: no target at this step. The bars are each step's share of the loss. Point at a prediction "
          "for its equation; click it to set a weight of W_hy or b_y by hand."),
    ),
    t("gradient"): (
        "var(--gradient)",
        t("‖∂L/∂hₜ‖, how much the loss depends on the hidden state of step t: the total derivative of the batch's "
          "loss, before clipping, relative to the largest, whose size stands over the bars, and eight decades down. "
          "It is computed from right to left."),
    ),
    t("loss"): (
        "var(--accent)",
        t("over the training steps, in the training batch and on held-out sequences; the dashed line is the "
          "baseline, what a simple rule scores that the task names. Where the rule has no memory and the task asks "
          "for one, a network below the line uses what it remembers."),
    ),
    t("gradient norm"): (
        "color-mix(in srgb, currentColor 50%, transparent)",
        t("of all weights together in the last 100 steps; the hatched part is what clipping took away."),
    ),
}


def legend() -> None:
    """The board's rows, each with its colour and what it shows."""
    rows = [
        f'<dt><i style="background:{colour}"></i>{name}</dt><dd>{escape(text)}</dd>'
        for name, (colour, text) in LEGEND.items()
    ]
    st.html(f'<dl class="legend">{"".join(rows)}</dl>')
