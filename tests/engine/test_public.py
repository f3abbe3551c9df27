"""What a student types in place of what is wanted is taken for what it means, or refused in one sentence."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rnn_core
import rnn_core.plain
from rnn_core import CELLS, TASKS, Config, Trainer, backpropagate, check_gradients, unroll
from rnn_core.fast.bptt import Flow, Tape
from rnn_core.fast.kernels import KERNELS
from rnn_core.fast.network import build_network
from rnn_core.interchange import from_torch, to_torch, torch_script
from rnn_core.losses import METRICS
from rnn_core.registry import Registry
from rnn_core.step import CLIPPING, LOSSES
from rnn_core.tasks.text import text_task
from tests.engine.small import ALL_CELLS, relative, small, weights
from tests.every import every

T, D, H, B = 4, 3, 2, 5
REGISTRIES = [CELLS, TASKS, rnn_core.OPTIMIZERS, rnn_core.INITIALIZERS, rnn_core.SHAPES, CLIPPING, LOSSES, METRICS,
              Config.fields()]
Call = Callable[[], object]


def refused(call: Call, *parts: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text and 0 < len(text) < 500, text
    assert all(part in text for part in parts), text


def drawn(cell: str) -> tuple[Any, ...]:
    """Weights, x, the state before, dh, the derivative by the state after."""
    rng, states = np.random.default_rng(0), CELLS[cell].states
    first, last = ([rng.normal(size=(H, B)) for _ in states] for _ in range(2))
    return weights(rng, cell, D, H), rng.normal(size=(T, D, B)), first, rng.normal(size=(T, H, B)), last


@every(registry=REGISTRIES)
def test_a_name_that_a_registry_lacks_is_refused_with_all_it_has(registry: Registry[Any]):
    for name in ("LSTM", "", "Echo"):
        refused(lambda name=name: registry[name], repr(name), *list(registry)[:3], registry.kind)  # type: ignore[misc]
        with pytest.raises(KeyError):
            registry[name]
        assert name not in registry and registry.get(name) is None
    assert [registry[name] for name in registry] == list(registry.values())


@every(cell=ALL_CELLS)
def test_a_name_stands_for_its_cell_and_lists_for_arrays(cell: str):
    p, x, first, dh, last = drawn(cell)
    tape = unroll(CELLS[cell], p, x, first)
    flow = backpropagate(CELLS[cell], p, tape, dh, last)
    lists = {name: array.tolist() for name, array in p.items()}
    again = unroll(cell, lists, x.tolist(), [part.tolist() for part in first])  # type: ignore[arg-type]
    back = backpropagate(cell, lists, again, dh.tolist(), [part.tolist() for part in last])  # type: ignore[arg-type]
    assert (again.h == tape.h).all() and (back.dh == flow.dh).all()
    assert all((back.params[name] == flow.params[name]).all() for name in p)


@every(cell=ALL_CELLS)
def test_whole_numbers_are_numbers(cell: str):
    p, x, *_ = drawn(cell)
    p, x = {name: array.round() for name, array in p.items()}, x.round()
    whole = {name: array.astype(int) for name, array in p.items()}
    assert relative(unroll(cell, whole, x.astype(int)).h, unroll(cell, p, x).h) < 1e-12
    assert (unroll(cell, p, x > 0).h == unroll(cell, p, (x > 0) * 1.0).h).all()


def test_what_unroll_cannot_read_is_refused_in_one_sentence():
    p, x, *_ = drawn("gru")
    for cell in ("GRU", 3, None, ["gru"], CELLS):
        refused(lambda cell=cell: unroll(cell, p, x), "cell is ", "rnn, rnn-relu, lstm, gru")  # type: ignore[misc]
    refused(lambda: unroll("gru", None, x), "params is None")
    refused(lambda: unroll("gru", list(p), x), "params is ['W_xh'")  # type: ignore[arg-type]
    refused(lambda: unroll("gru", Trainer(small(cell="gru")), x), "params is <", "trainer.params")  # type: ignore[arg-type]
    for name in p:
        refused(lambda name=name: unroll("gru", {k: v for k, v in p.items() if k != name}, x), name)  # type: ignore[misc]
        for bad in (p[name].astype(object), p[name].astype(str), p[name] * 1j, None, 0.5, [[1, 2], [3]]):
            wrong = p | {name: bad}  # type: ignore[dict-item]
            refused(lambda wrong=wrong: unroll("gru", wrong, x), name)  # type: ignore[misc]
    for bad in (x.astype(object), x.astype(str), x * 1j, None, "text", [[[1.0, 2.0], [1.0]]]):
        refused(lambda bad=bad: unroll("gru", p, bad), "x ")  # type: ignore[misc]
    for bad in ({"h": x[0]}, 0, "h", [x[0, :H].astype(object)]):
        refused(lambda bad=bad: unroll("gru", p, x, bad), "state")  # type: ignore[misc]
    tape = unroll("gru", p, x)
    for x_ in (x[..., :1], x[:1], x[1:]):
        refused(lambda x_=x_: unroll("gru", p, x_, tape=tape), "tape is for")  # type: ignore[misc]
    refused(lambda: unroll("gru", p, x, tape=copy.deepcopy(tape)), "tape is a copy")
    refused(lambda: unroll("gru", p, x, tape=x), "tape is ")  # type: ignore[arg-type]
    refused(lambda: unroll("gru", p, x, tape=Tape(KERNELS[CELLS["lstm"]], T, D, H, B)), "lstm", "gru")


def test_what_backpropagate_cannot_take_is_refused_in_one_sentence():
    p, x, _, dh, _ = drawn("gru")
    tape = unroll("gru", p, x)
    refused(lambda: backpropagate("lstm", p, tape, dh), "tape is of cell gru and cell is lstm")
    refused(lambda: backpropagate("gru", p, tape.h, dh), "tape is ", "unroll")  # type: ignore[arg-type]
    for bad in (dh.astype(object), dh.astype(str), None, dh[0], [[1], [1, 2]]):
        refused(lambda bad=bad: backpropagate("gru", p, tape, bad), "dh ")  # type: ignore[misc]
    for bad in ({"h": dh[0]}, 0, [dh[0].astype(object)], [dh[0]] * 2):
        refused(lambda bad=bad: backpropagate("gru", p, tape, dh, bad), "dstate")  # type: ignore[misc]
    for ends in (np.ones(B), np.ones(B, bool), np.zeros(B, int), np.full(B, T + 1), np.ones(B + 1, int)):
        refused(lambda ends=ends: backpropagate("gru", p, tape, dh, [dh[0]], ends=ends), "ends is")  # type: ignore[misc]
    refused(lambda: backpropagate("gru", p, tape, dh, through=np.eye(H + 1)), "through has shape (3, 3)")
    refused(lambda: backpropagate("gru", p, tape, dh, flow=Flow(unroll("gru", p, x))), "flow")
    other = {name: array * 2 for name, array in p.items()}
    refused(lambda: backpropagate("gru", other, tape, dh), "params are not those that made the tape")
    assert (backpropagate("gru", p, copy.deepcopy(tape), dh).dh == backpropagate("gru", None, tape, dh).dh).all()


@every(cell=ALL_CELLS)
def test_gradients_have_the_type_of_the_weights_on_kernels_and_on_the_plain_loops(cell: str):
    p, x, _, dh, _ = drawn(cell)
    single = {name: array.astype("float32") for name, array in p.items()}
    for tape in (unroll(cell, single, x), rnn_core.plain.unroll(cell, single, x)[2]):
        flow = backpropagate(cell, None, tape, dh, through=np.eye(H))
        assert {array.dtype for array in (flow.dh, flow.dx, *flow.params.values())} == {np.dtype("float32")}


@every(call=[Trainer, check_gradients, torch_script])
def test_what_is_no_config_is_refused_with_the_way_out(call: Callable[[Any], object]):
    run = [Trainer(small())] if call is not torch_script else []  # which takes a run as well
    for wrong in ({"task": "echo"}, "echo", None, Config, 3, *run):
        refused(lambda wrong=wrong: call(wrong), "config is ", "Config(task='echo'")  # type: ignore[misc]


def test_what_is_no_task_is_refused_with_the_way_out():
    for wrong in ("echo", "a text of mine", TASKS, 3):
        for call in (lambda task: Trainer(small(), task), lambda task: build_network(small(), task),
                     lambda task: check_gradients(small(), task=task), lambda task: torch_script(small(), task=task)):
            refused(lambda wrong=wrong, call=call: call(wrong), "task is ", "text_task")  # type: ignore[misc]


def test_steps_are_a_whole_number():
    trainer = Trainer(small())
    for steps in (1.5, "3", -1, None):
        refused(lambda steps=steps: trainer.advance(steps), f"steps is {steps!r}")  # type: ignore[misc]
    assert trainer.advance(np.int64(2)).step == 2 and trainer.advance(0).step == 2


def test_settings_of_any_type_are_read_as_their_strings():
    assert Config.from_mapping({"length": 12, "layer_skip": True}) == Config(length=12, layer_skip=True)  # type: ignore[dict-item]
    refused(lambda: Config.from_mapping({"length": 12.7}), "length is 12.7")  # type: ignore[dict-item]


def test_gradients_of_an_own_task_are_checked_on_that_task():
    config, task = Config(task="sonnets", length=6, hidden_size=3, batch_size=2), text_task("abcde " * 40)
    report = check_gradients(config, task=task)
    assert report.ok and report.errors.keys() == Trainer(config, task).params.keys()
    refused(lambda: check_gradients(config, entries=0), "entries is 0")


def test_what_is_no_dict_of_weights_is_refused_by_the_interchange():
    trainer = Trainer(small(cell="lstm"))
    for call in (to_torch, lambda wrong: from_torch(wrong, "lstm")):
        for wrong in (trainer, [1], None, "weights.npz"):
            refused(lambda wrong=wrong, call=call: call(wrong), " is ", "dict of arrays")  # type: ignore[misc]
    params = dict(trainer.params)
    for name in ("W_xh", "b_h", "b_y"):
        refused(lambda name=name: to_torch({k: v for k, v in params.items() if k != name}), name)  # type: ignore[misc]
    state = to_torch(params)
    for name in list(state)[:4]:
        refused(lambda name=name: from_torch(state | {name: state[name][:-1]}, "lstm"), name)  # type: ignore[misc]
