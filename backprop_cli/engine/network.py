"""The network: the one owner of the parameters, with a view of each layer's part made once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backprop_cli.engine.layout import LayerParts, Layout
from backprop_cli.immutable import immutable
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.base import Array


@immutable
class LayerView:
    """One layer's parameters, as views of a flat vector.

    Attributes:
        weights: (units, fan-in).
        bias: in the shape of its kind, or None.
        block: (units, fan-in + 1), weights and bias together, where they are folded; else None.
    """

    weights: Array
    bias: Array | None
    block: Array | None


def view_layers(layout: Layout, flat: Array) -> tuple[LayerView, ...]:
    """Give the views of all layers of a flat vector of parameters or of their gradients."""
    return tuple(_view(layer, flat) for layer in layout.layers)


def _view(parts: LayerParts, flat: Array) -> LayerView:
    bias = parts.bias.view(flat) if parts.bias is not None else None
    block = flat[parts.trained].reshape(parts.weights.shape[0], -1) if parts.folded else None
    return LayerView(parts.weights.view(flat), bias, block)


@immutable
class Network:
    """A network: its layout, its activations, and its parameters.

    Attributes:
        layout: where each parameter is.
        activations: one per layer.
        theta: the flat parameter vector; the optimizer step alone changes it.
        layers: views of theta, never rebound.
    """

    layout: Layout
    activations: tuple[Activation, ...]
    theta: Array
    layers: tuple[LayerView, ...]

    @classmethod
    def create(
        cls, layout: Layout, activations: Sequence[Activation], dtype: np.dtype[Any] | type = np.float64
    ) -> "Network":
        """Make a network whose parameters are all 0."""
        theta = np.zeros(layout.size, dtype=dtype)
        return cls(layout, tuple(activations), theta, view_layers(layout, theta))

    @property
    def trained(self) -> Array:
        """The part of theta that the optimizer may change."""
        return self.theta[: self.layout.trainable]
