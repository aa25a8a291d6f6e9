"""Terms as text: brackets where precedence asks for them, and nowhere else."""

import math
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.algebra import operators
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.evaluation import evaluate
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, product, total
from backprop_cli.quantities.quantity import RunningIndex
from backprop_cli.render.forms import ATOM, POWER, SIGNED, SUM, Piece
from backprop_cli.render.notation import PYTHON, PYTHON_WITHOUT_ERRORS, UNICODE, Notation
from backprop_cli.render.numbers import write_number
from backprop_cli.render.telling import _as_piece
from backprop_cli.render.typeset import Typesetter

A, B, C, D = (Ref(letter) for letter in "abcd")
# References that look like w¹, and like ∂L/∂z.
W, SLOPE = Ref("w¹"), Ref("∂L/∂z")
HOW_TIGHTLY = {"w¹": POWER, "∂L/∂z": SIGNED}


def in_unicode(leaf: Number | Ref) -> Piece:
    if isinstance(leaf, Ref):
        return Piece(str(leaf.key), HOW_TIGHTLY.get(str(leaf.key), ATOM))
    return Piece(leaf.symbol) if leaf.symbol else _as_piece(write_number(leaf.value, Digits()), UNICODE)


def in_python(leaf: Number | Ref) -> Piece:
    if isinstance(leaf, Ref):
        return Piece(str(leaf.key))
    text = repr(leaf.value)
    return Piece(text, SIGNED if text.startswith("-") else ATOM)


def n(value: float) -> Number:
    return Number(value)


def call(name: str, *operands: Term | float) -> Apply:
    return apply(name, *operands)


