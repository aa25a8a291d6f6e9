"""What operators do to arrays is what they do to floats, number by number."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.arrays import ARRAYS
from backprop_cli.algebra.evaluation import evaluate, evaluate_in
from backprop_cli.algebra.functions import erf_of_arithmetic, quietly, samples
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Ref, apply

# A sum over an index stands in general rules, and has no value.
NAMES = [name for name in OPERATORS if name != "sum_over"]
NUMBERS = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 1.5, 0.1, 1e-12, -1e-12, 1e-300, 1e300, -1e300, 710.0, -745.0),
    *(math.inf, -math.inf, math.nan),
]
PLACES = [Ref("a"), Ref("b"), Ref("c")]


def width(name: str) -> int:
    """Give how many arguments an operator is tried with."""
    return OPERATORS[name].arity or 3


def is_same(one: float, other: float) -> bool:
    """Say whether two numbers differ by rounding alone; the error function of arrays is one of its own."""
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=4e-15, abs_tol=1e-15)


def on_arrays(name: str, rows: list[tuple[float, ...]]) -> list[float]:
    """Give what an operator makes of rows of arguments in one go."""
    columns = dict(zip(PLACES, map(samples, zip(*rows, strict=True)), strict=False))
    term = apply(name, *PLACES[: width(name)])
    with quietly():
        found = evaluate_in(ARRAYS, term, lambda key: columns[Ref(key)])
    return [float(value) for value in found.tolist()]


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_gives_on_arrays_what_it_gives_on_floats(name: str) -> None:
    rows = list(itertools.product(NUMBERS, repeat=width(name)))

    for row, found in zip(rows, on_arrays(name, rows), strict=True):
        expected = OPERATORS[name].on_floats(*row)
        assert is_same(found, expected), (row, found, expected)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_it_does_so_for_any_numbers(name: str, data: st.DataObject) -> None:
    row = st.tuples(*[st.floats(-50.0, 50.0, allow_subnormal=False)] * width(name))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))

    for one, found in zip(rows, on_arrays(name, rows), strict=True):
        assert is_same(found, OPERATORS[name].on_floats(*one)), (one, found)


@pytest.mark.parametrize("name", NAMES)
def test_constants_beside_arrays_stay_numbers(name: str) -> None:
    term = apply(name, *PLACES[: width(name)])
    values = {"a": 0.5, "b": 2.0, "c": -1.5}
    for varied in list(values)[: width(name)]:
        columns = {key: samples([value, value]) if key == varied else value for key, value in values.items()}
        with quietly():
            found = evaluate_in(ARRAYS, term, columns.__getitem__)  # type: ignore[index]

        assert [float(each) for each in found] == pytest.approx([evaluate(term, values.__getitem__)] * 2, rel=1e-14)  # type: ignore[index]


def test_no_operator_is_forgotten() -> None:
    assert set(ARRAYS.actions) == set(NAMES)


@pytest.mark.parametrize("x", [-1e200, -30.0, -6.1, -2.5, -0.3, -1e-300, 0.0, 1e-300, 1e-9, 0.7, 2.5, 5.8, 30.0, 1e200])
def test_the_error_function_is_the_same_in_plain_operators(x: float) -> None:
    with quietly():
        (of_array,) = erf_of_arithmetic(samples([x]))

    assert erf_of_arithmetic(x) == pytest.approx(math.erf(x), abs=1e-15)
    assert of_array == pytest.approx(math.erf(x), abs=1e-15)
