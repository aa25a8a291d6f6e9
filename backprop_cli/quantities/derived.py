"""What is made of a quantity by the marks around its name: `m:NAME`, `NAME_new`, `dNAME/dNAME`, `NAME@3`."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias, TypeGuard

from backprop_cli.algebra.rewrite import swap
from backprop_cli.algebra.term import Ref, Term
from backprop_cli.quantities.notation import Notation, write
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Attached, Derivative, Moment, Quantity, Variable
from backprop_cli.quantities.topology import Topology
from backprop_cli.quantities.upstream import BOTTOMS, TOPS, depends, why_not

Meaning: TypeAlias = Quantity | Term

_PER_SAMPLE = ("x", "y", "yhat", "z", "a", "e", "s", "f", "r", "L", "weight")
_MOMENTS: dict[str, Moment] = {"new": "new", "change": "change"}


def attach(letter: str, meaning: Meaning, topology: Topology, notation: Notation) -> Attached:
    """Give what the update keeps beside a parameter under a letter."""
    letters = ["g", *(["eta"] if topology.adaptive else []), *topology.state, *topology.corrected]
    if letter not in letters:
        raise NameProblem(_explain_letter(letter, letters))
    if not _is_parameter(meaning):
        raise NameProblem(f"'{letter}:' belongs to weights and biases, and {_called(meaning, notation)} is neither")
    return Attached(letter, meaning)


def _explain_letter(letter: str, letters: list[str]) -> str:
    if letter == "eta":
        return "this optimizer has one learning rate for all parameters: eta"
    return f"this optimizer has no {_shown([letter])}; it has {_shown(letters)}"


def _shown(letters: Iterable[str]) -> str:
    return ", ".join(f"'{letter}:'" for letter in letters)


def with_suffix(meaning: Meaning, suffix: str, topology: Topology, notation: Notation) -> Quantity:
    """Give a parameter after the update, its change, or a state value as the step found it."""
    if suffix in _MOMENTS:
        if not _is_parameter(meaning):
            called = _called(meaning, notation)
            raise NameProblem(f"'_{suffix}' belongs to weights and biases, and {called} is neither")
        return replace(meaning, moment=_MOMENTS[suffix])
    if isinstance(meaning, Attached) and meaning.symbol in topology.state and not meaning.old:
        return replace(meaning, old=True)
    if not topology.state:
        raise NameProblem("'_old' belongs to the state of an optimizer, and this one keeps none")
    keeps = _shown(topology.state)
    raise NameProblem(
        f"'_old' belongs to the state that this optimizer keeps, {keeps}, as in {topology.state[0]}:NAME_old"
    )


def differentiate(top: Meaning, bottom: Meaning, topology: Topology, notation: Notation) -> Derivative:
    """Give the derivative of one variable with respect to another that is upstream of it."""
    above = _differentiable(top, _known(TOPS, topology), "of", notation)
    below = _differentiable(bottom, _known(BOTTOMS, topology), "with respect to", notation)
    if not depends(above, below, topology):
        raise NameProblem(why_not(above, below, topology, notation))
    return Derivative(above, below)


def _known(symbols: tuple[str, ...], topology: Topology) -> tuple[str, ...]:
    """Leave out what only dropout has, where there is none."""
    thinned = any(layer.dropout for layer in topology.layers)
    return symbols if thinned else tuple(symbol for symbol in symbols if symbol != "f")


def _differentiable(meaning: Meaning, symbols: tuple[str, ...], role: str, notation: Notation) -> Variable:
    if isinstance(meaning, Variable) and meaning.symbol in symbols and not meaning.moment:
        if meaning.sample is None:
            return meaning
        raise NameProblem(f"the sample stands at the end of a derivative, not in {_called(meaning, notation)}")
    choice = f"{', '.join(symbols[:-1])} or {symbols[-1]}"
    raise NameProblem(f"a derivative is {role} {choice}, not {_called(meaning, notation)}")


def at_sample(meaning: Meaning, sample: int, notation: Notation) -> Meaning:
    """Give the value that belongs to one sample alone; in an expression, of every quantity that has one."""
    if not isinstance(meaning, Term):
        if not _has_samples(meaning):
            raise NameProblem(f"{write(meaning, notation)} belongs to no single sample")
        return _place_at(meaning, sample, notation)
    placed = _place_references(meaning, sample, notation)
    if placed == meaning:
        raise NameProblem("nothing in this expression belongs to a single sample")
    return placed


def _place_references(term: Term, sample: int, notation: Notation) -> Term:
    def placed(name: Ref) -> Term | None:
        if not isinstance(name.key, Quantity) or not _has_samples(name.key):
            return None
        return replace(name, key=_place_at(name.key, sample, notation))

    return swap(term, placed)


def _has_samples(quantity: Quantity) -> bool:
    return isinstance(quantity, Derivative) or (isinstance(quantity, Variable) and quantity.symbol in _PER_SAMPLE)


def _place_at(quantity: Quantity, sample: int, notation: Notation) -> Quantity:
    if isinstance(quantity, Attached) or quantity.sample is not None:
        raise NameProblem(f"{write(quantity, notation)} names its sample already")
    return replace(quantity, sample=sample)


def _is_parameter(meaning: Meaning) -> TypeGuard[Variable]:
    """Say whether this is a weight or bias as the step finds it."""
    return isinstance(meaning, Variable) and meaning.symbol in {"w", "b"} and not meaning.moment


def _called(meaning: Meaning, notation: Notation) -> str:
    return "an expression" if isinstance(meaning, Term) else write(meaning, notation)
