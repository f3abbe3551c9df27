"""The plain engine, cells/, bptt.py, network.py and step.py, is what the kernels in fast/ compute, number for number.

Autograd and finite differences judge both in test_gradients.py; here they judge each other, at the app's own starts.
"""

import dataclasses
import inspect
import pickle
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core
from rnn_core import CELLS, INITIALIZERS, OPTIMIZERS, Config, Trainer, plain
from rnn_core.analysis.diagnostics import compare_engines
from rnn_core.fast import network as network_module
from rnn_core.fast.kernels import KERNELS
from rnn_core.fast.lookup import LOOKED_UP
from rnn_core.fast.network import FastNetwork, build_network
from rnn_core.network import Network
from rnn_core.step import CLIPPING, LOSSES
from rnn_core.tasks.task import one_hot
from rnn_core.tasks.text import text_task
from tests.engine.oracle import Setting
from tests.engine.same import same
from tests.engine.small import ALL_CELLS, Case, assert_close, case, engine, network_of, relative, small, weights

SIZES = st.integers(1, 5)


def with_the_apps_start(c: Case, initializer: str, seed: int) -> Case:
    """The same, its weights as a run starts with them."""
    network, _ = network_of(c, Network)
    config = Config(hidden_size=network.H, initializer=initializer, dtype="float64")
    return c._replace(params=network.init(np.random.default_rng(seed), config))


def everything(
    c: Case, kind: type[Network], fresh: np.ndarray | None, **codes: np.ndarray
) -> dict[str, np.ndarray]:
    """All that a pass computes beside the gradients that assert_close compares, by name."""
    network, batch = network_of(c, kind)
    batch = batch._replace(reset=fresh, **codes)
    trace = network.forward(c.params, batch, [tuple(s) for s in c.state])
    loss = network.loss(c.setting.loss, trace, batch)
    grads = network.backward(c.params, trace, batch, loss.dy)
    found = {"y": trace.y, "y_hat": loss.y_hat, "loss_t": loss.loss_t, "h": trace.h, "dh": trace.dh}
    found |= {"dh_output": trace.dh_output, "dh_future": trace.dh_future}
    found |= {f"d{name}": array for name, array in grads.items()}
    for k, (tapes, flows) in enumerate(zip(trace.tapes, trace.flows, strict=True)):
        for layer, (tape, flow) in enumerate(zip(tapes, flows, strict=True)):
            names = (*network.cell.states, *network.cell.recorded_gates, "x", "h_prev")
            found |= {f"{name} of {k}, {layer}": tape[name] for name in names}
            found[f"shares of {k}, {layer}"] = flow.W_hh_shares()
    for layer, state in enumerate(trace.state):
        found |= {f"last {name} of {layer}": part for name, part in zip(network.cell.states, state, strict=True)}
    return {name: array.copy() for name, array in found.items()}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cell=st.sampled_from(ALL_CELLS), loss=st.sampled_from(sorted(LOSSES)), layers=st.integers(1, 4),
       skip=st.booleans(), window=st.integers(0, 5), read=st.integers(0, 4), padded=st.booleans(), some=st.booleans(),
       T=st.integers(1, 6), D=SIZES, H=SIZES, O=SIZES, B=SIZES, start=st.sampled_from(sorted(INITIALIZERS)),
       seed=st.integers(0, 99))
def test_every_number_of_a_pass(cell, loss, layers, skip, window, read, padded, some, T, D, H, O, B, start, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, read + 1, B) if read and padded else None
    c = case(Setting(cell, loss, layers, skip, window, read), seed, read + T, D, H, O, B, lengths=lengths)
    c = with_the_apps_start(c, start, seed)
    assert_close(engine(c, Network), engine(c, FastNetwork), 1e-12)
    fresh = rng.random(B) < 0.5 if some else None
    found, wanted = (everything(c, kind, fresh) for kind in (Network, FastNetwork))
    assert found.keys() == wanted.keys()
    apart = {name: np.abs(found[name] - array).max() / max(1, np.abs(array).max()) for name, array in wanted.items()}
    assert {name: far for name, far in apart.items() if far > 1e-12} == {}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cell=st.sampled_from(ALL_CELLS), layers=st.integers(1, 3), skip=st.booleans(), window=st.integers(0, 5),
       some=st.booleans(), T=st.integers(1, 6), D=SIZES, H=SIZES, O=SIZES, B=SIZES, seed=st.integers(0, 99))
