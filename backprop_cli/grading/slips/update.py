"""Slips of the update."""

from collections.abc import Iterator
from dataclasses import replace

from backprop_cli.algebra.rewrite import swap
from backprop_cli.algebra.term import Number, Ref, Term
from backprop_cli.grading.slips.base import Line, Rewrite, if_other, is_parameter
from backprop_cli.quantities.quantity import Attached, Variable
from backprop_cli.worksheet.ground import ref
from backprop_cli.worksheet.update import RATE, step_from

# Rates that people take by habit.
_HABITS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.01, 0.001)


def _parameter(line: Line) -> Variable | None:
    """Give the parameter that a line updates; None for any other line."""
    key = line.key
    return replace(key, moment="") if is_parameter(key, "new") and isinstance(key, Variable) else None


class UpdateSign(Rewrite):
    """Add what is to be subtracted: go up the slope instead of down."""

    name = "update_sign"
    sentence = "the update goes the wrong way: η times the gradient is added where it is subtracted"
    rank = 10

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Turn the change round."""
        parameter = _parameter(line)
        if parameter is not None and line.ground.is_trainable(parameter):
            yield ref(parameter) - (line.term - ref(parameter))


def _with_rate(line: Line, rate: float) -> Iterator[Term]:
    yield from if_other(swap(line.term, lambda term: Number(rate) if term == Ref(RATE) else None), line.term)


class LearningRateLeftOut(Rewrite):
    """Forget the learning rate."""

    name = "learning_rate_left_out"
    sentence = "the learning rate is left out"
    rank = 120

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put 1 for η."""
        yield from _with_rate(line, 1.0)


class LearningRateOther(Rewrite):
    """Take another learning rate than the config's."""

    name = "learning_rate_other"
    sentence = "another learning rate is used than the one that is given"
    rank = 260

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put rates that people take by habit, and the given one with its point shifted."""
        given = line.ground.record.rate
        rates = dict.fromkeys((*_HABITS[1:], given * 10.0, given / 10.0, given * 2.0, given / 2.0))
        for rate in rates:
            if rate not in {given, 1.0}:
                yield from _with_rate(line, rate)


class CorrectionLeftOut(Rewrite):
    """Take the running averages of Adam as they are, without the correction for their start at 0."""

    name = "correction_left_out"
    sentence = "the bias correction is left out: m and v are used as they are"
    rank = 125

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the state for its corrected form: on that form's own line, and in the update."""
        optimizer = line.ground.optimizer
        plain = dict(zip(optimizer.corrected, optimizer.state, strict=False))

        def other(term: Ref) -> Term | None:
            key = term.key
            corrected = isinstance(key, Attached) and key.symbol in plain
            return ref(replace(key, symbol=plain[key.symbol])) if corrected and isinstance(key, Attached) else None

        key = line.key
        if isinstance(key, Attached) and key.symbol in plain:
            yield ref(replace(key, symbol=plain[key.symbol]))
        yield from if_other(swap(line.term, other), line.term)


class BiasFrozen(Rewrite):
    """Leave a bias as it is that the optimizer trains."""

    name = "bias_frozen"
    sentence = "the bias is left as it was, and it is trained like the weights"
    rank = 160

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put the bias before the update."""
        parameter = _parameter(line)
        if parameter is not None and parameter.symbol == "b" and line.ground.is_trainable(parameter):
            yield ref(parameter)


class BiasUpdated(Rewrite):
    """Train a bias that is frozen."""

    name = "bias_updated"
    sentence = "the bias is updated, and it is frozen here"
    rank = 170

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Put what the optimizer would make of it; one that remembers has nothing to remember of it."""
        parameter, ground = _parameter(line), line.ground
        if parameter is None or parameter.symbol != "b" or ground.is_trainable(parameter):
            return
        if not ground.optimizer.state and ground.optimizer.clip is None:
            yield step_from(ground, parameter)
