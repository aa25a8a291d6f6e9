"""Slips of the forward pass and of the loss."""

from collections.abc import Callable, Iterator

from backprop_cli.algebra.rewrite import simplify, swap
from backprop_cli.algebra.term import Apply, Number, Ref, Term, total
from backprop_cli.grading.slips.base import PRODUCTS, SUMS, Line, Rewrite, each_and_all, is_error_line, parts
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.worksheet.ground import layer_of


def _is_weighted_input(line: Line) -> bool:
    return isinstance(line.key, Variable) and line.key.symbol == "z"


def _summands(term: Term) -> tuple[Term, ...]:
    return term.args if isinstance(term, Apply) and term.operator in SUMS else (term,)


def _is_bias(term: Term) -> bool:
    return isinstance(term, Ref) and term.role == "bias"


class WeightLeftOut(Rewrite):
    """Leave the weight out of w · a, in a weighted input or on the way back."""

    name = "weight_left_out"
    sentence = "the weight is left out"
    rank = 80

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put 1 for a weight that multiplies."""
        if _is_weighted_input(line) or is_error_line(line.key):
            yield from (simplify(each) for each in each_and_all(line.term, _is_weight(line), lambda _: Number(1.0)))


def _is_weight(line: Line) -> Callable[[Term], bool]:
    def is_weight(term: Term) -> bool:
        if not isinstance(term, Ref):
            return False
        key = term.key
        if isinstance(key, Variable):
            return key.symbol == "w"
        if not isinstance(key, Derivative) or key.top.symbol != "z" or key.bottom.symbol not in {"a", "x"}:
            return False
        return layer_of(line.ground, key.bottom) == (key.top.layer or 1) - 1

    return is_weight


class BiasLeftOut(Rewrite):
    """Leave the bias out of a weighted input."""

    name = "bias_left_out"
    sentence = "the bias is left out"
    rank = 60

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Leave out every bias."""
        summands = _summands(line.term)
        kept = [each for each in summands if not _is_bias(each)]
        if _is_weighted_input(line) and len(kept) < len(summands):
            yield total(kept)


class WeightAndBiasLeftOut(Rewrite):
    """Give what comes in as the weighted input."""

    name = "weight_and_bias_left_out"
    sentence = "what comes in is given as the weighted input: the weight and the bias are left out"
    rank = 70

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Add up what comes in alone."""
        summands = _summands(line.term)
        weighted = [each for each in summands if isinstance(each, Apply) and each.operator in PRODUCTS]
        if _is_weighted_input(line) and len(weighted) < len(summands):
            yield total([each.args[-1] for each in weighted])


class SampleWeightLeftOut(Rewrite):
    """Leave out what the sample counts."""

    name = "sample_weight_left_out"
    sentence = "the weight of the sample is left out"
    rank = 75

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put 1 for the weight of the sample."""
        ones = swap(line.term, lambda name: Number(1.0) if _is(name, "weight") else None)
        if ones != line.term:
            yield simplify(ones)


class DropoutScaleLeftOut(Rewrite):
    """Let a neuron that takes part put out no more than without dropout."""

    name = "dropout_scale_left_out"
    sentence = "what takes part is not divided by 1 − p, the share that dropout keeps"
    rank = 85

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Leave the division out."""
        term = line.term
        if isinstance(term, Apply) and term.operator == "div" and any(_is(part, "r") for part in parts(term)):
            yield term.args[0]


def _is(part: Term, symbol: str) -> bool:
    return isinstance(part, Ref) and isinstance(part.key, Variable) and part.key.symbol == symbol


class Half(Rewrite):
    """Take a squared error with a half where there is none, or without it, or keep a half in its slope."""

    name = "half"
    sentence = "the factor ½ of the squared error is not where it belongs"
    rank = 130

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Double and halve what comes straight from the loss."""
        if _comes_from_square(line):
            yield line.term * 2.0
            yield line.term / 2.0


def _comes_from_square(line: Line) -> bool:
    """Say whether a line is a share of a squared error, or its slope by a prediction or a last weighted input."""
    y, yhat = Ref("y"), Ref("yhat")
    share = line.ground.loss.share(y, yhat)
    squared = any(isinstance(part, Apply) and part.operator == "pow" for part in parts(share))
    if not squared:
        return False
    key = line.key
    if isinstance(key, Derivative):
        return key.top.symbol == "L" and key.bottom.symbol == "yhat"
    # The loss of several samples is made of theirs: twice as much is rather their sum in place of their mean.
    is_of_batch = line.ground.many and getattr(key, "sample", None) is None
    return isinstance(key, Variable) and key.symbol == "L" and not is_of_batch
