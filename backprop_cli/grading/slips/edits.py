"""Generic single edits, for what no named slip explains: something left out, turned round or swapped."""

from collections.abc import Iterator
from dataclasses import replace

from backprop_cli.algebra.term import Apply, Term, product, total
from backprop_cli.grading.slips.base import PRODUCTS, SUMS, Fit, Line, Rewrite, Suspect

# In a longer sum or product, leaving out one of all parts explains too much.
_MOST_PARTS = 8


def _each_place(term: Term, other: "Edit") -> Iterator[Term]:
    """Walk a term with an edit made at each of its operators."""
    if not isinstance(term, Apply) or len(term.args) > _MOST_PARTS:
        return
    yield from other.at(term)
    for place, argument in enumerate(term.args):
        for changed in _each_place(argument, other):
            yield replace(term, args=(*term.args[:place], changed, *term.args[place + 1 :]))


class Edit(Rewrite):
    """An edit of one operator, wherever it stands in a line."""

    def rewrites(self, line: Line) -> Iterator[Term]:
        """Make the edit at each operator in turn."""
        yield from _each_place(line.term, self)

    def fits(self, suspect: Suspect) -> Iterator[Fit]:
        """Try every rewritten line; a single digit is no evidence for any of so many edits."""
        return super().fits(suspect) if suspect.figure.digits > 1 else iter(())

    def at(self, term: Apply) -> Iterator[Term]:
        """Walk what the edit makes of one operator."""
        raise NotImplementedError


def _without(args: tuple[Term, ...], place: int) -> list[Term]:
    return [*args[:place], *args[place + 1 :]]


class SummandLeftOut(Edit):
    """Leave one summand out."""

    name = "summand_left_out"
    sentence = "one summand is left out"
    rank = 290

    def at(self, term: Apply) -> Iterator[Term]:
        """Leave out each summand of a sum, or a side of a difference."""
        if term.operator in SUMS:
            yield from (total(_without(term.args, place)) for place in range(len(term.args)))
        if term.operator == "sub":
            yield from (term.args[0], -term.args[1])


class FactorLeftOut(Edit):
    """Leave one factor out."""

    name = "factor_left_out"
    sentence = "one factor is left out"
    rank = 300

    def at(self, term: Apply) -> Iterator[Term]:
        """Leave out each factor of a product, or the divisor."""
        if term.operator in PRODUCTS:
            yield from (product(_without(term.args, place)) for place in range(len(term.args)))
        if term.operator == "div":
            yield term.args[0]


class SignFlipped(Edit):
    """Turn one sign round."""

    name = "sign_flipped"
    sentence = "one sign is turned round"
    rank = 280

    def at(self, term: Apply) -> Iterator[Term]:
        """Turn the sign of a summand, of one side of a difference, of a product."""
        if term.operator in SUMS:
            for place, summand in enumerate(term.args):
                yield replace(term, args=(*term.args[:place], -summand, *term.args[place + 1 :]))
        if term.operator == "sub":
            yield term.args[0] + term.args[1]
        if term.operator == "neg":
            yield term.args[0]
        if term.operator in PRODUCTS:
            yield -term


class QuotientInverted(Edit):
    """Divide the other way round."""

    name = "quotient_inverted"
    sentence = "dividend and divisor have changed places"
    rank = 310

    def at(self, term: Apply) -> Iterator[Term]:
        """Invert a quotient."""
        if term.operator == "div":
            yield term.args[1] / term.args[0]


class OperandsSwapped(Edit):
    """Subtract the other way round."""

    name = "operands_swapped"
    sentence = "the two sides of a difference have changed places"
    rank = 320

    def at(self, term: Apply) -> Iterator[Term]:
        """Turn a difference round."""
        if term.operator == "sub":
            yield term.args[1] - term.args[0]
