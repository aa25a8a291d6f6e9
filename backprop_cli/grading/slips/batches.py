"""Slips with the samples of a batch, and with sums and means."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from backprop_cli.algebra.rewrite import swap
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.grading.slips.base import Line, Rewrite, if_other
from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.worksheet.ground import Own, ref


class SumForMean(Rewrite):
    """Add up where the mean belongs."""

    name = "sum_for_mean"
    sentence = "the values are added up, and not divided by their number"
    rank = 140

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Leave the division by a number of samples or outputs out."""
        term = line.term
        if isinstance(term, Apply) and term.operator == "div" and _is_count(line, term.args[1]):
            yield term.args[0]


def _is_count(line: Line, term: Term) -> bool:
    counts = {len(line.ground.record.samples), line.ground.outputs} - {1}
    return isinstance(term, Number) and not term.symbol and term.value in counts


class MeanForSum(Rewrite):
    """Take the mean where the sum belongs."""

    name = "mean_for_sum"
    sentence = "the values are divided by their number, and the loss adds them up"
    rank = 150

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Divide what is added up over the samples, or over the outputs, by their number."""
        key, ground = line.key, line.ground
        is_sum = isinstance(line.term, Apply) and line.term.operator == "sum"
        if not is_sum or not isinstance(key, Variable | Derivative):
            return
        of_loss = key.symbol == "L" if isinstance(key, Variable) else key.top.symbol == "L"
        if of_loss and key.sample is None and ground.many:
            yield line.term / Number(float(len(ground.record.samples)))
        if isinstance(key, Variable) and of_loss and ground.outputs > 1:
            yield line.term / Number(float(ground.outputs))


class WrongSample(Rewrite):
    """Take the numbers of another sample."""

    name = "wrong_sample"
    sentence = "the numbers of another sample are used"
    rank = 200

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the same quantity of each other sample, or its targets, inputs or weight alone."""
        key = line.key
        if isinstance(key, Attached) or key.sample is None:
            return
        for sample in line.ground.record.samples:
            if sample == key.sample:
                continue
            other = replace(key, sample=sample)
            if not isinstance(key, Own) or other in line.ground.expressions:
                yield ref(other)
            for given in ("y", "x", "weight"):
                yield from if_other(swap(line.term, partial(_of_sample, given, sample)), line.term)


def _of_sample(symbol: str, sample: int, term: Ref) -> Term | None:
    """Give what the data has of another sample in place of the same of this one."""
    key = term.key
    is_meant = isinstance(key, Variable) and key.symbol == symbol and key.sample is not None
    return Ref(replace(key, sample=sample), term.role) if isinstance(key, Variable) and is_meant else None
