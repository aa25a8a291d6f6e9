"""The gradient by central differences: (L(θ + h) − L(θ − h)) / 2h, one parameter after the other.

The loss is computed by the rules' formulas in float64; no kernel of the engine takes part.
"""

import numpy as np

from backprop_cli.immutable import immutable
from backprop_cli.oracles import kinks
from backprop_cli.oracles.domains import FLOATS
from backprop_cli.oracles.formulas import Path, path
from backprop_cli.oracles.objective import Addresses, Estimate, Gradient, Objective
from backprop_cli.oracles.rounding import noise
from backprop_cli.rules.base import Array

# Near the cube root of the float64 precision, where what is cut off and what is rounded off weigh the same.
STEP = 1e-5
# How many times its noise a difference may be off, and how many times what a half step makes of it.
_TIMES_NOISE, _TIMES_CUT = 10.0, 2.0


def gradient(objective: Objective, step: float = STEP) -> Gradient:
    """Give dL/dθ of the trainable parameters.

    Args:
        objective: what is differentiated.
        step: how far each parameter is moved to either side, relative to its size where that is above 1.
    """
    differences = _Differences.of(objective, step)
    return np.array([differences.slope(at) for at in range(objective.network.layout.trainable)])


def estimate(objective: Objective, addresses: Addresses, step: float = STEP) -> Estimate:
    """Give dL/dθ of some parameters, with how wrong each may be.

    A difference is wrong by what it cuts off, which half the step shows, and by the rounding errors of the loss over
    the step.

    Args:
        objective: what is differentiated.
        addresses: which parameters.
        step: how far each is moved to either side, relative to its size where that is above 1.
    """
    whole, half = _Differences.of(objective, step), _Differences.of(objective, step / 2.0)
    values, coarser = (np.array([one.slope(int(at)) for at in addresses], dtype=np.float64) for one in (whole, half))
    rounded = _TIMES_NOISE * noise(objective) / step
    errors = _TIMES_CUT * np.abs(values - coarser) + rounded
    crossed = np.array([crosses(objective, int(at), step) for at in addresses], dtype=np.bool_)
    return Estimate(addresses, values, errors, crossed)


def crosses(objective: Objective, at: int, step: float = STEP) -> bool:
    """Say whether the difference for one parameter takes other branches of a rule than the point it is around."""
    return kinks.has_kinks(objective) and _Differences.of(objective, step).crosses(at)


def loss_at(objective: Objective, theta: Array) -> float:
    """Give the loss, penalty included, with `theta` in place of the network's own parameters."""
    return float(_path(objective.in_doubles(), theta.astype(np.float64)).loss)


def _path(objective: Objective, theta: Array) -> Path:
    # A formula may overflow on its way to a right value: 1/(1 + e⁻ᶻ) far below zero.
    with np.errstate(all="ignore"):
        return path(FLOATS, objective, theta)


@immutable
class _Differences:
    """Differences of one step around one point."""

    objective: Objective
    theta: Gradient
    step: float

    @classmethod
    def of(cls, objective: Objective, step: float) -> "_Differences":
        return cls(objective.in_doubles(), objective.network.theta.astype(np.float64), step)

    def slope(self, at: int) -> float:
        above, below = self._moved(at, 1.0), self._moved(at, -1.0)
        high, low = (float(_path(self.objective, theta).loss) for theta in (above, below))
        # What was really moved, which rounding makes a little different from 2h.
        return (high - low) / float(above[at] - below[at])

    def crosses(self, at: int) -> bool:
        here = _path(self.objective, self.theta).places
        return any(self._is_beyond(here, _path(self.objective, self._moved(at, way)).places) for way in (1.0, -1.0))

    def _is_beyond(self, here: tuple[Array, ...], there: tuple[Array, ...]) -> bool:
        near, far = (kinks.distances(self.objective, places) for places in (here, there))
        moved = [np.where(one == other, 0.0, 1.0) for one, other in zip(near, far, strict=True)]
        return kinks.differ(kinks.sides(self.objective, here), [np.sign(one) for one in far], moved)

    def _moved(self, at: int, way: float) -> Gradient:
        theta = self.theta.copy()
        theta[at] += way * self.step * max(1.0, abs(theta[at]))
        return theta
