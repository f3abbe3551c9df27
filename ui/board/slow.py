"""A training step taken apart, for the board to replay: a second film behind the first, in the same layout.

It has what any film has, of one training sequence and two frames, before the step and after it, so that the board's own
rows draw it; and beside that the stages in their order and the numbers that each tells.
"""

from dataclasses import replace

import numpy as np

from rnn_core import CELLS, OPTIMIZERS, Snapshot
from rnn_core.analysis.dissection import Dissection
from rnn_core.network import DECODER
from rnn_core.tasks import Task
from rnn_core.words import t
from ui.board.film import Arrays, Choice, encode, floats, frames, now, padding, pixels, scene, seeing
from ui.board.maps import blocks, coloured, described, largest, rows_of

# By the name of the loss, for people: the read-out, and what a step's own error is with one output and with several;
# {name} stands for a number.
ERRORS = {
    "cross-entropy": ("softmax(W_hy h_t + b_y)", *2 * [t("−ln(ŷ_t of the target) = −ln {p} = {error}")]),
    "squared-error": (
        "W_hy h_t + b_y",
        "(ŷ_t − y_t)² = ({y_hat} − {y})² = {error}",
        t("the mean of (ŷ_t − y_t)² = {error}"),
    ),
    "binary-cross-entropy": (
        "σ(W_hy h_t + b_y)",
        "−y ln ŷ − (1 − y) ln(1 − ŷ) = {error}",
        t("the mean of −y ln ŷ − (1 − y) ln(1 − ŷ) = {error}"),
    ),
}


def pack(
    step: Dissection, last: Snapshot, task: Task, *,
    film: int, run: int, big: bool = False, opens: tuple[str, int] = ("forward", 1),
) -> bytes:  # fmt: skip
    """The step and the Snapshot after it as bytes. film, run, big: as of the film that goes before. opens: at which
    stage the replay begins, its kind and its time step, from 1; where there is none such, at the first.
    """
    config, top = step.config, step.config.layers - 1
    alone = config.teacher_forcing == 0  # else what is fed may be the right answer
    shot, again = (
        replace(last, shown=replace(view, free_running=view.free_running & alone)) for view in (step.view, step.again)
    )
    seen = Choice("h", (top,), config.layers)
    content = scene(config, task, shot) | seeing(config, seen)
    forced = [bool(f) and not alone for f in step.view.free_running]
    own = {"film": film, "run": run, "big": big, "playing": False, "period": 0, "changes": [], "sequence": 0,
           "sequences": 1, "forced": forced, "padding": padding(step.view, content["inputs"])}  # type: ignore[arg-type]
    arrays = frames(config, [shot, again], task, seen) | now(shot, task, seen, playing=False) | pixels(shot, task)
    maps, drawn = weights(step, task, seen)
    arrays |= numbers(step) | drawn
    begins = {"opens": next((k for k, stage in enumerate(step.stages) if (stage.kind, stage.t + 1) == opens), 0)}
    return encode(content | words(step, task) | own | begins | {"maps": maps}, arrays)


def weights(step: Dissection, task: Task, seen: Choice) -> tuple[list[dict[str, object]], Arrays]:
    """The weights as pictures: "map K" before and "after K" the update; and of W_hh "grown K" (T, rows, columns), what
    the way back has gathered of ∂L/∂W_hh once it is at t, where the Dissection has kept it.
    """
    what = seen.show, seen.open or ()
    before, after = (blocks(step.config, task, params, *what) for params in (step.before, step.after))
    scales = [largest(a.W, b.W) for a, b in zip(before, after, strict=True)]
    arrays: Arrays = {}
    for k, (a, b) in enumerate(zip(before, after, strict=True)):
        arrays |= {f"map {k}": coloured(a.W, scales[k]), f"after {k}": coloured(b.W, scales[k])}
        if a.kind == "hh" and step.shares.sums.ndim == 3:
            sums = step.shares.sums[:, rows_of(step.config, seen.show)].copy()
            mine = np.array([name.startswith(DECODER) == a.decoder for name in step.weights])
            sums[~mine] = 0 if not a.decoder else sums[mine][0]  # a decoder's is whole where the encoder's begins
            arrays[f"grown {k}"] = coloured(sums, largest(sums))
    return described(before, scales), arrays


