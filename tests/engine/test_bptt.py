"""unroll and backpropagate by themselves: a sequence cut in two is the same sequence, buffers may be used again,
padding changes nothing, and what does not fit is refused in one sentence.
"""

import numpy as np
import pytest

from rnn_core import CELLS, backpropagate, unroll
from rnn_core.fast.bptt import Flow, Tape
from rnn_core.fast.kernels import KERNELS
from rnn_core.fast.losses import columns
from rnn_core.fast.network import forward_into
from tests.engine.oracle import Setting
from tests.engine.small import ALL_CELLS, assert_close, case, engine, network_of, relative, weights

T, D, H, B = 5, 3, 2, 4


def drawn(cell: str, seed: int = 0):
    """Weights, x (T,D,B), the state before, dh (T,H,B), the derivative by the state after."""
    rng, states = np.random.default_rng(seed), CELLS[cell].states
    p = weights(rng, cell, D, H)
    first, last = ([rng.normal(size=(H, B)) for _ in states] for _ in range(2))
    return p, rng.normal(size=(T, D, B)), first, rng.normal(size=(T, H, B)), last


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_shapes_and_names(cell: str):
    record, (p, x, first, dh, last) = CELLS[cell], drawn(cell)
    assert record.name == cell
    assert record.states in (("h",), ("h", "c"))
    tape = unroll(record, p, x, first)
    flow = backpropagate(record, p, tape, dh, last)
    assert tape.h.shape == flow.dh.shape == (T, H, B)
    assert flow.dx.shape == (T, D, B)
    assert [part.shape for part in (*tape.state, *flow.state)] == [(H, B)] * 2 * len(record.states)
    assert {name: flow.params[name].shape for name in flow.params} == {name: p[name].shape for name in p}
    assert (tape.x == x).all()
    assert (tape.state[0] == tape.h[-1]).all()
    for gate in record.gates:
        assert tape[gate].shape == (T, H, B)
    if len(record.states) == 2:
        assert flow.dc.shape == tape["c"].shape == (T, H, B)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_bounded_means_that_h_stays_within_one(cell: str):
    p, x, _, _, _ = drawn(cell)
    h = unroll(CELLS[cell], {name: 5 * array for name, array in p.items()}, np.repeat(x, 10, axis=0)).h
    assert (np.abs(h).max() <= 1) == CELLS[cell].bounded


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_sequence_without_a_state_starts_at_zero(cell: str):
    p, x, first, _, _ = drawn(cell)
    fresh = unroll(CELLS[cell], p, x).h
    assert (fresh == unroll(CELLS[cell], p, x, [0 * part for part in first]).h).all()
    tape = unroll(CELLS[cell], p, x, first)
    assert (tape.h != fresh).any()
    assert (unroll(CELLS[cell], p, x, tape=tape).h == fresh).all()


@pytest.mark.parametrize("cut", range(1, T))
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_sequence_in_two_parts_is_the_same_sequence(cell: str, cut: int):
    record, (p, x, first, dh, last) = CELLS[cell], drawn(cell)
    tape = unroll(record, p, x, first)
    whole = backpropagate(record, p, tape, dh, last)
    early = unroll(record, p, x[:cut], first)
    late = unroll(record, p, x[cut:], early.state)
    assert np.concatenate([early.h, late.h]) == pytest.approx(tape.h, rel=1e-12)
    after = backpropagate(record, p, late, dh[cut:], last)
    before = backpropagate(record, p, early, dh[:cut], after.state)
    assert relative(np.concatenate([before.dh, after.dh]), whole.dh) < 1e-12
    assert relative(np.concatenate([before.dx, after.dx]), whole.dx) < 1e-12
    assert relative(np.array(before.state), np.array(whole.state)) < 1e-12
    for name in p:
        assert relative(before.params[name] + after.params[name], whole.params[name]) < 1e-12, name


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_sequences_side_by_side_do_not_touch(cell: str):
    record, (p, x, first, dh, last) = CELLS[cell], drawn(cell)
    whole = backpropagate(record, p, unroll(record, p, x, first), dh, last)
    total = {name: np.zeros_like(array) for name, array in p.items()}
    for b in range(B):
        one = slice(b, b + 1)
        tape = unroll(record, p, x[..., one], [part[:, one] for part in first])
        alone = backpropagate(record, p, tape, dh[..., one], [part[:, one] for part in last])
        assert relative(alone.dh, whole.dh[..., one]) < 1e-12
        assert relative(alone.dx, whole.dx[..., one]) < 1e-12
        for name, array in alone.params.items():
            total[name] += array
    assert all(relative(total[name], whole.params[name]) < 1e-12 for name in p)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_last_step_hears_only_its_own_loss_and_silence_stays_silent(cell: str):
    record, (p, x, first, dh, _) = CELLS[cell], drawn(cell)
    tape = unroll(record, p, x, first)
    assert (backpropagate(record, p, tape, dh).dh[-1] == dh[-1]).all()
    early = dh * (np.arange(T) <= 2)[:, None, None]  # nothing is asked after step 3
    flow = backpropagate(record, p, tape, early)
    assert not flow.dh[3:].any()
    assert not flow.dx[3:].any()
    assert (flow.dh[2] == dh[2]).all()


