"""The shortest name of a variable that is still its own, as authors write it: `w`, `z2`, `a2_1`."""

from dataclasses import replace

from backprop_cli.quantities.notation import Notation
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import Topology


def brief(variable: Variable, topology: Topology, notation: Notation) -> Variable:
    """Give a variable as a notation shows it: its layer as numbered there, if there are several, and few indices.

    An index is left out where its dimension has size one; the shares of the loss always keep theirs.
    """
    layer = variable.layer
    shown = None if layer is None or topology.depth == 1 else layer + notation.offset(variable.symbol)
    sizes = _sizes(variable, topology)
    indices = tuple(index for index, size in zip(variable.indices, sizes, strict=True) if size > 1)
    return replace(variable, layer=shown, indices=indices)


def _sizes(variable: Variable, topology: Topology) -> tuple[int, ...]:
    """Give the sizes of the dimensions that a variable's indices run over."""
    if not variable.indices:
        return ()
    match variable.symbol:
        case "x":
            return (topology.inputs,)
        case "y" | "yhat":
            return (topology.units(topology.depth),)
        case "w" | "b":
            shape = topology.layers[(variable.layer or 1) - 1]
            return (shape.units,) if len(variable.indices) == 1 else (shape.units, shape.fan_in)
        case "z" | "a" | "e" | "f" | "r":
            return (topology.units(variable.layer or 0),)
        case _:
            return tuple(2 for _ in variable.indices)