POSITIVE = call("greater", A, 0.0)
CHOICE = call("where", POSITIVE, A, B)
TEN = total([Ref(f"x{number}") for number in range(1, 11)])
# What no line of a script has is not written in Python.
TABLE: list[tuple[Term, str, str | None]] = [
    (A, "a", "a"),
    (n(-0.5), "−0.5", "-0.5"),
    # sums
    (A + B + C, "a + b + c", "a + b + c"),
    (A - B - C, "a − b − c", "a - b - c"),
    (A - (B - C), "a − (b − c)", "a - (b - c)"),
    (A + (B + C), "a + (b + c)", "a + (b + c)"),
    (total([A, B + C, -D]), "a + (b + c) − d", "a + (b + c) - d"),
    (total([A + B, C]), "a + b + c", "a + b + c"),
    (A + -B, "a − b", "a - b"),
    (A - -B, "a − (−b)", "a - -b"),
    (A + n(-0.5), "a + (−0.5)", "a + -0.5"),
    (n(-0.5) + A, "−0.5 + a", "-0.5 + a"),
    (-A + B, "−a + b", "-a + b"),
    (-(A + B), "−(a + b)", "-(a + b)"),
    (call("neg", -A), "−(−a)", "--a"),
    # products
    (A * B * C, "a · b · c", "a * b * c"),
    (A * (B * C), "a · (b · c)", "a * (b * c)"),
    (product([A, B + C, D]), "a · (b + c) · d", "a * (b + c) * d"),
    (n(-0.5) * A, "(−0.5) · a", "-0.5 * a"),
    (A * n(-0.5), "a · (−0.5)", "a * -0.5"),
    (-A * B, "(−a) · b", "-a * b"),
    (-(A * B), "−a · b", "-(a * b)"),
    (SLOPE * W, "∂L/∂z · w¹", None),
    # quotients
    (A / B, "a / b", "a / b"),
    (A / B / C, "a / b / c", "a / b / c"),
    (A / (B / C), "a / (b / c)", "a / (b / c)"),
    (A / (B * C), "a / (b · c)", "a / (b * c)"),
    (A * B / C, "a · b / c", "a * b / c"),
    (A * (B / C), "a · (b / c)", "a * (b / c)"),
    (A / B * C, "a / b · c", "a / b * c"),
    ((A + B) / (A - B), "(a + b) / (a − b)", "(a + b) / (a - b)"),
    (A / -B, "a / (−b)", "a / (-b)"),
    (A / SLOPE, "a / (∂L/∂z)", None),
    (1 / (1 + call("exp", -A)), "1 / (1 + e^(−a))", "1.0 / (1.0 + exp(-a))"),
    # powers
    (A**2, "a²", "a ** 2"),
    (A**3, "a³", "a ** 3"),
    (A**0.5, "a^0.5", "power(a, 0.5)"),
    (A**-1, "a⁻¹", "power(a, -1.0)"),
    (A ** n(-0.5), "a^(−0.5)", "power(a, -0.5)"),
    (A ** (B + C), "a^(b + c)", "power(a, b + c)"),
    ((A + B) ** 2, "(a + b)²", "(a + b) ** 2"),
    ((A**2) ** 2, "(a²)²", "(a ** 2) ** 2"),
    (A ** (B**2), "a^(b²)", "power(a, b ** 2)"),
    ((-A) ** 2, "(−a)²", "(-a) ** 2"),
    (-(A**2), "−a²", "-a ** 2"),
    (n(-0.5) ** 2, "(−0.5)²", "(-0.5) ** 2"),
    (W**2, "(w¹)²", None),
    (SLOPE**2, "(∂L/∂z)²", None),
    (0.5 * (A - B) ** 2, "0.5 · (a − b)²", "0.5 * (a - b) ** 2"),
    (1 - Number(0.9, symbol="β₁") ** Number(2.0, symbol="t"), "1 − β₁^t", None),
    # numbers with a power of ten
    (n(2e-7) * A, "2×10⁻⁷ · a", "2e-07 * a"),
    (A * n(2e-7), "a · (2×10⁻⁷)", "a * 2e-07"),
    (A / n(2e-7), "a / (2×10⁻⁷)", "a / 2e-07"),
    (n(2e-7) ** 2, "(2×10⁻⁷)²", "2e-07 ** 2"),
    (A + n(-2e-7), "a + (−2×10⁻⁷)", "a + -2e-07"),
    (n(1e-8) + A, "1×10⁻⁸ + a", "1e-08 + a"),
    # functions
    (call("sqrt", A + B), "√(a + b)", "sqrt(a + b)"),
    (call("expm1", A), "e^(a) − 1", "expm1(a)"),
    (A * call("expm1", B), "a · (e^(b) − 1)", "a * expm1(b)"),
    (call("log1p", call("exp", -call("abs", A))), "ln(1 + e^(−|a|))", "log1p(exp(-abs(a)))"),
    (call("log1p", n(-0.5)), "ln(1 + (−0.5))", "log1p(-0.5)"),
    (call("log1p", A + B), "ln(1 + (a + b))", "log1p(a + b)"),
    (call("floor", A / B), "⌊a / b⌋", "floor(a / b)"),
    (call("sign", A) * B, "sign(a) · b", "sign(a) * b"),
    (call("max", call("max", A, B), C), "max(a, b, c)", "larger(a, b, c)"),
    (call("max", A, call("max", B, C)), "max(a, max(b, c))", "larger(a, larger(b, c))"),
    (call("min", call("max", A, B), C), "min(max(a, b), c)", "smaller(larger(a, b), c)"),
    # choices
    (CHOICE, "a if a > 0, else b", "a if a > 0.0 else b"),
    (C * CHOICE, "c · (a if a > 0, else b)", "c * (a if a > 0.0 else b)"),
    (C + CHOICE, "c + (a if a > 0, else b)", "c + (a if a > 0.0 else b)"),
    (call("exp", CHOICE), "e^(a if a > 0, else b)", "exp(a if a > 0.0 else b)"),
    (
        call("where", POSITIVE, C, CHOICE),
        "c if a > 0, else (a if a > 0, else b)",
        "c if a > 0.0 else (a if a > 0.0 else b)",
    ),
    (
        call("where", CHOICE, C, D),
        "c if (a if a > 0, else b), else d",
        "c if (a if a > 0.0 else b) else d",
    ),
    (
        call("where", call("greater", A + B, -C), A - B, -C),
        "a − b if a + b > −c, else −c",
        "a - b if a + b > -c else -c",
    ),
    (POSITIVE + B, "(a > 0) + b", "greater(a, 0.0) + b"),
    # long sums, and sums over an index
    (
        TEN,
        "x1 + x2 + x3 + … 5 more … + x9 + x10",
        "x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10",
    ),
    (
        TEN / 10,
        "(x1 + x2 + x3 + … 5 more … + x9 + x10) / 10",
        "(x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10) / 10.0",
    ),
    (call("sum_over", Ref(RunningIndex("i")), A * B) + C, "Σi a · b + c", None),
    (call("sum_over", Ref(RunningIndex("i")), A + B), "Σi (a + b)", None),
    (call("sum_over", Ref(RunningIndex("i")), A) / n(4.0), "(Σi a) / 4", None),
    (D * call("sum_over", Ref(RunningIndex("i")), A), "d · (Σi a)", None),
]


@pytest.mark.parametrize(("term", "text"), [(term, text) for term, text, _ in TABLE])
def test_a_term_has_the_brackets_it_needs_in_unicode(term: Term, text: str) -> None:
    assert Typesetter(UNICODE, in_unicode).write(term) == text


