"""The state that a cell carries, as the board is sent it: its size, its gates, and the equation that joins them."""

import numpy as np
import pytest

from rnn_core import CELLS, Trainer
from tests.engine.small import small
from tests.test_film import of


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_that_is_carried_arrives_with_its_gates_and_follows_its_own_equation(cell: str):
    trainer = Trainer(small("echo", 12, cell=cell, hidden_size=5, batch_size=4))
    last = trainer.advance(2)
    header, got = of(trainer, [last])
    carry = CELLS[cell].carry
    assert bool(header["carry"]) == ("carried" in got) == bool(carry)
    if carry is None:
        return
    told, arrays = header["carry"], last.shown.layers[0]
    assert (told["state"], told["keep"], told["write"], told["read"]) == tuple(carry)
    rows = dict(zip(told["gates"], got["carried"][0, 1:] / 255, strict=True))
    for gate, shown in rows.items():
        np.testing.assert_allclose(shown, arrays[gate].mean(axis=1), atol=0.5 / 255 + 1e-6)
    state = arrays[carry.state]
    size = np.abs(state).mean(axis=1)
    np.testing.assert_allclose(got["carried"][0, 0] / 255, size / max(1, size.max()), atol=0.5 / 255 + 1e-6)
    keep, write = (
        arrays[gate] if gate in arrays else 1 - arrays[gate[4:]] if gate else np.ones_like(state)
        for gate in (carry.keep, carry.write)
    )
    new = (state[1:] - keep[1:] * state[:-1]) / write[1:]
    assert (np.abs(new) <= 1 + 1e-5).all(), "what comes in is a tanh"


def test_a_stack_shows_no_carried_state_and_what_is_not_finite_is_none():
    trainer = Trainer(small("echo", 12, cell="lstm", hidden_size=5, layers=2))
    header, got = of(trainer, [trainer.advance(1)])
    assert header["carry"] is None and "carried" not in got
    trainer = Trainer(small("echo", 12, cell="lstm", hidden_size=5))
    trainer.params["W_xh"][:] = np.nan
    assert of(trainer, [trainer.snapshot()])[1]["carried"].shape[1] == 4
    assert (of(trainer, [trainer.snapshot()])[1]["carried"] == 0).all()
