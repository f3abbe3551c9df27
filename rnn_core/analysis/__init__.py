"""Questions to a run: why its gradients vanish or explode, a step taken apart, what if a weight were another.

These names are imported when they are first used, so that `import rnn_core`, which needs none of them, takes no longer.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnn_core.analysis.clipping import clipping_angle
    from rnn_core.analysis.jacobian import jacobians
    from rnn_core.analysis.products import influence, singular_values

__all__ = ["clipping_angle", "influence", "jacobians", "singular_values"]

MODULES = {
    "clipping_angle": "clipping",
    "influence": "products",
    "jacobians": "jacobian",
    "singular_values": "products",
}


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
