"""A size bounds how far a value is from the exact one, by some roundings of the size, and is never below the value."""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.evaluation import evaluate, evaluate_in
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.sizes import UNIT, Sized, sized, sizes
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, product, total

EPS = 2.0**-52
ROUNDINGS = 300
SIZES = sizes()
LEAVES = st.integers(0, 5).map(Ref) | st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]).map(Number)
UNARY = ["neg", "exp", "expm1", "abs", "tanh", "erf", "cos", "sqrt", "ln", "log1p"]
BINARY = ["add", "sub", "mul", "div", "max", "min"]


def grow(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    some = st.lists(terms, min_size=2, max_size=4)
    return (
        st.builds(apply, st.sampled_from(UNARY), terms)
        | st.builds(apply, st.sampled_from(BINARY), terms, terms)
        | terms.map(lambda term: term**2)
        | some.map(total)
        | some.map(product)
    )


TERMS = st.recursive(LEAVES, grow, max_leaves=12)
VALUES = st.lists(st.floats(-8.0, 8.0), min_size=6, max_size=6)


def exact_actions(mp: Any) -> dict[str, Callable[..., Any]]:
    return {
        "add": lambda x, y: x + y,
        "sum": lambda *xs: mp.fsum(xs),
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "product": lambda *xs: mp.fprod(xs),
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": mp.power,
        "exp": mp.exp,
        "expm1": mp.expm1,
        "ln": mp.log,
        "log1p": mp.log1p,
        "sqrt": mp.sqrt,
        "abs": abs,
        "tanh": mp.tanh,
        "erf": mp.erf,
        "cos": mp.cos,
        "max": max,
        "min": min,
    }


def sized_value(term: Term, values: list[float], domain: Any = SIZES) -> Sized:
    found: Sized = evaluate_in(domain, term, lambda key: sized(values[int(str(key))])).settled()
    return found


@given(TERMS, VALUES)
def test_a_size_bounds_the_error(term: Term, values: list[float]) -> None:
    mpmath = pytest.importorskip("mpmath", reason="the oracle is mpmath, from the extra 'oracles'")
    value, size, _ = sized_value(term, values)
    if not math.isfinite(value) or not math.isfinite(size):
        return
    actions = exact_actions(mpmath.mp)

    def exactly(part: Term) -> Any:
        if isinstance(part, Apply):
            return actions[part.operator](*map(exactly, part.args))
        return mpmath.mpf(part.value if isinstance(part, Number) else values[int(str(part.key))])  # type: ignore[attr-defined]

    with mpmath.workdps(400):
        try:
            expected = exactly(term)
        except (ZeroDivisionError, ValueError):
            # What a double takes for a number may have none, where it was rounded to the edge.
            return
        # What is made of constants alone is bounded by the unit, of which roundings are a small part.
        assert abs(value - expected) <= ROUNDINGS * EPS * size + 1e-300


@given(TERMS, VALUES)
def test_a_size_is_never_below_the_value(term: Term, values: list[float]) -> None:
    value, size, _ = sized_value(term, values)

    assert math.isnan(value) or size >= abs(value)
    assert not math.isnan(size)


@given(TERMS, VALUES)
def test_values_are_those_of_floats(term: Term, values: list[float]) -> None:
    found = sized_value(term, values).value
    expected = evaluate(term, lambda key: values[int(str(key))])

    assert found == expected or (math.isnan(found) and math.isnan(expected))


@given(TERMS, VALUES, st.integers(0, 2**32))
def test_what_is_known_less_exactly_stays_within_its_size(term: Term, values: list[float], seed: int) -> None:
    """Another right way of computing the inputs, off by less than the unit, gives a value within the size."""
    value, size, _ = sized_value(term, values)
    rng = random.Random(seed)  # noqa: S311  no secret depends on it
    nearby = [x * (1.0 + rng.uniform(-1.0, 1.0) * UNIT) for x in values]
    other = evaluate(term, lambda key: nearby[int(str(key))])
    if math.isfinite(value) and math.isfinite(other):
        assert abs(value - other) <= 1.01 * UNIT * size + 1e-300


@pytest.mark.parametrize("name", sorted(OPERATORS.keys() - {"sum_over"}))
@pytest.mark.parametrize("unit", [1e-9, 1e-4])
def test_every_operator_bounds_what_an_error_of_its_arguments_does(name: str, unit: float) -> None:
    rng, domain = random.Random(name), sizes(unit)  # noqa: S311  no secret depends on it
    for _ in range(300):
        values = [rng.choice([rng.uniform(-3, 3), rng.uniform(-1e-6, 1e-6), 0.0]) for _ in range(3)]
        xs = values[: OPERATORS[name].arity or 3]
        known = [Sized(x, max(abs(x), rng.choice([0.0, 1.0, 100.0]))) for x in xs]
        value, size, _ = domain.actions[name](*known)
        moved = [x.value + rng.uniform(-1.0, 1.0) * unit * x.size for x in known]
        other = OPERATORS[name].on_floats(*moved)
        if math.isfinite(value) and math.isfinite(other) and name != "where":
            assert abs(value - other) <= 1.01 * unit * size + 1e-300, (known, moved)


EDGES = [
    ("an edge that is far", apply("greater", Ref(0), Ref(1)), [1.0, 0.5], 1.0),
    ("an edge that is near", apply("greater", Ref(0), Ref(1)), [1.0, 1.0], 1.0 / UNIT),
    ("exact zeros", apply("greater", Ref(0), 0.0), [0.0, 0.0], 0.0),
    ("constants", apply("greater", 3.0 - Number(3.0), 0.0), [0.0, 0.0], 0.0),
    ("a floor of constants", apply("floor", Number(4.0) / 2.0), [0.0, 0.0], 2.0),
    ("a cut far off", apply("max", Ref(0), 0.0), [-5.0, 0.0], 0.0),
    ("a cut far off, from above", apply("min", Ref(0), 0.05), [5.0, 0.0], 0.05),
    ("a choice", apply("where", apply("greater", Ref(0), 0.0), Ref(0), Ref(1)), [2.0, 9.0], 2.0),
    ("a difference", 1.0 - Ref(0), [0.9999, 0.0], 1.9999),
    ("what has no bound", Ref(1) / (Ref(0) - Ref(0)), [1.0, 1.0], math.inf),
    ("zero without a bound", (Ref(0) - Ref(0)) * (Ref(1) / (Ref(0) - Ref(0))), [1.0, 1.0], math.inf),
    ("a product with nothing", Number(0.0) * apply("exp", Ref(0)), [1.0, 1.0], 0.0),
]


@pytest.mark.parametrize(("term", "values", "size"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_the_size_at_an_edge(term: Term, values: list[float], size: float) -> None:
    assert sized_value(term, values).size == pytest.approx(size)


def test_constants_count_for_what_float64_rounds() -> None:
    # 1 - 0.999 is 0.001 to thirteen digits: that is no reason to know what is divided by it less exactly.
    correction = Ref(0) / (1.0 - Number(0.999) ** 1.0)

    assert sized_value(correction, [2.0]).size < 3 * sized_value(correction, [2.0]).value


def test_what_is_lost_below_the_smallest_number_is_bounded() -> None:
    gone = apply("exp", Ref(0) * -800.0)
    domain = sizes(UNIT, 1e-307)

    assert sized_value(gone, [1.0], domain) == (0.0, pytest.approx(1e-298), False)
    assert sized_value(Ref(1) * Ref(0), [0.0, 5.0], domain).size == 0.0
