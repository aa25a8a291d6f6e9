"""How authors number layers, and the full name of a quantity in each numbering."""

from collections.abc import Mapping
from typing import assert_never

from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable


@immutable
class Notation:
    """One way of numbering.

    Attributes:
        name: what a config calls it.
        node_offset: what is added to the number of a layer of units; the input is layer 0 before that.
        weight_offset: what is added to the number of the layer that a weight or bias feeds.
    """

    name: str
    node_offset: int
    weight_offset: int

    def offset(self, symbol: str) -> int:
        """Give what is added to the layer number of a symbol."""
        return self.weight_offset if symbol in {"w", "b"} else self.node_offset


LEAVING = Notation("leaving", node_offset=1, weight_offset=0)
ENTERING = Notation("entering", node_offset=1, weight_offset=1)
ZERO_BASED = Notation("zero_based", node_offset=0, weight_offset=0)

NOTATIONS: Mapping[str, Notation] = {notation.name: notation for notation in (LEAVING, ENTERING, ZERO_BASED)}


def write(quantity: Quantity, notation: Notation) -> str:
    """Write a quantity's full name, with its layer and every index."""
    match quantity:
        case Variable():
            return _write_variable(quantity, notation)
        case Attached():
            return f"{quantity.symbol}:{write(quantity.parameter, notation)}{'_old' if quantity.old else ''}"
        case Derivative():
            top, bottom = write(quantity.top, notation), write(quantity.bottom, notation)
            return f"d{top}/d{bottom}{write_sample(quantity.sample)}"
        case _:
            assert_never(quantity)


def _write_variable(variable: Variable, notation: Notation) -> str:
    symbol = variable.symbol
    layer = "" if variable.layer is None else str(variable.layer + notation.offset(symbol))
    moment = f"_{variable.moment}" if variable.moment else ""
    return symbol + layer + write_indices(variable.indices) + moment + write_sample(variable.sample)


def write_indices(indices: tuple[int, ...]) -> str:
    """Write indices as they follow a letter and its layer: `_2_1`."""
    return "".join(f"_{index}" for index in indices)


def write_sample(sample: int | None) -> str:
    """Write the sample that a quantity belongs to: `@3`, or nothing for the whole batch."""
    return "" if sample is None else f"@{sample}"
