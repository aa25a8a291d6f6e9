"""The operators' values on floats: IEEE 754 to the end, and never an exception."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.operators import OPERATORS

INF, NAN = math.inf, math.nan

ORDINARY = [
    ("add", (0.1, 0.2), 0.1 + 0.2),
    ("sum", (0.1, 0.2, 0.3), (0.1 + 0.2) + 0.3),
    ("sum_over", (1.0, 2.0), NAN),
    ("sub", (1.5, 0.5), 1.0),
    ("mul", (-0.94, 0.25), -0.235),
    ("product", (0.1, 0.2, 0.3), (0.1 * 0.2) * 0.3),
    ("div", (1.0, 4.0), 0.25),
    ("neg", (2.0,), -2.0),
    ("pow", (3.0, 2.0), 9.0),
    ("exp", (1.0,), math.e),
    ("expm1", (1e-12,), math.expm1(1e-12)),
    ("ln", (math.e,), 1.0),
    ("log1p", (1e-12,), math.log1p(1e-12)),
    ("sqrt", (2.25,), 1.5),
    ("abs", (-2.5,), 2.5),
    ("sign", (-3.0,), -1.0),
    ("tanh", (0.5,), math.tanh(0.5)),
    ("erf", (0.5,), math.erf(0.5)),
    ("cos", (0.0,), 1.0),
    ("floor", (-1.5,), -2.0),
    ("max", (0.0, -1.0), 0.0),
    ("min", (0.0, -1.0), -1.0),
    ("greater", (2.0, 1.0), 1.0),
    ("greater", (1.0, 1.0), 0.0),
    ("where", (1.0, 5.0, 6.0), 5.0),
    ("where", (0.0, 5.0, 6.0), 6.0),
]

EXTREME = [
    ("add", (INF, -INF), NAN),
    ("mul", (INF, 0.0), NAN),
    ("div", (1.0, 0.0), INF),
    ("div", (1.0, -0.0), -INF),
    ("div", (-1.0, 0.0), -INF),
    ("div", (0.0, 0.0), NAN),
    ("div", (NAN, 0.0), NAN),
    ("div", (1e308, 1e-308), INF),
    ("pow", (0.0, -1.0), INF),
    ("pow", (-0.0, -1.0), -INF),
    ("pow", (-0.0, -3.0), -INF),
    ("pow", (-0.0, -2.0), INF),
    ("pow", (-0.0, -0.5), INF),
    ("pow", (-8.0, 0.5), NAN),
    ("pow", (1e200, 2.0), INF),
    ("pow", (-1e200, 2.0), INF),
    ("pow", (-1e200, 3.0), -INF),
    ("pow", (NAN, 0.0), 1.0),
    ("exp", (1000.0,), INF),
    ("exp", (-1000.0,), 0.0),
    ("expm1", (1000.0,), INF),
    ("expm1", (-INF,), -1.0),
    ("ln", (0.0,), -INF),
    ("ln", (-1.0,), NAN),
    ("ln", (INF,), INF),
    ("ln", (NAN,), NAN),
    ("log1p", (-1.0,), -INF),
    ("log1p", (-2.0,), NAN),
    ("sqrt", (-1.0,), NAN),
    ("sqrt", (-0.0,), -0.0),
    ("sign", (-0.0,), -0.0),
    ("sign", (NAN,), NAN),
    ("sign", (-INF,), -1.0),
    ("cos", (INF,), NAN),
    ("cos", (NAN,), NAN),
    ("floor", (INF,), INF),
    ("floor", (NAN,), NAN),
    ("floor", (1e300,), 1e300),
    ("max", (NAN, 1.0), NAN),
    ("max", (1.0, NAN), NAN),
    ("min", (NAN, 1.0), NAN),
    ("min", (1.0, NAN), NAN),
    ("greater", (NAN, 1.0), 0.0),
    ("tanh", (INF,), 1.0),
    ("erf", (-INF,), -1.0),
]

ANY_FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 1e308, 5e-324]))


def same(expected: float, actual: float) -> bool:
    """Compare values by bit pattern as far as a reader can tell: nan is nan, and zeros have signs."""
    if math.isnan(expected):
        return math.isnan(actual)
    return expected == actual and math.copysign(1.0, expected) == math.copysign(1.0, actual)


@pytest.mark.parametrize(("name", "arguments", "value"), ORDINARY + EXTREME)
def test_value_is_what_ieee_754_says(name: str, arguments: tuple[float, ...], value: float) -> None:
    actual = OPERATORS[name].on_floats(*arguments)

    assert isinstance(actual, float)
    assert same(value, actual)


def test_every_operator_has_an_example() -> None:
    assert OPERATORS.keys() == {name for name, _, _ in ORDINARY}


@pytest.mark.parametrize("name", OPERATORS)
@given(data=st.data())
def test_no_operator_raises(name: str, data: st.DataObject) -> None:
    operator = OPERATORS[name]
    arguments = data.draw(st.tuples(*[ANY_FLOATS] * (operator.arity or 3)))

    assert isinstance(operator.on_floats(*arguments), float)


@pytest.mark.parametrize("name", OPERATORS)
def test_key_is_the_operators_own_name(name: str) -> None:
    assert OPERATORS[name].name == name


def test_operators_bind_as_in_python() -> None:
    order = [OPERATORS[name].precedence for name in ("add", "mul", "neg", "pow", "exp")]

    assert order == sorted(set(order))
    assert OPERATORS["sub"].precedence == OPERATORS["add"].precedence
    assert OPERATORS["div"].precedence == OPERATORS["mul"].precedence


@given(first=ANY_FLOATS, others=st.lists(ANY_FLOATS, min_size=1, max_size=5))
def test_the_largest_and_the_smallest_of_many_are_those_of_a_chain_of_two(first: float, others: list[float]) -> None:
    for name in ("max", "min"):
        action = OPERATORS[name].on_floats
        chained = first
        for other in others:
            chained = action(chained, other)

        assert same(chained, action(first, *others))
