"""Finding the first value of a step that is not finite."""

import numpy as np

from backprop_cli.engine.layout import Layout
from backprop_cli.engine.network import Network
from backprop_cli.engine.workspace import Workspace
from backprop_cli.errors import DivergedError
from backprop_cli.quantities.quantity import Derivative, Quantity, Variable
from backprop_cli.rules.base import Array


class NotFinite(DivergedError):  # noqa: N818  it names what was found
    """Report a quantity that is not finite.

    Attributes:
        quantity: the first such quantity in the order of the calculation; a `sample` in it counts the columns of the
            batch from 1.
        value: what it is: inf, -inf or nan.
    """

    def __init__(self, quantity: Quantity, value: float) -> None:
        super().__init__(f"{quantity} is {value}")
        self.quantity = quantity
        self.value = value


def first_not_finite(
    network: Network, space: Workspace, loss: float, gradient: Array | None = None, new: Array | None = None
) -> NotFinite:
    """Find what stopped being finite first, in the order of the calculation.

    Args:
        network: what was trained.
        space: the step's arrays.
        loss: of the batch.
        gradient: dL/dθ, when the backward pass has come by.
        new: the updated parameters, when there are any.
    """
    found = _in_layers(space)
    if found is None and not np.isfinite(loss):
        found = NotFinite(Variable("L"), loss)
    if found is None and gradient is not None:
        found = _in_parameters(network.layout, gradient, as_gradient=True)
    if found is None and new is not None:
        found = _in_parameters(network.layout, new, as_gradient=False)
    return found or NotFinite(Variable("L"), loss)


def _in_layers(space: Workspace) -> NotFinite | None:
    for number, layer in enumerate(space.layers, start=1):
        last = number == len(space.layers)
        thinned = () if layer.f is layer.a else (("f", layer.f),)
        for symbol, values in (("z", layer.z), *thinned, ("yhat" if last else "a", layer.a)):
            bad = np.argwhere(~np.isfinite(values))
            if len(bad):
                row, column = (int(index) for index in bad[0])
                place = None if symbol == "yhat" else number
                variable = Variable(symbol, place, (row + 1,), sample=column + 1)
                return NotFinite(variable, float(values[row, column]))
    return None


def _in_parameters(layout: Layout, values: Array, *, as_gradient: bool) -> NotFinite | None:
    bad = np.flatnonzero(~np.isfinite(values))
    if not len(bad):
        return None
    # The gradient is found from the last layer back, so its last number was found first.
    address = int(bad[-1] if as_gradient else bad[0])
    parameter = layout.parameter_at(address)
    after = Variable(parameter.symbol, parameter.layer, parameter.indices, "new")
    quantity = Derivative(Variable("L"), parameter) if as_gradient else after
    return NotFinite(quantity, float(values[address]))
