"""Expressions: the tree that each stands for, Python's precedence, and what is said about slips."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra.term import Number, Ref, Term, apply
from backprop_cli.quantities.expressions import DEEPEST, LONGEST, MOST_OPERATIONS, read_expression
from backprop_cli.quantities.notation import LEAVING
from backprop_cli.quantities.parser import parse
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Derivative, Quantity, Variable
from backprop_cli.quantities.topology import BiasKind, LayerShape, Topology

NETWORK = Topology(1, (LayerShape(1, 1, BiasKind.NEURON), LayerShape(1, 1, BiasKind.NEURON)), state=("m",))
X, Y, YHAT, L = (Variable(symbol, None, (1,)) for symbol in ("x", "y", "yhat", "L"))
W1, W2, A2, Z3 = (
    Variable(symbol, layer, (1,) * n) for symbol, layer, n in (("w", 1, 2), ("w", 2, 2), ("a", 1, 1), ("z", 2, 1))
)
x, y, yhat, w1, w2, a2 = (Ref(key) for key in (X, Y, YHAT, W1, W2, A2))


def read(text: str) -> Quantity | Term:
    return read_expression(text, lambda name: parse(name, NETWORK, LEAVING))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("yhat - y", yhat - y),
        ("w2 * a2", w2 * a2),
        ("-dL/dz3", -Ref(Derivative(Variable("L"), Z3))),
        ("- dL/dz3", -Ref(Derivative(Variable("L"), Z3))),
        ("dL/dz3 / 2", Ref(Derivative(Variable("L"), Z3)) / 2),
        ("L@1 - L@2", Ref(Variable("L", sample=1)) - Ref(Variable("L", sample=2))),
        ("1 - x - y", (1 - x) - y),
        ("x / y / w1", (x / y) / w1),
        ("x - y * w1", x - (y * w1)),
        ("(x - y) * w1", (x - y) * w1),
        ("x * -y", x * -y),
        ("x - -y", x - -y),
        ("--x", apply("neg", -x)),
        ("-x ** 2", -(x**2)),
        ("(-x) ** 2", (-x) ** 2),
        ("-x * y", (-x) * y),
        ("2 ** -x", 2 ** (-x)),
        ("x ** y ** w1", x ** (y**w1)),
        ("exp(-x)", apply("exp", -x)),
        ("ln( x + 1 )", apply("ln", x + 1)),
        ("sqrt(abs(x))", apply("sqrt", apply("abs", x))),
        ("1 / (1 + exp(-z3))", 1 / (1 + apply("exp", -Ref(Z3)))),
        ("0.5", Number(0.5)),
        ("1e-4", Number(1e-4)),
        ("1E+2", Number(100.0)),
        (".5", Number(0.5)),
        ("2.", Number(2.0)),
        ("-3", -Number(3.0)),
        ("x\t+\ny", x + y),
    ],
)
def test_an_expression_is_read_as_python_reads_it(text: str, term: Term) -> None:
    assert read(text) == term


@pytest.mark.parametrize("text", ["w2", "(w2)", " w2 ", "((w2))"])
def test_a_bare_name_is_that_quantity(text: str) -> None:
    assert read(text) == W2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yhat-y", "'yhat-y': put spaces around '-'"),
        ("yhat -y", "'yhat -y': put spaces around '-'"),
        ("yhat- y", "'yhat- y': put spaces around '-'"),
        ("w2*a2", "'w2*a2': put spaces around '*'"),
        ("a2**2", "'a2**2': put spaces around '**'"),
        ("(x)+(y)", "'(x)+(y)': put spaces around '+'"),
        ("1/2", "'1/2': put spaces around '/'"),
        ("w5+", "'w5': there is no w5; w has layers 1 to 2"),
        ("x / y/w1", "'y/w1': a derivative is written dTOP/dBOTTOM; to divide in an expression, put spaces around '/'"),
        ("x/y", "'x/y': a derivative is written dTOP/dBOTTOM; to divide in an expression, put spaces around '/'"),
        ("x/ y", "'x/': a derivative is written dTOP/dBOTTOM; to divide in an expression, put spaces around '/'"),
        ("2 x", "'2 x': an operator is missing before 'x'"),
        ("2x", "'2x': an operator is missing before 'x'"),
        ("x (y)", "'x (y)': 'x' is not a function; there are exp, ln, sqrt, abs"),
        ("log(x)", "'log(x)': 'log' is not a function; there are exp, ln, sqrt, abs"),
        ("1 + exp", "'1 + exp': exp is a function and takes brackets, as in exp(z)"),
        ("x +", "'x +': a name or a number is missing at the end"),
        ("  ", "'  ': a name or a number is missing at the end"),
        ("x + * y", "'x + * y': a name or a number is missing where '*' stands"),
        ("+ x", "'+ x': a name or a number is missing where '+' stands"),
        ("exp()", "'exp()': a name or a number is missing where ')' stands"),
        ("(x", "'(x': a bracket is not closed"),
        ("(x y)", "'(x y)': an operator is missing before 'y'"),
        ("x)", "'x)': a bracket is closed that was not opened"),
        ("x ^ 2", "'x ^ 2': '^' has no place in an expression; write '**'"),
        ("x × y", "'x × y': '×' has no place in an expression; write '*'"),
        ("−x", "'−x': '−' has no place in an expression; write '-'"),
        ("[x + y]", "'[x + y]': '[' has no place in an expression; write '('"),
        ("x + $", "'x + $': '$' has no place in an expression"),
        ("x % y", "'x % y': '%' has no place in an expression"),
        ("1e999 * x", "'1e999 * x': '1e999' is too large a number"),
        ("yhat_2 - y", "'yhat_2': the index of yhat is the output (only 1), not 2"),
        ("2 * dl/dw1", "'dl/dw1': no such quantity; did you mean 'dL/dw1'?"),
    ],
)
def test_the_message_says_what_to_change(text: str, message: str) -> None:
    with pytest.raises(NameProblem) as caught:
        read(text)

    assert str(caught.value) == message


def test_nesting_is_limited() -> None:
    deepest = "(" * DEEPEST + "x" + ")" * DEEPEST

    assert read(deepest) == X
    for text in (f"({deepest})", "-" * (DEEPEST + 1) + "x", " ** ".join(["x"] * (DEEPEST + 2)), "exp(" * 400):
        with pytest.raises(NameProblem, match=f"an expression is nested at most {DEEPEST} deep$"):
            read(text)


def test_length_is_limited() -> None:
    with pytest.raises(NameProblem, match=f"an expression has at most {LONGEST} characters$"):
        read("x + " * LONGEST + "x")


def test_the_number_of_operations_is_limited() -> None:
    longest = " + ".join(["x"] * (MOST_OPERATIONS + 1))

    assert isinstance(read(longest), Term)
    with pytest.raises(NameProblem, match=f"an expression has at most {MOST_OPERATIONS} operations"):
        read(f"{longest} + x")


NAMES: dict[str, Term] = {"x_1": x, "yhat_1": yhat, "w1_1_1": w1}
NUMBER = re.compile(r"(?<!\w)[0-9][0-9.e-]*")


def texts() -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        infix = st.sampled_from(["+", "-", "*", "/", "**"])
        return st.one_of(
            st.builds("{} {} {}".format, inner, infix, inner),
            st.builds("({})".format, inner),
            st.builds("-{}".format, inner),
            st.builds("abs({})".format, inner),
        )

    return st.recursive(st.sampled_from([*NAMES, "2", "0.25", "1e-1"]), grow, max_leaves=12)


@given(texts())
def test_operators_bind_as_in_python(text: str) -> None:
    def absolute(term: Term) -> Term:
        return apply("abs", term)

    lifted = NUMBER.sub(lambda match: f"Number({match[0]})", text)
    expected = eval(lifted, {"Number": lambda value: Number(float(value)), "abs": absolute}, NAMES)  # noqa: S307

    assert read(text) == (expected.key if isinstance(expected, Ref) else expected)


@given(st.text("xyzwLd12 ()+-*/@:_.e^\t", max_size=60) | st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(NameProblem):
        assert isinstance(read(text), Term | Quantity)
