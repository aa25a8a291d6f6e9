"""Terms become other terms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from backprop_cli.algebra.term import Apply, Number, Ref, Term, product, total


def simplify(term: Term) -> Term:
    """Leave out what changes nothing: factors of 1, summands of 0, products with 0, divisors of 1.

    Formulas that are written for arrays need such parts (`z * 0.0 + 1.0` is an array of ones); a reader does not.
    """
    if not isinstance(term, Apply):
        return term
    args = tuple(simplify(argument) for argument in term.args)
    rule = _RULES.get(term.operator)
    simpler = rule(args) if rule else None
    if simpler is not None:
        return simpler
    return term if args == term.args else Apply(term.operator, args, term.role)


def _is(term: Term, value: float) -> bool:
    """Say whether a term is a constant 0 or 1; a setting that happens to be 1 is shown, one of 0 is switched off."""
    return isinstance(term, Number) and term.value == value and not (term.symbol and value == 1.0)


def _add(args: tuple[Term, ...]) -> Term | None:
    if not any(_is(argument, 0.0) for argument in args):
        return None
    return total([argument for argument in args if not _is(argument, 0.0)])


def _multiply(args: tuple[Term, ...]) -> Term | None:
    if any(_is(argument, 0.0) for argument in args):
        return Number(0.0)
    if not any(_is(argument, 1.0) for argument in args):
        return None
    return product([argument for argument in args if not _is(argument, 1.0)])


def _subtract(args: tuple[Term, ...]) -> Term | None:
    minuend, subtrahend = args
    if _is(subtrahend, 0.0):
        return minuend
    return Apply("neg", (subtrahend,)) if _is(minuend, 0.0) else None


def _divide(args: tuple[Term, ...]) -> Term | None:
    return args[0] if _is(args[1], 1.0) or _is(args[0], 0.0) else None


_RULES: Mapping[str, Callable[[tuple[Term, ...]], Term | None]] = {
    "add": _add,
    "sum": _add,
    "mul": _multiply,
    "product": _multiply,
    "sub": _subtract,
    "div": _divide,
}


def take_branches(term: Term, holds: Callable[[Term], bool]) -> tuple[Term, tuple[tuple[Term, bool], ...]]:
    """Put the branch that is taken in place of every choice.

    Args:
        term: what may have choices in it.
        holds: says whether a condition is met.

    Returns:
        The term without choices, and the conditions that were looked at, each with whether it held.
    """
    if not isinstance(term, Apply):
        return term, ()
    if term.operator == "where":
        condition, when_true, when_false = term.args
        met = holds(condition)
        taken, further = take_branches(when_true if met else when_false, holds)
        return taken, ((condition, met), *further)
    pairs = [take_branches(argument, holds) for argument in term.args]
    conditions = tuple(condition for _, found in pairs for condition in found)
    return (Apply(term.operator, tuple(each for each, _ in pairs), term.role) if conditions else term), conditions


def chain_of(term: Term, operators: Sequence[str]) -> tuple[Term, ...]:
    """List the operands of a chain of associative operators, left to right: a + b + c is one chain of three."""
    operands: list[Term] = []
    while isinstance(term, Apply) and term.operator in operators:
        operands.extend(reversed(term.args[1:]))
        term = term.args[0]
    return (term, *reversed(operands))


def swap(term: Term, name: Callable[[Ref], Term | None]) -> Term:
    """Put other terms in place of some references; None keeps one."""
    return swap_leaves(term, lambda leaf: name(leaf) if isinstance(leaf, Ref) else None)


def swap_leaves(term: Term, other: Callable[[Term], Term | None]) -> Term:
    """Put other terms in place of some references and numbers; None keeps one."""
    if not isinstance(term, Apply):
        return other(term) or term
    args = tuple(swap_leaves(argument, other) for argument in term.args)
    return term if args == term.args else replace(term, args=args)
