"""What a film carries beside its frames while nothing plays: the weights, and what they multiplied.

So the board can say which input and which unit moved a unit most. Weights keep the engine's names (W_hh, W_hh_2,
decoder_W_xh, …); L is the number of a layer, from 0; only layers that are open travel.
"""

import numpy as np

from rnn_core import CELLS, Config, Snapshot
from rnn_core.analysis.diagnostics import spectral_norm
from rnn_core.analysis.spectrum import spectra_of
from rnn_core.cells import Params
from rnn_core.network import DECODER, key
from rnn_core.tasks import Task

Arrays = dict[str, np.ndarray]


def still(config: Config, task: Task, last: Snapshot, params: Params, open: tuple[int, ...]) -> Arrays:
    """Everything as float32. Of each open layer L:

    its weights by name; "x L" (T,D): what it reads; "h L" (T,H); "term L name" (T,H): the numbers in its equation;
    "gate L name" (T,H): a gate that multiplies W_hh h_{t−1} of another, where the cell has one; "norms NAME" (1,) of a
    W_xh and "norms NAME" (G,2) of a W_hh: ‖W‖₂, and of each gate's block of W_hh its spectral radius and ‖·‖₂.
    W_hy, b_y and "norms W_hy"; top (T,H): what they read, h of the top layer, with its input added where layers have
    skips; "dh L" (T,): ‖∂L/∂h_t‖ of every layer, open or not, and "dc L", where the cell has a c.
    """
    cell, view = CELLS[config.cell], last.shown
    arrays: Arrays = {"W_hy": params["W_hy"], "b_y": params["b_y"], "norms W_hy": size(params["W_hy"]), "top": view.h}
    for layer in open:
        arrays |= {f"x {layer}": view.layer_x[layer], f"h {layer}": view.layers[layer]["h"]}
        arrays |= {f"term {layer} {name}": a for name, a in view.layer_terms[layer].items()}
        arrays |= {f"gate {layer} {name}": view.layers[layer][name] for name in cell.through.values()}
        for prefix in ("", DECODER)[: 1 + (task.shape == "encoder-decoder")]:
            names = {name: key(prefix, name, layer) for name in ("W_xh", "W_hh", "b_h", *cell.biases)}
            own = {name: params[names[name]] for name in names}
            arrays |= {names[name]: own[name] for name in names}
            arrays[f"norms {names['W_xh']}"] = size(own["W_xh"])
            result = spectra_of(cell, own["W_hh"].astype(np.float64)).values()
            arrays[f"norms {names['W_hh']}"] = np.array([(one.spectral_radius, one.norm) for one in result])
    arrays |= {f"d{name} {layer}": norms[name] for layer, norms in enumerate(last.layer_norms) for name in norms}
    with np.errstate(over="ignore"):
        return {name: np.asarray(a).astype("f4") for name, a in arrays.items()}


def size(W: np.ndarray) -> np.ndarray:
    """‖W‖₂ as an array, (1,)."""
    return np.array([spectral_norm(W)])
