"""The loss history as a CSV file: every step, every digit."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from ui.session import Session


def save_history(s: Session) -> None:
    """The button. The file is made when it is pressed, from the run as it then is."""

    def made() -> str:
        with s.lock:  # a tick may be adding to it
            return as_csv(s.trainer.history)

    st.download_button(
        "Save history",
        made,
        f"unrolled-{s.trainer.task.name}-{s.config.cell}-seed{s.config.seed}.csv",
        "text/csv",
        key="save-history",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        help="Loss, held-out loss, gradient norm and what clipping left, of every training step, as a CSV file.",
    )


def as_csv(history: Mapping[str, np.ndarray]) -> str:
    """A line for every step; numbers that read back to the very same ones, nothing where there is none (NaN)."""
    columns = [
        [str(int(x)) if name == "step" else "" if np.isnan(x) else repr(float(x)) for x in values]
        for name, values in history.items()
    ]
    return "\n".join([",".join(history), *map(",".join, zip(*columns, strict=True))]) + "\n"
