"""Terms evaluated for many values of their references in one go: every number is an array of samples."""

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeAlias

from backprop_cli.algebra import functions
from backprop_cli.algebra.evaluation import Domain

# A constant stays a float; NumPy spreads it.
Samples: TypeAlias = Any


def _add_all(*summands: Samples) -> Samples:
    return reduce(operator.add, summands)


def _multiply_all(*factors: Samples) -> Samples:
    return reduce(operator.mul, factors)


_ACTIONS: Mapping[str, Callable[..., Samples]] = {
    "add": operator.add,
    "sum": _add_all,
    "sub": operator.sub,
    "mul": operator.mul,
    "product": _multiply_all,
    "div": functions.quotient,
    "neg": operator.neg,
    "pow": functions.power,
    "exp": functions.exp,
    "expm1": functions.expm1,
    "ln": functions.ln,
    "log1p": functions.log1p,
    "sqrt": functions.sqrt,
    "abs": functions.absolute,
    "sign": functions.sign,
    "tanh": functions.tanh,
    "erf": functions.erf,
    "cos": functions.cos,
    "floor": functions.floor,
    "max": functions.maximum,
    "min": functions.minimum,
    "greater": functions.greater,
    "where": functions.where,
}
ARRAYS: Domain[Samples] = Domain(float, _ACTIONS)