@pytest.mark.parametrize(("term", "text"), [(term, text) for term, _, text in TABLE if text is not None])
def test_a_term_has_the_brackets_it_needs_in_python(term: Term, text: str) -> None:
    assert Typesetter(PYTHON, in_python).write(term) == text


@pytest.mark.parametrize("notation", [UNICODE, PYTHON])
def test_pieces_make_up_the_text(notation: Notation) -> None:
    for term, _, text in TABLE:
        if text is not None:
            leaf = in_unicode if notation is UNICODE else in_python
            typesetter = Typesetter(notation, leaf)
            assert "".join(typesetter.pieces(term)) == typesetter.write(term)


@pytest.mark.parametrize(
    ("count", "shown"), [(8, "x7"), (9, "… 4 more …"), (784, "… 779 more …"), (1205, "… 1,200 more …")]
)
def test_a_long_sum_says_how_many_summands_it_leaves_out(count: int, shown: str) -> None:
    text = Typesetter(UNICODE, in_unicode).write(total([Ref(f"x{number}") for number in range(1, count + 1)]))

    assert shown in text
    assert text.endswith(f"x{count - 1} + x{count}")
    assert ("more" in text) == (count > 8)


def test_a_chain_of_any_length_is_written() -> None:
    longest = A
    for number in range(3000):
        longest = call("max", longest, Ref(f"x{number}"))  # type: ignore[assignment]

    assert Typesetter(UNICODE, in_unicode).write(longest).startswith("max(a, x0, x1, ")


VALUES = {"a": 0.3, "b": -0.7, "c": 2.5, "d": -0.0, "e": 1e-300, "f": 1e200, "g": math.inf}
LEAVES = st.one_of(
    st.sampled_from(sorted(VALUES)).map(Ref),
    st.one_of(st.sampled_from([0.0, -0.0, 1.0, 2.0, 3.0, 0.5, -2.0, 1e-8, -1e300]), st.floats(allow_nan=False)).map(n),
)


def applied(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    """Give terms with one more operator around others; powers often have the exponents that formulas have."""

    def of(name: str) -> st.SearchStrategy[Term]:
        arity = OPERATORS[name].arity
        if arity is None:
            return st.lists(inner, min_size=1, max_size=12).map(lambda args: Apply(name, tuple(args)))
        return st.tuples(*[inner] * arity).map(lambda args: Apply(name, args))

    squared = st.tuples(inner, st.sampled_from([2.0, 3.0, -1.0, 0.5]).map(n)).map(lambda args: Apply("pow", args))
    return st.one_of(squared, st.sampled_from([name for name in OPERATORS if name != "sum_over"]).flatmap(of))


TERMS = st.recursive(LEAVES, applied, max_leaves=25)
FUNCTIONS = {name: getattr(operators, name) for name in operators.__dict__ if name.islower() and name[0] != "_"}


def bits(value: float) -> bytes:
    return b"nan" if math.isnan(value) else struct.pack("d", value)


def run(text: str) -> float:
    return float(eval(text, {"__builtins__": {"abs": abs}}, {**FUNCTIONS, **VALUES, "inf": math.inf}))  # noqa: S307


def text_in(notation: Notation, leaf: Callable[[Number | Ref], Piece], term: Term) -> str:
    return Typesetter(notation, leaf).write(term)


@given(term=TERMS)
def test_python_text_has_the_value_of_the_term_bit_for_bit(term: Term) -> None:
    value = evaluate(term, lambda key: VALUES[str(key)])
    careful = run(text_in(PYTHON_WITHOUT_ERRORS, in_python, term))

    assert bits(careful) == bits(value)
    try:
        plain = run(text_in(PYTHON, in_python, term))
    except ArithmeticError:
        # Python's own operators raise where IEEE 754 has an answer; a script is written without them then.
        return
    assert bits(plain) == bits(value)


@given(term=TERMS)
def test_pieces_of_a_term_make_up_its_text(term: Term) -> None:
    for notation, leaf in ((UNICODE, in_unicode), (PYTHON, in_python)):
        assert "".join(Typesetter(notation, leaf).pieces(term)) == text_in(notation, leaf, term)


@given(term=TERMS)
def test_text_in_a_tighter_place_differs_by_brackets_alone(term: Term) -> None:
    typesetter = Typesetter(UNICODE, in_unicode)
    text = typesetter.write(term)

    assert typesetter.write(term, ATOM) in {text, f"({text})"}
    assert typesetter.write(term, SUM) in {text, f"({text})"}
