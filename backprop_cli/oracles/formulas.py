"""The loss of a network by the rules' formulas, as they are taught, in any kind of number."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from backprop_cli.algebra.evaluation import Domain
from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Ref, Term
from backprop_cli.engine.layout import LayerParts, Layout
from backprop_cli.immutable import immutable
from backprop_cli.oracles.domains import Numbers, evaluate, is_analytic
from backprop_cli.oracles.objective import Objective
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.rules.losses import Loss, Shortcut
from backprop_cli.rules.losses.base import Over
from backprop_cli.rules.optimizers import Penalty

_OVER: Mapping[Over, Callable[..., Any]] = {"sum": np.sum, "mean": np.mean}


@immutable
class Path:
    """The numbers on the way to a loss.

    Attributes:
        places: where rules are applied: the weighted inputs of each layer, (units, samples); the predictions,
            (outputs, samples); all parameters.
        loss: of all samples, penalty included.
    """

    places: tuple[Numbers, ...]
    loss: Numbers


def path(
    domain: Domain[Numbers], objective: Objective, theta: Numbers, nudges: Sequence[Numbers] | None = None
) -> Path:
    """Work the loss out in the numbers of a domain.

    Args:
        domain: the kind of number; theta and the samples are arrays of it.
        objective: whose loss.
        theta: all parameters, in place of the network's own.
        nudges: what is added at each place before its rule is applied; parameters are nudged in the penalty alone.
    """
    zs: list[Numbers] = []
    a = objective.x.T
    for parts, activation in zip(*_layers(objective), strict=True):
        zs.append(_nudged(_weighted_sum(parts, theta, a), nudges, len(zs)))
        a = _activate(domain, activation, zs[-1])
    yhat, charged = _nudged(a, nudges, -2), _nudged(theta, nudges, -1)
    shares = _joint_shares(domain, objective, zs[-1])
    loss = _measure(objective, _shares(domain, objective, yhat) if shares is None else shares)
    if objective.penalty is not None:
        loss = loss + _charge(domain, objective.penalty, objective.network.layout, charged)
    return Path((*zs, yhat, charged), loss)


def _nudged(values: Numbers, nudges: Sequence[Numbers] | None, place: int) -> Numbers:
    return values if nudges is None else values + nudges[place]


def _layers(objective: Objective) -> tuple[tuple[LayerParts, ...], tuple[Activation, ...]]:
    return objective.network.layout.layers, objective.network.activations


def _weighted_sum(parts: LayerParts, theta: Numbers, below: Numbers) -> Numbers:
    z = parts.weights.view(theta) @ below
    if parts.bias is None:
        return z
    # One row per neuron, or one row for all; connection biases are added up along it.
    bias = np.atleast_1d(parts.bias.view(theta))
    return z + bias.reshape(len(bias), -1).sum(axis=1, keepdims=True)


def _activate(domain: Domain[Numbers], activation: Activation, z: Numbers) -> Numbers:
    terms = activation_terms(activation, len(z))
    if isinstance(activation, Pointwise):
        return evaluate(domain, terms, lambda _: z)[0]
    return np.stack(evaluate(domain, terms, lambda row: z[row]))


def _measure(objective: Objective, shares: Numbers) -> Numbers:
    loss, weights = objective.loss, objective.weights
    each = _OVER[loss.over_outputs](shares, axis=0)
    return _OVER[loss.reduction](each if weights is None else weights * each)


def _shares(domain: Domain[Numbers], objective: Objective, yhat: Numbers) -> Numbers:
    y = objective.y.T
    return evaluate(domain, [_share(objective.loss)], lambda letter: yhat if letter == "yhat" else y)[0]


def _joint_shares(domain: Domain[Numbers], objective: Objective, z: Numbers) -> Numbers | None:
    """Give the shares from the last layer's z, where they are wanted and can be had."""
    shortcut = objective.loss.shortcut_for(objective.network.activations[-1])
    if not objective.joint or shortcut is None:
        return None
    rows: dict[Hashable, Numbers] = dict(enumerate(z))
    rows.update((("y", row), own) for row, own in enumerate(objective.y.T))
    return np.stack(evaluate(domain, _joint_terms(shortcut, len(z)), rows.__getitem__))


def _charge(domain: Domain[Numbers], penalty: Penalty, layout: Layout, theta: Numbers) -> Numbers:
    charge: Numbers = 0
    for layer in layout.layers:
        if layer.weights.trainable:
            charge = charge + _prices(domain, penalty, layer.weights.view(theta)).sum()
    return charge


def _prices(domain: Domain[Numbers], penalty: Penalty, weights: Numbers) -> Numbers:
    return evaluate(domain, [_price(penalty)], lambda _: weights)[0]


@cache
def activation_terms(activation: Activation, units: int) -> tuple[Term, ...]:
    """Trace the formula of an activation: over `Ref(0)` of each neuron alone, or over every row of a layer."""
    if isinstance(activation, Pointwise):
        return (activation.formula(Ref(0)),)
    assert isinstance(activation, Rowwise)  # noqa: S101  the kinds are two
    return tuple(activation.formula([Ref(row) for row in range(units)]))


@cache
def _joint_terms(shortcut: Shortcut, units: int) -> tuple[Term, ...]:
    z = [Ref(row) for row in range(units)]
    return tuple(shortcut.share(Ref(("y", at)), z, at) for at in range(units))


@cache
def _share(loss: Loss) -> Term:
    return loss.share(Ref("y"), Ref("yhat"))


@cache
def _price(penalty: Penalty) -> Term:
    # A price of 0 takes its part of the formula away; what is free altogether is still an array of zeros.
    return simplify(penalty.formula(Ref("w"))) + Ref("w") * 0.0


def not_analytic(objective: Objective) -> Iterator[str]:
    """Walk the rules of an objective, by title, whose formulas have branches or corners."""
    layout, activations = objective.network.layout, objective.network.activations
    for activation, parts in zip(activations, layout.layers, strict=True):
        if not is_analytic(activation_terms(activation, parts.weights.shape[0])):
            yield activation.title
    if not is_analytic([_share(objective.loss)]):
        yield objective.loss.title
    if objective.penalty is not None and not is_analytic([_price(objective.penalty)]):
        yield "the l1 penalty"