def test_every_number_of_a_pass_in_which_one_hot_columns_are_looked_up(
    cell, layers, skip, window, some, T, D, H, O, B, seed
):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, D, (T, B))
    c = case(Setting(cell, "cross-entropy", layers, skip, window), seed, T, D, H, O, B)
    c = c._replace(x=one_hot(codes, D, "float64"))
    fresh = rng.random(B) < 0.5 if some else None
    wanted = everything(c, Network, fresh)
    with patch.object(network_module, "LOOKED_UP", 1):
        found = everything(c, FastNetwork, fresh, x_codes=codes, y_codes=c.y.argmax(axis=1))
    apart = {name: np.abs(found[name] - array).max() / max(1, np.abs(array).max()) for name, array in wanted.items()}
    assert {name: far for name, far in apart.items() if far > 1e-12} == {}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_twenty_training_steps_on_a_text_of_many_kinds(cell: str):
    text = "".join(map(chr, np.random.default_rng(0).zipf(1.3, 3000).clip(0, LOOKED_UP + 20) + 0x4E00))
    text += "".join(map(chr, range(0x4E01, 0x4E15 + LOOKED_UP)))
    config, task = small("sonnets", cell=cell, dtype="float64", start="carried", batch_size=4), text_task(text)
    fast, slow = Trainer(config, task), Trainer(config, task, plain=True)
    wanted, found = fast.advance(20), slow.advance(20)
    assert isinstance(fast.network, FastNetwork) and fast.network.looks_up(fast.batch)
    assert relative(slow.history["loss"], fast.history["loss"]) < 1e-9
    assert relative(slow.theta, fast.theta) < 1e-9
    assert relative(found.held_out_loss, wanted.held_out_loss) < 1e-9
    assert same(found.shown.x, wanted.shown.x)
    for name, array in wanted.shown.terms.items():
        assert relative(found.shown.terms[name], array) < 1e-9, name


def test_a_batch_whose_input_was_changed_is_multiplied_again_in_the_same_buffers():
    codes = np.random.default_rng(0).integers(0, 4, (5, 2))
    c = case(Setting("gru"), T=5, D=4)
    network, batch = network_of(c._replace(x=one_hot(codes, 4, "float64")))
    assert isinstance(network, FastNetwork)
    other = batch._replace(x=c.x)
    with patch.object(network_module, "LOOKED_UP", 1):
        trace = network.forward(c.params, batch._replace(x_codes=codes))
        assert relative(trace.y, network.forward(c.params, batch).y) < 1e-12
        assert same(network.forward(c.params, other, None, trace).y, network.forward(c.params, other).y)


# Every optimizer and clipping rule, every cell, and with them every way a task can read.
STEPS: list[dict[str, Any]] = [
    *({"optimizer": o, "clip": c, "clip_threshold": 0.05} for o in OPTIMIZERS for c in CLIPPING),
    *({"cell": cell, "layers": 2, "layer_skip": True} for cell in CELLS),
    {"task": "digit-words", "cell": "lstm"}, {"task": "reverse", "cell": "gru", "teacher_forcing": 0.5, "layers": 2},
    {"task": "xor", "start": "carried", "bptt_window": 3}, {"task": "sine"}, {"task": "reber"},
]  # fmt: skip


@pytest.mark.parametrize("changes", STEPS, ids=str)
def test_twenty_training_steps(changes: dict[str, Any]):
    fields: dict[str, Any] = {"hidden_size": 5, "dtype": "float64"} | changes
    config = small(**fields)
    fast, slow = Trainer(config), Trainer(config, plain=True)
    assert isinstance(fast.network, FastNetwork) and not isinstance(slow.network, FastNetwork)
    wanted, found = fast.advance(20), slow.advance(20)
    for name in ("loss", "grad_norm", "clip_ratio"):
        assert relative(slow.history[name], fast.history[name]) < 1e-9, name
    assert relative(slow.theta, fast.theta) < 1e-9
    for field in ("y_hat", "h", "dh_norm", "dh_output", "dh_future", "loss_t"):
        assert relative(getattr(found, field), getattr(wanted, field)) < 1e-9, field
    assert same(found.shown.x, wanted.shown.x)
    for name, array in wanted.shown.terms.items():
        assert relative(found.shown.terms[name], array) < 1e-9, name


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_loops_as_the_outside_calls_them(cell: str):
    rng, states = np.random.default_rng(1), CELLS[cell].states
    p, x, dh = weights(rng, cell, 3, 4), rng.normal(size=(6, 3, 2)), rng.normal(size=(6, 4, 2))
    first, last = ([rng.normal(size=(4, 2)) for _ in states] for _ in range(2))
    hs, state, tape = plain.unroll(cell, p, x, first)
    wanted = rnn_core.unroll(CELLS[cell], p, x, first)
    assert relative(hs, wanted.h) < 1e-12
    assert all(relative(*pair) < 1e-12 for pair in zip(state, wanted.state, strict=True))
    grads, dxs, dstate_0, dh_total = plain.backpropagate(CELLS[cell], p, tape, dh, last)
    flow = rnn_core.backpropagate(cell, p, wanted, dh, last)
    assert relative(dh_total, flow.dh) < 1e-12 and relative(dxs, flow.dx) < 1e-12
    assert all(relative(*pair) < 1e-12 for pair in zip(dstate_0, flow.state, strict=True))
    assert grads.keys() == p.keys() and all(relative(grads[name], flow.params[name]) < 1e-12 for name in p)
    _, _, _, cut = plain.backpropagate(cell, p, tape, dh, window=1)
    assert (cut == dh).all()


