"""How much of a loss is rounding: what a difference of losses cannot be asked to tell."""

import math
from dataclasses import replace

import numpy as np

from backprop_cli.oracles.domains import FLOATS
from backprop_cli.oracles.formulas import path
from backprop_cli.oracles.objective import Gradient, Objective

# Spacing, count and order of the differences that noise is told from; how often places are changed in their last digit.
_SPACING, _POINTS, _ORDER, _TIMES = 1e-10, 9, 4, 4
_LAST_DIGIT = float(np.finfo(np.float64).eps)
# How much quieter the joint formula of a loss must be to be taken in place of the one that is taught.
_QUIETER = 10.0


def quietest(objective: Objective) -> Objective:
    """Give the objective with the formula of its loss that keeps its digits, the one that is taught if both do.

    Next to 0 and 1 a prediction has few digits left for a logarithm of it.
    """
    taught, joint = (replace(objective, joint=joint) for joint in (False, True))
    # What has no value is not a number, and compares as not quieter.
    return taught if noise(taught) <= _QUIETER * noise(joint) else joint


def noise(objective: Objective) -> float:
    """Give the standard deviation of the rounding errors of the loss; not a number where the loss is not finite."""
    inside, theta = objective.in_doubles(), objective.network.theta.astype(np.float64)
    with np.errstate(all="ignore"):
        loss = float(path(FLOATS, inside, theta).loss)
        return max(_from_differences(inside, theta), _from_places(inside, theta), _LAST_DIGIT * abs(loss), key=_largest)


def _largest(deviation: float) -> float:
    return math.inf if math.isnan(deviation) else deviation


def _from_differences(objective: Objective, theta: Gradient) -> float:
    """Tell noise from differences of a high order between losses at points very near to each other.

    Nothing but rounding is left in them.  Source: J. J. Moré and S. M. Wild, "Estimating Computational Noise", SIAM
    Journal on Scientific Computing 33 (2011).
    """
    direction = np.random.default_rng(0).choice([-1.0, 1.0], size=len(theta)) * np.maximum(1.0, np.abs(theta))
    losses = [path(FLOATS, objective, theta + number * _SPACING * direction).loss for number in range(_POINTS)]
    share = math.factorial(_ORDER) ** 2 / math.factorial(2 * _ORDER)
    return math.sqrt(share * float(np.mean(np.diff(losses, _ORDER) ** 2)))


def _from_places(objective: Objective, theta: Gradient) -> float:
    """Tell noise from what the last digit of each number on the way makes of the loss."""
    found, rng, largest = path(FLOATS, objective, theta), np.random.default_rng(0), 0.0
    for _ in range(_TIMES):
        nudges = [_LAST_DIGIT * place * rng.choice([-1.0, 1.0], size=place.shape) for place in found.places]
        change = abs(float(path(FLOATS, objective, theta, nudges).loss - found.loss))
        largest = change if math.isnan(change) else max(largest, change)
    return largest
