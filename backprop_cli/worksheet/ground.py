"""What a worksheet stands on: the network, the rules, and the record of one step."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import TypeAlias

from backprop_cli.algebra.term import Ref, Term
from backprop_cli.engine.layout import Layout
from backprop_cli.engine.record import StepRecord
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology
from backprop_cli.rules.activations import Activation
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.schedules import Schedule

# What the engine's kernels may lose by adding up in another order, with digits to spare.
_PRECISION = {"float64": 1e-9, "float32": 1e-4}
# A few times the smallest normal number, where kernels hold up numbers that would be lost.
_LEAST = {"float64": 1e-307, "float32": 5e-38}
# The sample of a quantity: its row of the data, or None in a step on one sample, which needs no telling apart.
Sample: TypeAlias = int | None


@immutable
class Own:
    """A name of the reader's own that stands for an expression, for one sample where it depends on one."""

    name: str
    sample: Sample = None


# What a line may be called by.
Key: TypeAlias = Quantity | Own


@immutable
class Turn:
    """Where a step stands in the schedule of the learning rate.

    Attributes:
        count: completed epochs or steps, as the schedule counts.
        length: how many the whole run has.
    """

    count: int = 0
    length: int = 1


@immutable
class Ground:
    """Everything that the lines of one step follow from.

    Attributes:
        layout: where each parameter is.
        activations: one per layer.
        loss: what is made small.
        optimizer: how.
        schedule: how the learning rate changes.
        record: what the engine did in this step.
        turn: where the step stands in the schedule.
        sequential: whether errors go back through weights that are already updated.
        long: whether the output error is written as a full product where the loss has a shortcut for it.
        expressions: the reader's own names for expressions over quantities, by name and sample.
    """

    layout: Layout
    activations: tuple[Activation, ...]
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    record: StepRecord
    turn: Turn = field(default_factory=Turn)
    sequential: bool = False
    long: bool = False
    expressions: Mapping[Own, Term] = field(default_factory=dict)

    @property
    def topology(self) -> Topology:
        """What exists in the network."""
        return self.layout.topology

    @property
    def depth(self) -> int:
        """Number of layers of neurons."""
        return self.topology.depth

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.topology.units(self.depth)

    @property
    def many(self) -> bool:
        """Whether the step is on several samples."""
        return len(self.record.samples) > 1

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The samples of the batch, as quantities name them."""
        return self.record.samples if self.many else (None,)

    @property
    def penalized(self) -> bool:
        """Whether large weights are charged for."""
        penalty = self.optimizer.penalty
        return penalty is not None and (penalty.l1 > 0 or penalty.l2 > 0)

    @property
    def split(self) -> bool:
        """Whether the loss of the samples and the loss of the step are two things."""
        return self.many or self.penalized

    @property
    def parts(self) -> tuple[Sample, ...]:
        """The samples, as losses and gradients of their own name them where there is more to the loss of the step."""
        return self.record.samples if self.split else (None,)

    @property
    def precision(self) -> float:
        """The relative error that the engine may have, of the size of what a value is made of."""
        return _PRECISION[self.record.before.dtype.name]

    @property
    def least(self) -> float:
        """What the engine's errors may be at least, where numbers are very small."""
        return _LEAST[self.record.before.dtype.name]

    def column(self, sample: Sample) -> int:
        """Give the column of a sample in the record's arrays."""
        return 0 if sample is None else self.record.samples.index(sample)

    def shape(self, layer: int) -> LayerShape:
        """Give the shape of a layer, from 1."""
        return self.topology.layers[layer - 1]

    def activation(self, layer: int) -> Activation:
        """Give the activation of a layer, from 1."""
        return self.activations[layer - 1]

    def parameters(self, *, trainable: bool) -> Iterator[Variable]:
        """Walk the parameters, or the trainable ones, in reading order."""
        for part in self.layout.parts():
            if part.trainable or not trainable:
                yield from self.of_layer(part.symbol, part.layer)

    def of_layer(self, symbol: str, layer: int) -> Iterator[Variable]:
        """Walk the weights or biases of one layer, in reading order."""
        shape = self.shape(layer)
        for to in range(1, shape.units + 1):
            if symbol == "w" or shape.bias is BiasKind.CONNECTION:
                yield from (Variable(symbol, layer, (to, by)) for by in range(1, shape.fan_in + 1))
            elif shape.bias is BiasKind.NEURON:
                yield Variable(symbol, layer, (to,))
        if symbol == "b" and shape.bias is BiasKind.LAYER:
            yield Variable(symbol, layer)

    @property
    def weighted(self) -> bool:
        """Whether each sample has a weight, which is a factor of its loss."""
        return self.record.weights is not None

    def is_trainable(self, parameter: Variable) -> bool:
        """Say whether the optimizer may change a parameter."""
        parts = self.layout.layers[(parameter.layer or 1) - 1]
        part = parts.weights if parameter.symbol == "w" else parts.bias
        return part is not None and part.trainable

    def fed(self, parameter: Variable) -> range:
        """Give the neurons that a parameter feeds: its own, or all of a layer that shares it."""
        if not parameter.indices:
            return self.places(parameter.layer or 1)
        return range(parameter.indices[0], parameter.indices[0] + 1)

    def lowest(self) -> int:
        """Give the lowest layer with something to train; one beyond the last where there is none."""
        layers = (part.layer for part in self.layout.parts() if part.trainable)
        return min(layers, default=self.depth + 1)

    def places(self, layer: int) -> range:
        """Give the numbers of a layer's units, from 1; layer 0 is the input."""
        return range(1, self.topology.units(layer) + 1)


