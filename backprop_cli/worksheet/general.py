"""The rule of a stage in its general form: the same formulas as its lines, over indices i, j, k and a sample p."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Number, Term, apply, product, references
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, RunningIndex, Variable
from backprop_cli.quantities.topology import BiasKind
from backprop_cli.rules.activations import Rowwise
from backprop_cli.worksheet import backward, forward, losses, update
from backprop_cli.worksheet.ground import Ground, Key, Sample, loss_of, new, ref, share_of, slope, unit, w, z
from backprop_cli.worksheet.places import Place, Topic

I, J, K, P = (RunningIndex(letter) for letter in "ijkp")  # noqa: E741  the letters of the field
# Any parameter.
THETA = Variable("theta")


@immutable
class Equation:
    """A rule: what is computed, and how."""

    left: Key
    right: Term


_Rule: TypeAlias = Callable[[Ground, int, Sample], Equation | None]


def general(ground: Ground, place: Place) -> Equation | None:
    """Give the rule of a stage; None where its lines say it best themselves."""
    if place.letter and place.topic in _OF_STATE:
        return _of_state(ground, place.letter)
    rule = _RULES.get(place.topic)
    return None if rule is None else rule(ground, place.layer or ground.depth, P if ground.many else None)


def over(index: RunningIndex, summand: Term, size: int) -> Term:
    """Give a sum over an index; where there is only one summand, that."""
    return apply("sum_over", ref(index), summand) if size > 1 else summand  # type: ignore[arg-type]


def _weighted_input(ground: Ground, layer: int, sample: Sample) -> Equation:
    shape, below = ground.shape(layer), ref(unit(ground, layer - 1, I, sample))
    summand: Term = ref(w(layer, J, I)) * below
    if shape.bias is BiasKind.CONNECTION:
        right = over(I, summand + ref(Variable("b", layer, (J, I))), shape.fan_in)
    else:
        right = over(I, summand, shape.fan_in)
    if shape.bias is BiasKind.NEURON:
        right = right + ref(Variable("b", layer, (J,)))
    elif shape.bias is BiasKind.LAYER:
        right = right + ref(Variable("b", layer))
    return Equation(z(layer, J, sample), right)


def _exponential(ground: Ground, layer: int, sample: Sample) -> Equation | None:
    own, other = (ref(z(layer, index, sample)) for index in (J, K))
    right = forward.exponentials(ground.activation(layer), [own, other])[0]
    # What depends on all of them has no general form without a maximum over an index.
    return None if other.key in references(right) else Equation(Variable("e", layer, (J,), sample=sample), right)


def _exponential_sum(ground: Ground, layer: int, sample: Sample) -> Equation:
    each = ref(Variable("e", layer, (K,), sample=sample))
    return Equation(Variable("s", layer, sample=sample), over(K, each, ground.topology.units(layer)))


def _activation(ground: Ground, layer: int, sample: Sample) -> Equation:
    left = unit(ground, layer, J, sample)
    return Equation(left, forward.activation(ground, left))


def _full_activation(ground: Ground, layer: int, sample: Sample) -> Equation:
    left = forward.full(layer, J, sample)
    return Equation(left, forward.full_activation(ground, left))


def _share(ground: Ground, layer: int, sample: Sample) -> Equation | None:  # noqa: ARG001  every rule is given its layer
    if not losses.shares_are_taught(ground):
        return None
    rule = ground.loss.in_letters()
    right = rule.share(ref(Variable("y", None, (K,), sample=sample)), ref(unit(ground, ground.depth, K, sample)))
    share = losses.weighed(ground, simplify(right), sample)
    return Equation(share_of(K, sample), losses.over_outputs(ground, share))


def _sample_loss(ground: Ground, layer: int, sample: Sample) -> Equation | None:
    part = P if ground.split else None
    if ground.outputs == 1:
        share = _share(ground, layer, sample)
        return None if share is None else Equation(loss_of(part), share.right)
    return Equation(loss_of(part), over(K, ref(share_of(K, sample)), ground.outputs))


def _loss(ground: Ground, layer: int, sample: Sample) -> Equation | None:
    if not ground.split:
        return _sample_loss(ground, layer, sample)
    right = _over_samples(ground, ref(loss_of(P)))
    return Equation(loss_of(), right + ref(Variable("penalty")) if ground.penalized else right)


def _over_samples(ground: Ground, summand: Term) -> Term:
    count = len(ground.parts)
    whole = over(P, summand, count)
    return whole / Number(float(count)) if ground.loss.reduction == "mean" and count > 1 else whole


def _output_slope(ground: Ground, layer: int, sample: Sample) -> Equation:
    return Equation(slope(loss_of(), unit(ground, layer, K), sample), losses.loss_slope(ground, K, sample))


def _connection(ground: Ground, layer: int, sample: Sample) -> Equation:
    return Equation(slope(z(layer + 1, K), unit(ground, layer, J), sample), ref(w(layer + 1, K, J)))


def _contribution(ground: Ground, layer: int, sample: Sample) -> Equation:
    below, above = unit(ground, layer, J), z(layer + 1, K)
    step = backward.step(ground, loss_of(), above, below, sample)
    return Equation(slope(share_of(K), below, sample), product([ref(slope(loss_of(), above, sample)), step]))


def _sum(ground: Ground, layer: int, sample: Sample) -> Equation:
    below, above = unit(ground, layer, J), z(layer + 1, K)
    left, count = slope(loss_of(), below, sample), ground.topology.units(layer + 1)
    if backward.has_parts(ground, loss_of(), below):
        return Equation(left, over(K, ref(slope(share_of(K), below, sample)), count))
    step = backward.step(ground, loss_of(), above, below, sample)
    return Equation(left, over(K, product([ref(slope(loss_of(), above, sample)), step]), count))


def _slope(ground: Ground, layer: int, sample: Sample) -> Equation | None:
    if isinstance(ground.activation(layer), Rowwise):
        return None
    top, bottom = unit(ground, layer, J), z(layer, J)
    return Equation(slope(top, bottom, sample), _local(ground, top, bottom, sample))


def _local(ground: Ground, top: Variable, bottom: Variable, sample: Sample) -> Term:
    term = backward.local(ground, top, bottom, sample)
    assert term is not None  # noqa: S101  it is asked for where it is a formula of its own
    return term


def _error(ground: Ground, layer: int, sample: Sample) -> Equation | None:
    left = slope(loss_of(), z(layer, J), sample)
    if layer == ground.depth:
        ways = {losses.shortcut_taken(ground, each) for each in ground.samples}
        joint = ways.pop()
        if ways:
            # Some samples have no digits left for the full product: the lines have no rule in common.
            return None
        if joint is not None:
            return Equation(left, losses.joint_slope(ground, joint, J, sample))
    if isinstance(ground.activation(layer), Rowwise):
        above = unit(ground, layer, K)
        way = product([ref(slope(loss_of(), above, sample)), ref(slope(above, z(layer, J), sample))])
        return Equation(left, over(K, way, ground.topology.units(layer)))
    return Equation(left, product(backward.factors(ground, loss_of(), z(layer, J), sample)))


def _local_gradient(ground: Ground, layer: int, sample: Sample) -> Equation:
    below = unit(ground, layer - 1, I, sample)
    return Equation(slope(z(layer, J), w(layer, J, I), sample), ref(below))


def _sample_gradient(ground: Ground, layer: int, sample: Sample) -> Equation:
    weight = w(layer, J, I)
    chain = [*backward.factors(ground, loss_of(), z(layer, J), sample), ref(slope(z(layer, J), weight, sample))]
    return Equation(slope(loss_of(), weight, P if ground.split else None), product(chain))


def _gradient(ground: Ground, layer: int, sample: Sample) -> Equation:
    if not ground.split:
        return _sample_gradient(ground, layer, sample)
    weight = w(layer, J, I)
    right = _over_samples(ground, ref(slope(loss_of(), weight, P)))
    extra = losses.price_slope(ground, weight) if ground.penalized and _has_weights(ground, layer) else None
    return Equation(slope(loss_of(), weight), right if extra is None else right + extra)


def _has_weights(ground: Ground, layer: int) -> bool:
    return ground.layout.layers[layer - 1].weights.trainable


def _applied(ground: Ground, layer: int, sample: Sample) -> Equation:  # noqa: ARG001  every rule is given these
    return Equation(Attached("g", THETA), update.clipped(ground, THETA))


def _updated(ground: Ground, layer: int, sample: Sample) -> Equation:  # noqa: ARG001  every rule is given these
    return Equation(new(THETA), update.step_from(ground, THETA))


def _of_state(ground: Ground, letter: str) -> Equation | None:
    key = Attached(letter, THETA)
    term = update.attached(ground, key)
    return None if term is None else Equation(key, term)


_OF_STATE = {Topic.MEMORY, Topic.CORRECTED}
_RULES: Mapping[Topic, _Rule] = {
    Topic.WEIGHTED_INPUTS: _weighted_input,
    Topic.EXPONENTIALS: _exponential,
    Topic.EXPONENTIAL_SUMS: _exponential_sum,
    Topic.BEFORE_DROPOUT: _full_activation,
    Topic.ACTIVATIONS: _activation,
    Topic.SHARES: _share,
    Topic.SAMPLE_LOSSES: _sample_loss,
    Topic.LOSS: _loss,
    Topic.OUTPUT_SLOPES: _output_slope,
    Topic.CONNECTIONS: _connection,
    Topic.CONTRIBUTIONS: _contribution,
    Topic.SUMS: _sum,
    Topic.SLOPES: _slope,
    Topic.ERRORS: _error,
    Topic.LOCAL_GRADIENTS: _local_gradient,
    Topic.SAMPLE_GRADIENTS: _sample_gradient,
    Topic.GRADIENTS: _gradient,
    Topic.APPLIED: _applied,
    Topic.UPDATED: _updated,
}
