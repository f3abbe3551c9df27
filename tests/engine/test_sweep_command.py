"""python -m rnn_core.sweep: a table that can be gone on with, and refusals in one sentence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_core import Config
from rnn_core.sweep import MOST_RUNS, run, runs
from rnn_core.sweep import __main__ as command
from rnn_core.sweep.table import done
from tests.engine.sweeping import ROOT, trained, within

LINE = ["task=latch", "cell=rnn,lstm", "--seeds", "2", "--steps", "3", "--workers", "0"]


def test_a_table_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    made, path = trained(monkeypatch), tmp_path / "t.csv"
    assert command.main([*LINE, "--csv", str(path)]) == 0
    whole = path.read_text()
    assert len(set(made)) == 4 and len(whole.splitlines()) == 5
    made.clear()
    assert command.main([*LINE, "--csv", str(path)]) == 0
    assert made == [] and path.read_text() == whole
    assert "4 of 4 runs are in" in capsys.readouterr().err
    path.write_text(whole[:-4])  # cut off while it was written
    assert command.main([*LINE, "--csv", str(path)]) == 0
    assert len(made) == 1 and len(path.read_text().splitlines()) == 5
    made.clear()
    assert command.main([*LINE[:1], "cell=gru", *LINE[2:], "--csv", str(path)]) == 0
    assert len(made) == 2 and len(path.read_text().splitlines()) == 7
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_leaves_a_table_to_go_on_with(tmp_path: Path):
    path = tmp_path / "t.csv"
    heeding = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    heeding += "from rnn_core.sweep.__main__ import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", heeding, "hidden_size=64", "--seeds", "100", "--csv", str(path)]
    process = subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert within(20, lambda: path.exists() and path.read_text().count("\n") > 2)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=10)[1]
    assert (process.returncode, told) == (130, "stopped; the same line goes on where it ended\n")
    assert 2 <= len(done(path)) < 100


def test_a_run_with_an_error_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "t.csv"
    monkeypatch.setattr(runs, "Trainer", lambda config: 1 / 0)
    command.main([*LINE, "--csv", str(path)])
    assert path.read_text().count("division by zero") == 4
    monkeypatch.undo()
    command.main([*LINE, "--csv", str(path)])
    assert path.read_text().count("\n") == 5 and "division" not in path.read_text()


def test_a_row_says_all_that_decided_the_run(capsys: pytest.CaptureFixture[str]):
    assert command.main(LINE) == 0
    header, first, *_ = (line.split(",") for line in capsys.readouterr().out.splitlines())
    row = dict(zip(header, first, strict=True))
    result = run(command.configs(LINE[:2], 2)[0], 3)
    assert row["cell"] == "rnn" and row["steps"] == "3" and row["seed"] == "1"
    assert float(row["loss"]) == result.loss and float(row["gradient_ratio"]) == result.gradient_ratio


def test_what_is_not_named_is_the_task_s_default():
    found = command.configs(["task=addition", "cell=rnn,lstm"], 2)
    assert [(c.cell, c.seed) for c in found] == [("rnn", 1), ("rnn", 2), ("lstm", 1), ("lstm", 2)]
    assert {(c.length, c.hidden_size, c.batch_size) for c in found} == {(9, 64, 64)}


@pytest.mark.parametrize(("line", "words"), [
    (["foo=1"], "'foo' is no setting"),
    (["rnn"], "'rnn' is no setting; write name=value"),
    (["cell=rnn,lstn"], "cell is 'lstn'"),
    (["cell=rnn", "cell=gru"], "cell is given twice"),
    (["cell=rnn,rnn"], "cell has the value 'rnn' twice"),
    (["k=1,2", "cell=rnn,gru", "clip=none,norm"], "at most 2 may differ"),
    (["k=3,30"], "k = 30: "),
    (["seed=1,2", "--seeds", "2"], "seed and --seeds"),
    (["--seeds", "0"], "--seeds is 0"),
    (["--steps", "0"], "steps is 0"),
    (["--steps", "x"], "invalid int value: 'x'"),
    (["--workers", "1000"], "workers is 1000"),
    (["--frobnicate"], "--frobnicate"),
    (["k=" + ",".join(map(str, range(1, 11))), "--seeds", "100"], f"a sweep may have {MOST_RUNS}"),
    (["--csv", str(ROOT / "pyproject.toml")], "no table of a sweep"),
    (["--csv", str(ROOT)], "Is a directory"),
    (["--csv", str(ROOT / "none" / "t.csv"), "--workers", "0"], "cannot be written"),
], ids=lambda value: value[0][:20] if isinstance(value, list) else "")
def test_the_command_refuses_in_one_sentence(line: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        command.main(line)
    out, err = capsys.readouterr()
    assert caught.value.code == 2 and out == ""
    assert words in err and len(err.splitlines()) == 1, err


def test_the_command_says_what_makes_no_difference(capsys: pytest.CaptureFixture[str]):
    command.main(["task=latch", "cell=rnn,lstm", "forget_bias=1,3", "--steps", "1", "--workers", "0"])
    assert capsys.readouterr().err.splitlines() == ["forget_bias makes no difference where cell rnn has no forget gate"]


def test_every_task_has_its_own_defaults():
    latch, sonnets = command.configs(["task=latch,sonnets", "length=30"], 1)
    assert latch == Config.of_task("latch", length=30, seed=1)
    assert sonnets == Config.of_task("sonnets", length=30, seed=1)
