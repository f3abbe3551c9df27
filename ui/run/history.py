"""The loss history as a CSV file: every step that it has, every digit."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from rnn_core import Trainer
from rnn_core.history import CAPACITY
from rnn_core.words import t
from ui.run.session import Session


def save_history(s: Session) -> None:
    """The button. The file is made when it is pressed, from the run as it then is."""

    def made() -> str:
        with s.lock:  # a tick may be adding to it
            return as_csv(s.run.ask(history_of))

    st.download_button(
        t("Save history"),
        made,
        f"unrolled-{s.task.name}-{s.config.cell}-seed{s.config.seed}.csv",
        "text/csv",
        key="save-history",
        type="tertiary",
        on_click="ignore",
        help=t(
            "Loss, held-out loss, gradient norm and what clipping left, of every training step, as a CSV file. After "
            "{capacity} steps the older ones are thinned to one of every 2, 4, 8 …; the column steps then says how "
            "many steps each row is on from the row before.", capacity=f"{CAPACITY:,}",
        ),
    )


def history_of(trainer: Trainer) -> dict[str, np.ndarray]:
    """Its columns by name."""
    return dict(trainer.history)


def as_csv(history: Mapping[str, np.ndarray]) -> str:
    """A line for every row; numbers that read back to the very same ones, nothing where there is none (NaN).

    Where the history is thinned, the further column `steps` says how many steps each row is on from the row before,
    1 where none is missing: with pandas, `table[table["steps"] == 1]` has what is complete.
    """
    table = dict(history)
    on = np.diff(table["step"], prepend=0)
    if (on > 1).any():
        table["steps"] = on
    columns = [
        [str(int(x)) if name in ("step", "steps") else "" if np.isnan(x) else repr(float(x)) for x in values]
        for name, values in table.items()
    ]
    return "\n".join([",".join(table), *map(",".join, zip(*columns, strict=True))]) + "\n"
