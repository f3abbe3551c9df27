"""Every gradient of the engine against HIPS autograd on an independent forward pass, and against finite differences."""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import CELLS, INITIALIZERS, Config, backpropagate, check_gradients, unroll
from rnn_core.fast import network as network_module
from rnn_core.fast.kernels import KERNELS
from rnn_core.fast.network import FastNetwork
from rnn_core.network import Network
from rnn_core.step import LOSSES
from tests.engine import oracle
from tests.engine.oracle import Setting
from tests.engine.small import (
    ALL_CELLS,
    PAIRS,
    Case,
    assert_close,
    case,
    engine,
    engine_loss,
    paired,
    relative,
    small,
    weights,
)  # fmt: skip

STACKS = [(1, False), (2, False), (2, True), (3, False), (3, True)]
MASKS = {
    "every step": np.ones((4, 2)),
    "the last step": np.array([[0, 0], [0, 0], [0, 0], [1, 1.0]]),
    "the first step": np.array([[1, 1], [0, 0], [0, 0], [0, 0.0]]),
    "one answer in all": np.array([[0, 0], [0, 1], [0, 0], [0, 0.0]]),
    "unequal lengths": np.array([[1, 1], [1, 1], [1, 0], [1, 0.0]]),
}


def differences(L, array: np.ndarray, epsilon: float = 1e-5) -> np.ndarray:
    """Central differences of L() by every number of an array that L reads."""
    found, flat = np.empty(array.size), array.reshape(-1)
    for i, before in enumerate(flat.copy()):
        flat[i] = before + epsilon
        above = L()
        flat[i] = before - epsilon
        found[i] = (above - L()) / (2 * epsilon)
        flat[i] = before
    return found.reshape(array.shape)


def both_as_autograd(c: Case) -> None:
    """The plain engine and the fast one."""
    wanted = oracle.gradients(*c)
    for kind in (Network, FastNetwork):
        assert_close(engine(c, kind), wanted, 1e-9)


def test_the_oracle_knows_every_cell_and_every_loss():
    assert oracle.CELLS.keys() == CELLS.keys()
    assert oracle.LOSSES.keys() == LOSSES.keys()
    assert {name: len(cell.gates) for name, cell in CELLS.items()} == oracle.BLOCKS
    assert {name: len(cell.states) for name, cell in CELLS.items()} == oracle.STATES


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize(("layers", "skip"), STACKS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_whole_network_against_autograd(cell: str, layers: int, skip: bool, loss: str):
    c = case(Setting(cell, loss, layers, skip), seed=layers)
    both_as_autograd(c)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_which_steps_answer_against_autograd(cell: str, mask: str):
    c = case(Setting(cell, "cross-entropy", 2), seed=7, mask=MASKS[mask])
    both_as_autograd(c)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("window", [1, 2, 3, 6, 7])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_truncated_against_autograd(cell: str, window: int, layers: int):
    c = case(Setting(cell, layers=layers, window=window), seed=window, T=6)
    both_as_autograd(c)


LENGTHS = {"as long as the padding": None, "unequal": np.array([1, 3, 2])}


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("layers", "skip"), [(1, False), (3, True)])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_encoder_and_decoder_against_autograd(cell: str, layers: int, skip: bool, lengths: str):
    c = case(Setting(cell, "cross-entropy", layers, skip, read=3), seed=layers, T=5, B=3, lengths=LENGTHS[lengths])
    both_as_autograd(c)


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("window", [1, 2, 3, 4])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_truncated_encoder_and_decoder_against_autograd(cell: str, window: int, lengths: str):
    c = case(Setting(cell, layers=2, window=window, read=3), seed=window, T=6, B=3, lengths=LENGTHS[lengths])
    both_as_autograd(c)


SIZES = st.integers(1, 4)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(cell=st.sampled_from(ALL_CELLS), loss=st.sampled_from(sorted(LOSSES)), layers=st.integers(1, 4),
       skip=st.booleans(), window=st.integers(0, 5), read=st.integers(0, 4), padded=st.booleans(), T=st.integers(1, 5),
       D=SIZES, H=SIZES, O=SIZES, B=SIZES, seed=st.integers(0, 9))
def test_any_size_against_autograd(cell, loss, layers, skip, window, read, padded, T, D, H, O, B, seed):
    lengths = np.random.default_rng(seed).integers(1, read + 1, B) if read and padded else None
    c = case(Setting(cell, loss, layers, skip, window, read), seed, read + T, D, H, O, B, lengths=lengths)
    both_as_autograd(c)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_hundred_steps_against_autograd(cell: str):
    c = case(Setting(cell), seed=3, T=100, B=1)
    both_as_autograd(c)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_cell_alone_against_differences(cell: str):
    """L = Σ_t w_t · h_t + v · (last state), so that every way into the cell's way back is used, dstate too."""
    rng = np.random.default_rng(5)
    record, p = CELLS[cell], weights(rng, cell, 3, 2)
    x, state = rng.normal(size=(4, 3, 2)), [rng.normal(size=(2, 2)) for _ in record.states]
    w, v = rng.normal(size=(4, 2, 2)), [rng.normal(size=(2, 2)) for _ in record.states]

    def L() -> float:
        tape = unroll(record, p, x, state)
        return float((w * tape.h).sum() + sum((a * b).sum() for a, b in zip(v, tape.state, strict=True)))

    flow = backpropagate(record, p, unroll(record, p, x, state), w, v)
    for name, array in [*p.items(), ("x", x), *zip(record.states, state, strict=True)]:
        found = flow.dx if name == "x" else flow.params[name] if name in p else flow.state[record.states.index(name)]
        assert relative(found, differences(L, array)) < 1e-7, name


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_whole_network_against_differences(cell: str, loss: str):
    c = case(Setting(cell, loss, 2, True), seed=11)
    found = engine(c)
    for name, array in c.params.items():
        assert relative(found.params[name], differences(lambda: engine_loss(c), array)) < 1e-7, name
    assert relative(found.x, differences(lambda: engine_loss(c), c.x)) < 1e-7


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_check_gradients_is_content_with_every_task_and_cell(task: str, cell: str):
    report = check_gradients(small(task, cell=cell), entries=8)
    assert report.ok, report.errors
    assert {"W_xh", "W_hh", "b_h", "W_hy", "b_y"} <= report.errors.keys()
    assert max(report.errors.values()) < 1e-6


