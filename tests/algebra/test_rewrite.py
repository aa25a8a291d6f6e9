"""Rewriting leaves out what a reader does not need, and never changes a value."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.rewrite import chain_of, simplify, take_branches
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, product, references, total
from backprop_cli.rules.activations import Activation, Pointwise
from backprop_cli.rules.base import members

X, Y = Ref("x"), Ref("y")
LETTER = Number(1.0, symbol="beta")
SIMPLER = [
    (X + 0.0, X),
    (0.0 + X, X),
    (X - 0.0, X),
    (0.0 - X, -X),
    (X * 1.0, X),
    (1.0 * X, X),
    (X * 0.0, Number(0.0)),
    (X / 1.0, X),
    (0.0 / X, Number(0.0)),
    (X * 0.0 + 1.0, Number(1.0)),
    (total([X, Number(0.0), Y]), total([X, Y])),
    (total([Number(0.0), Number(0.0)]), Number(0.0)),
    (product([X, Number(1.0), Y]), product([X, Y])),
    (product([X, Number(0.0), Y]), Number(0.0)),
    (product([Number(1.0), Number(1.0)]), Number(1.0)),
    (apply("exp", X * 1.0) + 0.0, apply("exp", X)),
    # A setting of 1 is shown, one of 0 is switched off.
    (LETTER * X, LETTER * X),
    (Number(0.0, symbol="lambda") * X + Y, Y),
    (X + Y, X + Y),
    (Number(2.0) * X, Number(2.0) * X),
]
ATOMS = st.sampled_from([X, Y]) | st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5]).map(Number)


def grow(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    some = st.lists(terms, min_size=1, max_size=4)
    return (
        st.builds(apply, st.sampled_from(["add", "sub", "mul", "div", "max", "min", "greater"]), terms, terms)
        | st.builds(apply, st.sampled_from(["neg", "abs", "tanh", "sign"]), terms)
        | st.builds(lambda x, y, a, b: apply("where", apply("greater", x, y), a, b), terms, terms, terms, terms)
        | some.map(total)
        | some.map(product)
    )


TERMS = st.recursive(ATOMS, grow, max_leaves=15)
POINTS = st.fixed_dictionaries({"x": st.floats(-9, 9), "y": st.floats(-9, 9)})


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize(("term", "simpler"), SIMPLER, ids=str)
def test_what_changes_nothing_is_left_out(term: Term, simpler: Term) -> None:
    assert simplify(term) == simpler


@given(TERMS, POINTS)
def test_simplifying_never_changes_a_finite_value(term: Term, values: dict[str, float]) -> None:
    before = evaluate(term, lambda key: values[str(key)])
    after = evaluate(simplify(term), lambda key: values[str(key)])
    # What is no number, as 0 · ∞ and 0/0 are, may become one.
    if all_finite(term, values):
        assert before == after


def all_finite(term: Term, values: dict[str, float]) -> bool:
    if not math.isfinite(evaluate(term, lambda key: values[str(key)])):
        return False
    return not isinstance(term, Apply) or all(all_finite(argument, values) for argument in term.args)


@given(TERMS)
def test_simplifying_twice_is_simplifying_once(term: Term) -> None:
    once = simplify(term)

    assert simplify(once) == once


@given(TERMS)
def test_simplifying_brings_nothing_new(term: Term) -> None:
    assert set(references(simplify(term))) <= set(references(term))


@given(TERMS, POINTS)
def test_taking_branches_never_changes_a_value(term: Term, values: dict[str, float]) -> None:
    def value(part: Term) -> float:
        return evaluate(part, lambda key: values[str(key)])

    taken, conditions = take_branches(term, lambda condition: bool(value(condition)))

    assert same(value(taken), value(term))
    assert "where" not in operators(taken)
    assert all(bool(value(condition)) == held for condition, held in conditions)
    assert bool(conditions) == ("where" in operators(term))


def operators(term: Term) -> set[str]:
    if not isinstance(term, Apply):
        return set()
    return {term.operator, *(name for argument in term.args for name in operators(argument))}


def test_a_term_without_choices_is_left_as_it_is() -> None:
    term = apply("exp", X * Y) + 1.0

    assert take_branches(term, lambda condition: True) == (term, ())
    assert take_branches(term, lambda condition: True)[0] is term


@pytest.mark.parametrize("rule", [rule for rule in members(Activation).values() if issubclass(rule, Pointwise)])
@pytest.mark.parametrize("z", [-2.5, -0.0, 0.0, 1e-9, 0.7, 30.0])
def test_formulas_and_slopes_keep_their_values(rule: Callable[[], Pointwise], z: float) -> None:
    made = rule()
    a = made.formula(z)
    values = {"x": z, "y": a}
    for term, expected in (
        (made.in_letters().formula(X), a),
        (made.in_letters().slope(X, Y), made.slope(z, a)),
    ):
        assert evaluate(simplify(term), lambda key: values[str(key)]) == expected


@given(st.lists(ATOMS, min_size=2, max_size=9))
def test_a_chain_is_listed_from_left_to_right(operands: list[Term]) -> None:
    term = operands[0]
    for operand in operands[1:]:
        term = term + operand

    assert chain_of(term, ["add", "sum"]) == tuple(operands)
    assert chain_of(total(operands), ["add", "sum"]) == tuple(operands)


def test_a_chain_ends_where_another_operator_begins() -> None:
    assert chain_of(X + Y * X + 1.0, ["add"]) == (X, Y * X, Number(1.0))
    assert chain_of(X * Y, ["add"]) == (X * Y,)
    assert chain_of(X + (Y + X), ["add"]) == (X, Y + X)