@pytest.mark.parametrize("window", [0, 2])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_buffers_used_again_hold_nothing_of_before(cell: str, window: int):
    record, (p, x, first, dh, last) = CELLS[cell], drawn(cell)
    tape = Tape(KERNELS[record], T, D, H, B)
    flow = Flow(tape, window)
    other = drawn(cell, seed=9)
    backpropagate(record, other[0], unroll(record, other[0], 3 * other[1], other[2], tape), other[3], other[4], flow)
    again = backpropagate(record, p, unroll(record, p, x, first, tape), dh, last, flow)
    fresh_tape = unroll(record, p, x, first)
    fresh = backpropagate(record, p, fresh_tape, dh, last, Flow(fresh_tape, window))
    assert (tape.h == fresh_tape.h).all()
    assert (again.dh == fresh.dh).all()
    assert all((a == b).all() for a, b in zip(again.state, fresh.state, strict=True))
    assert all((again.params[name] == fresh.params[name]).all() for name in p)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_what_goes_in_is_not_changed(cell: str):
    record, arrays = CELLS[cell], drawn(cell)
    p, x, first, dh, last = arrays
    before, same = drawn(cell), True
    backpropagate(record, p, unroll(record, p, x, first), dh, last)
    for now, then in zip((*p.values(), x, *first, dh, *last),
                         (*before[0].values(), before[1], *before[2], before[3], *before[4]), strict=True):
        same = same and bool((now == then).all())
    assert same


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_padding_changes_no_loss_and_no_gradient(cell: str):
    """An encoder's steps beyond a sequence's length, whatever stands in them, and steps after the last answer."""
    lengths = np.array([2, 4, 1])
    c = case(Setting(cell, "cross-entropy", 2, read=4), T=7, B=3, lengths=lengths)
    padding = np.zeros(c.x.shape, bool)
    padding[:4] = (np.arange(4)[:, None] >= lengths)[:, None]
    found, other = engine(c), engine(c._replace(x=np.where(padding, 5.0, c.x)))
    assert_close(other, found, 1e-14)
    assert not found.x[padding].any()
    longer = [np.concatenate([array, np.full((2, *array.shape[1:]), fill)]) for array, fill in
              ((c.x, 5.0), (c.y, 0.0), (c.mask, 0.0))]
    after = engine(c._replace(x=longer[0], y=longer[1], mask=longer[2]))
    assert after.loss == pytest.approx(found.loss, rel=1e-14)
    assert all(relative(after.params[name], found.params[name]) < 1e-12 for name in c.params)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_window_one_is_elmans_procedure(cell: str):
    """Every step by itself, its state before taken as a given number."""
    record, (p, x, first, dh, _) = CELLS[cell], drawn(cell)
    tape = unroll(record, p, x, first)
    flow = backpropagate(record, p, tape, dh, flow=Flow(tape, 1))
    total, state = {name: np.zeros_like(array) for name, array in p.items()}, first
    for t in range(T):
        step = unroll(record, p, x[t : t + 1], state)
        for name, array in backpropagate(record, p, step, dh[t : t + 1]).params.items():
            total[name] += array
        state = [part.copy() for part in step.state]
    assert all(relative(flow.params[name], total[name]) < 1e-12 for name in p)
    assert (flow.dh == dh).all()


