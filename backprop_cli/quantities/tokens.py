"""The words of an expression: numbers, names, operators and brackets, with the rules of spacing."""

import re
from typing import Literal, TypeAlias

from backprop_cli.immutable import immutable
from backprop_cli.quantities.problem import ExpressionProblem

Kind: TypeAlias = Literal["number", "name", "sign", "end"]
_KINDS: tuple[Kind, ...] = ("number", "name", "sign")

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d_][\w/@:]*)"
    r"|(?P<sign>\*\*|[-+*/()]))"
)

# What people write elsewhere, and what it is here.
_FOREIGN = {"^": "**", "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "∂": "d", "[": "(", "]": ")"}
# Characters that no single name has.
MARKS = frozenset("+-*() \t\n") | (_FOREIGN.keys() - {"∂"})


@immutable
class Token:
    """One word of an expression.

    Attributes:
        kind: what it is; 'end' after the last one.
        text: as written; '' at the end.
        spaced: whether there is a space, or the end of the text, on both sides.
    """

    kind: Kind
    text: str
    spaced: bool = True


def tokenize(text: str) -> list[Token]:
    """Split an expression into its words, an 'end' last.

    Raises:
        ExpressionProblem: if a character or the spacing has no place in an expression.
    """
    tokens = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionProblem(_explain_character(text[position:].lstrip()[0]))
        tokens.append(_token(match))
        position = match.end()
    return [*tokens, Token("end", "")]


def _token(match: re.Match[str]) -> Token:
    kind = next(kind for kind in _KINDS if match[kind] is not None)
    start, end = match.span(kind)
    around = match.string[max(0, start - 1) : start] + match.string[end : end + 1]
    return Token(kind, match[kind], spaced=not around.strip())


def _explain_character(character: str) -> str:
    instead = f"; write {_FOREIGN[character]!r}" if character in _FOREIGN else ""
    return f"{character!r} has no place in an expression{instead}"