def words(step: Dissection, task: Task) -> dict[str, object]:
    """What the stages are, and the equations that wait for numbers."""
    config, (read_out, one, several) = step.config, ERRORS[task.loss]
    return {
        "stages": [[kind, t] for kind, t in step.stages], "unit": step.unit, "weights": list(step.weights),
        "read_out": f"ŷ_t = {read_out}", "error_line": one if step.view.y.shape[1] == 1 else several,
        "scaled": task.scale[1] != 1, "optimizer": config.optimizer,
        "against": OPTIMIZERS[config.optimizer].against,
        "update": list(OPTIMIZERS[config.optimizer].equation),
        "window": config.bptt_window, "forcing": config.teacher_forcing, "start": config.start,
        "moves": [[move.name, list(move.at)] for move in step.moves],
        "move_terms": list(step.moves[0].terms),
        "numbers": sum(a.size for a in step.gradient.values()), "alike": step.alike, "gate_lines": gate_lines(step),
    }


def gate_lines(step: Dissection) -> list[str]:
    """How the gates are computed: in symbols, then each with its numbers, {f_x} W_x x_t, {f_h} W_h h_{t−1}, {f_b} b."""
    cell = CELLS[step.config.cell]
    if not step.gates:
        return []
    plain = [gate for gate in step.gates if gate not in cell.sigmoids and gate not in cell.through]
    equation = f"{', '.join(cell.sigmoids)} = σ(W_xh x_t + W_hh h_{{t−1}} + b_h)"
    symbols = t("{equation}, each with its own rows", equation=equation)
    lines = []
    for gate in step.gates:
        name, by = "σ" if gate in cell.sigmoids else "tanh", cell.through.get(gate)
        parts = [f"{{{gate}_x}}", f"{{{by}}} · {{{gate}_h}}" if by else f"{{{gate}_h}}", f"{{{gate}_b}}"]
        lines.append(f"{gate} = {name}({' + '.join(parts)}) = {{{gate}}}")
    return [symbols + "".join("; " + t("{gate} likewise, with tanh", gate=gate) for gate in plain), *lines]


def numbers(step: Dissection) -> Arrays:
    """Of every time step (T,): share_loss of L, share_again once the step is taken, answers_of the batch, error, p or
    y_hat and y; share, part, so_far of ∂L/∂W_hh. Of every unit (T,H): unit_dh and its two parts. Of every Move (M,):
    before, after, moved (‖Δ‖ of its matrix); its terms (M,K). sizes: ‖θ‖, ‖Δθ‖. norm_before, ratio, rate; cut: how
    many numbers clipping changed. Of every gate f, what it is σ or tanh of: gate f_x, gate f_h, gate f_b (T,H).
    """
    view, moves = step.view, step.moves
    summed = {f"gate {gate}_{part}": floats(array) for gate, parts in step.gates.items()
              for part, array in zip("xhb", parts, strict=True)}  # fmt: skip
    return summed | {
        "share_loss": floats(step.loss_t), "share_again": floats(step.loss_t_again),
        "answers_of": step.answers.astype("i4"), "error": floats(step.error),
        "p": floats(step.p), "y": floats(view.y[:, 0]), "y_hat": floats(view.y_hat[:, 0]),
        "share": floats(step.shares.share), "part": floats(step.shares.part), "so_far": floats(step.shares.so_far),
        "unit_dh": floats(step.dh), "unit_dh_output": floats(step.dh_output), "unit_dh_future": floats(step.dh_future),
        "before": floats([m.before for m in moves]), "after": floats([m.after for m in moves]),
        "moved": floats([m.size for m in moves]), "terms": floats([list(m.terms.values()) for m in moves]),
        "sizes": floats(step.sizes),
        "norm_before": floats([step.grad_norm]), "ratio": floats([step.clip_ratio]),
        "rate": floats([step.config.learning_rate]), "cut": np.array([step.cut], "i4"),
    }
