"""Conditions on a number, as people write them: `<= 0.01`."""

import math
import operator
import re
from collections.abc import Callable, Mapping

from backprop_cli.immutable import immutable

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_FORM = re.compile(r"\s*(?P<operator>[<>=!≤≥≠]*)\s*(?P<bound>.*?)\s*", re.DOTALL)
# What people write for an operator, and which one they mean.
_MEANT = {"=>": ">=", "=<": "<=", "=": "==", "≥": ">=", "≤": "<=", "≠": "!=", "<>": "!=", "===": "=="}
EXAMPLE = "write an operator and a number, as '<= 0.01'"


@immutable
class Condition:
    """An operator and a bound.

    Attributes:
        operator: a key of `OPERATORS`.
        bound: the number that a value is compared with.
    """

    operator: str
    bound: float

    @classmethod
    def read(cls, text: str) -> "Condition":
        """Read `<= 0.01`.

        Raises:
            ValueError: it is none; the message says what to write.
        """
        parts = _FORM.fullmatch(text)
        assert parts is not None  # noqa: S101  every part may be empty
        sign, bound = parts["operator"], parts["bound"]
        if not sign:
            raise ValueError(f"{text!r} has no operator; {EXAMPLE}")
        if sign not in OPERATORS:
            hint = f"did you mean {_MEANT[sign]!r}?" if sign in _MEANT else f"known: {', '.join(OPERATORS)}"
            raise ValueError(f"{sign!r} is no operator; {hint}")
        if not _NUMBER.fullmatch(bound) or not math.isfinite(float(bound)):
            raise ValueError(f"{bound!r} is not a finite number; {EXAMPLE}")
        return cls(sign, float(bound))

    def __str__(self) -> str:
        return f"{self.operator} {repr(self.bound).removesuffix('.0')}"

    def holds(self, value: float) -> bool:
        """Say whether a value meets it; what is no number never does."""
        return not math.isnan(value) and OPERATORS[self.operator](value, self.bound)
