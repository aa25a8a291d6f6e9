"""The same network in PyTorch: its own activations and losses, differentiated by its autograd in float64."""

# ruff: noqa: ARG005  every counterpart is given F and its rule, and uses what it needs

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from backprop_cli.engine.layout import LayerParts, Layout
from backprop_cli.errors import MissingExtra
from backprop_cli.oracles.objective import Gradient, Objective
from backprop_cli.rules.activations.bipolar_sigmoid import BipolarSigmoid
from backprop_cli.rules.activations.elu import Elu
from backprop_cli.rules.activations.gelu import Gelu
from backprop_cli.rules.activations.identity import Identity
from backprop_cli.rules.activations.leaky_relu import LeakyRelu
from backprop_cli.rules.activations.relu import Relu
from backprop_cli.rules.activations.selu import Selu
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.activations.silu import Silu
from backprop_cli.rules.activations.softmax import Softmax
from backprop_cli.rules.activations.softplus import Softplus
from backprop_cli.rules.activations.softsign import Softsign
from backprop_cli.rules.activations.tanh import Tanh
from backprop_cli.rules.losses.base import Over
from backprop_cli.rules.losses.binary_cross_entropy import BinaryCrossEntropy, SigmoidShortcut
from backprop_cli.rules.losses.cross_entropy import CrossEntropy, SoftmaxShortcut
from backprop_cli.rules.losses.half_sse import HalfSse
from backprop_cli.rules.losses.huber import Huber
from backprop_cli.rules.losses.mae import Mae
from backprop_cli.rules.losses.mse import Mse
from backprop_cli.rules.losses.sse import Sse
from backprop_cli.rules.optimizers import Penalty

# PyTorch is an extra without types of its own here: its module and its tensors are whatever they are.
Torch: TypeAlias = Any
Tensor: TypeAlias = Any

# F.softplus turns into the identity above its threshold; there e⁻ᶻ is below the last digit of z.
_STRAIGHT = 40.0

# PyTorch's counterpart of each rule, by class.  An activation takes F, itself and z; a loss takes F, itself, y and ŷ
# and gives the shares; a shortcut takes F, itself, y and z and gives the shares, or one row of their sums.
COUNTERPARTS: Mapping[type, Callable[..., Tensor]] = {
    Identity: lambda F, rule, z: z,
    Sigmoid: lambda F, rule, z: F.sigmoid(z),
    BipolarSigmoid: lambda F, rule, z: 2.0 * F.sigmoid(z) - 1.0,
    Tanh: lambda F, rule, z: F.tanh(z),
    Softsign: lambda F, rule, z: F.softsign(z),
    Relu: lambda F, rule, z: F.relu(z),
    LeakyRelu: lambda F, rule, z: F.leaky_relu(z, rule.negative_slope),
    Elu: lambda F, rule, z: F.elu(z, rule.alpha),
    Selu: lambda F, rule, z: F.selu(z),
    Softplus: lambda F, rule, z: F.softplus(z, threshold=_STRAIGHT),
    Gelu: lambda F, rule, z: F.gelu(z, approximate=rule.approximate),
    Silu: lambda F, rule, z: F.silu(z),
    Softmax: lambda F, rule, z: F.softmax(z, dim=0),
    HalfSse: lambda F, rule, y, yhat: 0.5 * F.mse_loss(yhat, y, reduction="none"),
    Sse: lambda F, rule, y, yhat: F.mse_loss(yhat, y, reduction="none"),
    Mse: lambda F, rule, y, yhat: F.mse_loss(yhat, y, reduction="none"),
    Mae: lambda F, rule, y, yhat: F.l1_loss(yhat, y, reduction="none"),
    Huber: lambda F, rule, y, yhat: F.huber_loss(yhat, y, reduction="none", delta=rule.delta),
    BinaryCrossEntropy: lambda F, rule, y, yhat: F.binary_cross_entropy(yhat, y, reduction="none"),
    CrossEntropy: lambda F, rule, y, yhat: -y * yhat.log(),
    SigmoidShortcut: lambda F, rule, y, z: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
    SoftmaxShortcut: lambda F, rule, y, z: F.cross_entropy(z.T, y.T, reduction="none").unsqueeze(0),
}


def knows(objective: Objective) -> bool:
    """Say whether PyTorch has a counterpart of every rule in an objective."""
    rules = {type(objective.loss), *(type(activation) for activation in objective.network.activations)}
    return rules <= COUNTERPARTS.keys()


def loss_and_gradient(objective: Objective) -> tuple[float, Gradient]:
    """Give the loss, penalty included, and dL/dθ of the trainable parameters.

    Raises:
        MissingExtra: PyTorch is not installed.
    """
    torch = _import_torch()
    theta = torch.tensor(objective.network.theta, dtype=torch.float64, requires_grad=True)
    loss = loss_of(objective, theta)
    loss.backward()
    gradient: Gradient = theta.grad[: objective.network.layout.trainable].numpy()
    return float(loss.detach()), gradient


def loss_of(objective: Objective, theta: Tensor) -> Tensor:
    """Build the loss, penalty included, from a float64 tensor of all parameters in the order of the layout."""
    functional = _import_torch().nn.functional
    layout, activations = objective.network.layout, objective.network.activations
    z = a = theta.new_tensor(np.asarray(objective.x)).T
    for parts, activation in zip(layout.layers, activations, strict=True):
        z = _weighted_sum(parts, theta, a)
        a = COUNTERPARTS[type(activation)](functional, activation, z)
    y, loss = theta.new_tensor(np.asarray(objective.y)).T, objective.loss
    shortcut = loss.shortcuts.get(type(activations[-1]))
    rule, prediction = (loss, a) if shortcut is None else (shortcut, z)
    shares = COUNTERPARTS[type(rule)](functional, rule, y, prediction)
    per_sample = _reduce(shares, loss.over_outputs, dim=0)
    if objective.weights is not None:
        per_sample = theta.new_tensor(np.asarray(objective.weights)) * per_sample
    return _reduce(per_sample, loss.reduction, dim=0) + _charge(objective.penalty, layout, theta)


def _import_torch() -> Torch:
    try:
        import torch
    except ImportError as error:
        raise MissingExtra("PyTorch", "oracles") from error
    return torch


def _weighted_sum(parts: LayerParts, theta: Tensor, below: Tensor) -> Tensor:
    z = theta.as_strided(parts.weights.shape, parts.weights.strides, parts.weights.start) @ below
    if parts.bias is None:
        return z
    # One row per neuron, or one row for all; connection biases are added up along it.
    bias = theta.as_strided(parts.bias.shape, parts.bias.strides, parts.bias.start)
    rows = bias.shape[0] if bias.dim() else 1
    return z + bias.reshape(rows, -1).sum(dim=1, keepdim=True)


def _reduce(values: Tensor, over: Over, *, dim: int) -> Tensor:
    return values.sum(dim=dim) if over == "sum" else values.mean(dim=dim)


def _charge(penalty: Penalty | None, layout: Layout, theta: Tensor) -> Tensor:
    charge = theta.new_zeros(())
    if penalty is None:
        return charge
    for layer in layout.layers:
        if layer.weights.trainable:
            w = theta.as_strided(layer.weights.shape, layer.weights.strides, layer.weights.start)
            charge = charge + penalty.l1 * w.abs().sum() + penalty.l2 / 2.0 * w.square().sum()
    return charge