def test_what_the_loops_cannot_read_is_refused_in_one_sentence():
    p, x = weights(np.random.default_rng(0), "rnn", 3, 2), np.zeros((5, 3, 4))
    hs, _, tape = plain.unroll("rnn", p, x)
    single = {name: array.astype("float32") for name, array in p.items()}
    refusals = {
        "no such cell": (lambda: plain.unroll("none", p, x), "cell is 'none'"),
        "no weights": (lambda: plain.unroll("rnn", {}, x), "W_xh is missing"),
        "a shape": (lambda: plain.unroll("rnn", p, x[:, :2]), "W_xh has shape (2, 3)"),
        "not finite": (lambda: plain.unroll("rnn", p, x + np.nan), "xs has 60 values that are not finite"),
        "a state": (lambda: plain.unroll("rnn", p, x, [np.zeros((2, 3))]), "state has a part h of shape (2, 3)"),
        "dh": (lambda: plain.backpropagate("rnn", p, tape, hs[1:]), "dhs has shape (4, 2, 4); it must be (T, H, B)"),
        "a window": (lambda: plain.backpropagate("rnn", p, tape, hs, window=-1), "window is -1"),
        "a flag": (lambda: plain.backpropagate("rnn", p, tape, hs, window=True), "window is True"),
        "a number for a state": (lambda: plain.unroll("rnn", p, x, np.float64(1)), "state is"),
        "a plain tape": (lambda: rnn_core.unroll("rnn", p, x, tape=tape), "tape is one of rnn_core.plain"),
        "too large": (lambda: plain.unroll("rnn", single, x + 1e300), "xs has 60 values that are not finite"),
        "no flag": (lambda: Trainer(small(), plain="yes"), "plain is 'yes'"),  # type: ignore[arg-type]
        "other weights": (lambda: plain.backpropagate("rnn", p | {"b_h": hs[0, :, 0] + 1}, tape, hs), "params are not"),
        "another cell": (lambda: plain.backpropagate("rnn-relu", p, tape, hs), "tape is of cell rnn"),
        "a fast tape": (lambda: plain.backpropagate("rnn", p, rnn_core.unroll("rnn", p, x), hs), "tape is one of"),
    }
    for name, (call, start) in refusals.items():
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value).startswith(start) and "\n" not in str(caught.value), name


def test_weights_set_after_unrolling_are_not_those_of_the_tape():
    p, x = weights(np.random.default_rng(0), "rnn", 3, 2), np.ones((5, 3, 4))
    for unroll, backpropagate in ((plain.unroll, plain.backpropagate), (rnn_core.unroll, rnn_core.backpropagate)):
        tape = unroll("rnn", p, x)
        tape = tape[2] if isinstance(tape, tuple) else tape
        p["W_hh"] *= 0.5
        with pytest.raises(ValueError, match=r"^params are not those that made the tape"):
            backpropagate("rnn", p, tape, np.ones((5, 2, 4)))


def test_buffers_made_for_a_read_out_are_used_again_without_one():
    p, rng = weights(np.random.default_rng(0), "lstm", 3, 4), np.random.default_rng(1)
    tape, dh = rnn_core.unroll("lstm", p, rng.normal(size=(5, 3, 2))), rng.normal(size=(5, 4, 2))
    flow = rnn_core.backpropagate("lstm", p, tape, dh, through=rng.normal(size=(4, 4)))
    again = rnn_core.backpropagate("lstm", p, tape, dh, flow=flow)
    assert relative(again.dh, rnn_core.backpropagate("lstm", p, tape, dh).dh) < 1e-12


