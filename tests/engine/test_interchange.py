"""To PyTorch and back: names, layouts and the two biases; where torch is installed, its own layers must agree."""

import ast
import copy
import importlib.util
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn_core import CELLS, TASKS, Config, Trainer, unroll
from rnn_core.fast.network import build_network
from rnn_core.interchange import TORCH, from_torch, to_torch, torch_script
from rnn_core.tasks.text import text_task
from tests.engine.oracle import Setting
from tests.engine.small import ALL_CELLS, PAIRS, case, network_of, small, weights
from tests.every import every

torch_is_here = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", sorted(TORCH))
def test_there_and_back_is_the_same(cell: str, layers: int):
    trainer = Trainer(small(cell=cell, layers=layers))
    state = to_torch(trainer.params)
    G, H, D = len(CELLS[cell].gates), 3, 5
    for layer in range(layers):
        assert state[f"weight_ih_l{layer}"].shape == (G * H, H if layer else D)
        assert state[f"weight_hh_l{layer}"].shape == (G * H, H)
        assert state[f"bias_ih_l{layer}"].shape == state[f"bias_hh_l{layer}"].shape == (G * H,)
    back = from_torch(state, cell)
    assert back.keys() == trainer.params.keys()
    assert all(np.array_equal(back[name], trainer.params[name]) for name in back)
    state["weight_hh_l0"][:] = 7
    assert not (trainer.params["W_hh"] == 7).any()


@pytest.mark.parametrize("cell", sorted(TORCH))
def test_two_biases_become_what_they_do(cell: str):
    rng, G = np.random.default_rng(0), len(CELLS[cell].gates)
    shapes = {"weight_ih_l0": (G * 2, 3), "weight_hh_l0": (G * 2, 2), "bias_ih_l0": (G * 2,), "bias_hh_l0": (G * 2,)}
    state = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    before = {name: array.copy() for name, array in state.items()}
    p = from_torch(state, cell)
    assert all((state[name] == before[name]).all() for name in state)
    if cell == "gru":
        assert (p["b_hn"] == state["bias_hh_l0"][4:]).all()
        assert (p["b_h"][4:] == state["bias_ih_l0"][4:]).all()
    else:
        assert p["b_h"] == pytest.approx(state["bias_ih_l0"] + state["bias_hh_l0"])
    assert unroll(CELLS[cell], p, np.ones((2, 3, 1))).h.shape == (2, 2, 1)


def one_sentence(caught: pytest.ExceptionInfo[ValueError], *parts: str) -> None:
    assert "\n" not in str(caught.value)
    assert all(part in str(caught.value) for part in parts)


def test_what_pytorch_has_no_place_for_is_refused():
    for params in ({}, {"W_hy": np.zeros((1, 1)), "b_y": np.zeros(1)}, dict(Trainer(small("copy")).params)):
        with pytest.raises(ValueError) as caught:
            to_torch(params)
        one_sentence(caught, "params")
    with pytest.raises(ValueError) as caught:
        from_torch({}, "rnn")
    one_sentence(caught, "weight_ih_l0")
    state = to_torch(weights(np.random.default_rng(0), "rnn", 3, 2))
    with pytest.raises(ValueError) as caught:
        from_torch(state, "lstm")
    one_sentence(caught, "weight_hh_l0", "(2, 2)", "(8, 2)")
    del state["bias_hh_l0"]
    with pytest.raises(ValueError) as caught:
        from_torch(state, "rnn")
    one_sentence(caught, "bias_hh_l0")


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_a_script_is_python_or_a_refusal(task: str, cell: str):
    config = small(task, cell=cell)
    if cell in TORCH and not build_network(config).decoder:
        compile(torch_script(config), "script", "exec")
    else:
        with pytest.raises(ValueError) as caught:
            torch_script(config)
        one_sentence(caught, cell)


