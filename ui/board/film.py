"""A film: what one tick carries to the board, several frames as bytes.

    bytes 0..3   b"URF" and the version, one byte
    bytes 4..7   length J of the header, unsigned, little endian
    J bytes      the header: strict JSON in UTF-8, padded with spaces until the data starts at a multiple of 4
    the rest     the arrays of header["arrays"] = [[name, type, shape], ...] in that order, little endian,
                 each at a multiple of 4; types are "f4", "f2", "i4", "i1" and "u1"

JSON knows neither NaN nor infinity, and a network that diverges has both: a number that may be one of them is in
an array. F frames, T steps, H units, K terms. `frames`, `now` and `curves` below say what each array is;
static/board/unpack.js reads them.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from math import ceil, isfinite, log2, prod

import numpy as np

from rnn_core import CELLS, TASKS, Config, Snapshot
from rnn_core.tasks import Batch, Task
from rnn_core.trainer import View
from ui.board.words import in_words

MAGIC, VERSION = b"URF", 1
POINTS = 300  # of a loss curve
WINDOW = 100  # training steps that the gauge of the gradient norm shows

Arrays = dict[str, np.ndarray]


def pack(config: Config, snapshots: Sequence[Snapshot], history: Mapping[str, np.ndarray], *,
         film: int, run: int, playing: bool, period: float) -> bytes:
    """Snapshots of one run, oldest first, as a film that the board plays evenly over `period` seconds.

    film: a counter; the same number again is not played again. run: which run, a new one after a restart.
    Raises ValueError without a snapshot.
    """
    if not snapshots:
        raise ValueError("snapshots is empty; a film has at least one frame")
    task = TASKS[config.task]
    arrays = frames(snapshots, task) | now(snapshots[-1], task) | pixels(snapshots[-1], task) | curves(history)
    header = scene(config, snapshots[-1]) | {"film": film, "run": run, "playing": playing, "period": period}
    return encode(header, arrays)


def scene(config: Config, last: Snapshot) -> dict[str, object]:
    """What stands still while a film plays: sizes, words, and the sequence that is shown."""
    task, cell, view = TASKS[config.task], CELLS[config.cell], last.shown
    baseline, symbols = task.baseline(config), task.symbols(config)
    words = task.describe(Batch(view.x[..., None], view.y[..., None], view.mask[:, None]), 0, symbols=symbols)
    T, H = view.h.shape
    return {
        "read": view.read if 0 < view.read < T else 0, "fed": [bool(f) for f in view.fed],
        "padding": padding(view, words.inputs), "image": task.image, "pictures": pictures(view, task),
        "T": T, "H": H, "O": view.y.shape[1], "B": last.h.shape[2],
        "task": task.title, "cell": cell.title, "kind": "class" if symbols else "number", "symbols": symbols,
        "inputs": words.inputs, "targets": words.targets, "answers": [bool(m) for m in view.mask],
        "clip": config.clip, "threshold": None if config.clip == "none" else config.clip_threshold,
        "baseline": {"name": baseline.name, "why": baseline.why,
                     "loss": float(baseline.loss) if isfinite(baseline.loss) else None},
        "metric_name": task.metric, "equation": cell.equation, "term_names": list(view.terms),
        "diverged": last.diverged and {"array": last.diverged.array, "step": last.diverged.step},
        "sentence": in_words(config, last),
    }


def padding(view: View, inputs: Sequence[str]) -> list[bool]:
    """Which steps lie beyond the sequence's end: nothing is read, or nothing but an own answer to nothing asked."""
    return [not word or bool(fed and not asked) for word, fed, asked in zip(inputs, view.fed, view.mask, strict=True)]


def pictures(view: View, task: Task) -> list[int]:
    """The steps whose input is an image."""
    return [t for t, x in enumerate(view.x) if task.image and x[: prod(task.image)].any()]


def pixels(last: Snapshot, task: Task) -> Arrays:
    """The images among the inputs, one a row (N, rows · columns), from 0 to 255."""
    if not task.image:
        return {}
    return {"pixels": np.rint(255 * last.shown.x[pictures(last.shown, task), : prod(task.image)]).astype("u1")}


def frames(snapshots: Sequence[Snapshot], task: Task) -> Arrays:
    """One entry per frame: the run's numbers (F,) and dh_norm (F,T); of the sequence that is shown, the rest.

    loss_t, answer, sure (F,T); h (F,T,H) as round(127 h / h_scale), which costs a quarter of a float.
    """
    views = [s.shown for s in snapshots]
    answer, sure = zip(*(task.decide(view.y_hat) for view in views), strict=True)
    scale = np.array([h_scale(view.h) for view in views], "f4")
    with np.errstate(invalid="ignore", over="ignore"):
        h = np.array([view.h for view in views]) / scale[:, None, None]
    numbers = ("loss", "metric", "held_out_loss", "held_out_metric", "grad_norm", "clip_ratio")
    return {
        "step": np.array([s.step for s in snapshots], "i4"),
        **{name: floats([getattr(s, name) for s in snapshots]) for name in numbers},
        "dh_norm": floats([s.dh_norm for s in snapshots]),  # mean over the training batch, before clipping
        "loss_t": floats([view.loss_t for view in views]),
        "answer": floats(answer),
        "sure": floats(sure),
        "h_scale": scale,
        "h": np.where(np.isfinite(h), np.rint(127 * np.clip(h, -1, 1)), 0).astype("i1"),
    }


def h_scale(h: np.ndarray) -> float:
    """1 for an h (T,H) within ±1, else its largest size; NaN if a value is not finite, which marks the frame."""
    return max(1.0, float(np.abs(h).max())) if np.isfinite(h).all() else float("nan")


def now(last: Snapshot, task: Task) -> Arrays:
    """The last frame, exact: h_now (T,H), terms (K,T,H), the parts of ∂L/∂h_t (T,); target (T,), NaN if none."""
    view = last.shown
    return {
        "h_now": floats(view.h),
        "terms": halves(floats(list(view.terms.values())).reshape(len(view.terms), *view.h.shape)),
        "dh_output": floats(last.dh_output),
        "dh_future": floats(last.dh_future),
        "target": floats(np.where(view.mask, task.decide(view.y)[0], np.nan)),
    }


def curves(history: Mapping[str, np.ndarray]) -> Arrays:
    """The whole run in at most POINTS points; the last WINDOW gradient norms and what clipping left of each.

    Buckets hold 1, 2, 4, … steps and begin at the first step, so that a point, once full, stays where it is.
    """
    steps, loss, held_out = (np.asarray(history[name], float) for name in ("step", "loss", "held_out_loss"))
    size = 2 ** max(0, ceil(log2(max(1, len(steps)) / POINTS)))
    starts = np.arange(0, len(steps), size)
    last = np.minimum(starts + size, len(steps)) - 1
    return {
        "curve_step": floats(steps[last]),
        "curve_loss": floats(means(loss, starts)),
        "curve_held_out": floats(means(held_out, starts)),
        "norms": floats(np.asarray(history["grad_norm"])[-WINDOW:]),
        "ratios": floats(np.asarray(history["clip_ratio"])[-WINDOW:]),
    }


def means(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The mean of the finite values in each bucket; NaN where there is none, as between two evaluations."""
    if len(starts) == 0:
        return np.empty(0)
    finite = np.isfinite(values)
    count = np.add.reduceat(finite, starts, dtype=float)
    return np.add.reduceat(np.where(finite, values, 0.0), starts) / np.where(count, count, np.nan)


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
