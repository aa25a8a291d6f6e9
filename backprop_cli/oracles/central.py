"""The gradient by central differences: (L(θ + h) − L(θ − h)) / 2h, one parameter after the other.

The loss is computed here by the rules' formulas in plain NumPy, in float64; no kernel of the engine takes part.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop_cli.engine.layout import LayerParts, Layout
from backprop_cli.oracles.objective import Gradient, Objective
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.base import Array
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.losses.base import Over
from backprop_cli.rules.optimizers import Penalty

# Near the cube root of the float64 precision, where what is cut off and what is rounded off weigh the same.
STEP = 1e-5

_OVER: Mapping[Over, Callable[..., Any]] = {"sum": np.sum, "mean": np.mean}


def gradient(objective: Objective, step: float = STEP) -> Gradient:
    """Give dL/dθ of the trainable parameters.

    Args:
        objective: what is differentiated.
        step: how far each parameter is moved to either side, relative to its size where that is above 1.
    """
    theta = objective.network.theta.astype(np.float64)
    return np.array([_slope(objective, theta, at, step) for at in range(objective.network.layout.trainable)])


def _slope(objective: Objective, theta: Array, at: int, step: float) -> float:
    above, below = theta.copy(), theta.copy()
    above[at] += step * max(1.0, abs(theta[at]))
    below[at] -= step * max(1.0, abs(theta[at]))
    # What was really moved, which rounding makes a little different from 2h.
    return (loss_at(objective, above) - loss_at(objective, below)) / float(above[at] - below[at])


def loss_at(objective: Objective, theta: Array) -> float:
    """Give the loss, penalty included, with `theta` in place of the network's own parameters."""
    layout = objective.network.layout
    a: Array = objective.x.T.astype(np.float64)
    # A formula may overflow on its way to a right value: 1/(1 + e⁻ᶻ) far below zero.
    with np.errstate(over="ignore"):
        for parts, activation in zip(layout.layers, objective.network.activations, strict=True):
            a = _activate(activation, _weighted_sum(parts, theta, a))
        return _measure(objective.loss, objective.y.T.astype(np.float64), a) + _charge(objective.penalty, layout, theta)


def _weighted_sum(parts: LayerParts, theta: Array, below: Array) -> Array:
    z: Array = parts.weights.view(theta) @ below
    if parts.bias is None:
        return z
    # One row per neuron, or one row for all; connection biases are added up along it.
    bias = np.atleast_1d(parts.bias.view(theta))
    added: Array = z + bias.reshape(len(bias), -1).sum(axis=1, keepdims=True)
    return added


def _activate(activation: Activation, z: Array) -> Array:
    if isinstance(activation, Pointwise):
        a: Array = activation.formula(z)
        return a
    assert isinstance(activation, Rowwise)  # noqa: S101  the kinds are two
    return np.stack(activation.formula(list(z)))


def _measure(loss: Loss, y: Array, yhat: Array) -> float:
    per_sample = _OVER[loss.over_outputs](loss.share(y, yhat), axis=0)
    return float(_OVER[loss.reduction](per_sample))


def _charge(penalty: Penalty | None, layout: Layout, theta: Array) -> float:
    if penalty is None:
        return 0.0
    weights = (layer.weights for layer in layout.layers if layer.weights.trainable)
    return sum(float(penalty.formula(part.view(theta)).sum()) for part in weights)
