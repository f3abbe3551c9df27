"""Questions to a run: why its gradients vanish or explode, a step taken apart, what if a weight were another."""

from rnn_core.analysis.clipping import clipping_angle
from rnn_core.analysis.jacobian import jacobians
from rnn_core.analysis.products import influence, singular_values

__all__ = ["clipping_angle", "influence", "jacobians", "singular_values"]
