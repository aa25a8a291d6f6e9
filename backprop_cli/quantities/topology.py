"""What exists in a network, as far as names are concerned."""

from enum import StrEnum

from backprop_cli.immutable import immutable


class BiasKind(StrEnum):
    """Say what a layer's biases belong to."""

    NONE = "none"
    NEURON = "neuron"
    LAYER = "layer"
    CONNECTION = "connection"


@immutable
class LayerShape:
    """One layer of neurons.

    Attributes:
        units: number of neurons.
        fan_in: number of units of the layer before, or of inputs.
        bias: what its biases belong to.
        rowwise: whether its activation couples the neurons (softmax), which gives them e and s.
        dropout: how likely each neuron is left out of a training step; above 0 they have f and r.
    """

    units: int
    fan_in: int
    bias: BiasKind
    rowwise: bool = False
    dropout: float = 0.0


@immutable
class Topology:
    """Everything that can carry a name in one experiment.

    Attributes:
        inputs: number of inputs.
        layers: the layers of neurons, in order; layer ℓ is `layers[ℓ - 1]`.
        state: letters of the optimizer's state, e.g. ('m', 'v').
        corrected: letters whose bias-corrected form exists, e.g. ('mhat', 'vhat').
        adaptive: whether each parameter has a learning rate of its own.
        targets: whether there are targets, and so y, L and derivatives of L.
        penalty: whether the loss has a penalty term.
        measured: whether the length of the gradient is measured, to clip it.
        weighted: whether samples count differently, and so have a weight.
        samples: number of samples in the data, where it is known.
    """

    inputs: int
    layers: tuple[LayerShape, ...]
    state: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    adaptive: bool = False
    targets: bool = True
    penalty: bool = False
    measured: bool = False
    weighted: bool = False
    samples: int | None = None

    @property
    def depth(self) -> int:
        """Number of layers of neurons, which is also the last layer's number."""
        return len(self.layers)

    def units(self, layer: int) -> int:
        """Count the units of a layer; layer 0 is the input."""
        return self.inputs if layer == 0 else self.layers[layer - 1].units
