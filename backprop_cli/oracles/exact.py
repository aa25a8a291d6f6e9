"""The gradient by central differences of 50-digit numbers, where neither rounding nor the step leaves a trace."""

import math
from dataclasses import replace

import numpy as np

from backprop_cli.algebra.evaluation import Domain
from backprop_cli.oracles.domains import Numbers, exact
from backprop_cli.oracles.formulas import path
from backprop_cli.oracles.objective import Addresses, Estimate, Objective

DIGITS = 50
# The digits that a difference over this step loses, beside those that it is right to.
_STEP = "1e-25"
_LOST = 25
# Digits for an activation next to 0 or 1 are bounded: beyond, the formula has no value.
_MOST = 1000


def estimate(objective: Objective, addresses: Addresses, largest: float) -> Estimate:
    """Give dL/dθ of some parameters.

    Args:
        objective: what is differentiated; its numbers are taken as they are, to the last bit.
        addresses: which parameters.
        largest: size of the largest weighted input: 1 − 1/(1 + e⁻ᶻ) takes digits of its own.

    Raises:
        MissingExtra: mpmath is not installed.
    """
    domain = exact(DIGITS + _LOST + min(_MOST, math.ceil(largest / math.log(10.0))))
    whole = np.frompyfunc(lambda value: domain.number(float(value)), 1, 1)
    inside = replace(objective.with_samples(whole), joint=False)
    theta = whole(objective.network.theta)
    return Estimate.exactly(addresses, np.array([_slope(domain, inside, theta, int(at)) for at in addresses]))


def _slope(domain: Domain[Numbers], objective: Objective, theta: Numbers, at: int) -> float:
    step: Numbers = domain.number(_STEP)  # type: ignore[arg-type]  # as text, since no float is 1e-25
    above, below = theta.copy(), theta.copy()
    above[at] += step
    below[at] -= step
    try:
        return float((path(domain, objective, above).loss - path(domain, objective, below).loss) / (2 * step))
    except (ArithmeticError, ValueError):
        # A logarithm of 0 or a division by it: mpmath has no infinity for them.
        return math.nan
