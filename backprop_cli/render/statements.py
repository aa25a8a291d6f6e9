"""Terms as statements of a program: long sums in portions, long lines folded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from backprop_cli.algebra.term import Apply, Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.render.arithmetic import Code, rebuilt

_WIDTH, _INDENT = 100, "    "
# Python compiles a chain of operators recursively, so a long one is worked out in portions.
PORTION = 100
# A longer chain inside of something else is worked out first, so that lines stay readable.
_MOST_INSIDE = 12
_CHAINS = {"sum", "product"}


@immutable
class Statement:
    """One assignment.

    Attributes:
        target: the variable.
        term: what it is given.
        final: whether that is the value of the whole.
    """

    target: str
    term: Term
    final: bool


def statements(target: str, term: Term, name: Callable[[str], str]) -> Iterator[Statement]:
    """Give the assignments that work a term out, in order.

    Args:
        target: the variable that holds it in the end.
        term: it.
        name: gives a variable of its own for what is worked out before, from a suggestion.
    """
    before: list[Statement] = []

    def take_out(inner: Apply) -> Term:
        if inner.operator not in _CHAINS or len(inner.args) <= _MOST_INSIDE:
            return inner
        part = name(f"{target}_{inner.operator}")
        before.extend(_portions(part, inner, final=False))
        return Ref(Code(part))

    if isinstance(term, Apply):
        term = replace(term, args=tuple(rebuilt(argument, take_out) for argument in term.args))
    yield from before
    yield from _portions(target, term, final=True)


def _portions(target: str, term: Term, *, final: bool) -> Iterator[Statement]:
    """Split a chain that is too long for one assignment; it is still worked out from left to right."""
    while isinstance(term, Apply) and term.operator in _CHAINS and len(term.args) > PORTION:
        yield Statement(target, replace(term, args=term.args[:PORTION]), final=False)
        term = replace(term, args=(Ref(Code(target)), *term.args[PORTION:]))
    yield Statement(target, term, final)


def assignment(target: str, pieces: Sequence[str], function: str = "", rest: Sequence[str] = ()) -> str:
    """Write an assignment, folded between its pieces where one line is too short.

    Args:
        target: the variable.
        pieces: the value.
        function: what the value goes through; '' for nothing.
        rest: what the function takes beside the value.
    """
    value = ", ".join(["".join(pieces), *rest])
    whole = f"{target} = {function}({value})" if function else f"{target} = {value}"
    if len(whole) <= _WIDTH or len(pieces) == 1:
        return whole
    lines = [*_filled(pieces), *rest]
    if function:
        lines = [*lines[: -len(rest) - 1], *(f"{line}," for line in lines[-len(rest) - 1 :])]
    return "\n".join([f"{target} = {function}(", *(_INDENT + line for line in lines), ")"])


def _filled(pieces: Sequence[str]) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(_INDENT) + len(lines[-1]) + len(piece) > _WIDTH:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines
