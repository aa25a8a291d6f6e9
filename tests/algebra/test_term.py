"""Terms: trees built by Python's own operators, compared by shape, evaluated as a person would work."""

import math
from dataclasses import FrozenInstanceError

import pytest

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, lift, references

A, B, C = Ref("a"), Ref("b"), Ref("c")
VALUES = {"a": 3.0, "b": 2.0, "c": 0.5}


def value(term: Term) -> float:
    return evaluate(term, lambda key: VALUES[str(key)])


BUILT = [
    (A + B, apply("add", A, B), 5.0),
    (A + 1, apply("add", A, Number(1.0)), 4.0),
    (1 + A, apply("add", Number(1.0), A), 4.0),
    (A - B, apply("sub", A, B), 1.0),
    (A - 1, apply("sub", A, Number(1.0)), 2.0),
    (1 - A, apply("sub", Number(1.0), A), -2.0),
    (A * B, apply("mul", A, B), 6.0),
    (2 * A, apply("mul", Number(2.0), A), 6.0),
    (A * 2, apply("mul", A, Number(2.0)), 6.0),
    (A / B, apply("div", A, B), 1.5),
    (6 / A, apply("div", Number(6.0), A), 2.0),
    (A / 2, apply("div", A, Number(2.0)), 1.5),
    (A**B, apply("pow", A, B), 9.0),
    (A**2, apply("pow", A, Number(2.0)), 9.0),
    (2**A, apply("pow", Number(2.0), A), 8.0),
    (-A, apply("neg", A), -3.0),
    (-(A**2), apply("neg", apply("pow", A, 2)), -9.0),
    (A - B - C, apply("sub", apply("sub", A, B), C), 0.5),
    (A / B / C, apply("div", apply("div", A, B), C), 3.0),
    (A * (1 - A), apply("mul", A, apply("sub", 1, A)), -6.0),
    (apply("exp", -C), Apply("exp", (Apply("neg", (C,)),)), math.exp(-0.5)),
    (apply("where", 1.0, A, B), Apply("where", (Number(1.0), A, B)), 3.0),
]


@pytest.mark.parametrize(("built", "tree", "expected"), BUILT)
def test_operators_build_the_tree_of_the_formula(built: Term, tree: Term, expected: float) -> None:
    assert built == tree
    assert hash(built) == hash(tree)
    assert value(built) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (A / (B - 2), math.inf),
        (-A / (B - 2), -math.inf),
        (apply("ln", B - A), math.nan),
        (apply("exp", A * 1e9), math.inf),
    ],
)
def test_what_has_no_finite_value_is_not_an_error(term: Term, expected: float) -> None:
    assert value(term) == pytest.approx(expected, nan_ok=True)


def test_a_formula_written_for_floats_gives_its_own_tree() -> None:
    def slope(a: Term) -> Term:
        return a * (1 - a)

    assert slope(A) == apply("mul", A, apply("sub", 1.0, A))


def test_terms_are_evaluated_from_left_to_right() -> None:
    asked: list[object] = []
    term = (A - B) * (C + A) ** B

    def ask(key: object) -> float:
        asked.append(key)
        return 1.0

    evaluate(term, ask)

    assert asked == ["a", "b", "c", "a", "b"]
    assert evaluate(Number(0.1) + 0.2 + 0.3, lambda _: 0.0) == (0.1 + 0.2) + 0.3


def test_references_come_from_left_to_right_with_repeats() -> None:
    term = A * B + apply("exp", -(A / C)) - 2

    assert list(references(term)) == ["a", "b", "a", "c"]
    assert list(references(Number(1.0))) == []


def test_a_sum_over_many_inputs_is_no_deeper_than_python_allows() -> None:
    total = sum((Ref(i) * Ref(-i) for i in range(1, 5000)), start=lift(0.0))

    assert evaluate(total, lambda key: 1.0 if int(str(key)) > 0 else 2.0) == 2.0 * 4999
    assert len(list(references(total))) == 2 * 4999


def test_a_role_is_no_part_of_what_a_term_is() -> None:
    slope = apply("mul", A, B).with_role("slope")

    assert (slope.role, slope.operator, slope.args) == ("slope", "mul", (A, B))
    assert slope == A * B
    assert hash(slope) == hash(A * B)
    assert Ref("b", role="bias") == B
    assert Number(1.0).with_role("constant") == Number(1.0)


def test_terms_of_different_kinds_or_shapes_differ() -> None:
    terms = [A, B, Number(1.0), A + B, B + A, A - B, -A, A + B + C, A + (B + C)]

    assert len(set(terms)) == len(terms)


def test_numbers_are_lifted_and_terms_kept() -> None:
    lifted = lift(2)

    assert lift(A) is A
    assert lifted == Number(2.0)
    assert isinstance(lifted, Number)
    assert isinstance(lifted.value, float)


def test_a_wrong_number_of_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^add takes 2 arguments$"):
        Apply("add", (A,))
    with pytest.raises(TypeError, match=r"^sum takes one or more arguments$"):
        Apply("sum", ())


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        A.key = "b"  # type: ignore[misc]
