"""The oracles by name: what each needs, what it costs, and how closely it can be asked to agree."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np

from backprop_cli.engine.record import StepRecord
from backprop_cli.errors import MissingExtra
from backprop_cli.immutable import immutable
from backprop_cli.oracles import autograd, central, complex_step, exact
from backprop_cli.oracles.formulas import not_analytic
from backprop_cli.oracles.objective import Addresses, Estimate, Objective

# Seconds that an oracle may take where nobody says how much it shall check, and the most that it checks then.
_SECONDS, MOST = 10.0, 1000


@immutable
class Case:
    """One step's gradient, and how it is checked.

    Attributes:
        objective: what the engine differentiated.
        record: what it found.
        step: how far central differences move a parameter to either side.
    """

    objective: Objective
    record: StepRecord
    step: float


@immutable
class Witness:
    """An oracle.

    Attributes:
        name: as the command line and tables have it.
        tolerance: the relative error that passes for an engine in float64.
        seconds: cost per checked parameter for each sample and parameter of the network; 0 where all come at once.
        estimate: asks it about some parameters.
        module: what it imports from an extra; empty where it needs none.
        package: what that is called.
    """

    name: str
    tolerance: float
    seconds: float
    estimate: Callable[[Case, Addresses], Estimate]
    module: str = ""
    package: str = ""

    @property
    def installed(self) -> bool:
        """Whether what it needs is there."""
        return not self.module or find_spec(self.module) is not None

    def require(self) -> None:
        """Raise MissingExtra where what it needs is not installed."""
        if not self.installed:
            raise MissingExtra(self.package, "oracles")

    def affordable(self, objective: Objective) -> int:
        """Give how many parameters it can check in a few seconds; 0 where one takes longer."""
        if not self.seconds:
            return objective.network.layout.trainable
        one = self.seconds * max(1, len(objective.x)) * objective.network.layout.size
        return min(MOST, int(_SECONDS / one))


def _by_torch(case: Case, addresses: Addresses) -> Estimate:
    return Estimate.exactly(addresses, autograd.loss_and_gradient(case.objective)[1][addresses])


def _by_mpmath(case: Case, addresses: Addresses) -> Estimate:
    largest = max((float(np.abs(z).max(initial=0.0)) for z in case.record.z), default=0.0)
    return exact.estimate(case.objective, addresses, largest)


WITNESSES: Mapping[str, Witness] = {
    witness.name: witness
    for witness in (
        Witness("central", 1e-6, 7e-9, lambda case, at: central.estimate(case.objective, at, case.step)),
        Witness("complex", 1e-9, 1.2e-8, lambda case, at: complex_step.estimate(case.objective, at)),
        Witness("mpmath", 1e-9, 8e-6, _by_mpmath, "mpmath", "mpmath"),
        Witness("torch", 1e-9, 0.0, _by_torch, "torch", "PyTorch"),
    )
}
# The relative error that passes for an engine in float32, whichever the oracle.
SINGLE = 1e-4


def unfit(name: str, objective: Objective) -> str:
    """Say why an oracle has no answer for an objective; '' where it has one."""
    if name == "complex" and (rules := list(dict.fromkeys(not_analytic(objective)))):
        return f"{' and '.join(rules)} {'is' if len(rules) == 1 else 'are'} not analytic"
    if name == "torch" and not autograd.knows(objective):
        return "it has no counterpart of a rule"
    return ""