def test_forward_again_over_the_same_trace_is_the_same():
    c = case(Setting("lstm", layers=2, skip=True, read=2), T=5)
    network, batch = network_of(c)
    trace = network.forward(c.params, batch)
    dy = columns(trace.y).copy()
    grads = {name: array.copy() for name, array in network.backward(c.params, trace, batch, dy).items()}
    y = trace.y.copy()
    assert forward_into(trace, network, {name: array * 2 for name, array in c.params.items()}, batch) is trace
    trace = forward_into(trace, network, c.params, batch)
    assert (trace.y == y).all()
    again = network.backward(c.params, trace, batch, dy)
    assert all((again[name] == grads[name]).all() for name in grads)


def one_sentence(error: ValueError, *parts: str) -> None:
    """The refusal is one line, of this engine's own words, and names these."""
    text = str(error)
    assert "\n" not in text and 0 < len(text) < 300, text
    assert all(part in text for part in parts), text


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_an_input_of_a_wrong_shape_is_refused(cell: str):
    for shape in [(0, D, B), (T, 0, B), (T, D, 0), (T, D), (T,), (T, D, B, 1), (T, D + 1, B)]:
        with pytest.raises(ValueError) as caught:
            unroll(CELLS[cell], drawn(cell)[0], np.zeros(shape))
        one_sentence(caught.value, str(shape))


def test_an_input_that_is_not_finite_is_refused():
    p, x, _, _, _ = drawn("rnn")
    for bad in (np.nan, np.inf, -np.inf):
        x[1, 2, 3] = bad
        with pytest.raises(ValueError) as caught:
            unroll(CELLS["rnn"], p, x)
        one_sentence(caught.value, "x", "finite")


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_weights_of_a_wrong_shape_are_refused_by_name(cell: str):
    p, x, _, _, _ = drawn(cell)
    for name, array in p.items():
        for wrong in (array[1:], array[..., :-1], np.concatenate([array, array]), array.T):
            if wrong.shape != array.shape:
                with pytest.raises(ValueError) as caught:
                    unroll(CELLS[cell], p | {name: wrong}, x)
                one_sentence(caught.value)


def test_a_hidden_size_of_zero_is_refused():
    p = {"W_xh": np.zeros((0, D)), "W_hh": np.zeros((0, 0)), "b_h": np.zeros(0)}
    with pytest.raises(ValueError) as caught:
        unroll(CELLS["rnn"], p, np.zeros((T, D, B)))
    one_sentence(caught.value, "W_hh")


def test_a_state_of_a_wrong_shape_is_refused():
    p, x, first, _, _ = drawn("lstm")
    for shape in [(H, B + 1), (H + 1, B), (H, 1), (B,), (1, H, B)]:
        for state in ([np.zeros(shape), first[1]], [first[0], np.zeros(shape)]):
            with pytest.raises(ValueError) as caught:
                unroll(CELLS["lstm"], p, x, state)
            one_sentence(caught.value, "state", str(shape))


def test_a_state_of_too_few_or_too_many_parts_is_refused():
    p, x, _, _, _ = drawn("lstm")
    for parts in (1, 3):
        with pytest.raises(ValueError) as caught:
            unroll(CELLS["lstm"], p, x, [np.zeros((H, B))] * parts)
        one_sentence(caught.value, "state")


def test_a_dh_of_a_wrong_shape_is_refused():
    p, x, _, _, _ = drawn("rnn")
    for shape in [(T + 1, H, B), (T, H + 1, B), (1, H, B), (T, H, 1), (H, B)]:
        with pytest.raises(ValueError) as caught:
            backpropagate(CELLS["rnn"], p, unroll(CELLS["rnn"], p, x), np.zeros(shape))
        one_sentence(caught.value, "dh", str(shape))