def z(layer: int, neuron: int, sample: Sample = None) -> Variable:
    """Name a weighted input."""
    return Variable("z", layer, (neuron,), sample=sample)


def w(layer: int, to: int, by: int) -> Variable:
    """Name a weight."""
    return Variable("w", layer, (to, by))


def unit(ground: Ground, layer: int, neuron: int, sample: Sample = None) -> Variable:
    """Name what a unit puts out: an input, an activation or a prediction."""
    if layer == 0:
        return Variable("x", None, (neuron,), sample=sample)
    if layer == ground.depth:
        return Variable("yhat", None, (neuron,), sample=sample)
    return Variable("a", layer, (neuron,), sample=sample)


def layer_of(ground: Ground, variable: Variable) -> int:
    """Give the layer that a variable belongs to; the input is layer 0, the loss is one beyond the last."""
    if variable.layer is not None:
        return variable.layer
    return {"x": 0, "L": ground.depth + 1}.get(variable.symbol, ground.depth)


def bare(variable: Variable) -> Variable:
    """Give a variable without its sample, as the parts of a derivative are."""
    return replace(variable, sample=None) if variable.sample is not None else variable


def slope(top: Variable, bottom: Variable, sample: Sample = None) -> Derivative:
    """Name a derivative."""
    return Derivative(bare(top), bare(bottom), sample)


def loss_of(sample: Sample = None) -> Variable:
    """Name the loss of the step, or of one sample."""
    return Variable("L", sample=sample)


def share_of(output: int, sample: Sample = None) -> Variable:
    """Name an output's share of the loss."""
    return Variable("L", None, (output,), sample=sample)


def ref(key: Key, role: str = "") -> Ref:
    """Refer to a line."""
    return Ref(key, role)


def new(parameter: Variable) -> Variable:
    """Name a parameter after the update."""
    return replace(parameter, moment="new")


def gradient_applied(ground: Ground, parameter: Variable) -> Quantity:
    """Name what the optimizer is given: the gradient, after clipping where there is any."""
    return Attached("g", parameter) if ground.optimizer.clip is not None else slope(loss_of(), parameter)
