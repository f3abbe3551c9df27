"""Films: what the board is sent. The layout is read back here by its own description, and by the browser's own code."""

import json
import os
import shutil
import struct
import subprocess
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, TASKS, Config, Snapshot, Trainer
from rnn_core.history import History
from rnn_core.snapshot import Change, Divergence
from tests.engine.small import PAIRS, small
from tests.every import every
from ui import STATIC
from ui.board import board, film
from ui.board.film import Choice
from ui.board.words import in_words
from ui.run.session import Session

ROOT = Path(__file__).resolve().parents[1]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None and os.environ.get("CI") != "true",
    reason="node is not installed: the board's JavaScript is not tested",
)


def unpack(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """By film.py's description alone."""
    assert data[:3] == b"URF" and data[3] == 1
    (length,) = struct.unpack("<I", data[4:8])
    header = json.loads(data[8 : 8 + length], parse_constant=lambda name: pytest.fail(f"{name} in the JSON"))
    at, arrays = 8 + length, {}
    for name, kind, shape in header["arrays"]:
        assert at % 4 == 0, name
        arrays[name] = np.frombuffer(data, f"<{kind}", int(np.prod(shape)), at).reshape(shape)
        at += -(-arrays[name].nbytes // 4) * 4
    assert at == len(data)
    return header, arrays


def of(trainer: Trainer, snapshots: list[Snapshot], **more: object) -> tuple[dict, dict[str, np.ndarray]]:
    told = {"film": 3, "run": 2, "playing": True, "period": 0.5, **more}
    return unpack(film.pack(trainer.config, snapshots, trainer.history, **told))  # type: ignore[arg-type]


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_what_the_engine_says_arrives(task: str, cell: str):
    trainer = Trainer(small(task, 12, cell=cell, hidden_size=5, batch_size=4))
    snapshots = [trainer.advance(2) for _ in range(3)]
    header, got = of(trainer, snapshots)
    last = snapshots[-1]
    T = len(last.shown.h)
    assert (header["T"], header["H"], header["B"], header["film"], header["run"]) == (T, 5, 4, 3, 2)
    assert list(got["step"]) == [2, 4, 6]
    for name in ("loss", "grad_norm", "clip_ratio", "held_out_loss", "held_out_metric"):
        np.testing.assert_array_equal(got[name], np.array([getattr(s, name) for s in snapshots], "f4"))
    np.testing.assert_array_equal(got["dh_norm"], np.array([s.dh_norm for s in snapshots], "f4"))
    for i, s in enumerate(snapshots):
        scale = got["h_scale"][i, 0]
        np.testing.assert_allclose(got["h"][i, 0] / 127 * scale, s.shown.h, atol=scale / 250)
    np.testing.assert_allclose(got["h_now"], last.shown.h, atol=0.005)
    _, exact = of(trainer, snapshots, playing=False)
    np.testing.assert_array_equal(exact["h_now"], last.shown.h.astype("f4"))
    assert header["term_names"] == list(last.shown.terms)
    for name, term in last.shown.terms.items():  # two decimals are shown
        np.testing.assert_allclose(np.broadcast_to(got[f"term {name}"], term.shape), term, atol=0.005)
    assert header["kind"] == ("class" if TASKS[task].symbols(trainer.config) else "number")
    np.testing.assert_array_equal(got["dh_output"], np.asarray(last.dh_output, "f4"))
    np.testing.assert_array_equal(got["dh_future"], np.asarray(last.dh_future, "f4"))
    assert len(header["inputs"]) == len(header["targets"]) == T
    assert header["answers"] == [bool(t) for t in header["targets"]] == list(np.isfinite(got["target"]))


@every(task=TASKS)
def test_halves_own_answers_padding_and_pictures(task: str):
    """What the picture says of encoder, decoder, own answers, ends and images is what the engine did."""
    trainer = Trainer(small(task, 13, batch_size=16))
    seen = set()
    for trainer.shown in range(8):
        s = trainer.snapshot()
        header, got = of(trainer, [s])
        view = s.shown
        T, read, fed, padding = header["T"], header["read"], header["fed"], header["padding"]
        assert bool(read) == (TASKS[task].shape == "encoder-decoder") and fed == list(view.free_running)
        assert not any(p and a for p, a in zip(padding, header["answers"], strict=True))
        if read:
            asked, written = sum(map(bool, header["inputs"][:read])), sum(header["answers"])
            assert padding == [t >= asked if t < read else t >= read + written for t in range(T)]
            seen.add((asked, written))
        elif TASKS[task].shape != "one-to-many":
            assert padding == [not view.x[t].any() for t in range(T)] or task in ("xor", "adding")
        for t in np.flatnonzero(fed):  # what is read there is what was said before, in the same words
            assert padding[t] or header["inputs"][t] == header["symbols"][int(got["answer"][0, t - 1])]
        for t in np.flatnonzero(header["forced"]):  # and there, what was to be said before
            assert not fed[t] and header["inputs"][t] == header["targets"][t - 1]
        if TASKS[task].shape == "one-to-many":  # every letter read is the network's own or the right one
            assert all(fed[t] or header["forced"][t] or padding[t] for t in range(1, T))
            assert any(header["forced"]) == (not any(fed))
            assert ("the right answer of the step before, not its own" in header["sentence"]) == any(header["forced"])
        else:
            assert not any(header["forced"])
        for i, t in enumerate(header["pictures"]):
            np.testing.assert_allclose(got["pixels"][i] / 255, view.x[t, : prod(header["image"])], atol=1 / 500)
            assert header["inputs"][t] not in ("", "blank")
        drawn = [t for t, x in enumerate(view.x) if header["image"] and x[: prod(header["image"])].any()]
        assert header["pictures"] == drawn
    assert len(seen) != 1, "words of several lengths"


@every(task=TASKS)
def test_what_follows_its_own_end_is_not_written(task: str):
    """A network that says the end at once: it counts where the network goes on from it, and only there."""
    trainer = Trainer(small(task, 13, batch_size=16))
    end, symbols = TASKS[task].end, TASKS[task].symbols(trainer.config)
    assert bool(end) == (task in ("digit-words", "surname-letters", "addition"))
    if not (end and symbols):
        assert "over" not in of(trainer, [trainer.snapshot()])[1]
        return
    typed = {"surname-letters": "fra du", "addition": "1+"}.get(task)
    trainer.typed = TASKS[task].encode(typed, trainer.config) if typed else None  # type: ignore[misc]
    T = len(trainer.snapshot().shown.free_running)
    trainer.params["b_y"][symbols.index(end)] = 100
    s = trainer.snapshot()
    _, got = of(trainer, [s, replace(s, shown=replace(s.shown, free_running=s.shown.free_running & False))])
    assert list(got["over"]) == [np.flatnonzero(s.shown.free_running)[0], T]
    trainer.params["b_y"][symbols.index(end)] = -100
    assert list(of(trainer, [trainer.advance(1)])[1]["over"]) == [T]
    if task == "surname-letters":  # held-out names are read letter by letter: no wrong end ends them
        trainer.typed, trainer.params["b_y"][symbols.index(end)] = None, 100
        assert list(of(trainer, [trainer.snapshot()])[1]["over"]) == [T]


@every(task=TASKS)
def test_a_frame_of_a_task_as_it_comes_is_at_most_4_kilobytes(task: str):
    wanted: dict[str, Any] = {"task": task, **TASKS[task].defaults}
    trainer = Trainer(Config(**wanted))
    told: dict[str, Any] = {"film": 1, "run": 1, "playing": True, "period": 0.5}
    assert len(film.pack(trainer.config, [trainer.snapshot()] * 8, trainer.history, **told)) / 8 <= 4096


@every(task=TASKS)
def test_an_answer_is_said_in_the_words_of_its_target(task: str):
    """A perfect output is the target: class by class, or number by number in a person's units."""
    trainer = Trainer(small(task, 12))
    s = trainer.advance(1)
    header, got = of(trainer, [replace(s, shown=replace(s.shown, y_hat=s.shown.y))])
    for t in np.flatnonzero(header["answers"]):
        assert got["answer"][0, t] == got["target"][t]
        said = header["symbols"][int(got["answer"][0, t])] if header["symbols"] else got["answer"][0, t]
        wanted = header["targets"][t]
        assert said == wanted if header["symbols"] else float(said) == pytest.approx(float(wanted), abs=0.51)


def test_nan_and_infinity_travel_and_never_touch_the_json():
    trainer = Trainer(Config(length=4, hidden_size=3))
    s = trainer.advance(3)
    h = np.array(s.shown.h)
    h[1, 2], h[2, 0] = np.nan, np.inf
    dh = np.array([1e-50, np.inf, np.nan, 0.0])
    wild = replace(s, loss=np.inf, dh_norm=dh, grad_norm=1e300, shown=replace(s.shown, layers=({"h": h},)),
                   held_out_loss=np.nan, diverged=Divergence("h", 3, 1))
    header, got = of(trainer, [s, wild])
    np.testing.assert_array_equal(got["dh_norm"][1], [0, np.inf, np.nan, 0])
    assert np.isposinf(got["loss"][1]) and np.isposinf(got["grad_norm"][1]) and np.isnan(got["held_out_loss"][1])
    assert got["h_scale"][0, 0] == 1 and np.isnan(got["h_scale"][1, 0])  # so the board passes over it
    assert header["diverged"] == {"array": "h", "step": 3}
    assert "was no longer finite" in header["sentence"]


def test_a_header_with_nan_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        film.encode({"period": float("nan")}, {})


def test_a_film_needs_a_frame():
    with pytest.raises(ValueError, match="snapshots is empty"):
        film.pack(Config(), [], History(), film=1, run=1, playing=False, period=1.0)


def test_an_unbounded_activation_keeps_its_size():
    assert film.h_scale(np.array([[0.5, -0.2]])) == 1
    assert film.h_scale(np.array([[0.5, -40.0]])) == 40
    assert np.isnan(film.h_scale(np.array([[np.inf, 0]])))


def test_terms_travel_as_halves_only_where_two_decimals_survive():
    assert film.halves(np.array([7.994, -0.004], "f4")).dtype == np.float16
    for value in (20.37, -1e6, np.inf, np.nan):
        assert film.halves(np.array([value, 0.1], "f4")).dtype == np.float32
    assert film.halves(np.empty((0, 4, 3), "f4")).size == 0


@pytest.mark.parametrize("layers", [1, 4])
@pytest.mark.parametrize("cell", CELLS)
def test_a_frame_is_small(cell: str, layers: int):
    """At T=30, H=32: what each further frame of a film costs, and the whole of one with eight frames."""
    trainer = Trainer(Config(length=30, hidden_size=32, cell=cell, layers=layers))
    snapshots = [trainer.advance(2) for _ in range(9)]

    def size(frames: int, show: str) -> int:
        told = {"film": 1, "run": 1, "playing": True, "period": 0.5, "choice": Choice(show)}
        return len(film.pack(trainer.config, snapshots[-frames:], trainer.history, **told))  # type: ignore[arg-type]

    for show in film.shows(trainer.config):
        assert (size(9, show) - size(1, show)) / 8 <= 1536 + 128 * (show == "c")
        assert size(8, show) / 8 <= 4096


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_what_is_seen_travels_and_nothing_else(cell: str, layers: int):
    trainer = Trainer(Config(cell=cell, layers=layers, length=6, hidden_size=4, batch_size=2))
    s = trainer.advance(3)
    for show in film.shows(trainer.config):
        for open_ in {(layers - 1,), (0,), tuple(range(layers))}:
            header, got = of(trainer, [s], playing=False, choice=Choice(show, open_, layers))
            assert (header["show"], header["open"], header["layers"]) == (show, list(open_), layers)
            wanted = np.array([s.shown.layers[k][show] for k in open_])
            for k in range(len(open_)):
                scale = got["h_scale"][0, k]
                np.testing.assert_allclose(got["h"][0, k] / 127 * scale, wanted[k], atol=scale / 250)
            assert got["h"].shape == (1, len(open_), 6, 4)
            if "seen_now" in got:
                np.testing.assert_array_equal(got["seen_now"], wanted.astype("f4"))
            else:
                assert open_ == (layers - 1,) and (show == "h" or f"term {show}" in got)
            if show == "c":
                np.testing.assert_array_equal(got["dc_norm"][0], s.layer_norms[-1]["c"].astype("f4"))
            assert ("dc_norm" in got) == (show == "c")
            sigmoid = show in {"lstm": "ifo", "gru": "rz"}.get(cell, "")
            assert header["range"] == ("unit" if sigmoid else "signed") and (not sigmoid or (got["h"] >= 0).all())


def test_a_change_is_marked_where_it_was_made():
    trainer = Trainer(Config(length=5, hidden_size=3, learning_rate=0.01))
    trainer.advance(4)
    trainer.set(learning_rate=0.05)
    trainer.set(learning_rate=0.1, clip="none")
    s = trainer.advance(3)
    trainer.set(clip_threshold=2.0)
    trainer.set(clip_threshold=1.0)  # and back: nothing was changed
    header, _ = of(trainer, [s], changes=trainer.changes)
    assert header["changes"] == [[4, "learning rate 0.01 → 0.1, clip norm → none"]]
    many = [Change(step, "learning_rate", 0.1, 0.2) for step in range(50)]
    assert [step for step, _ in film.marks(many)] == list(range(38, 50))


def test_another_sequence_is_shown_and_stays():
    session = Session(Config(task="copy", length=10, hidden_size=3))
    first, film_before = session.run.last, session.film
    session.look_at(-1)
    assert session.run.trainer.shown == 63 and session.film == film_before + 1
    assert not np.array_equal(session.run.last.shown.x, first.shown.x) and session.run.last.step == first.step
    session.look_at(63)
    assert session.film == film_before + 1
    shown = session.run.last.shown
    session.step()
    np.testing.assert_array_equal(session.run.last.shown.y, shown.y)
    header, _ = of(session.run.trainer, [session.run.last], choice=Choice(sequence=-1), sequences=64, big=True)
    assert (header["sequence"], header["sequences"], header["big"]) == (63, 64, True)
    untouched = Session(Config(task="copy", length=10, hidden_size=3))
    untouched.step()
    assert untouched.run.last.loss == session.run.last.loss  # looking changes nothing


def test_a_film_says_which_question_it_answers():
    asked = board.read({"view": {"show": "h", "asks": 7}})
    trainer = Trainer(Config(hidden_size=2))
    header, _ = of(trainer, [trainer.snapshot()], choice=asked)
    assert header["asks"] == 7
    assert board.read({"view": {"asks": "many"}}) == Choice()


def test_a_choice_that_this_network_cannot_follow_is_the_usual_picture():
    rnn, stack = Config(), Config(cell="lstm", layers=3)
    assert Choice("f").suited(rnn, 20) == Choice("h", (0,), 1)
    assert Choice("f", (2, 0, 7), 3, 5).suited(stack, 20) == Choice("f", (0, 2), 3, 5)
    assert Choice("f", (0,), 2).suited(stack, 20).open == (0, 1, 2)  # said of another stack
    assert Choice("h", (), 3).suited(stack, 20).open == (0, 1, 2)
    assert Choice().suited(Config(layers=4, hidden_size=64), 30).open == (3,)
    views: list[Any] = [3, None, {"open": "ab"}, {"open": [[]]}, {"open": 1e400}, {"layers": {}}]
    states: list[Any] = [None, [], *({"view": view} for view in views)]
    for state in states:
        assert board.read(state) == Choice()
    assert board.read({"view": {"show": "c", "open": [1], "layers": 2}}) == Choice("c", (1,), 2)


@every(steps=[0, 1, 299, 300, 301, 1000, 12345])
def test_curves_are_thin_and_true(steps: int):
    n = np.arange(steps)
    held = np.where(n % 10 == 9, n / 2, np.nan)
    table = np.array([n + 1, n, held, n, n * 0 + 1, n * 0])
    got = film.curves(History.of(table))
    points = len(got["curve_step"])
    assert min(steps, 150) <= points <= 300
    assert len(got["norms"]) == min(steps, 100) and list(got["norms"][-1:]) == list(n[-1:])
    if steps:
        assert got["curve_step"][-1] == steps
        assert got["curve_loss"].mean() == pytest.approx(n.mean(), rel=0.01)
    if steps > 301:  # one step fewer, the same buckets: no full point has moved
        shorter = film.curves(History.of(table[:, :-1]))
        np.testing.assert_array_equal(shorter["curve_loss"][:-2], got["curve_loss"][: len(shorter["curve_loss"]) - 2])


@every(task=TASKS)
def test_a_metric_is_said_in_its_unit(task: str):
    trainer = Trainer(small(task, 12, hidden_size=5))
    last = trainer.advance()
    said = in_words(trainer.config, trainer.task, last)
    assert of(trainer, [last])[0]["unit"] == TASKS[task].unit
    assert f" {TASKS[task].unit}. Baseline" in said or not TASKS[task].unit


def test_the_loader_names_every_module_and_follows_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read = board.loader.__wrapped__  # the server reads the files once; a new server reads them anew
    text = board.loader()
    assert not any(word in text for word in ("$NAME", "$FILES", "$VERSION", "$ABROAD", "$MISSING", "$UPDATED"))
    assert "\n" in text  # one line with a / in it would be taken for a path
    for module in [*(STATIC / "board").rglob("*.js"), STATIC / "words.js"]:
        assert module.relative_to(STATIC).as_posix() in text
    (tmp_path / "board").mkdir()
    own = [tmp_path / "board" / "board.js", tmp_path / "words.js"]
    for module in own:
        module.write_text("export const show = 1;\n")
    monkeypatch.setattr(board, "STATIC", tmp_path)
    first = read()
    assert first == read()
    for module in own:
        before = read()
        module.write_text("export const show = 2;\n")
        assert before != read()


@needs_node
def test_the_browsers_code_passes_its_tests():
    run_node({})


@needs_node
def test_the_browser_reads_what_python_packs(tmp_path: Path):
    trainer = Trainer(Config(length=5, hidden_size=3))
    s = trainer.advance(4)
    both = [s, replace(s, loss=np.nan)]
    data = film.pack(trainer.config, both, trainer.history, film=9, run=1, playing=True, period=0.5)
    (tmp_path / "film").write_bytes(data)
    header, arrays = unpack(data)
    expected = {"film": 9, "inputs": header["inputs"], "sentence": header["sentence"], "baseline": header["baseline"]}
    for name, array in arrays.items():
        words = {"nan": "NaN", "inf": "Infinity"}
        expected[name] = [float(x) if np.isfinite(x) else words[str(x)] for x in array.ravel()]
    run_node({"UNROLLED_FILM": str(tmp_path / "film"), "UNROLLED_EXPECTED": json.dumps(expected)}, "unpack.test.mjs")


def run_node(more: dict[str, str], name: str = "") -> None:
    assert NODE, "node is not installed, and CI asks for every test"
    files = sorted((ROOT / "tests" / "js").glob(name or "*.test.mjs"))
    assert files
    run = subprocess.run([NODE, "--test", *map(str, files)], cwd=ROOT, capture_output=True, text=True,
                         timeout=120, env={**os.environ, **more})
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_the_weights_are_drawn_as_they_are_a_gates_block_where_it_is_seen(task: str, cell: str):
    trainer = Trainer(small(task, 12, cell=cell, hidden_size=5, batch_size=4))
    gates, halves = CELLS[cell].gates, ["", "decoder_"][: 1 + (TASKS[task].shape == "encoder-decoder")]
    for seen in ("h", *CELLS[cell].recorded_gates):
        header, got = of(trainer, [trainer.advance(2)], params=trainer.params, choice=Choice(show=seen))
        kinds = [*((kind, bool(half)) for half in halves for kind in ("xh", "hh")), ("hy", False)]
        assert [(m["kind"], m["decoder"]) for m in header["maps"]] == kinds
        for k, told in enumerate(header["maps"]):
            W = trainer.params[f"{'decoder_' if told['decoder'] else ''}W_{told['kind']}"]
            inner = next(gate for gate in gates if gate not in CELLS[cell].sigmoids)
            at = gates.index(seen if seen in gates else inner)
            W = W.T if told["kind"] == "hy" else W[5 * at : 5 * (at + 1)]
            assert (told["rows"], told["columns"]) == W.shape == got[f"map {k}"].shape
            assert np.abs(got[f"map {k}"] * told["scale"] / 127 - W).max() <= told["scale"] / 250
            assert np.abs(got[f"map {k}"]).max() == 127


def test_too_many_weights_are_not_drawn_and_wild_ones_do_not_break_the_film():
    large = Trainer(Config(hidden_size=128))
    assert of(large, [large.snapshot()], params=large.params)[0]["maps"] == []
    wild = Trainer(Config(hidden_size=3))
    shot = wild.snapshot()
    for value in (np.inf, 0.0):
        wild.params["W_hh"][...] = value
        header, got = of(wild, [shot], params=wild.params)
        assert header["maps"][1]["scale"] == 1.0 and set(np.unique(got["map 1"])) <= {0, 127}
