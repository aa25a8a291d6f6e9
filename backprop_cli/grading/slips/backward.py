"""Slips of the way back, and those that mix up what a layer is given and what it gives."""

from collections.abc import Iterator

from backprop_cli.algebra.rewrite import simplify, swap
from backprop_cli.algebra.term import Ref, Term
from backprop_cli.grading.slips.base import (
    Line,
    Rewrite,
    if_other,
    is_error_line,
    is_parameter,
    is_slope,
    with_factor_twice,
    without_factor,
)
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.worksheet.backward import local
from backprop_cli.worksheet.ground import Sample, layer_of, loss_of, new, ref, slope, unit, w, z

_GIVEN_BY_ACTIVATION = frozenset({"a", "yhat", "f"})


def _sample(line: Line) -> Sample:
    return getattr(line.key, "sample", None) if line.ground.many else None


def _starts_with_error(line: Line) -> bool:
    """Say whether a line is the slope of the loss that the way back starts with."""
    key = line.key
    return isinstance(key, Derivative) and key.top.symbol == "L" and _is_formula(line, key)


def _is_formula(line: Line, key: Derivative) -> bool:
    return local(line.ground, key.top, key.bottom, _sample(line)) is not None


class ErrorSign(Rewrite):
    """Take target minus prediction for prediction minus target, or the other way round."""

    name = "error_sign"
    sentence = "the sign of the error is turned round: prediction and target have changed places"
    rank = 20

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Turn the sign of the slope of the loss."""
        if _starts_with_error(line):
            yield -line.term


class InputForActivation(Rewrite):
    """Take an input of the network where the activation of a hidden layer belongs."""

    name = "input_for_activation"
    sentence = "the input x is used where the activation of the layer before belongs"
    rank = 30

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put x for a: that of the same number, and where there is one input alone, that one."""
        inputs = line.ground.topology.units(0)

        def other(term: Ref) -> Term | None:
            key = term.key
            if term.role != "input" or not isinstance(key, Variable) or key.symbol != "a":
                return None
            number = 1 if inputs == 1 else key.indices[0]
            return Ref(unit(line.ground, 0, number, key.sample), "input") if number <= inputs else None

        yield from if_other(swap(line.term, other), line.term)


class NetForActivation(Rewrite):
    """Take a weighted input z where what the activation makes of it belongs."""

    name = "net_for_activation"
    sentence = "the weighted input z is used where the activation belongs"
    rank = 40

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put z for a, ŷ or f everywhere; for an activation itself, leave the activation out."""
        ground, key = line.ground, line.key

        def other(term: Ref) -> Term | None:
            used = term.key
            if not isinstance(used, Variable) or used.symbol not in _GIVEN_BY_ACTIVATION:
                return None
            return ref(z(layer_of(ground, used), used.indices[0], used.sample))

        if isinstance(key, Variable) and key.symbol in _GIVEN_BY_ACTIVATION:
            yield ref(z(layer_of(ground, key), key.indices[0], key.sample))
            return
        yield from if_other(swap(line.term, other), line.term)


class SlopeLeftOut(Rewrite):
    """Leave the slope of an activation out of the chain rule."""

    name = "slope_left_out"
    sentence = "the slope of the activation is left out"
    rank = 50

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Leave out one slope, or all."""
        if is_error_line(line.key):
            yield from map(simplify, without_factor(line.term, is_slope))


class SlopeTwice(Rewrite):
    """Multiply by the slope of an activation once too often."""

    name = "slope_twice"
    sentence = "the slope of the activation is multiplied in twice"
    rank = 210

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Write one slope twice, or all; where a shortcut has taken it in, multiply by it once more."""
        if not is_error_line(line.key):
            return
        yield from with_factor_twice(line.term, is_slope)
        key = line.key
        shortcut = isinstance(key, Derivative) and key.bottom.symbol == "z" and _starts_with_error(line)
        if (
            shortcut
            and isinstance(key, Derivative)
            and not line.ground.shape(layer_of(line.ground, key.bottom)).rowwise
        ):
            layer, (neuron,) = layer_of(line.ground, key.bottom), key.bottom.indices
            yield line.term * ref(slope(unit(line.ground, layer, neuron), key.bottom, _sample(line)))


def _weight_of(line: Line, key: object) -> Variable | None:
    """Give the weight that a quantity is: one, or the derivative of z by what it multiplies."""
    if is_parameter(key, "") and isinstance(key, Variable) and key.symbol == "w":
        return key
    if isinstance(key, Derivative) and key.top.symbol == "z" and key.bottom.symbol in {"a", "x"}:
        layer = key.top.layer or 1
        if layer_of(line.ground, key.bottom) == layer - 1:
            return w(layer, key.top.indices[0], key.bottom.indices[0])
    return None


def _transposed(line: Line, weight: Variable) -> Variable | None:
    """Give the weight at the transposed place; None where there is none, or it is the same."""
    to, by = weight.indices
    shape = line.ground.shape(weight.layer or 1)
    return w(weight.layer or 1, by, to) if to != by and by <= shape.units and to <= shape.fan_in else None


class WeightsTransposed(Rewrite):
    """Read the weights by columns where they stand by rows."""

    name = "weights_transposed"
    sentence = "the weights are transposed: to and from have changed places"
    rank = 100

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the transposed weight for each, where z or an error is worked out."""
        key = line.key
        if not (is_error_line(key) or (isinstance(key, Variable) and key.symbol == "z")):
            return

        def other(term: Ref) -> Term | None:
            weight = _weight_of(line, term.key)
            swapped = None if weight is None else _transposed(line, weight)
            return None if swapped is None else ref(swapped, "weight")

        yield from if_other(swap(line.term, other), line.term)


class GradientTransposed(Rewrite):
    """Give a weight the gradient of the weight at the transposed place."""

    name = "gradient_transposed"
    sentence = "the gradient is that of the transposed weight: to and from have changed places"
    rank = 110

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the gradient of the transposed weight, on its own line and in the update."""
        key = line.key
        if isinstance(key, Derivative) and (moved := self._moved(line, key)) is not None:
            yield ref(moved)
        if is_parameter(key, "new"):
            yield from if_other(swap(line.term, lambda term: self._in_update(line, term)), line.term)

    def _moved(self, line: Line, key: Derivative) -> Derivative | None:
        bottom = key.bottom
        if key.top != loss_of() or bottom.symbol != "w":
            return None
        swapped = _transposed(line, bottom)
        return None if swapped is None else Derivative(key.top, swapped, key.sample)

    def _in_update(self, line: Line, term: Ref) -> Term | None:
        moved = self._moved(line, term.key) if isinstance(term.key, Derivative) else None
        return None if moved is None else ref(moved)


class UpdatedWeights(Rewrite):
    """Send errors back through weights that are already updated."""

    name = "updated_weights"
    sentence = "the error is sent back through the updated weight; the weight before the update belongs here"
    rank = 90

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the new weight for the old one on the way back."""
        if not is_error_line(line.key):
            return

        def other(term: Ref) -> Term | None:
            weight = _weight_of(line, term.key)
            is_old = weight is not None and line.ground.is_trainable(weight)
            return ref(new(weight), "weight") if weight is not None and is_old else None

        yield from if_other(swap(line.term, other), line.term)
