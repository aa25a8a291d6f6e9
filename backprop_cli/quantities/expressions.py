"""Expressions over quantities: `yhat_1 - y_1`, `-dL/dz3_1`, `exp(z2_1) / s2`."""

import math
from collections.abc import Callable, Mapping

from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply
from backprop_cli.quantities.derived import Meaning
from backprop_cli.quantities.problem import ExpressionProblem, NameProblem, quoted
from backprop_cli.quantities.quantity import Quantity
from backprop_cli.quantities.tokens import MARKS, Token, tokenize

FUNCTIONS = ("exp", "ln", "sqrt", "abs")
LONGEST = 2000
DEEPEST = 30
# Names may stand for expressions, so a short text can be a huge tree; every walk over one may recurse this deep.
MOST_OPERATIONS = 100

_SUMS = {"+": "add", "-": "sub"}
_PRODUCTS = {"*": "mul", "/": "div"}
_POWERS = {"**": "pow"}
_FIRST_OF_NUMBER = frozenset("0123456789.")


def read_expression(text: str, resolve: Callable[[str], Meaning]) -> Meaning:
    """Read a name or an expression; operators bind as in Python.

    Args:
        text: what was written.
        resolve: gives the meaning of one name; its problems pass through.

    Returns:
        A quantity where the text comes to one, else a term over `Ref(quantity)`.

    Raises:
        NameProblem: if the text is no expression, or too long, too deep or too large.
    """
    if not MARKS.intersection(text) and text[:1] not in _FIRST_OF_NUMBER:
        return resolve(text)
    try:
        return _read(text, resolve)
    except ExpressionProblem as problem:
        raise NameProblem(f"{quoted(text)}: {problem}") from None


def _read(text: str, resolve: Callable[[str], Meaning]) -> Meaning:
    if len(text) > LONGEST:
        raise ExpressionProblem(f"an expression has at most {LONGEST} characters")
    term = _Descent(tokenize(text), resolve).whole()
    if isinstance(term, Ref):
        assert isinstance(term.key, Quantity)  # noqa: S101  `resolve` gives nothing else
        return term.key
    if _exceeds(term, MOST_OPERATIONS):
        raise ExpressionProblem(
            f"an expression has at most {MOST_OPERATIONS} operations, those of the names in it included"
        )
    return term


def _exceeds(term: Term, most: int) -> bool:
    """Say whether a tree has more than so many operations, without walking much further."""
    pending, count = [term], 0
    while pending and count <= most:
        node = pending.pop()
        if isinstance(node, Apply):
            count += 1
            pending.extend(node.args)
    return count > most


class _Descent:
    """Reads tokens from left to right, one method for each level of precedence."""

    def __init__(self, tokens: list[Token], resolve: Callable[[str], Meaning]) -> None:
        self._tokens = tokens
        self._position = 0
        self._resolve = resolve

    def whole(self) -> Term:
        """Read everything there is as one expression."""
        term = self._sum(0)
        if self._ahead.text == ")":
            raise ExpressionProblem("a bracket is closed that was not opened")
        if self._ahead.kind != "end":
            raise ExpressionProblem(f"an operator is missing before {quoted(self._ahead.text)}")
        return term

    @property
    def _ahead(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> Token:
        token = self._ahead
        self._position += token.kind != "end"
        return token

    def _take(self, text: str) -> bool:
        """Step over a sign if it comes next."""
        found = self._ahead.text == text
        self._position += found
        return found

    def _take_operator(self, operators: Mapping[str, str]) -> str | None:
        """Step over an operator if one of these comes next, and hold it to its spaces."""
        token = self._ahead
        if token.text not in operators:
            return None
        if not token.spaced:
            raise ExpressionProblem(f"put spaces around {token.text!r}")
        return operators[self._advance().text]

    def _sum(self, depth: int) -> Term:
        term = self._product(depth)
        while operator := self._take_operator(_SUMS):
            term = apply(operator, term, self._product(depth))
        return term

    def _product(self, depth: int) -> Term:
        term = self._signed(depth)
        while operator := self._take_operator(_PRODUCTS):
            term = apply(operator, term, self._signed(depth))
        return term

    def _signed(self, depth: int) -> Term:
        if depth > DEEPEST:
            raise ExpressionProblem(f"an expression is nested at most {DEEPEST} deep")
        return -self._signed(depth + 1) if self._take("-") else self._power(depth)

    def _power(self, depth: int) -> Term:
        base = self._value(depth)
        return base ** self._signed(depth + 1) if self._take_operator(_POWERS) else base

    def _value(self, depth: int) -> Term:
        token = self._advance()
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "name":
            return self._call(token.text, depth) if self._take("(") else self._name(token.text)
        if token.text == "(":
            return self._bracketed(depth)
        where = f"where {token.text!r} stands" if token.text else "at the end"
        raise ExpressionProblem(f"a name or a number is missing {where}")

    def _bracketed(self, depth: int) -> Term:
        term = self._sum(depth + 1)
        if self._take(")"):
            return term
        if self._ahead.kind == "end":
            raise ExpressionProblem("a bracket is not closed")
        raise ExpressionProblem(f"an operator is missing before {quoted(self._ahead.text)}")

    def _call(self, function: str, depth: int) -> Term:
        if function not in FUNCTIONS:
            raise ExpressionProblem(f"{quoted(function)} is not a function; there are {', '.join(FUNCTIONS)}")
        return apply(function, self._bracketed(depth))

    def _name(self, name: str) -> Term:
        if name in FUNCTIONS:
            raise ExpressionProblem(f"{name} is a function and takes brackets, as in {name}(z)")
        meaning = self._resolve(name)
        return meaning if isinstance(meaning, Term) else Ref(meaning)


def _number(text: str) -> Number:
    value = float(text)
    if math.isinf(value):
        raise ExpressionProblem(f"{quoted(text)} is too large a number")
    return Number(value)
