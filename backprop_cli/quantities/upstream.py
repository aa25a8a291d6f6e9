"""Which variables of a step depend on which: what may stand above and below in a derivative.

Layers are fully connected. A neuron's z depends on every unit of the layer before and on its own weights and bias; a
pointwise activation on its own z; a softmax on the e of all its neurons through their sum s. The largest z, which a
softmax may subtract first, counts as a constant: it cancels. So do what dropout leaves out, and what a sample counts.
"""

from backprop_cli.quantities.notation import Notation, write
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import Topology

TOPS = ("L", "yhat", "z", "a", "e", "s", "f")
BOTTOMS = ("x", "z", "a", "yhat", "w", "b", "e", "s", "f")

# In which order the variables of one layer are computed.
_STAGES = {"w": 0, "b": 0, "z": 1, "e": 2, "s": 3, "f": 4, "a": 5, "yhat": 5, "x": 5, "L": 6}
_ACTIVATION = _STAGES["f"]


def depends(top: Variable, bottom: Variable, topology: Topology) -> bool:
    """Say whether a change of one variable reaches another, different one; both of TOPS and BOTTOMS."""
    (layer, stage), (bottom_layer, bottom_stage) = _place(top, topology), _place(bottom, topology)
    if layer != bottom_layer:
        return bottom_layer < layer
    return bottom_stage < stage and _neurons_meet(top, bottom, topology.layers[layer - 1].rowwise)


def why_not(top: Variable, bottom: Variable, topology: Topology, notation: Notation) -> str:
    """Explain in one sentence why one variable does not depend on another."""
    above, below = write(top, notation), write(bottom, notation)
    if top == bottom:
        return f"{above} is not upstream of itself"
    place, bottom_place = _place(top, topology), _place(bottom, topology)
    if bottom_place > place:
        return f"{above} does not depend on {below}, which comes after it"
    if bottom_place == place:
        return f"{above} does not depend on {below}, which stands beside it"
    verb = "feeds" if bottom.symbol in {"w", "b"} else "belongs to"
    return f"{above} does not depend on {below}, which {verb} neuron {_own_neuron(bottom)}"


def _place(variable: Variable, topology: Topology) -> tuple[int, int]:
    """Give the layer and the stage within it at which a variable is computed."""
    at_the_end = variable.symbol in {"yhat", "L"}
    layer = topology.depth if at_the_end else variable.layer or 0
    return layer, _STAGES[variable.symbol]


def _neurons_meet(top: Variable, bottom: Variable, rowwise: bool) -> bool:
    """Say whether a later variable uses the neurons that an earlier one of its layer belongs to."""
    own, bottom_own = _own_neuron(top), _own_neuron(bottom)
    if own is None or bottom_own is None or own == bottom_own:
        return True
    crosses_activation = _STAGES[bottom.symbol] < _ACTIVATION <= _STAGES[top.symbol]
    return rowwise and crosses_activation


def _own_neuron(variable: Variable) -> int | None:
    """Give the neuron that a variable of a layer belongs to or feeds, or None where it concerns them all."""
    return variable.indices[0] if variable.indices else None
