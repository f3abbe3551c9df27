"""What a film that stands still says of the weights: the browser's sums are the engine's numbers."""

from pathlib import Path

import numpy as np
import pytest

from rnn_core import CELLS, Config, Trainer
from rnn_core.network import key
from tests.engine.small import PAIRS, small
from tests.test_film import needs_node, run_node, unpack
from ui.board import film
from ui.board.film import Choice


def packed(trainer: Trainer, **more: object) -> bytes:
    told = {"film": 1, "run": 1, "playing": False, "period": 0.5, "params": trainer.params, **more}
    return film.pack(trainer.config, [trainer.advance(3)], trainer.history, **told)  # type: ignore[arg-type]


@needs_node
def test_the_browsers_sums_are_the_engines(tmp_path: Path):
    for cell in CELLS:
        for task in ("echo", "reverse"):
            config = Config(task=task, cell=cell, layers=2, layer_skip=True, length=10, hidden_size=4, init_scale=0.5)
            (tmp_path / f"{cell}-{task}").write_bytes(packed(Trainer(config), choice=Choice("h", (0, 1), 2)))
    run_node({"UNROLLED_STILL": str(tmp_path)}, "terms.test.mjs")


@needs_node
def test_the_browsers_outputs_are_the_engines(tmp_path: Path):
    """Of every task, with one layer that is seen, and with two that have skips, where the top one is folded."""
    for task, cell in PAIRS:
        one = small(task, 12, cell=cell, hidden_size=4, init_scale=0.5)
        (tmp_path / f"{task}-{cell}").write_bytes(packed(Trainer(one)))
        stack = Trainer(small(task, 12, cell=cell, hidden_size=4, layers=2, layer_skip=True, init_scale=0.5))
        (tmp_path / f"{task}-{cell}-skip").write_bytes(packed(stack, choice=Choice("h", (0,), 2)))
    run_node({"UNROLLED_OUTPUTS": str(tmp_path)}, "terms.test.mjs")


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_the_weights_of_open_layers_travel_only_at_rest(task: str, cell: str):
    trainer = Trainer(small(task, 12, cell=cell, layers=2))
    _, playing = unpack(packed(trainer, playing=True))
    assert not any(name.split()[0] in trainer.params for name in playing)
    for open_ in ((0,), (1,), (0, 1)):
        header, got = unpack(packed(trainer, choice=Choice("h", open_, 2)))
        wanted = {n for n in trainer.params if n in ("W_hy", "b_y") or (1 if n.endswith("_2") else 0) in open_}
        assert {name for name in got if name in trainer.params} == wanted
        for name in wanted:
            np.testing.assert_array_equal(got[name], trainer.params[name])
        for layer in open_:
            assert got[f"h {layer}"].shape == (header["T"], 3)
            W_hh = trainer.params[key("", "W_hh", layer)][:3].astype(float)
            radius, norm = got[f"norms {key('', 'W_hh', layer)}"][0]
            assert radius == pytest.approx(np.abs(np.linalg.eigvals(W_hh)).max(), rel=1e-5)
            assert norm == pytest.approx(np.linalg.svd(W_hh)[1].max(), rel=1e-5)
        assert got["dh 0"].shape == got["dh 1"].shape
        assert ({"dc 0", "dc 1"} <= set(got)) == ("c" in CELLS[cell].states)
