"""Terms as Python: straight-line code that gives, bit for bit, what `evaluate` gives, for as long as nothing raises.

What is used more than once is worked out once: sums and products go from left to right, so the beginning of one may be
the beginning of another.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import reduce

from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Apply, Number, Ref, Term

_SAFE: Mapping[str, str] = {"add": "+", "sub": "-", "mul": "*"}
_RAISING: Mapping[str, str] = {"div": "/"}
_CHAINS: Mapping[str, str] = {"sum": "add", "product": "mul"}
_ONE = Number(1.0)


class Program:
    """Assignments in order.

    Attributes:
        lines: the statements, each `name = expression`.
    """

    def __init__(self, definitions: Iterable[tuple[Hashable, Term]], *, careful: bool = False) -> None:
        """Write definitions.

        What raises is an `ArithmeticError` or a `ValueError`.

        Args:
            definitions: each after those that it refers to; what is never defined is a name that is given.
            careful: whether operators that raise in Python give what IEEE 754 says instead; that is slower.
        """
        self._infix = _SAFE if careful else {**_SAFE, **_RAISING}
        self.lines: list[str] = []
        self._names: dict[Hashable, str] = {}
        # What is only another name for something, or a number.
        self._same: dict[Hashable, Term] = {}
        self._written: dict[Term, str] = {}
        kept = list(self._defined(definitions))
        self._uses = Counter(part for _, term in kept for part in _parts(term))
        for key, term in kept:
            if term in self._written:
                self._names[key] = self._written[term]
            else:
                self.lines.append(f"{self.name(key)} = {self._expression(term)}")
                self._written[term] = self.name(key)

    def name(self, key: Hashable) -> str:
        """Give the name of a variable."""
        return self._names.setdefault(key, f"v{len(self._names)}")

    def value(self, key: Hashable) -> str:
        """Write the value of what was defined, or is given."""
        return self._leaf(self._same.get(key, Ref(key)))

    def _defined(self, definitions: Iterable[tuple[Hashable, Term]]) -> Iterator[tuple[Hashable, Term]]:
        """Walk the definitions that have something to work out, in two-sided operators alone."""
        for key, term in definitions:
            plain = self._plain(term)
            if isinstance(plain, Apply):
                yield key, plain
            else:
                self._same[key] = plain

    def _plain(self, term: Term) -> Term:
        if isinstance(term, Ref):
            return self._same.get(term.key, term)
        if isinstance(term, Number) and str(term.value) == "-0.0":
            # Equal to 0, so that a term with one would be taken for a term with the other.
            return Apply("neg", (Number(0.0),))
        if not isinstance(term, Apply):
            return term
        args = [self._plain(argument) for argument in term.args]
        if term.operator not in _CHAINS:
            return Apply(term.operator, tuple(args))
        if term.operator == "product":
            # A factor of 1 changes no bit.
            args = [argument for argument in args if argument != _ONE] or [_ONE]
        pair = _CHAINS[term.operator]
        return reduce(lambda left, right: Apply(pair, (left, right)), args)

    def _expression(self, term: Term) -> str:
        if not isinstance(term, Apply):
            return self._leaf(term)
        args = [self._operand(argument) for argument in term.args]
        if term.operator in self._infix:
            return f" {self._infix[term.operator]} ".join(args)
        if term.operator == "neg":
            return f"-{args[0]}"
        return f"{term.operator}({', '.join(args)})"

    def _operand(self, term: Term) -> str:
        if not isinstance(term, Apply):
            return self._leaf(term)
        if term in self._written:
            return self._written[term]
        if self._uses[term] < 2:  # noqa: PLR2004  used here alone
            expression = self._expression(term)
            return f"({expression})" if term.operator in self._infix or term.operator == "neg" else expression
        expression, name = self._expression(term), self.name(term)
        self.lines.append(f"{name} = {expression}")
        self._written[term] = name
        return name

    def _leaf(self, term: Term) -> str:
        if isinstance(term, Number):
            text = repr(term.value)
            return f"({text})" if text.startswith("-") else text
        assert isinstance(term, Ref)  # noqa: S101  the kinds are three
        return self.name(term.key)


def _parts(term: Term) -> Iterator[Term]:
    """Walk a term and all that it is made of, each operator once for each time that it stands there."""
    pending = [term]
    while pending:
        part = pending.pop()
        if isinstance(part, Apply):
            yield part
            pending.extend(part.args)


def actions(*, careful: bool = False) -> dict[str, Callable[..., float]]:
    """Give what the operators of a program do to floats, by the names that it calls them by."""
    safe = {name: operator.on_floats for name, operator in OPERATORS.items()}
    return safe if careful else {**safe, "exp": math.exp, "expm1": math.expm1, "pow": math.pow}
