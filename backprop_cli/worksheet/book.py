"""The book of a step: which line any quantity has, and its value, found when it is asked for and remembered."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias, assert_never

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.digits import Digits, rounded
from backprop_cli.algebra.evaluation import evaluate_in
from backprop_cli.algebra.sizes import Sized, sized, sizes
from backprop_cli.algebra.term import Term, references
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached, Derivative, Variable
from backprop_cli.worksheet import backward, forward, losses, update
from backprop_cli.worksheet.ground import Ground, Key, Own, bare
from backprop_cli.worksheet.rounding import Rounding
from backprop_cli.worksheet.witness import NotExplained, beside, given, given_text, hold

_Definition: TypeAlias = Callable[[Ground, Variable], Term | None]

_GIVEN = {"x", "y", "w", "b", "r", "weight"}
_VARIABLES: Mapping[str, _Definition] = {
    "z": forward.weighted_input,
    "f": forward.full_activation,
    "a": forward.activation,
    "yhat": forward.activation,
    "e": forward.exponential,
    "s": forward.exponential_sum,
    "L": losses.loss,
    "penalty": losses.penalty,
    "eta": update.rate,
    "gnorm": update.length,
}
_MOMENTS: Mapping[str, _Definition] = {
    "new": update.moved,
    "change": lambda ground, parameter: update.changed(parameter),  # noqa: ARG005
}


@immutable
class Line:
    """One line of a worksheet.

    Attributes:
        key: what it is the value of.
        term: the expression that the value came from; None where it is given.
        value: in float64, or as a person with a pencil carries it.
        digits: how many of its digits are shown.
    """

    key: Key
    term: Term | None
    value: float | Decimal
    digits: Digits

    @property
    def uses(self) -> tuple[Key, ...]:
        """The quantities that the term refers to, each once, left to right."""
        return () if self.term is None else uses(self.term)


def uses(term: Term) -> tuple[Key, ...]:
    """List the quantities that a term refers to, each once, left to right."""
    return tuple(dict.fromkeys(references(term)))  # type: ignore[arg-type]  # a sheet refers to nothing else


class Book:
    """Gives the term and the value of any quantity of one step; nothing is computed before it is asked for."""

    def __init__(self, ground: Ground, rounding: Rounding | None = None) -> None:
        self.ground = ground
        self.rounding = rounding or Rounding()
        self._sizes = sizes(ground.precision, ground.least)
        self._frozen = any(not part.trainable for part in ground.layout.parts())
        self._terms: dict[Key, Term | None] = {}
        self._uses: dict[Key, tuple[Key, ...]] = {}
        self._values: dict[Key, Sized] = {}
        self._carried: dict[Key, Decimal] = {}

    def line(self, key: Key) -> Line:
        """Give the line of a quantity."""
        value = self.carried(key) if self.rounding.carry else self.value(key)
        return Line(key, self.term(key), value, self.rounding.of(key))

    def term(self, key: Key) -> Term | None:
        """Give the expression of a quantity; None where it is given."""
        if is_given(key):
            return None
        if key not in self._terms:
            self._terms[key] = define(self.ground, key)
        return self._terms[key]

    def value(self, key: Key) -> float:
        """Give the value of a quantity, as its own expression gives it in float64.

        Raises:
            NotExplained: the expression has no finite value where the engine has one.
            InternalError: the engine has another value.
        """
        return self.exact(key).value

    def exact(self, key: Key) -> Sized:
        """Give the value of a quantity with the size of what it is made of; raises as `value` does."""
        if key in self._values:
            return self._values[key]
        pending = [key]
        while pending:
            for waiting in self.needs(pending.pop(), self._values):
                self._values[waiting] = self._evaluate(waiting)
                if self._frozen or not is_given(waiting):
                    pending.extend(beside(self.ground, waiting))
        return self._values[key]

    def carried(self, key: Key) -> Decimal:
        """Give the value of a quantity as a person with a pencil has it: every line rounded before it is used."""
        for waiting in self.needs(key, self._carried):
            self._carried[waiting] = self._round(waiting)
        return self._carried[key]

    def needs(self, key: Key, known: Mapping[Key, object]) -> Iterator[Key]:
        """Walk a quantity and those it depends on that are not known yet, each after all that it uses."""
        pending = [(key, False)]
        while pending:
            top, expanded = pending.pop()
            if top in known:
                continue
            needed = () if expanded else self._needed(top)
            if not needed:
                yield top
                continue
            pending.append((top, True))
            # What is given needs nothing, so it can go first; there may be thousands of it.
            yield from (each for each in needed if is_given(each) and each not in known)
            pending.extend((each, False) for each in reversed(needed) if each not in known)

    def _needed(self, key: Key) -> tuple[Key, ...]:
        if is_given(key):
            return ()
        if key not in self._uses:
            term = self.term(key)
            self._uses[key] = () if term is None else uses(term)
        return self._uses[key]

    def _evaluate(self, key: Key) -> Sized:
        term = self.term(key)
        if term is None:
            value = sized(given(self.ground, key))
        else:
            value = evaluate_in(self._sizes, term, self._values.__getitem__).settled()  # type: ignore[arg-type]
        # What a reader defines may have no value here, and nothing else rests on it.
        if not math.isfinite(value.value) and not isinstance(key, Own):
            raise NotExplained(key)
        return hold(self.ground, key, value)

    def _round(self, key: Key) -> Decimal:
        term = self.term(key)
        if term is None:
            return Decimal(given_text(self.ground, key))
        # The engine is a witness to the exact value, and so to the term.
        self.value(key)
        carried = evaluate_in(DECIMALS, term, self._carried.__getitem__)  # type: ignore[arg-type]
        if not carried.is_finite():
            if isinstance(key, Own):
                return carried
            raise NotExplained(key, rounded=True)
        return rounded(carried, self.rounding.of(key))


def is_given(key: Key) -> bool:
    """Say whether a quantity is what every step starts from, by its name alone."""
    if isinstance(key, Variable):
        return not key.moment and key.symbol in _GIVEN
    return isinstance(key, Attached) and key.old


def define(ground: Ground, key: Key) -> Term | None:
    """Give the expression of a quantity; None where it is given."""
    if is_given(key):
        return None
    match key:
        case Own():
            return ground.expressions[key]
        case Attached():
            return update.attached(ground, key)
        case Derivative():
            return backward.derivative(ground, key)
        case Variable():
            return _VARIABLES[key.symbol](ground, key) if key.symbol not in {"w", "b"} else _parameter(ground, key)
        case _:
            assert_never(key)


def _parameter(ground: Ground, key: Variable) -> Term | None:
    return _MOMENTS[key.moment](ground, replace(bare(key), moment=""))
