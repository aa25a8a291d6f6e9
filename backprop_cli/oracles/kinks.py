"""Kinks: where a rule has no derivative, and what its derivatives on either side are.

At a place nearer to a kink than a difference reaches, the difference mixes both sides.  The place is then nudged away
from the kink, and the difference taken again: a kink on which a place sits is nudged to either side, one that is merely
near is left on the side that it is on.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.oracles.domains import FLOATS
from backprop_cli.oracles.findings import Bracket
from backprop_cli.oracles.formulas import path
from backprop_cli.oracles.objective import Gradient, Objective
from backprop_cli.oracles.rounding import noise
from backprop_cli.rules.activations import Pointwise

# How far parameters are moved here, and how much farther a place is nudged than it moves.
_STEP, _FARTHER = 1e-7, 4.0
# How many times its noise a difference may be off.
_TIMES_NOISE = 10.0
# A place is on a kink when so many of its last digits decide on which side it is.
_LAST_DIGITS = 64.0

# Kinks of the activations, of the loss, of the penalty.
_GROUPS = 3
# One array per kink of each place, in the shape of the place.
Distances = list[NDArray[Any]]


def kinks_of(objective: Objective) -> tuple[tuple[float, ...], ...]:
    """Give the kinks of each place: of the weighted inputs by layer, of ŷ − y, of the parameters."""
    activations = objective.network.activations
    hidden = [one.kinks if isinstance(one, Pointwise) else () for one in activations]
    priced = objective.penalty is not None and objective.penalty.l1 > 0.0
    return (*hidden, objective.loss.kinks, (0.0,) if priced else ())


def has_kinks(objective: Objective) -> bool:
    """Say whether any rule of an objective has a kink."""
    return any(kinks_of(objective))


def distances(objective: Objective, places: Sequence[NDArray[Any]]) -> Distances:
    """Give how far each place is from each of its kinks; parameters without a price are infinitely far."""
    mask = np.append(objective.network.layout.weight_mask(np.dtype(np.float64)), _frozen(objective))
    free = np.where(mask > 0.0, 0.0, np.inf)
    own = (*places[:-2], places[-2] - objective.y.T, places[-1] + free)
    return [values - kink for values, kinks in zip(own, kinks_of(objective), strict=True) for kink in kinks]


def _frozen(objective: Objective) -> Gradient:
    layout = objective.network.layout
    return np.zeros(layout.size - layout.trainable)


def sides(objective: Objective, places: Sequence[NDArray[Any]]) -> Distances:
    """Give the side of each kink that each place is on: −1, 1, or 0 where the last digits decide."""
    found = distances(objective, places)
    return [
        np.where(np.abs(one) <= least, 0.0, np.sign(one))
        for one, least in zip(found, _least(objective, places), strict=True)
    ]


def _least(objective: Objective, places: Sequence[NDArray[Any]]) -> list[float]:
    """Give the distance, kink by kink, below which rounding decides; a parameter is what it is, without rounding."""
    unit = _LAST_DIGITS * float(np.finfo(objective.network.theta.dtype).eps)
    sizes = [unit * float(np.abs(values).max(initial=0.0)) for values in places[:-1]]
    return [size for size, kinks in zip([*sizes, 0.0], kinks_of(objective), strict=True) for _ in kinks]


def differ(before: Distances, after: Distances, moved: Distances) -> bool:
    """Say whether what moved is on another side of a kink than before."""
    return any(((one != other) & (by != 0.0)).any() for one, other, by in zip(before, after, moved, strict=True))


def bracket(objective: Objective, at: int) -> Bracket:
    """Give the derivatives with respect to one parameter on both sides of the kinks nearby.

    Args:
        objective: what is differentiated.
        at: the address of the parameter.
    """
    with np.errstate(all="ignore"):
        return _bracket(objective.in_doubles(), objective.network.theta.astype(np.float64), at)


def error(objective: Objective) -> float:
    """Give how wrong the derivatives of a bracket may be by rounding."""
    return _TIMES_NOISE * noise(objective) / _STEP


def _bracket(objective: Objective, theta: Gradient, at: int) -> Bracket:
    here = path(FLOATS, objective, theta).places
    found, moved = distances(objective, here), _moved(objective, theta, at)
    on = [(side == 0.0) & (by > 0.0) for side, by in zip(sides(objective, here), moved, strict=True)]
    slopes = []
    for ways in product((-1.0, 1.0), repeat=_GROUPS):
        offsets = [
            np.where(sits, ways[group] * (_FARTHER * by + np.abs(one)), _aside(one, by))
            for one, by, sits, group in zip(found, moved, on, _groups(objective), strict=True)
        ]
        slopes.append(_slope(objective, theta, at, _by_place(objective, here, offsets)))
    return Bracket(min(slopes), max(slopes), undecided=any(sits.any() for sits in on))


def _groups(objective: Objective) -> Iterator[int]:
    """Give the group of each kink; those of a group are nudged together."""
    last = len(objective.network.activations)
    for place, found in enumerate(kinks_of(objective)):
        yield from (max(0, place - last + 1) for _ in found)


def _moved(objective: Objective, theta: Gradient, at: int) -> Distances:
    here = distances(objective, path(FLOATS, objective, theta).places)
    there = [distances(objective, path(FLOATS, objective, one).places) for one in _both_sides(theta, at)]
    moves = [[_apart(one, other) for one, other in zip(here, side, strict=True)] for side in there]
    return [np.maximum(one, other) for one, other in zip(*moves, strict=True)]


def _apart(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    # A parameter without a price is infinitely far, and stays there.
    return np.where(np.isfinite(one), np.abs(np.subtract(other, np.where(np.isfinite(one), one, 0.0))), 0.0)


def _aside(distance: NDArray[Any], moves: NDArray[Any]) -> NDArray[Any]:
    return np.where(np.abs(distance) <= 2.0 * moves, np.sign(distance) * _FARTHER * moves, 0.0)


def _both_sides(theta: Gradient, at: int) -> tuple[Gradient, Gradient]:
    above, below = theta.copy(), theta.copy()
    step = _STEP * max(1.0, abs(theta[at]))
    above[at] += step
    below[at] -= step
    return above, below


def _slope(objective: Objective, theta: Gradient, at: int, nudges: Sequence[NDArray[Any]]) -> float:
    above, below = _both_sides(theta, at)
    rise = path(FLOATS, objective, above, nudges).loss - path(FLOATS, objective, below, nudges).loss
    return float(rise / (above[at] - below[at]))


def _by_place(objective: Objective, places: Sequence[NDArray[Any]], offsets: Distances) -> list[NDArray[Any]]:
    """Add up the offsets of the kinks that share a place."""
    pending = iter(offsets)
    return [
        np.sum([next(pending) for _ in kinks], axis=0) if kinks else np.zeros_like(values)
        for values, kinks in zip(places, kinks_of(objective), strict=True)
    ]
