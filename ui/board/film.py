"""A film: what one tick carries to the board, several frames as bytes.

    bytes 0..3   b"URF" and the version, one byte
    bytes 4..7   length J of the header, unsigned, little endian
    J bytes      the header: strict JSON in UTF-8, padded with spaces until the data starts at a multiple of 4
    the rest     the arrays of header["arrays"] = [[name, type, shape], ...] in that order, little endian,
                 each at a multiple of 4; types are "f4", "f2", "i4", "i1" and "u1"

JSON knows neither NaN nor infinity, and a network that diverges has both: a number that may be one of them is in
an array. F frames, T steps, H units, K terms, L layers that are open. What the viewer does not see does not travel:
`Choice` says what is seen. `frames`, `now` and `curves` below say what each array is;
static/board/unpack.js reads them, static/board/film.d.ts names them all. "map K" (rows, columns): the weights of
header["maps"][K], see ui/board/maps.py.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite, prod
from typing import NamedTuple

import numpy as np

from rnn_core import CELLS, TASKS, Config, Snapshot
from rnn_core.analysis.what_if import Weight
from rnn_core.cells import Params
from rnn_core.history import History
from rnn_core.snapshot import Change, View
from rnn_core.tasks import Batch, Task
from ui.board.maps import blocks, coloured, described, largest
from ui.board.still import still
from ui.board.words import given, in_words
from ui.controls.names import name_of
from ui.run.exploring import NOTHING

MAGIC, VERSION = b"URF", 1
MARKS = 12  # on the loss curve
WINDOW = 100  # training steps that the gauge of the gradient norm shows

LINKS = {"cross-entropy": "softmax", "binary-cross-entropy": "σ"}  # by the loss: what makes ŷ_t of y_t

OPEN = (64, 1400)  # rows of units, and units in all steps, that are open by themselves: a film stays small

Arrays = dict[str, np.ndarray]


class Choice(NamedTuple):
    """What the viewer asked to see: h, c or a gate's name; which layers are open, from 0, None: as many as suit.

    layers: of how many that was said; of another stack it says nothing. sequence: which of the held-out ones, from 0.
    weights: those set by hand, while the session's moment is this one; typed: a sequence of the viewer's own.
    asks: the number of the board's question that this was; the film carries it back, as what it answers.
    scene: another number, and the board forgets what was chosen in it. uncovered: what was covered is to be seen.
    """

    show: str = "h"
    open: tuple[int, ...] | None = None
    layers: int = 1
    sequence: int = 0
    weights: tuple[Weight, ...] = ()
    moment: int = 0
    typed: str = ""
    asks: int = 0
    scene: int = 0
    uncovered: bool = False

    def suited(self, config: Config, T: int) -> "Choice":
        """The same as far as this network has it: a cell's own states and gates, its layers, the top one at least."""
        H, layers = config.hidden_size, config.layers
        show = self.show if self.show in shows(config) else "h"
        wanted = tuple(layer for layer in range(layers) if self.layers == layers and layer in (self.open or ()))
        if wanted:
            return self._replace(show=show, open=wanted, layers=layers)
        fit = min(layers, max(1, min(OPEN[0] // H, OPEN[1] // (H * T))))
        return self._replace(show=show, open=tuple(range(layers - fit, layers)), layers=layers)


def marks(changes: Sequence[Change]) -> list[tuple[int, str]]:
    """The steps at which something was set, and what in words: "learning rate 0.01 → 0.1"."""
    parts: dict[int, list[str]] = {step: [] for step in sorted({change.step for change in changes})[-MARKS:]}
    for step, name, before, after in changes:
        if step in parts:
            parts[step].append(f"{name_of(name)} {plain(before)} → {plain(after)}")
    return [(step, ", ".join(words)) for step, words in parts.items()]


def plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def shows(config: Config) -> list[str]:
    """What of the cell can be seen: its states, then its gates."""
    cell = CELLS[config.cell]
    return [*cell.states, *cell.recorded_gates]


def pack(config: Config, snapshots: Sequence[Snapshot], history: History, *,
         film: int, run: int, playing: bool, period: float, choice: Choice | None = None,
         changes: Sequence[Change] = (), sequences: int = 1,
         big: bool = False, first: bool = False, folded: bool = False,
         task: Task | None = None, params: Params | None = None,
         explored: Mapping[str, object] | None = None, dh_last: np.ndarray | None = None,
         covers: Sequence[str] = ()) -> bytes:
    """Snapshots of one run, oldest first, as a film that the board plays evenly over `period` seconds.

    film: a counter; the same number again is not played again. run: which run, a new one after a restart.
    big: for a room, with larger text. first: for a newcomer, without tools. folded: opens as one cell with a loop.
    sequences: how many held-out ones there are to choose from.
    changes: what was set while it trained (Trainer.changes); the last MARKS steps with one are marked.
    task: where it is not TASKS[config.task]. params: the weights, for a film that stands still (see still.py).
    explored: what else goes into the header, of what the viewer set by hand or typed (see ui/run/exploring.py).
    dh_last (T,): the gradient of the last step's loss alone, which a newcomer sees in the place of dh_norm.
    covers: what is covered until somebody predicts, as a lesson's Stage names it; the film's words tell nothing of it.
    Raises ValueError without a snapshot.
    """
    if not snapshots:
        raise ValueError("snapshots is empty; a film has at least one frame")
    task = task or TASKS[config.task]
    last = snapshots[-1]
    seen = (choice or Choice()).suited(config, len(last.shown.h))
    arrays = frames(config, snapshots, task, seen) | now(last, task, seen, playing) | pixels(last, task)
    arrays |= curves(history) | ({} if dh_last is None else {"dh_last": floats(dh_last)})
    drawn = blocks(config, task, params, seen.show, seen.open or ()) if params is not None else []
    scales = [largest(block.W) for block in drawn]
    arrays |= {f"map {k}": coloured(block.W, scales[k]) for k, block in enumerate(drawn)}
    if params is not None and not playing:
        arrays |= still(config, task, last, params, seen.open or ())
    content = {"film": film, "run": run, "playing": playing, "period": period, "changes": marks(changes),
            "sequence": seen.sequence % sequences, "sequences": sequences, "big": big, "first": first, "folded": folded,
            "maps": described(drawn, scales), "config": asdict(config), "covers": list(covers)}
    header = scene(config, task, last, dh_last, covers) | seeing(config, seen)
    return encode(header | content | dict(explored or NOTHING), arrays)


def scene(
    config: Config, task: Task, last: Snapshot, dh_last: np.ndarray | None = None, covers: Sequence[str] = ()
) -> dict[str, object]:
    """What stands still while a film plays: sizes, words, and the sequence that is shown."""
    cell, view = CELLS[config.cell], last.shown
    baseline, symbols = task.baseline(config), task.symbols(config)
    words = task.describe(Batch(view.x[..., None], view.y[..., None], view.mask[:, None]), 0, symbols=symbols)
    T, H = view.h.shape
    beyond = padding(view, words.inputs)
    return {
        "read": view.encoder_steps if 0 < view.encoder_steps < T else 0, "fed": [bool(f) for f in view.free_running],
        "forced": [bool(g) for g in given(view, task)],
        "window": config.bptt_window if config.bptt_window < T else 0,
        "padding": beyond, "image": task.image, "pictures": pictures(view, task),
        "T": T, "H": H, "O": view.y.shape[1], "B": last.h.shape[2],
        "task": task.title, "cell": cell.title, "kind": "class" if symbols else "number", "symbols": symbols,
        "inputs": ["" if t >= view.ends else word for t, word in enumerate(words.inputs)],
        "targets": words.targets, "answers": [bool(a) for a in view.answered],
        "clip": config.clip, "threshold": None if config.clip == "none" else config.clip_threshold,
        "baseline": {"name": baseline.name, "why": baseline.why,
                     "loss": float(baseline.loss) if isfinite(baseline.loss) else None},
        "metric_name": task.metric, "unit": task.unit, "link": LINKS.get(task.loss, ""), "scale": task.scale,
        "equation": cell.equation, "term_names": list(view.terms),
        "diverged": last.diverged and {"array": last.diverged.array, "step": last.diverged.step},
        "sentence": in_words(config, task, last, dh_last, covers),
    }


def seeing(config: Config, seen: Choice) -> dict[str, object]:
    """What is seen, and what else could be; "unit": from 0 to 1, "signed": around 0."""
    cell = CELLS[config.cell]
    return {"show": seen.show, "open": seen.open, "layers": config.layers, "shows": shows(config),
            "range": "unit" if seen.show in cell.sigmoids else "signed",
            "gates": cell.gates, "sigmoids": cell.sigmoids, "carry": carried_in_words(config),
            "through": dict(cell.through), "skip": config.layer_skip, "asks": seen.asks, "scene": seen.scene}


def carried_in_words(config: Config) -> dict[str, object] | None:
    """What the lane over a layer's units shows: the state that is carried and its gates, by what they do to it."""
    carry = CELLS[config.cell].carry
    return {**carry._asdict(), "gates": carry.gates} if carry else None


def carried(config: Config, views: Sequence[View], layers: Sequence[int]) -> Arrays:
    """Of the state that each of these layers carries, its mean size and how far its G gates are open, means over the
    units, each as round(255 x), (F,L,1+G,T). The size is of 1, or of the layer's largest where that is more.
    """
    carry = CELLS[config.cell].carry
    if carry is None:
        return {}

    def lane(arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        size = np.abs(arrays[carry.state]).mean(axis=1)
        gates = [arrays[gate].mean(axis=1) for gate in carry.gates]
        return [size / max(1.0, np.nanmax(size, initial=0)), *gates]

    result = [[lane(view.layers[layer]) for layer in layers] for view in views]
    return {"carried": np.rint(255 * np.clip(np.nan_to_num(np.array(result)), 0, 1)).astype("u1")}


def padding(view: View, inputs: Sequence[str]) -> list[bool]:
    """Which steps lie beyond the sequence's end: nothing is read, or nothing but an own answer to nothing asked."""
    parts = zip(inputs, view.free_running, view.answered, strict=True)
    return [t >= view.ends or not word or bool(fed and not answered) for t, (word, fed, answered) in enumerate(parts)]


def pictures(view: View, task: Task) -> list[int]:
    """The steps whose input is an image."""
    return [t for t, x in enumerate(view.x) if task.image and x[: prod(task.image)].any()]


def pixels(last: Snapshot, task: Task) -> Arrays:
    """The images among the inputs, one a row (N, rows · columns), from 0 to 255."""
    if not task.image:
        return {}
    return {"pixels": np.rint(255 * last.shown.x[pictures(last.shown, task), : prod(task.image)]).astype("u1")}


def frames(config: Config, snapshots: Sequence[Snapshot], task: Task, seen: Choice) -> Arrays:
    """One entry per frame: the run's numbers (F,) and dh_norm (F,T); of the sequence that is shown, the rest.

    loss_t, answer, sure (F,T); of each open layer, h or what else is seen (F,L,T,H) as round(127 h / h_scale), which
    costs a quarter of a float; h_scale (F,L). dc_norm (F,T) like dh_norm, where c is seen. over (F,), where the task
    has an end: from which step on the network has said it. carried: see there.
    """
    views = [s.shown for s in snapshots]
    answer, sure = zip(*(task.decide(view.y_hat) for view in views), strict=True)
    h = np.array([[view.layers[layer][seen.show] for layer in seen.open or ()] for view in views])
    scale = np.array([[h_scale(layer) for layer in layers] for layers in h], "f4")
    with np.errstate(invalid="ignore", over="ignore"):
        h = h / scale[..., None, None]
    dc_norm = {"dc_norm": floats([s.layer_norms[-1]["c"] for s in snapshots])} if seen.show == "c" else {}
    symbols = task.symbols(config)
    ends = [task.over(view.y_hat, view.answered, view.free_running, symbols) for view in views]
    over = {"over": np.array(ends, "i4")}
    numbers = ("loss", "metric", "held_out_loss", "held_out_metric", "grad_norm", "clip_ratio")
    return {
        "step": np.array([s.step for s in snapshots], "i4"),
        **{name: floats([getattr(s, name) for s in snapshots]) for name in numbers},
        "dh_norm": floats([s.dh_norm for s in snapshots]),  # mean over the training batch, before clipping; top layer
        **dc_norm,
        **(over if task.end else {}),
        **carried(config, views, seen.open or ()),
        "loss_t": floats([view.loss_t for view in views]),
        "answer": floats(answer),
        "sure": floats(sure).astype("f2"),
        "h_scale": scale,
        "h": np.where(np.isfinite(h), np.rint(127 * np.clip(h, -1, 1)), 0).astype("i1"),
    }


def h_scale(h: np.ndarray) -> float:
    """1 for an h (T,H) within ±1, else its largest size; NaN if a value is not finite, which marks the frame."""
    return max(1.0, float(np.abs(h).max())) if np.isfinite(h).all() else float("nan")


def now(last: Snapshot, task: Task, seen: Choice, playing: bool) -> Arrays:
    """The last frame, exact: of the top layer h_now (T,H) and each term in the equation, (T,H) or where it is the same
    at every step (1,H); the parts of ∂L/∂h_t (T,); target (T,), NaN if none. seen_now (L,T,H): what is seen, where
    that is nothing of these. While it plays two decimals do.
    """
    view, top = last.shown, len(last.shown.layers) - 1
    exact = halves if playing else floats
    here = seen.open == (top,) and seen.show in ("h", *view.terms)
    more = {} if here else {"seen_now": exact(floats([view.layers[layer][seen.show] for layer in seen.open or ()]))}
    terms = {name: a[:1] if (a == a[:1]).all() else a for name, a in view.terms.items()}
    return {
        "h_now": exact(floats(view.layers[top]["h"])),
        **more,
        **{f"term {name}": exact(floats(a)) for name, a in terms.items()},
        "dh_output": floats(last.dh_output),
        "dh_future": floats(last.dh_future),
        "target": floats(np.where(view.mask, task.decide(view.y)[0], np.nan)),
    }


def curves(history: History) -> Arrays:
    """The whole run in as many points as the history's curve has, which is bounded; the last WINDOW gradient norms and
    what clipping left of each.
    """
    curve = history.curve()
    return {
        "curve_step": floats(curve["step"]),
        "curve_loss": floats(curve["loss_mean"]),
        "curve_held_out": floats(curve["held_out_loss_mean"]),
        "norms": floats(history.last("grad_norm", WINDOW)),
        "ratios": floats(history.last("clip_ratio", WINDOW)),
    }


def floats(values: object) -> np.ndarray:
    """As float32; what is too large for it becomes infinity, in silence."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values).astype("f4")


def halves(values: np.ndarray) -> np.ndarray:
    """As float16 where its 11 bits keep two decimals, which is what the board shows of a term."""
    return values.astype("f2") if np.isfinite(values).all() and np.abs(values).max(initial=0) < 8 else values


def encode(header: Mapping[str, object], arrays: Arrays) -> bytes:
    """Header and arrays in the layout above. Raises ValueError for a header with NaN or infinity in it."""
    listed = [[name, a.dtype.str[1:], a.shape] for name, a in arrays.items()]
    whole = {**header, "arrays": listed}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    data = b"".join(a.tobytes() + b"\0" * (-a.nbytes % 4) for a in arrays.values())
    return MAGIC + bytes([VERSION]) + struct.pack("<I", len(text)) + text + data
