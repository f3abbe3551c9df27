"""About: what this is, how to read each picture, and how every number is computed, in the engine's own code."""

import inspect
from collections.abc import Callable
from textwrap import dedent

import streamlit as st

from rnn_core import CELLS
from rnn_core.analysis.diagnostics import compare_engines
from rnn_core.bptt import backpropagate, unroll
from rnn_core.cells.cell import as_it_is
from rnn_core.losses import answer_weights, mean_loss
from rnn_core.network import Network
from rnn_core.step import CLIPPING, LOSSES, UPDATES
from rnn_core.words import t
from ui.frame.navigation import table, through_the_frame
from ui.playground.glossary import glossary
from ui.playground.lessons import LESSONS
from ui.playground.words import jacobian, legend, way_back
from ui.run.visit import session

through_the_frame()
s = session()
cell = CELLS[s.config.cell]

st.title(t("About Unrolled"))
st.markdown(t(
    "Unrolled is a playground for recurrent neural networks. A network learns a sequence task while you watch it "
    "unrolled over time: what it reads, what it remembers, what it answers, and how much of the loss still reaches "
    "every time step. Every number on the screen is computed by the network that trains, in NumPy, by hand; nothing is "
    "drawn from a formula about networks in general."
))

st.header(t("How to read the board"), anchor="read")
st.markdown(t(
    "Everything about time step $t$ stands in one column. The sequence shown is held out: the network never trains on "
    "it."
))
legend()

st.header(t("The words"), anchor="words")
st.html(glossary())

st.header(t("Five pictures for a lecture"), anchor="lessons")
st.markdown(t(
    "The lessons are on the page Learn. Each of these links opens the playground as ten minutes with a class need it; "
    "what to ask is in docs/teachers.md, beside the code."
))
for lesson in LESSONS:
    label = f"{lesson.title}: {lesson.shows}"
    st.page_link(table()[0], label=label, icon=":material/school:", query_params=lesson.settings)

st.header(t("How every number is computed"), anchor="computed")
st.markdown(t(
    "One training step draws a batch, runs it forward, measures the loss, walks back, clips and updates. A hidden "
    "state acts on the loss through its own output and through the next step, and its gradient is the sum of both:"
))
st.latex(way_back(cell))
st.markdown(t(
    "{matrix} Where the product of these Jacobians shrinks, gradients vanish; where it grows, they explode. Below are "
    "the equations as the engine computes them, read from the running program; a cell's forward step is on the left, "
    "its backward step on the right. What trains lays the same numbers out in memory for speed, and the button below "
    "compares the two. $T$ time steps, $D$ inputs, $H$ hidden units, $B$ sequences.", matrix=jacobian(cell)
))
back: list[Callable] = [cell.backward] if cell.total is as_it_is else [cell.total, cell.backward]
code: dict[str, list[list[Callable]]] = {
    t("The cell: {title}", title=cell.title): [[cell.forward], back],
    t("Through time"): [[unroll], [backpropagate]],
    t("Layers and read-out"): [[Network.forward], [Network.backward]],
    t("Loss: {name}", name=s.task.loss): [[LOSSES[s.task.loss]], [answer_weights, mean_loss]],
    t("Clip: {name}", name=s.config.clip): [[CLIPPING[s.config.clip]]],
    t("Update: {name}", name=s.config.optimizer): [[UPDATES[s.config.optimizer]]],
}
for tab, columns in zip(st.tabs(list(code)), code.values(), strict=True):
    for column, functions in zip(tab.columns(len(columns)), columns, strict=True):
        source = "\n\n".join(dedent(inspect.getsource(function)).rstrip() for function in functions)
        column.code(source, language="python", wrap_lines=True)

st.header(t("Do not believe it: check it"), anchor="check")
st.markdown(t(
    "Nudge a weight a little up and a little down: the change of the loss is the gradient, without backpropagation. "
    "The check takes the network in the playground as it is now ({title}, {hidden_size} hidden units, length {length}) "
    "and its last training batch, and computes $∂L/∂W$ three times: by the functions above, by what trains, and by "
    "nudging.", title=cell.title, hidden_size=s.config.hidden_size, length=s.config.length
))
if st.button(t("Check the gradients"), type="primary", key="check"):
    with s.lock:
        found = s.run.ask(compare_engines)
    agree = t("The three **agree**.") if all(one.ok for one in found.values()) else t("The three **do not agree**.")
    st.markdown(t(
        "{agree} Each number is the largest error in a weight matrix (of nudging: in ten of its numbers), relative to "
        "its largest gradient. Rounding leaves about 1e-15 in float64 and 1e-7 in float32, more where the network has "
        "learned its task: its gradient is then a difference, $\\hat y - y$, of numbers that are nearly equal. Nudging "
        "has an error of its own, about 1e-9.", agree=agree
    ))

    def error(result: float | None) -> str:
        return t("no kernel") if result is None else f"{result:.0e}"

    st.table(
        [
            {
                t("weights"): name,
                t("what trains, float32"): error(one.float32),
                t("what trains, float64"): error(one.float64),
                t("nudging, float64"): error(one.differences),
                "": "✓" if one.ok else "✗",
            }
            for name, one in found.items()
        ],
        hide_index=True,
    )
