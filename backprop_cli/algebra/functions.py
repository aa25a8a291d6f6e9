"""Functions for formulas: each takes floats, NumPy arrays or terms, and gives the same kind back.

A formula written with these and with plain operators runs on numbers, on whole arrays, and on symbols.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Term, apply

Array = NDArray[np.floating[Any]]
Value = TypeVar("Value", float, Array, Term)


def _dispatch(operator: str, on_arrays: Callable[..., Any], *operands: Any) -> Any:
    if any(isinstance(operand, Term) for operand in operands):
        return apply(operator, *operands)
    if any(isinstance(operand, np.ndarray) for operand in operands):
        return on_arrays(*operands)
    return OPERATORS[operator].on_floats(*operands)


def quietly() -> AbstractContextManager[None]:
    """Let arrays hold what IEEE 754 says, infinite or not a number, without a warning."""
    return np.errstate(all="ignore")


def samples(values: Sequence[float]) -> Array:
    """Give numbers as one array."""
    return np.array(values, dtype=np.float64)


def quotient(x: Value | float, y: Value | float) -> Value:
    """Give x / y; by zero, too, as IEEE 754 does."""
    return _dispatch("div", np.divide, x, y)  # type: ignore[no-any-return]


def power(x: Value | float, y: Value | float) -> Value:
    """Give x to the power of y; infinite where it overflows, not a number where there is none."""
    return _dispatch("pow", np.power, x, y)  # type: ignore[no-any-return]


def exp(x: Value) -> Value:
    """Give eˣ."""
    return _dispatch("exp", np.exp, x)  # type: ignore[no-any-return]


def expm1(x: Value) -> Value:
    """Give eˣ − 1, exact near zero."""
    return _dispatch("expm1", np.expm1, x)  # type: ignore[no-any-return]


def ln(x: Value) -> Value:
    """Give the natural logarithm."""
    return _dispatch("ln", np.log, x)  # type: ignore[no-any-return]


def log1p(x: Value) -> Value:
    """Give ln(1 + x), exact near zero."""
    return _dispatch("log1p", np.log1p, x)  # type: ignore[no-any-return]


def sqrt(x: Value) -> Value:
    """Give the square root."""
    return _dispatch("sqrt", np.sqrt, x)  # type: ignore[no-any-return]


def absolute(x: Value) -> Value:
    """Give |x|."""
    return _dispatch("abs", np.abs, x)  # type: ignore[no-any-return]


def sign(x: Value) -> Value:
    """Give −1, 0 or 1."""
    return _dispatch("sign", np.sign, x)  # type: ignore[no-any-return]


def tanh(x: Value) -> Value:
    """Give the hyperbolic tangent."""
    return _dispatch("tanh", np.tanh, x)  # type: ignore[no-any-return]


def cos(x: Value) -> Value:
    """Give the cosine of x in radians."""
    return _dispatch("cos", np.cos, x)  # type: ignore[no-any-return]


def floor(x: Value) -> Value:
    """Give the largest whole number not above x."""
    return _dispatch("floor", np.floor, x)  # type: ignore[no-any-return]


def maximum(x: Value, y: Value | float) -> Value:
    """Give the larger of the two."""
    return _dispatch("max", np.maximum, x, y)  # type: ignore[no-any-return]


def minimum(x: Value, y: Value | float) -> Value:
    """Give the smaller of the two."""
    return _dispatch("min", np.minimum, x, y)  # type: ignore[no-any-return]


def greater(x: Value, y: Value | float) -> Value:
    """Give 1 where x > y and 0 elsewhere: the condition of `where`."""
    return _dispatch("greater", np.greater, x, y)  # type: ignore[no-any-return]


def where(condition: Value, when_true: Value | float, when_false: Value | float) -> Value:
    """Choose between two branches, both of which are evaluated."""
    return _dispatch("where", np.where, condition, when_true, when_false)  # type: ignore[no-any-return]


def erf(x: Value) -> Value:
    """Give the error function; on arrays with an absolute error below 1e-15."""
    return _dispatch("erf", _erf_of_array, x)  # type: ignore[no-any-return]


def _erf_of_array(x: Array) -> Array:
    upper_tail, work, argument = np.empty_like(x), np.empty_like(x), np.abs(x)
    fill_erfc(argument, upper_tail, work)
    return np.copysign(1.0 - upper_tail, x)  # type: ignore[no-any-return]  # NumPy's stubs


# erfc(x) = P(t) · exp(−x²) / (1 + 2x) for x ≥ 0 with t = (x − 2.5) / (x + 2.5).  P is the Chebyshev interpolant of
# degree 23 of (1 + 2x) · erfc(x) · exp(x²), computed with 60 digits and written in powers of t, lowest first.  The form
# is that of M. M. Shepherd and J. G. Laframboise, "Chebyshev Approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞",
# Mathematics of Computation 36 (1981).
_TAIL_CENTRE = 2.5
_TAIL = (
    1.2648381843668617,
    -0.12235676308240215,
    -0.09902453957365122,
    0.15762991902299267,
    -0.10296705603621849,
    0.0327608932756619,
    0.0009318927733461272,
    -0.004382078440854582,
    0.0004918662388890304,
    0.0006321251464629214,
    -8.848168032324335e-05,
    -0.00011352632512134168,
    6.274930159053505e-06,
    2.2712249100348976e-05,
    2.5875001362060648e-06,
    -4.244613390612461e-06,
    -1.5509212274615814e-06,
    5.650907412266025e-07,
    4.973310864461836e-07,
    -2.5964425575900105e-09,
    -1.0181457321814905e-07,
    -1.9529504044363123e-08,
    1.0433271576918826e-08,
    3.350512571387766e-09,
)


def erf_of_arithmetic(x: Value) -> Value:
    """Give the error function in plain operators, for whoever has no other: as exact as on arrays."""
    size = absolute(x)
    t = (size - _TAIL_CENTRE) / (size + _TAIL_CENTRE)
    series: Value = t * _TAIL[-1] + _TAIL[-2]
    for coefficient in reversed(_TAIL[:-2]):
        series = series * t + coefficient
    return sign(x) * (1.0 - series * exp(-(size * size)) / (1.0 + 2.0 * size))


def fill_erfc(x: Array, out: Array, work: Array) -> None:
    """Fill `out` with erfc(x) for x ≥ 0, without allocating; x and work are overwritten.

    The three arrays have one shape and must not overlap.
    """
    np.add(x, _TAIL_CENTRE, out=work)
    np.divide(-2 * _TAIL_CENTRE, work, out=work)
    np.add(work, 1.0, out=work)
    out.fill(_TAIL[-1])
    for coefficient in reversed(_TAIL[:-1]):
        np.multiply(out, work, out=out)
        np.add(out, coefficient, out=out)
    np.multiply(x, 2.0, out=work)
    np.add(work, 1.0, out=work)
    np.divide(out, work, out=out)
    np.multiply(x, x, out=x)
    np.negative(x, out=x)
    np.exp(x, out=x)
    np.multiply(out, x, out=out)