def slow_gru_forward(p, x, state):
    return CELLS["gru"].forward(p, x, state)


OWN = dataclasses.replace(CELLS["gru"], name="own", title="Without a kernel", forward=slow_gru_forward)


@pytest.fixture
def own_cell(monkeypatch) -> str:
    """A cell of which there is only the mathematics."""
    monkeypatch.setitem(CELLS, "own", OWN)
    field = Config.fields()["cell"]
    monkeypatch.setitem(Config.fields(), "cell", field._replace(options=(*field.options, "own")))
    assert OWN not in KERNELS
    return "own"


@pytest.mark.parametrize("task", ["echo", "reverse", "digit-words", "sonnets"])
def test_a_cell_without_a_kernel_trains_is_explained_checked_copied_and_saved(own_cell: str, task: str, tmp_path):
    config = small(task, cell=own_cell, layers=2, dtype="float64")
    run, twin = Trainer(config), Trainer(dataclasses.replace(config, cell="gru"))
    assert relative(run.advance(5).h, twin.advance(5).h) < 1e-9
    assert relative(run.snapshot().shown.terms["r"], twin.snapshot().shown.terms["r"]) < 1e-9
    assert rnn_core.check_gradients(config, entries=5).ok
    run.save(tmp_path / "run.npz")
    for other in (Trainer.load(tmp_path / "run.npz"), pickle.loads(pickle.dumps(run))):
        assert same(other.advance(3), Trainer.load(tmp_path / "run.npz").advance(3))
    p = run.network.layer(run.params, "", 0)
    x = np.random.default_rng(0).normal(size=(4, p["W_xh"].shape[1], 2))
    tape = rnn_core.unroll(own_cell, p, x)
    assert relative(tape.h, rnn_core.unroll("gru", p, x).h) < 1e-12
    flow = rnn_core.backpropagate(own_cell, p, tape, tape.h)
    assert relative(flow.dx, rnn_core.backpropagate("gru", p, rnn_core.unroll("gru", p, x), tape.h).dx) < 1e-12


def test_a_plain_run_stays_plain_when_copied_and_saved(tmp_path):
    run = Trainer(small(), plain=True)
    run.save(tmp_path / "run.npz")
    for other in (pickle.loads(pickle.dumps(run)), Trainer.load(tmp_path / "run.npz")):
        assert not isinstance(other.network, FastNetwork)


@pytest.mark.parametrize("changes", [{"task": "xor", "start": "carried"}, {"task": "sonnets", "start": "carried"}])
def test_the_comparison_starts_where_the_runs_last_step_did(changes: dict[str, Any]):
    run = Trainer(small(cell="lstm", bptt_window=2, **changes))
    run.advance(20)
    assert all(one.ok for one in compare_engines(run).values())


def test_the_network_of_a_config_is_fast_where_its_cell_has_a_kernel():
    assert set(KERNELS) == set(CELLS.values())
    for cell in CELLS:
        assert isinstance(build_network(Config(cell=cell)), FastNetwork)
        assert type(build_network(Config(cell=cell), plain=True)) is Network


def test_a_batch_is_only_read():
    c = case(Setting("lstm", layers=2, read=2), T=5)
    network, batch = network_of(c, Network)
    before = [array.copy() for array in (batch.x, batch.y, batch.mask)]
    trace = network.forward(c.params, batch)
    network.backward(c.params, trace, batch, trace.y.copy())
    assert all(map(np.array_equal, before, (batch.x, batch.y, batch.mask)))


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_comparison_on_the_board_agrees_and_names_what_is_wrong(cell: str, monkeypatch):
    run = Trainer(small("reverse", cell=cell, bptt_window=4))
    run.advance(20)
    before = run.theta.copy(), run.history["loss"].copy()
    found = compare_engines(run)
    assert found.keys() == run.params.keys()
    assert all(one.ok and one.float32 is not None and one.float32 < 1e-4 for one in found.values()), found
    assert all((a == b).all() for a, b in zip(before, (run.theta, run.history["loss"]), strict=True))
    kernel = KERNELS[CELLS[cell]]

    def derivatives(*arrays):
        kernel.derivatives(*arrays)
        arrays[-1][...] *= 1.001

    derivatives.__signature__ = inspect.signature(kernel.derivatives)  # type: ignore[attr-defined]
    monkeypatch.setitem(KERNELS, CELLS[cell], kernel._replace(derivatives=derivatives))
    assert not all(one.ok for one in compare_engines(run).values())
