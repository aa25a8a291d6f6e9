"""Terms in LaTeX and MathML: brackets where precedence asks for them, and pieces that a line may be broken between."""

import re
from xml.etree import ElementTree as ET

import pytest

from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.operators import OPERATORS
from backprop_cli.algebra.term import Apply, Number, Ref, Term, apply, product, total
from backprop_cli.quantities.quantity import RunningIndex
from backprop_cli.render.forms import ATOM, POWER, Piece
from backprop_cli.render.notation import LATEX, MATHML, Notation
from backprop_cli.render.numbers import write_number
from backprop_cli.render.sheet_html import SPOKEN
from backprop_cli.render.symbols import LatexScript, MathmlScript, Parts, Script
from backprop_cli.render.telling import _as_piece
from backprop_cli.render.typeset import Typesetter
from backprop_cli.render.widths import MEASURED

A, B, C, D = (Ref(letter) for letter in "abcd")
W = Ref("w")
TEN = total([Ref(letter) for letter in "abcdefghij"])
FIVE = total([Ref(letter) for letter in "abcde"])


def call(name: str, *operands: Term | float) -> Apply:
    return apply(name, *operands)


def typesetter(notation: Notation) -> Typesetter:
    def leaf(node: Number | Ref) -> Piece:
        if isinstance(node, Number):
            return _as_piece(write_number(node.value, Digits()), notation)
        letter = f"<mi>{node.key}</mi>" if notation is MATHML else str(node.key)
        return Piece(letter, POWER if node.key == "w" else ATOM)

    return Typesetter(notation, leaf)


def plain(mathml: str) -> str:
    """Give the text of MathML, fractions and powers with signs; it is well-formed XML."""
    root = ET.fromstring(f"<math>{mathml}</math>")  # noqa: S314  it is our own
    for element in root.iter():
        if element.tag == "mfrac":
            element[0].tail = "÷"
        if element.tag == "msup":
            element[0].tail = "^"
    return "".join(root.itertext()).replace("\u00a0", " ")


TABLE: list[tuple[Term, str, str]] = [
    (A + B - C, "a + b - c", "a+b−c"),
    (A - (B - C), r"a - \left(b - c\right)", "a−(b−c)"),
    (A + Number(-0.5), r"a + \left(-0.5\right)", "a+(−0.5)"),
    (-(A + B), r"-\left(a + b\right)", "−(a+b)"),
    (-A * B, r"\left(-a\right) \cdot b", "(−a)·b"),
    (A * (B + C), r"a \cdot \left(b + c\right)", "a·(b+c)"),
    ((A + B) / (C * D), r"\frac{a + b}{c \cdot d}", "a+b÷c·d"),
    ((A / B) ** 2, r"\left(\frac{a}{b}\right)^{2}", "(a÷b)^2"),
    (A / B * C, r"\frac{a}{b} \cdot c", "a÷b·c"),
    (W**2, r"\left(w\right)^{2}", "(w)^2"),
    (A ** (B + C), "a^{b + c}", "a^b+c"),
    (call("exp", -A), "e^{-a}", "e^−a"),
    (call("exp", A) ** 2, r"\left(e^{a}\right)^{2}", "(e^a)^2"),
    (call("expm1", A) * B, r"\left(e^{a} - 1\right) \cdot b", "(e^a−1)·b"),
    (call("ln", A), r"\ln\!\left(a\right)", "ln(a)"),
    (call("log1p", A + B), r"\ln\!\left(1 + \left(a + b\right)\right)", "ln(1+(a+b))"),
    (call("sqrt", A + B), r"\sqrt{a + b}", "a+b"),
    (call("abs", A - B), r"\left\lvert a - b \right\rvert", "|a−b|"),
    (call("sign", A), r"\mathrm{sign}\!\left(a\right)", "sign(a)"),
    (call("max", A, 0.0), r"\max\!\left(a, 0\right)", "max(a,0)"),
    (call("sum_over", Ref(RunningIndex("i")), A * B), r"\sum_{i} a \cdot b", "∑ia·b"),
    (call("sum_over", Ref(RunningIndex("i")), A + B), r"\sum_{i} \left(a + b\right)", "∑i(a+b)"),
    (
        call("where", call("greater", A, 0.0), B, C),
        r"\begin{cases} b & \text{if } a > 0 \\ c & \text{else} \end{cases}",
        "{bif a>0celse",
    ),
    (Number(-1.5e-10), r"-1.5 \cdot 10^{-10}", "−1.5·10^−10"),
    (A * Number(1.5e-10), r"a \cdot \left(1.5 \cdot 10^{-10}\right)", "a·(1.5·10^−10)"),
]


