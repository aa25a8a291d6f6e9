"""Calls written out as one Python function in a straight line, with their arguments bound.

A list of closures costs about as much to walk as small arrays cost to work on.  Written out, a step is its NumPy calls
and nothing else, and what it calls can be counted without a clock.
"""

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from backprop_cli.rules.base import RATE, STEP, Array, Call, Measure

# NumPy takes their output by name alone.
_OUT_BY_NAME = (np.maximum, np.minimum)


class Script:
    """A function in the making, of the learning rate of a step and the step's number from 1, where its calls want them.

    Attributes:
        calls: what has been added so far, in order.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._lines: list[str] = []
        # What has a name in the code, by its id, and the arrays that stand for plain numbers and the rate.
        self._named: dict[int, tuple[str, object]] = {}
        self._numbers: dict[tuple[object, np.dtype[Any]], Array] = {}

    def add(self, calls: Iterable[Call]) -> None:
        """Append calls."""
        for call in calls:
            self._lines.append(self._written(call))

    def let(self, name: str, measures: Iterable[Measure]) -> None:
        """Append the calls of some numbers, and give their sum a name."""
        terms = []
        for calls, number, factor in measures:
            self.add(calls)
            terms.append(f"float({self._written(number)})" + (f" * {factor!r}" if factor != 1.0 else ""))
        self._lines.append(f"{name} = {' + '.join(terms) or '0.0'}")

    def expect_finite(self, name: str, otherwise: Callable[[float], None]) -> None:
        """Append a look at a number with a name; where it is not finite, something is called with it."""
        self._lines.append(f"if not {self._name(math.isfinite)}({name}):")
        self._lines.append(f"    {self._name(otherwise)}({name})")

    def give(self, name: str) -> None:
        """Append that the function gives a number with a name."""
        self._lines.append(f"return {name}")

    def bound(self) -> Callable[..., float]:
        """Give the function."""
        names = ", ".join(name for name, _ in self._named.values())
        body = "\n".join(f"        {line}" for line in self._lines)
        text = f"def bind({names}):\n    def run({RATE.value}=0.0, {STEP.value}=0):\n{body}\n    return run\n"
        names_of: dict[str, Any] = {}
        exec(_compiled(text), names_of)  # noqa: S102  nothing of it is the user's own text
        run: Callable[..., float] = names_of["bind"](*(value for _, value in self._named.values()))
        return run

    def _written(self, call: Call) -> str:
        self.calls.append(call)
        function, *arguments = call
        if isinstance(function, np.ufunc):
            arguments = [self._as_array(each, arguments) for each in arguments]
        names = [self._name(each) for each in arguments]
        if function in _OUT_BY_NAME:
            names[-1] = f"out={names[-1]}"
        return f"{self._name(function)}({', '.join(names)})"

    def _as_array(self, argument: object, others: Iterable[object]) -> object:
        """Give an array without dimensions for a number: NumPy would make one in every step, which takes its time."""
        if not isinstance(argument, float) and argument is not RATE:
            return argument
        key = argument, next(other.dtype for other in others if isinstance(other, np.ndarray))
        if key not in self._numbers:
            self._numbers[key] = self._number(*key)
        return self._numbers[key]

    def _number(self, number: object, dtype: np.dtype[Any]) -> Array:
        """Make an array of a number; that of the rate gets each step's."""
        if number is RATE:
            array = np.empty((), dtype)
            self._lines.insert(0, f"{self._name(array)}.fill({RATE.value})")
            return array
        with np.errstate(all="ignore"):
            return np.array(number, dtype)

    def _name(self, value: object) -> str:
        if value is RATE or value is STEP:
            return str(value.value)
        if value is None or isinstance(value, bool | int):
            return repr(value)
        return self._named.setdefault(id(value), (f"v{len(self._named)}", value))[0]


def bind(calls: Iterable[Call], measures: Iterable[Measure] = ()) -> Callable[..., float]:
    """Give one function of some calls, which gives the sum of some numbers.

    It takes the learning rate of a step and its number, where the calls want them.

    Args:
        calls: what comes first.
        measures: the numbers; without any, their sum is 0.
    """
    script = Script()
    script.add(calls)
    script.let("total", measures)
    script.give("total")
    return script.bound()


@lru_cache(maxsize=64)
def _compiled(text: str) -> CodeType:
    """Compile what has perhaps been written before: only the arrays of a step on fewer samples are others."""
    return compile(text, "<step>", "exec")
