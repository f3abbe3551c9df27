"""Slow motion: a step is taken once, told in the films' layout, and the browser can say every stage of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, OPTIMIZERS, TASKS, Config, Trainer
from rnn_core.analysis.dissection import Dissection, dissect
from rnn_core.analysis.what_if import Weight
from rnn_core.step import CLIPPING, LOSSES
from tests.engine.small import PAIRS
from tests.engine.small import small as small_config
from tests.test_film import needs_node, run_node, unpack
from tests.visiting import boards, press, session, undisturbed, visit
from ui.board import film, slow
from ui.board.film import Choice
from ui.run.session import Session

__all__ = ["undisturbed"]  # a fixture
SETTINGS: list[dict[str, Any]] = [
    *({"optimizer": name} for name in OPTIMIZERS), *({"clip": name, "clip_threshold": 0.01} for name in CLIPPING),
    {"layers": 3}, {"bptt_window": 5}, {"start": "carried"}, {"batch_size": 1}, {"length": 60, "hidden_size": 40},
    *({"task": "copy", "teacher_forcing": p, "layers": 2} for p in (0.0, 0.5)),
    {"task": "digit-words", "teacher_forcing": 0.0},
]


def small(task: str = "echo", **fields: Any) -> Config:
    return small_config(task, **{"hidden_size": 5, "batch_size": 4, **fields})


ALL = [*(small(task=task, cell=cell) for task, cell in PAIRS), *(small(**fields) for fields in SETTINGS)]


def packed(config: Config, steps: int = 2) -> tuple[Dissection, bytes]:
    trainer = Trainer(config)
    trainer.advance(steps)
    snapshot, step = dissect(trainer)
    assert step
    return step, slow.pack(step, snapshot, trainer.task, film=3, run=2)


@pytest.mark.parametrize("config", ALL, ids=lambda config: "-".join(config.to_mapping().values()))
def test_what_the_engine_says_of_the_step_arrives(config: Config):
    step, data = packed(config)
    header, got = unpack(data)
    T, H = header["T"], header["H"]
    assert (header["film"], header["run"], header["B"], list(got["step"])) == (3, 2, config.batch_size, [3, 3])
    assert [tuple(stage) for stage in header["stages"]] == step.stages
    assert header["open"] == [config.layers - 1] and header["weights"] == list(step.weights)
    assert 0 <= header["unit"] < H and step.dh[:, header["unit"]].any()
    for name, wanted in {
        "share_loss": step.loss_t, "share_again": step.loss_t_again,
        "error": step.error, "unit_dh": step.dh, "unit_dh_output": step.dh_output,
        "unit_dh_future": step.dh_future, "share": step.shares.share, "part": step.shares.part,
        "so_far": step.shares.so_far, "norm_before": [step.grad_norm], "ratio": [step.clip_ratio],
        "h_now": step.view.h, "before": [m.before for m in step.moves], "after": [m.after for m in step.moves],
    }.items():
        np.testing.assert_array_equal(got[name].ravel(), np.asarray(wanted, "f4").ravel(), name)
    assert list(got["answers_of"]) == list(step.answers) and got["p"].shape == got["dh_norm"][0].shape == (T,)
    answers = [TASKS[config.task].decide(view.y_hat)[0] for view in (step.view, step.again)]
    np.testing.assert_array_equal(got["answer"], np.asarray(answers, "f4"))
    assert len(header["moves"]) == len(step.before)
    assert got["terms"].shape == (len(step.before), len(header["move_terms"]))
    changed = sum((step.gradient[name] != step.clipped[name]).sum() for name in step.before)
    assert got["cut"] == changed and header["numbers"] == sum(a.size for a in step.before.values())
    theta, delta = got["sizes"]
    assert theta > delta > 0


def test_every_loss_has_its_equation():
    assert slow.ERRORS.keys() == LOSSES.keys()
    assert {len(lines) for lines in slow.ERRORS.values()} == {3}


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_who_reads_own_answers_and_who_the_right_ones(p: float):
    step, data = packed(small(task="copy", teacher_forcing=p))
    header, got = unpack(data)
    fed = list(map(bool, step.view.free_running))
    assert any(fed)
    assert header["fed"] == [f and p == 0 for f in fed] and header["forced"] == [f and p > 0 for f in fed]
    if p == 0:
        for t in np.flatnonzero(fed):
            assert header["padding"][t] or header["inputs"][t] == header["symbols"][int(got["answer"][0, t - 1])]


def test_the_session_takes_one_ordinary_step_and_stands_still(undisturbed: None):
    slowly, plain = Session(Config(length=6)), Session(Config(length=6))
    slowly.play()
    for s, what in ((slowly, "slowly"), (plain, "step")):
        s.ask(what)
        s.answer()
    assert not slowly.playing and slowly.run.trainer.step == 1
    assert slowly.run.slow and slowly.run.slow.step == 1 and plain.run.slow is None
    np.testing.assert_array_equal(slowly.run.trainer.theta, plain.run.trainer.theta)
    slowly.step()
    assert slowly.run.slow is None  # told of no other step than the last


def test_a_weight_that_is_set_after_a_slow_step_does_not_open_its_replay_again():
    s = Session(Config(length=6))
    s.slowly()
    s.explore(Choice(moment=s.run.exploring.moment, weights=(Weight("W_hh", 0, 1, 0.5),)))
    assert s.run.exploring.imagined and s.run.slow is None


def test_a_step_that_diverges_slowly_is_said_like_any_other(undisturbed: None):
    s = Session(Config(cell="rnn-relu", learning_rate=10, clip="none"))
    while not s.run.trainer.diverged:
        s.slowly()
    assert s.run.slow is None and s.run.last.diverged


def test_the_step_travels_behind_its_film_and_no_other():
    app = visit(hidden_size="4")
    (before,) = boards(app)
    press(app, "slowly")
    assert session(app).run.trainer.step == 1
    (both,) = boards(app)
    first, second = split(both)
    assert first["film"] == second["film"] == session(app).film and first["run"] == second["run"]
    assert "stages" in second and "stages" not in first
    app.run()
    assert boards(app) == [both]  # a page that is run again shows the same
    press(app, "step")
    (after,) = boards(app)
    assert len(split(before)) == len(split(after)) == 1


def split(data: bytes) -> list[dict]:
    """The headers of the films in data, one behind the other."""
    starts = [i for i in range(0, len(data), 4) if data[i : i + 4] == film.MAGIC + bytes([film.VERSION])]
    return [unpack(data[a:b])[0] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]


@needs_node
def test_the_browser_can_tell_every_stage(tmp_path: Path):
    for config in ALL:
        trainer = Trainer(config)
        snapshot, step = dissect(trainer)
        assert step
        told: dict[str, Any] = {"film": 1, "run": 1}
        data = film.pack(config, [snapshot], trainer.history, playing=False, period=0.5, **told)
        name = "-".join(config.to_mapping().values())
        (tmp_path / name).write_bytes(data + slow.pack(step, snapshot, trainer.task, **told))
    run_node({"UNROLLED_STEPS": str(tmp_path)}, "slow.test.mjs")


@pytest.mark.parametrize("config", [small(cell=cell) for cell in ("lstm", "gru")] + [
    small(cell="lstm", layers=2), small(task="copy", cell="gru"),
], ids=lambda c: f"{c.cell} {c.task} {c.layers}")  # fmt: skip
def test_a_gate_is_what_its_parts_add_up_to(config: Config):
    step, data = packed(config)
    header, got = unpack(data)
    cell = CELLS[config.cell]
    assert set(step.gates) == set(cell.recorded_gates) and len(header["gate_lines"]) == 1 + len(step.gates)
    for gate in step.gates:
        x, h, b = (got[f"gate {gate}_{part}"] for part in "xhb")
        by = step.view.layers[-1].get(cell.through.get(gate, ""), 1.0)
        a = x + by * h + b
        value = 1 / (1 + np.exp(-a)) if gate in cell.sigmoids else np.tanh(a)
        np.testing.assert_allclose(value, step.view.layers[-1][gate], atol=1e-5)


def test_a_cell_without_gates_has_no_lines_of_gates():
    header, _ = unpack(packed(small(cell="rnn"))[1])
    assert header["gate_lines"] == []
