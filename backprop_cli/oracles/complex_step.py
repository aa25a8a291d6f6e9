"""The gradient by the complex step: Im L(θ + ih) / h, which subtracts nothing and so loses no digit to it.

It needs formulas that are analytic: those that take a complex number as they take a real one.  Source: W. Squire and
G. Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions", SIAM Review 40 (1998).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.oracles.domains import COMPLEX, FLOATS
from backprop_cli.oracles.formulas import path
from backprop_cli.oracles.objective import Addresses, Estimate, Gradient, Objective

# Its square is nothing beside any number that counts.
_STEP = 1e-20
# How often the numbers on the way are changed in their last digit, and how much the change of a value counts.
_TIMES, _WEIGHT = 2, 32.0
_LAST_DIGIT = float(np.finfo(np.float64).eps)


def estimate(objective: Objective, addresses: Addresses) -> Estimate:
    """Give dL/dθ of some parameters, with how far the last digits of the numbers on the way move each."""
    inside, theta = replace(objective.in_doubles(), joint=False), objective.network.theta.astype(np.float64)
    with np.errstate(all="ignore"):
        found = path(FLOATS, inside, theta)
        # Once, since a product of complex with real numbers would make them complex at every step.
        inside = replace(inside, x=inside.x.astype(np.complex128))
        # Off the real line the logarithm of 0 is finite, so that only the loss itself tells that there is none.
        known = np.isfinite(found.loss)
        values = _slopes(inside, theta, addresses) if known else np.full(len(addresses), np.nan)
        rng, errors = np.random.default_rng(0), np.zeros(len(addresses))
        for _ in range(_TIMES if known else 0):
            nudges = [_LAST_DIGIT * place * rng.choice([-1.0, 1.0], size=place.shape) for place in found.places]
            errors = np.maximum(errors, _WEIGHT * np.abs(_slopes(inside, theta, addresses, nudges) - values))
    return Estimate(addresses, values, errors, np.zeros(len(addresses), dtype=np.bool_))


def _slopes(
    objective: Objective, theta: Gradient, addresses: Addresses, nudges: Sequence[NDArray[Any]] | None = None
) -> Gradient:
    moved, slopes = theta.astype(np.complex128), np.empty(len(addresses))
    for number, at in enumerate(addresses):
        moved[at] = complex(theta[at], _STEP)
        slopes[number] = path(COMPLEX, objective, moved, nudges).loss.imag / _STEP
        moved[at] = theta[at]
    return slopes
