"""The forward pass as terms: weighted inputs, activations, and what softmax needs in between."""

from collections.abc import Sequence
from functools import lru_cache

from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Apply, Number, Ref, Term, total
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
    """Give a or ŷ: what the activation makes of z, and what dropout leaves of that."""
    layer, (neuron,), sample = variable.layer or ground.depth, variable.indices, variable.sample
    if ground.shape(layer).dropout:
        return thinned(ground, layer, neuron, sample, ref(full(layer, neuron, sample)))
    return full_activation(ground, variable)


def thinned(ground: Ground, layer: int, neuron: int, sample: Sample, value: Term) -> Term:
    """Multiply by r/(1 − p): by nothing where the neuron is left out of the step, else by more than 1."""
    kept = value * ref(Variable("r", layer, (neuron,), sample=sample))
    return kept / (1.0 - Number(ground.shape(layer).dropout))


def full(layer: int, neuron: int, sample: Sample = None) -> Variable:
    """Name what an activation gives before dropout."""
    return Variable("f", layer, (neuron,), sample=sample)


def full_activation(ground: Ground, variable: Variable) -> Term:
    """Give what the activation makes of the z of its neuron, or the neuron's share of the exponentials."""
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
