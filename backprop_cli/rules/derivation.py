"""A derivative worked line by line, as one would on paper.

A line is no text but a value: given numbers it is a number, given arrays an array, given terms the term that is shown.
So every line can be compared with every other, and a derivation that is wrong is found out.
"""

from typing import Generic

from backprop_cli.algebra.functions import Value
from backprop_cli.algebra.term import Term
from backprop_cli.immutable import immutable


@immutable
class Working(Generic[Value]):
    """One line of a derivation.

    Attributes:
        value: what the line says; all lines of a derivation are equal.
        reason: why it follows from the line before, or the first one from the formula.
    """

    value: Value
    reason: str


@immutable
class Derivation:
    """A derivative worked on terms, to be shown.

    Attributes:
        left: what stands before the first equals sign: `a′`.
        lines: what stands after each.
        case: when it holds; empty where it always does.
    """

    left: str
    lines: tuple[Working[Term], ...]
    case: str = ""