@pytest.mark.parametrize(("term", "latex", "mathml"), TABLE)
def test_a_term_has_the_brackets_it_needs(term: Term, latex: str, mathml: str) -> None:
    assert typesetter(LATEX).write(term) == latex
    assert plain(typesetter(MATHML).write(term)) == mathml


PIECES: list[tuple[Term, list[str]]] = [
    (A + B * C, ["a", r" + b \cdot c"]),
    (A / B, [r"\frac{a}{b}"]),
    (TEN, ["a", " + b", " + c", r" + \underbrace{\cdots}_{\text{5 more}}", " + i", " + j"]),
    (FIVE / 5.0, [r"\bigl(a", " + b", " + c", " + d", r" + e\bigr)", " / 5"]),
    (FIVE / (A + B), [r"\bigl(a", " + b", " + c", " + d", r" + e\bigr)", r" / \left(a + b\right)"]),
    (call("sqrt", FIVE), [r"\bigl(a", " + b", " + c", " + d", r" + e\bigr)^{1/2}"]),
    (-FIVE, [r"-\bigl(a", " + b", " + c", " + d", r" + e\bigr)"]),
    (A * FIVE, ["a", r" \cdot \bigl(a", " + b", " + c", " + d", r" + e\bigr)"]),
    (product([A, B + C]), ["a", r" \cdot \left(b + c\right)"]),
]


@pytest.mark.parametrize(("term", "pieces"), PIECES)
def test_long_operands_come_in_pieces(term: Term, pieces: list[str]) -> None:
    assert typesetter(LATEX).pieces(term) == pieces


@pytest.mark.parametrize("notation", [LATEX, MATHML, MEASURED, SPOKEN], ids=lambda notation: notation.name)
@pytest.mark.parametrize("term", [term for term, *_ in [*TABLE, *PIECES]])
def test_all_notations_that_are_read_side_by_side_have_the_same_pieces(term: Term, notation: Notation) -> None:
    assert len(typesetter(notation).pieces(term)) == len(typesetter(LATEX).pieces(term))


@pytest.mark.parametrize("notation", [LATEX, MATHML], ids=lambda notation: notation.name)
def test_every_operator_has_its_form(notation: Notation) -> None:
    assert notation.forms.keys() == OPERATORS.keys()


def test_latex_has_nothing_that_github_refuses_or_that_ends_a_cell() -> None:
    for term, latex, _ in TABLE:
        assert "|" not in latex, term
        assert not re.search(r"\\(operatorname|mbox|phantom)", latex)


SYMBOLS: list[tuple[Parts, str, str]] = [
    (Parts("w"), "w", "w"),
    (Parts("w", "1", ("2", "10")), "w^{(1)}_{2,10}", "w2,10(1)"),
    (Parts("w", "1", ("2", "3"), "new"), r"w^{(1)}_{2,3,\text{new}}", "w2,3,new(1)"),
    (Parts("z", "2", ("1",), sample="3"), "z^{(2)[3]}_{1}", "z1(2)[3]"),
]


@pytest.mark.parametrize(("parts", "latex", "mathml"), SYMBOLS)
def test_a_symbol_has_its_layer_above_and_its_indices_below(parts: Parts, latex: str, mathml: str) -> None:
    assert LatexScript().symbol(parts).text == latex
    letter = MathmlScript().letter(parts.letter)
    in_mathml = Parts(letter, parts.layer, parts.indices, parts.mark, parts.sample)
    assert plain(MathmlScript().symbol(in_mathml).text) == mathml


@pytest.mark.parametrize(
    ("script", "word", "text"),
    [
        (LatexScript(), "yhat", r"\hat{y}"),
        (LatexScript(), "mhat", r"\hat{m}"),
        (LatexScript(), "beta1", r"\beta_{1}"),
        (LatexScript(), "π", r"\pi"),
        (LatexScript(), "negative_slope", r"\mathit{negative\_slope}"),
        (MathmlScript(), "beta1", "<msub><mi>β</mi><mn>1</mn></msub>"),
        (MathmlScript(), "yhat", '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
    ],
)
def test_letters_look_as_in_a_book(script: Script, word: str, text: str) -> None:
    assert script.letter(word) == text


def test_a_change_is_no_base_of_a_power() -> None:
    assert LatexScript().change("w").binds < ATOM
    assert MathmlScript().change("<mi>w</mi>").binds < ATOM