@pytest.mark.parametrize("initializer", sorted(INITIALIZERS))
def test_check_gradients_is_content_with_every_initializer(initializer: str):
    assert check_gradients(small(cell="lstm", initializer=initializer, recurrent_scale=0.95)).ok


@pytest.mark.parametrize(("layers", "skip"), STACKS)
def test_check_gradients_reads_layers_and_seed(layers: int, skip: bool):
    config = small(cell="gru", layers=layers, layer_skip=skip, seed=5)
    report = check_gradients(config, entries=10)
    assert report.ok, report.errors
    assert f"W_hh_{layers}" in report.errors or layers == 1
    assert f"W_hh_{layers + 1}" not in report.errors
    assert report == check_gradients(config, entries=10)


@pytest.mark.parametrize(("cell", "window"), paired(ALL_CELLS, [1, 2, 3, 4]))
@pytest.mark.parametrize("task", ["echo", "reverse", "digit-words"])
def test_check_gradients_is_content_with_a_window(cell: str, task: str, window: int):
    assert check_gradients(small(task, cell=cell, layers=2, bptt_window=window), entries=4).ok


def test_check_gradients_works_in_float64_whatever_the_run_has():
    assert check_gradients(small(dtype="float32")) == check_gradients(small(dtype="float64"))


def passes_around(cell: str) -> list[str]:
    """The states of which something goes on to the next step without passing through a_t."""
    record, p = CELLS[cell], {name: 0 * array for name, array in weights(np.random.default_rng(0), cell, 1, 1).items()}
    tape = unroll(record, p, np.zeros((1, 1, 1)), [np.ones((1, 1))] * len(record.states))
    return [name for name, after in zip(record.states, tape.state, strict=True) if after.any()][-1:]


def forgets(cell: str):
    def spoil(d):
        for name in passes_around(cell):
            getattr(d, f"d{name}_prev")[:] = 0

    return spoil


def stretches(d):
    d.da *= 1.01


def skips_a_unit(d):
    d.da[0] = 0


@pytest.mark.parametrize("seed", [1, 6, 15, 19, 21])
def test_a_kink_within_reach_of_a_nudge_is_no_broken_gradient(seed: int):
    """With these seeds a ReLU turns on or off between θ − ε and θ + ε."""
    assert check_gradients(Config(cell="rnn-relu", hidden_size=16, length=20, seed=seed)).ok


BROKEN = [(cell, spoil) for cell in ALL_CELLS for spoil in (stretches, skips_a_unit)]
BROKEN += [(cell, forgets(cell)) for cell in ALL_CELLS if passes_around(cell)]


@pytest.mark.parametrize(("cell", "spoil"), BROKEN, ids=lambda part: getattr(part, "__name__", part))
def test_check_gradients_sees_a_broken_way_back(monkeypatch, cell: str, spoil):
    whole = KERNELS[CELLS[cell]]
    named = [f"d{state}_prev" for state in passes_around(cell)]
    names = list(dict.fromkeys([*inspect.signature(whole.backward).parameters, "da", *named]))

    def backward(*arrays):
        d = SimpleNamespace(**dict(zip(names, arrays, strict=True)))
        whole.backward(*arrays[: len(inspect.signature(whole.backward).parameters)])
        spoil(d)

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    backward.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    config = small(cell=cell, initializer="xavier")
    assert check_gradients(config).ok
    monkeypatch.setitem(KERNELS, CELLS[cell], whole._replace(backward=backward))
    assert not check_gradients(config).ok


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y"])
def test_check_gradients_names_the_parameter_that_is_wrong(monkeypatch, name: str):
    class Broken(FastNetwork):
        def backward(self, *arguments, **more):
            grads = super().backward(*arguments, **more)
            return grads | {name: grads[name] * 1.001}

    monkeypatch.setattr(network_module, "FastNetwork", Broken)
    report = check_gradients(small())
    assert not report.ok
    assert max(report.errors, key=lambda key: report.errors[key]) == name
    assert [key for key, error in report.errors.items() if error > report.tolerance] == [name]


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_float32_lies_near_float64(cell: str):
    c = case(Setting(cell, "cross-entropy", 2, True), T=20, H=8, B=4)
    single = c._replace(params={name: array.astype("float32") for name, array in c.params.items()})
    single = single._replace(x=c.x.astype("float32"), y=c.y.astype("float32"), mask=c.mask.astype("float32"))
    found = engine(single)
    assert {array.dtype for array in [*found.params.values(), found.x, *found.states]} == {np.dtype("float32")}
    assert_close(found, engine(c), 1e-4)
