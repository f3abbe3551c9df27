"""The weights as pictures: which of them are drawn, and their colours as bytes."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from rnn_core import CELLS, Config
from rnn_core.network import DECODER, key
from rnn_core.tasks import Task

MAPPED = 5000  # weights that are drawn, at most: a film stays small


class Block(NamedTuple):
    """A weight matrix as it is drawn: kind "xh", "hh" or "hy", of which layer, whether the decoder's, of which gate
    ("": the cell has one, or none), and the weights of that, (rows, columns).
    """

    kind: str
    layer: int
    decoder: bool
    gate: str
    W: np.ndarray


def blocks(config: Config, task: Task, params: Mapping[str, np.ndarray], show: str, open: Sequence[int]) -> list[Block]:
    """What is drawn of the weights, nothing where that is more than MAPPED. Of each open layer W_xh and W_hh, of a cell
    with gates the block of the one that is seen, or else the first that is no sigmoid; with the top layer's also W_hyᵀ.
    """
    rows, gate = rows_of(config, show), gate_of(config, show) if len(CELLS[config.cell].gates) > 1 else ""
    result = []
    for layer in open:
        for prefix in ("", DECODER)[: 1 + (task.shape == "encoder-decoder")]:
            for kind in ("xh", "hh"):
                W = params[key(prefix, f"W_{kind}", layer)][rows]
                result.append(Block(kind, layer, bool(prefix), gate, W))
        if layer == config.layers - 1:
            result.append(Block("hy", layer, False, "", params["W_hy"].T))
    return result if sum(block.W.size for block in result) <= MAPPED else []


def rows_of(config: Config, show: str) -> slice:
    """Which rows of W_xh and W_hh are drawn."""
    at = CELLS[config.cell].gates.index(gate_of(config, show)) * config.hidden_size
    return slice(at, at + config.hidden_size)


def gate_of(config: Config, show: str) -> str:
    cell = CELLS[config.cell]
    inner = next((gate for gate in cell.gates if gate not in cell.sigmoids), cell.gates[0])
    return show if show in cell.gates else inner


def largest(*arrays: np.ndarray) -> float:
    """The largest size in them, 1 where there is none."""
    size = max(float(np.abs(a).max(initial=0)) for a in arrays)
    return size if isfinite(size) and size > 0 else 1.0


def coloured(W: np.ndarray, scale: float) -> np.ndarray:
    """round(127 W / scale), at most ±127; 0 for what is no number."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.nan_to_num(np.rint(127 * np.clip(W / scale, -1, 1))).astype("i1")


def described(drawn: Sequence[Block], scales: Sequence[float]) -> list[dict[str, object]]:
    """The blocks as a film's header has them; scale: the weight that has full colour."""
    return [
        {"kind": b.kind, "layer": b.layer, "decoder": b.decoder, "gate": b.gate, "rows": len(b.W),
         "columns": b.W.shape[1], "scale": scale}
        for b, scale in zip(drawn, scales, strict=True)
    ]  # fmt: skip
