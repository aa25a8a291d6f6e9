"""Terms as Python give, bit for bit, what they give when they are evaluated."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.python import Program, actions
from backprop_cli.algebra.term import Apply, Number, Ref, Term, product, total

NAMES = ("a", "b", "c")
NUMBERS = st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.0, -1.5, 3.0, 1e-300, 1e200, 710.0, -745.5])
OPERATIONS = sorted(name for name in OPERATORS if name != "sum_over")


@st.composite
def applied(draw: st.DrawFn, children: st.SearchStrategy[Term]) -> Term:
    name = draw(st.sampled_from(OPERATIONS))
    arity = OPERATORS[name].arity or draw(st.integers(1, 4))
    return Apply(name, tuple(draw(children) for _ in range(arity)))


TERMS = st.recursive(st.sampled_from(NAMES).map(Ref) | NUMBERS.map(Number), applied, max_leaves=12)


def run(definitions: list[tuple[str, Term]], given: dict[str, float], *, careful: bool) -> dict[str, float]:
    """Run the program of some definitions, and give the value of each."""
    program = Program(definitions, careful=careful)
    names: dict[str, Any] = dict(actions(careful=careful))
    names |= {program.name(key): value for key, value in given.items()}
    exec("\n".join(program.lines), names)  # noqa: S102  the test's own
    return {key: eval(program.value(key), names) for key, _ in definitions}  # noqa: S307  the same


def same(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or (
        one == other and math.copysign(1, one) == math.copysign(1, other)
    )


@given(st.lists(TERMS, min_size=1, max_size=5), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_a_program_gives_what_its_terms_give(terms: list[Term], numbers: tuple[float, ...]) -> None:
    given = dict(zip(NAMES, numbers, strict=True))
    expected: dict[Any, float] = dict(given)
    definitions = []
    for at, term in enumerate(terms):
        # Each may use those before it.
        whole = term if not at else Apply("add", (term, Ref(f"t{at - 1}")))
        definitions.append((f"t{at}", whole))
        expected[f"t{at}"] = evaluate(whole, expected.__getitem__)

    found = run(definitions, given, careful=True)
    assert all(same(found[key], expected[key]) for key in found)
    try:
        fast = run(definitions, given, careful=False)
    except (ArithmeticError, ValueError):
        return
    assert all(same(fast[key], expected[key]) for key in fast)


@pytest.mark.parametrize(
    ("definitions", "lines"),
    [
        ({"z": Ref("w") * Ref("x") + Ref("b")}, ["v0 = (v1 * v2) + v3"]),
        ({"z": total([Ref("a"), Ref("b"), Ref("c")])}, ["v0 = (v1 + v2) + v3"]),
        # Another name for something, or a number, is no line.
        ({"d": Ref("w"), "e": Number(1.0), "g": product([Ref("u"), Ref("d"), Ref("e")])}, ["v0 = v1 * v2"]),
        # What two products begin with is worked out once.
        (
            {"g": product([Ref("a"), Ref("b"), Ref("c")]), "h": product([Ref("a"), Ref("b"), Ref("d")])},
            ["v2 = v0 * v1", "v3 = v2 * v4", "v5 = v2 * v6"],
        ),
        ({"g": Ref("a") * Ref("b"), "h": Ref("a") * Ref("b")}, ["v0 = v1 * v2"]),
        ({"a": 1.0 / (1.0 + Apply("exp", (-Ref("z"),)))}, ["v0 = 1.0 / (1.0 + exp((-v1)))"]),
        ({"a": Ref("x") * -2.0}, ["v0 = v1 * (-2.0)"]),
    ],
)
def test_a_program_says_nothing_twice(definitions: dict[str, Term], lines: list[str]) -> None:
    def renamed(statements: list[str]) -> list[str]:
        """Number names by where they are met first."""
        known: dict[str, str] = {}
        return ["".join(_words(statement, known)) for statement in statements]

    assert renamed(Program(definitions.items()).lines) == renamed(lines)


def _words(statement: str, known: dict[str, str]) -> list[str]:
    import re

    return [
        known.setdefault(word, f"n{len(known)}") if word.startswith("v") else word
        for word in re.split(r"(v\d+)", statement)
    ]
