"""The forward pass as terms: weighted inputs, activations, and what softmax needs in between."""

from collections.abc import Sequence
from functools import lru_cache

from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Apply, Ref, Term, total
from backprop_cli.quantities.quantity import Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations import Activation, Pointwise, Rowwise
from backprop_cli.worksheet.ground import Ground, Sample, ref, unit, z


def weighted_input(ground: Ground, variable: Variable) -> Term:
    """Give z: the weighted sum of what the layer below puts out, and the bias.

    A bias per connection stands beside its connection, as its author writes it.
    """
    layer, (neuron,), sample = variable.layer or 1, variable.indices, variable.sample
    kind, first = ground.shape(layer).bias, unit(ground, layer - 1, 1, sample)
    summands: list[Term] = []
    for source, below in enumerate(_sources(first.symbol, first.layer, ground.topology.units(layer - 1), sample), 1):
        # Made by hand, not by `*`: a wide layer has thousands of them.
        summands.append(Apply("mul", (Ref(Variable("w", layer, (neuron, source)), "weight"), below)))
        if kind is BiasKind.CONNECTION:
            summands.append(ref(Variable("b", layer, (neuron, source)), "bias"))
    return total([*summands, *(ref(bias, "bias") for bias in _own_bias(kind, layer, neuron))])


@lru_cache(maxsize=64)
def _sources(symbol: str, layer: int | None, units: int, sample: Sample) -> tuple[Ref, ...]:
    """Refer to all that a layer puts out; every neuron above it does."""
    return tuple(Ref(Variable(symbol, layer, (neuron,), "", sample), "input") for neuron in range(1, units + 1))


def _own_bias(kind: BiasKind, layer: int, neuron: int) -> list[Variable]:
    """Name the bias that a neuron has for itself or shares with its layer."""
    if kind is BiasKind.NEURON:
        return [Variable("b", layer, (neuron,))]
    return [Variable("b", layer)] if kind is BiasKind.LAYER else []


def activation(ground: Ground, variable: Variable) -> Term:
    """Give a or ŷ from the z of its neuron, or as its share of the exponentials."""
    layer = variable.layer or ground.depth
    (neuron,), sample = variable.indices, variable.sample
    rule = ground.activation(layer).in_letters()
    if isinstance(rule, Pointwise):
        return simplify(rule.formula(ref(z(layer, neuron, sample))))
    return ref(Variable("e", layer, (neuron,), sample=sample)) / ref(Variable("s", layer, sample=sample))


def exponential(ground: Ground, variable: Variable) -> Term:
    """Give the e of a neuron of softmax."""
    layer, (neuron,) = variable.layer or 1, variable.indices
    return exponentials(ground.activation(layer), _inputs(ground, layer, variable.sample))[neuron - 1]


def exponentials(rule: Activation, inputs: Sequence[Term]) -> list[Term]:
    """Give every e of a layer."""
    assert isinstance(rule, Rowwise)  # noqa: S101  no other layer has e
    return rule.exponentials(inputs)


def _inputs(ground: Ground, layer: int, sample: Sample) -> list[Term]:
    return [ref(z(layer, neuron, sample)) for neuron in ground.places(layer)]


def exponential_sum(ground: Ground, variable: Variable) -> Term:
    """Give the s of a layer of softmax."""
    layer = variable.layer or 1
    return total([ref(Variable("e", layer, (neuron,), sample=variable.sample)) for neuron in ground.places(layer)])
