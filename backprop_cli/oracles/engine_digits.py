"""How many digits the engine's gradient can have, in the precision that it works in.

No check can ask for more: where the parts of a gradient cancel, or a unit is saturated, few digits are left of it.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.engine.finite import NotFinite
from backprop_cli.engine.network import Network
from backprop_cli.engine.record import StepRecord
from backprop_cli.engine.step import Learner
from backprop_cli.engine.workspace import with_ones
from backprop_cli.oracles import kinks
from backprop_cli.oracles.objective import Gradient, Objective
from backprop_cli.rules.optimizers.sgd import Sgd

# How often all numbers are changed in their last digits, and how much the change of a gradient counts.
_TIMES, _WEIGHT = 4, 32.0
# How many last digits of its size an element may be off.
_PART = 16.0
# The learning rate of a step whose update nobody looks at.
_RATE = 1e-6


def last_digits(objective: Objective, record: StepRecord) -> Gradient:
    """Give an error that each element of the engine's gradient may have by rounding, in the order of the layout.

    The engine is run again with parameters and samples that are changed in their last digits.  Where this takes a place
    to the other side of a kink, the change says nothing.

    Args:
        objective: what the engine differentiated.
        record: what it found.
    """
    unit = float(np.finfo(record.gradient.dtype).eps)
    rng, spread = np.random.default_rng(0), np.zeros(len(record.gradient))
    here = _signs(objective, record)
    for _ in range(_TIMES):
        there = run(_changed(objective, rng))
        if there is not None and _same(here, _signs(objective, there)):
            spread = np.maximum(spread, np.abs(there.gradient.astype(np.float64) - record.gradient))
    return _WEIGHT * spread + _PART * unit * sizes(objective, record)


def sizes(objective: Objective, record: StepRecord) -> Gradient:
    """Give the size that each element of the gradient would have if no activation damped it.

    Rounding is a small part of this: a slope a(1 − a) next to 0 is as wrong as its a, which is next to 1.
    """
    errors, gradient = _output_errors(objective, record), np.zeros(objective.network.layout.size)
    below = [np.abs(record.x.astype(np.float64)), *map(_undamped, record.a[:-1], record.z[:-1])]
    for parts, a in zip(reversed(objective.network.layout.layers), reversed(below), strict=True):
        parts.weights.view(gradient)[...] = errors @ a.T
        if parts.bias is not None:
            whole = errors.sum(axis=1)
            parts.bias.view(gradient).T[...] = whole if parts.bias.shape else whole.sum()
        errors = np.abs(parts.weights.view(record.before).astype(np.float64)).T @ errors
    if objective.penalty is not None:
        priced = objective.network.layout.weight_mask(np.dtype(np.float64)) * record.before[: len(record.gradient)]
        gradient[: len(priced)] += objective.penalty.l1 * np.abs(np.sign(priced)) + objective.penalty.l2 * np.abs(
            priced
        )
    return gradient[: objective.network.layout.trainable]


def _undamped(a: NDArray[Any], z: NDArray[Any]) -> NDArray[Any]:
    # Far below zero, zΦ(z) is as wrong as its z.
    undamped: NDArray[Any] = np.abs(a.astype(np.float64)) + np.abs(z)
    return undamped


def _output_errors(objective: Objective, record: StepRecord) -> NDArray[Any]:
    """Give the size of dL/dz of the last layer, (outputs, samples), as if its activation had the slope 1."""
    y, a, loss = record.y.astype(np.float64), record.predictions.astype(np.float64), objective.loss
    if loss.shortcut_for(objective.network.activations[-1]) is not None:
        errors = np.abs(y) + np.abs(a)
    else:
        with np.errstate(all="ignore"):
            errors = np.nan_to_num(np.abs(loss.slope(y, a)))
    return errors * loss.weight(*y.shape) * (1.0 if record.weights is None else record.weights)


def _signs(objective: Objective, record: StepRecord) -> kinks.Distances:
    places = (*record.z, record.predictions, record.before)
    return [np.sign(distance) for distance in kinks.distances(objective, places)]


def _same(here: kinks.Distances, there: kinks.Distances) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(here, there, strict=True))


def _changed(objective: Objective, rng: np.random.Generator) -> Objective:
    network, dtype = objective.network, objective.network.theta.dtype

    def beside(values: NDArray[Any]) -> NDArray[Any]:
        factors = 1.0 + np.finfo(dtype).eps * rng.choice([-1.0, 1.0], size=values.shape)
        changed: NDArray[Any] = (values * factors).astype(dtype)
        return changed

    copy = Network.create(network.layout, network.activations, dtype)
    copy.theta[...] = beside(network.theta)
    return replace(objective.with_samples(beside), network=copy)


def run(objective: Objective) -> StepRecord | None:
    """Let the engine find the gradient, with all units taking part; None where something is not finite."""
    learner = Learner.create(objective.network, objective.loss, Sgd(penalty=objective.penalty))
    samples = tuple(range(1, len(objective.x) + 1))
    try:
        step = learner.bind(with_ones(objective.x, objective.network.theta.dtype), objective.y, objective.weights)
        return step.recorded(_RATE, 1, epoch=1, samples=samples)
    except NotFinite:
        return None
