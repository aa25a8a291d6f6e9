"""Terms are evaluated from left to right, in whatever kind of number."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from operator import add, mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.decimals import DECIMALS
from backprop_cli.algebra.evaluation import Domain, evaluate, evaluate_in
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, product, total

FINITE = st.floats(-1e100, 1e100)


def left_to_right(values: list[float], step: Callable[[float, float], float]) -> float:
    return reduce(step, values)


@pytest.mark.parametrize(("build", "step"), [(total, add), (product, mul)])
@given(values=st.lists(FINITE, min_size=1, max_size=9))
def test_many_operands_are_taken_from_left_to_right(
    build: Callable[..., Term], step: Callable[[float, float], float], values: list[float]
) -> None:
    term = build([Ref(number) for number in range(len(values))])

    # Bit for bit, as texts are, where what is no number is itself, too.  To the right there can be another sum.
    assert repr(evaluate(term, values.__getitem__)) == repr(left_to_right(values, step))  # type: ignore[arg-type]


def test_the_order_makes_a_difference() -> None:
    values = [0.1, 0.2, 0.3]
    summed = evaluate(total([Number(value) for value in values]), lambda _: 0.0)

    assert summed == (0.1 + 0.2) + 0.3 != 0.1 + (0.2 + 0.3)


@pytest.mark.parametrize("operator", ["sum", "product"])
def test_one_operand_is_its_own_value(operator: str) -> None:
    assert evaluate(Apply(operator, (Number(7.0),)), lambda _: 0.0) == 7.0


@pytest.mark.parametrize(("term", "expected"), [(total([]), 0.0), (product([]), 1.0)])
def test_none_add_up_to_nothing_and_multiply_to_one(term: Term, expected: float) -> None:
    assert evaluate(term, lambda _: 5.0) == expected


def test_a_domain_decides_what_operators_do() -> None:
    words = Domain(str, {"add": lambda x, y: f"({x} plus {y})", "neg": lambda x: f"minus {x}"})

    assert evaluate_in(words, -(Ref("a") + 1), str) == "minus (a plus 1.0)"


def test_decimals_take_the_text_of_a_constant() -> None:
    term = Ref("theta") - Number(0.1) * Ref("g")
    values = {"theta": Decimal("0.3"), "g": Decimal("-0.118")}

    assert evaluate_in(DECIMALS, term, values.__getitem__) == Decimal("0.3118")  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_long_chain_is_no_deeper_than_python_allows(side: str) -> None:
    # On the right only brackets nest, and nobody writes five thousand of them.
    length = 5000 if side == "left" else 200
    term: Term = Number(0.0)
    for _ in range(length):
        term = apply("add", term, 1.0) if side == "left" else apply("add", 1.0, term)

    assert evaluate(term, lambda _: 0.0) == length
