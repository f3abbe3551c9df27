"""About: what this is, how to read each picture, and how every number is computed, in the engine's own code."""

import inspect
from collections.abc import Callable

import streamlit as st

from rnn_core import CELLS, OPTIMIZERS, check_gradients
from rnn_core.fast.bptt import backpropagate, unroll
from rnn_core.clipping import CLIPPING
from ui.lessons import LESSONS
from ui.navigation import table, through_the_frame
from ui.session import session
from ui.words import jacobian, legend, way_back

through_the_frame()
s = session()
cell = CELLS[s.config.cell]

st.title("About Unrolled")
st.markdown(
    "Unrolled is a playground for recurrent neural networks. A network learns a sequence task while you watch it "
    "unrolled over time: what it reads, what it remembers, what it answers, and how much of the loss still reaches "
    "every time step. Every number on the screen is computed by the network that trains, in NumPy, by hand; nothing is "
    "drawn from a formula about networks in general."
)

st.header("How to read the board", anchor="read")
st.markdown(
    "Everything about time step $t$ stands in one column. "
    "The sequence shown is held out: the network never trains on it."
)
legend()

st.header("Five lessons of ten minutes", anchor="lessons")
st.markdown("Each opens the playground as it needs it. What to ask a class is in docs/teachers.md, beside the code.")
for lesson in LESSONS:
    label = f"{lesson.title}: {lesson.shows}"
    st.page_link(table()[0], label=label, icon=":material/school:", query_params=lesson.settings)

st.header("How every number is computed", anchor="computed")
st.markdown(
    "One training step draws a batch, runs it forward, measures the loss, walks back, clips and updates. Going back, "
    "a hidden state hears from its own output and from the step after it, so its gradient is a sum of two parts:"
)
st.latex(way_back(cell))
st.markdown(
    f"{jacobian(cell)} Where the product of these Jacobians shrinks, gradients vanish; where it grows, they explode. "
    "Below are the very functions that run, read from the running program. "
    "$T$ time steps, $D$ inputs, $H$ hidden units, $B$ sequences."
)
code: dict[str, list[Callable]] = {
    f"The cell: {cell.title}": [cell.forward, cell.slopes, cell.backward],
    "Unroll": [unroll],
    "Backpropagate": [backpropagate],
    f"Clip: {s.config.clip}": [CLIPPING[s.config.clip]],
    f"Update: {s.config.optimizer}": [OPTIMIZERS[s.config.optimizer].update],
}
for tab, functions in zip(st.tabs(list(code)), code.values(), strict=True):
    tab.code("\n\n".join(inspect.getsource(f).rstrip() for f in functions), language="python")

st.header("Do not believe it: check it", anchor="check")
st.markdown(
    "Nudge a weight a little up and a little down: the loss's change tells the gradient without backpropagation. "
    f"The check does so in float64 for the network in the playground ({cell.title}, {s.config.hidden_size} hidden "
    f"units, length {s.config.length}) and compares."
)
if st.button("Check the gradients", type="primary", key="check"):
    report = check_gradients(s.config)
    verdict = "agree" if report.ok else "do not agree"
    st.markdown(
        f"Backpropagation and differences **{verdict}**: every relative error should be at most {report.tolerance:.0e}."
    )
    st.table(
        [
            {"weights": name, "largest relative error": f"{error:.1e}", "": "✓" if error <= report.tolerance else "✗"}
            for name, error in report.errors.items()
        ],
        hide_index=True,
    )