def test_a_skip_connection_is_refused_by_a_script_and_a_single_layer_has_none():
    with pytest.raises(ValueError):
        torch_script(small(cell="lstm", layers=2, layer_skip=True))
    assert "nn.LSTM" in torch_script(small(cell="lstm", layer_skip=True))


@torch_is_here
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", sorted(TORCH))
def test_the_script_runs_and_says_what_the_engine_says(tmp_path: Path, cell: str, layers: int, dtype: str):
    config = small(cell=cell, layers=layers, dtype=dtype)
    trainer = Trainer(config)
    trainer.advance(5)
    np.savez(tmp_path / "weights.npz", **to_torch(trainer.params))  # type: ignore[arg-type]
    x = np.random.default_rng(0).normal(size=(7, 5, 4)).astype(dtype)
    np.save(tmp_path / "x.npy", x.swapaxes(1, 2))
    more = "\n    np.save('y.npy', network(torch.from_numpy(np.load('x.npy'))).detach().numpy())\n"
    (tmp_path / "script.py").write_text(torch_script(config) + more, "utf-8")
    subprocess.run([sys.executable, "script.py"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    c = case(Setting(cell, layers=layers))
    network, batch = network_of(c._replace(params=trainer.params, x=x, y=np.zeros((7, 5, 4)), mask=np.ones((7, 4))))
    y = network.forward(trainer.params, batch).y
    assert np.load(tmp_path / "y.npy") == pytest.approx(y.swapaxes(1, 2), abs=1e-6)


OWN = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. 0123456789!?\n" * 20


def test_a_script_of_an_own_task_builds_that_tasks_network():
    trainer = Trainer(Config(task="sonnets", cell="gru", hidden_size=12), text_task(OWN))
    kinds, script = len(set(OWN)), torch_script(trainer.config, task=trainer.task)
    assert f"nn.GRU({kinds}, 12, num_layers=1)" in script and f"nn.Linear(12, {kinds})" in script
    assert to_torch(trainer.params)["read_out.weight"].shape == (kinds, 12)
    assert torch_script(trainer) == script
    assert torch_script(trainer.config) == torch_script(trainer.config, "weights.npz", TASKS["sonnets"]) != script
    with pytest.raises(ValueError) as caught:
        torch_script(trainer.config, trainer.task)  # type: ignore[arg-type]
    one_sentence(caught, "weights is", "task=")


def test_a_script_reads_a_file_of_any_name():
    for name in ("C:\\runs\\new.npz", 'my "best".npz', "it's.npz"):
        found = re.search(r"np\.load\((.*?)\)\.items", torch_script(small(), name))
        assert found and ast.literal_eval(found[1]) == name


@every(cell=ALL_CELLS)
def test_weights_of_a_cell_that_pytorch_has_not_are_refused(cell: str):
    trainer = Trainer(small(cell=cell, layers=2))
    plain = weights(np.random.default_rng(0), cell, 3, 2)
    trainer.advance(2)
    if cell in TORCH:
        assert to_torch(trainer.params).keys() == to_torch(dict(trainer.params), cell).keys()
        assert to_torch(plain, CELLS[cell]).keys() == to_torch(plain).keys()
        return
    for call in (lambda: to_torch(trainer.params), lambda: to_torch(copy.deepcopy(trainer.params)),
                 lambda: to_torch(pickle.loads(pickle.dumps(trainer)).params), lambda: to_torch(plain, cell),
                 lambda: to_torch(plain, CELLS[cell]), lambda: from_torch(to_torch(plain), cell)):
        with pytest.raises(ValueError) as caught:
            call()
        one_sentence(caught, f"cell is {cell!r}", *TORCH)


def test_weights_of_a_network_that_pytorch_has_not_are_refused():
    for config in (small(layers=2, layer_skip=True), small("copy")):
        with pytest.raises(ValueError) as caught:
            to_torch(Trainer(config).params)
        one_sentence(caught, "PyTorch")
    assert to_torch(Trainer(small(layer_skip=True)).params)
