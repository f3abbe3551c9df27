"""The state that a cell carries, as the board is sent it: its size, its gates, and the equation that joins them."""

from collections.abc import Mapping

import numpy as np
import pytest

from rnn_core import CELLS, Trainer
from rnn_core.cells.cell import Carry
from tests.engine.small import small
from tests.test_film import of
from ui.board.film import Choice


@pytest.mark.parametrize("open", [(0,), (1,), (0, 2)])
@pytest.mark.parametrize("cell", CELLS)
def test_the_state_that_a_layer_carries_arrives_with_its_gates_and_follows_its_own_equation(
    cell: str, open: tuple[int, ...]
):
    layers = max(open) + 1
    trainer = Trainer(small("echo", 12, cell=cell, hidden_size=5, batch_size=4, layers=layers))
    last = trainer.advance(2)
    header, got = of(trainer, [trainer.snapshot(), last], choice=Choice(open=open, layers=layers))
    carry = CELLS[cell].carry
    assert bool(header["carry"]) == ("carried" in got) == bool(carry)
    if carry is None:
        return
    told = header["carry"]
    assert (told["state"], told["keep"], told["write"], told["read"]) == tuple(carry)
    assert got["carried"].shape == (2, len(open), 1 + len(carry.gates), 12)
    for layer, lane in zip(open, got["carried"][1], strict=True):
        check(carry, last.shown.layers[layer], lane / 255)


def check(carry: Carry, arrays: Mapping[str, np.ndarray], lane: np.ndarray) -> None:
    """lane (1+G,T), what a film tells of a layer, against the arrays of that layer."""
    rows = dict(zip(carry.gates, lane[1:], strict=True))
    for gate, shown in rows.items():
        np.testing.assert_allclose(shown, arrays[gate].mean(axis=1), atol=0.5 / 255 + 1e-6)
    state = arrays[carry.state]
    size = np.abs(state).mean(axis=1)
    np.testing.assert_allclose(lane[0], size / max(1, size.max()), atol=0.5 / 255 + 1e-6)
    keep, write = (
        arrays[gate] if gate in arrays else 1 - arrays[gate[4:]] if gate else np.ones_like(state)
        for gate in (carry.keep, carry.write)
    )
    new = (state[1:] - keep[1:] * state[:-1]) / write[1:]
    assert (np.abs(new) <= 1 + 1e-5).all(), "what comes in is a tanh"


def test_what_is_not_finite_is_none():
    trainer = Trainer(small("echo", 12, cell="lstm", hidden_size=5))
    trainer.params["W_xh"][:] = np.nan
    assert of(trainer, [trainer.snapshot()])[1]["carried"].shape == (1, 1, 4, 12)
    assert (of(trainer, [trainer.snapshot()])[1]["carried"] == 0).all()
