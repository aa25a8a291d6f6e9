"""Terms as assignments, and the functions that a script takes along from our own modules."""

import ast
import math
from types import ModuleType

import pytest

from backprop_cli.algebra import decimals, digits, operators
from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.functions import sqrt
from backprop_cli.algebra.term import Number, Ref, Term, total
from backprop_cli.render.arithmetic import Code
from backprop_cli.render.excerpts import excerpt, import_statements, names_in
from backprop_cli.render.statements import PORTION, assignment, statements


def long_sum(count: int) -> Term:
    return total([Ref(number) for number in range(count)])


def values(target: str, term: Term) -> dict[str, float]:
    """Work the statements of a term out, one after the other."""
    known: dict[str, float] = {}

    def value_of(key: object) -> float:
        return known[key.text] if isinstance(key, Code) else 0.1 * int(str(key))

    for each in statements(target, term, lambda suggestion: suggestion):
        known[each.target] = evaluate(each.term, value_of)
    return known


@pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 199, 200, 784, 3000])
def test_a_long_sum_is_worked_out_in_portions_from_left_to_right(count: int) -> None:
    term = long_sum(count)
    parts = list(statements("z", term, str))

    assert {part.target for part in parts} == {"z"}
    assert [part.final for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(len(getattr(part.term, "args", ())) <= PORTION + 1 for part in parts)
    assert values("z", term)["z"] == evaluate(term, lambda key: 0.1 * int(str(key)))


def test_a_long_sum_inside_something_else_has_a_variable_of_its_own() -> None:
    term = sqrt(long_sum(250)) + Number(1.0) * long_sum(3)
    found = values("length", term)

    assert found.keys() == {"length_sum", "length"}
    assert found["length"] == evaluate(term, lambda key: 0.1 * int(str(key)))
    assert found["length"] == math.sqrt(found["length_sum"]) + (0.0 + 0.1 + 0.2)


def test_a_long_assignment_is_folded_between_its_pieces() -> None:
    pieces = ["first_of_them", *(f" + another_{number:02}" for number in range(12))]
    text = assignment("z", pieces, "rounded", ("to_3_decimals",))

    assert max(map(len, text.splitlines())) <= 100
    assert text.splitlines()[0] == "z = rounded("
    assert text.splitlines()[-2:] == ["    to_3_decimals,", ")"]
    assert ast.unparse(ast.parse(text)) == f"z = rounded({''.join(pieces)}, to_3_decimals)"
    assert assignment("z", ["a", " + b"]) == "z = a + b"
    assert ast.unparse(ast.parse(assignment("z", pieces))) == f"z = {''.join(pieces)}"


@pytest.mark.parametrize(
    ("module", "names", "defined"),
    [
        (operators, ["exp"], ["exp"]),
        (operators, ["larger", "divide"], ["divide", "larger"]),
        (decimals, ["tanh"], ["ZERO", "DIGITS", "GUARDED", "context", "quietly", "guarded", "tanh"]),
        (digits, ["rounded"], ["_LEAST_SIGNIFICANT", "_ROUNDING", "Digits", "rounded", "_significant"]),
    ],
)
def test_an_excerpt_has_what_it_needs_and_nothing_else(
    module: ModuleType, names: list[str], defined: list[str]
) -> None:
    found = excerpt(module, names)
    code = "\n\n".join([*import_statements(found.imports), *found.definitions])
    space: dict[str, object] = {"__name__": "alone"}
    exec(compile(code, "excerpt", "exec"), space)  # noqa: S102  it is our own source

    assert set(defined) <= space.keys()
    assert not {"Operator", "OPERATORS", "DECIMALS", "erf", "written"} & space.keys()


def test_a_function_of_the_standard_library_is_imported() -> None:
    found = excerpt(operators, ["tanh", "erf", "cos"])

    assert import_statements(found.imports) == ["import math", "from math import erf, tanh"]
    assert len(found.definitions) == 1


def test_only_what_is_there_can_be_taken_out() -> None:
    assert {"exp", "math", "tanh"} <= names_in(operators)
    with pytest.raises(KeyError, match="logarithm"):
        excerpt(operators, ["logarithm"])
