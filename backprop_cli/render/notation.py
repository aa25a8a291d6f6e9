"""Tables of notation: how operators, letters and numbers look in Unicode, LaTeX and MathML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop_cli.render.forms import (
    ATOM,
    LOOSEST,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Added,
    Around,
    Form,
    Joined,
    Listed,
    Raised,
)

_CHAINS = ("mul", "product")
# Greek letters that settings and quantities are called by, with the names that LaTeX has for them.
GREEK: Mapping[str, tuple[str, str]] = {
    "alpha": ("α", r"\alpha"),
    "beta": ("β", r"\beta"),
    "delta": ("δ", r"\delta"),
    "eps": ("ε", r"\varepsilon"),
    "eta": ("η", r"\eta"),
    "lambda": ("λ", r"\lambda"),
    "rho": ("ρ", r"\rho"),
    "theta": ("θ", r"\theta"),
}
_SUBSCRIPTS = str.maketrans("0123456789ijkmpt", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₚₜ")
_SUPERSCRIPTS = str.maketrans("0123456789−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


def subscript(text: str) -> str:
    """Write digits and the letters of indices below the line."""
    return text.translate(_SUBSCRIPTS)


def superscript(text: str) -> str:
    """Write digits above the line."""
    return text.translate(_SUPERSCRIPTS)


@dataclass(frozen=True, slots=True)
class Notation:
    """One way of writing.

    Attributes:
        name: what it is called.
        forms: how each operator is written.
        brackets: a pattern for text in brackets.
        elision: a pattern for summands that are left out, with their `count`.
        half: how the constant ½ is written.
        scientific: a pattern for a number with a power of ten, with `mantissa` and `exponent`.
        number: a pattern for digits.
        minus: stands before the digits of a negative number.
        at_most: the sign of a comparison that did not hold.
        exponent: writes the exponent of a power of ten.
    """

    name: str
    forms: Mapping[str, Form]
    brackets: str
    elision: str
    half: str
    scientific: str
    number: str = "{}"
    minus: str = "−"
    at_most: str = " ≤ "
    exponent: Callable[[str], str] = str

    def bracketed(self, text: str) -> str:
        """Put text in brackets."""
        return self.brackets.format(text)


UNICODE = Notation(
    name="unicode",
    forms={
        "add": Added(" + ", " − "),
        "sum": Added(" + ", " − "),
        "sub": Added(" + ", " − "),
        "sum_over": Around("Σ{0} {1}", SUM, (LOOSEST, PRODUCT)),
        "mul": Joined(" · ", _CHAINS),
        "product": Joined(" · ", _CHAINS),
        "div": Joined(" / ", (), PRODUCT, PRODUCT, POWER),
        "neg": Around("−{0}", SUM, (PRODUCT,)),
        "pow": Raised("{0}^{1}", ATOM, {2.0: "²", 3.0: "³", -1.0: "⁻¹", -2.0: "⁻²"}),
        "exp": Around("e^({0})"),
        "expm1": Around("e^({0}) − 1", SUM),
        "ln": Around("ln({0})"),
        "log1p": Around("ln(1 + {0})", ATOM, (PRODUCT,)),
        "sqrt": Around("√({0})"),
        "abs": Around("|{0}|"),
        "sign": Around("sign({0})"),
        "tanh": Around("tanh({0})"),
        "erf": Around("erf({0})"),
        "cos": Around("cos({0})"),
        "floor": Around("⌊{0}⌋"),
        "max": Listed("max(", ", ", ")"),
        "min": Listed("min(", ", ", ")"),
        "greater": Joined(" > ", (), LOOSEST, SUM, SUM),
        "where": Around("{1} if {0}, else {2}", LOOSEST, (LOOSEST, SUM, SUM)),
    },
    brackets="({})",
    elision="… {count} more …",
    half="½",
    scientific="{mantissa}×10{exponent}",
    exponent=superscript,
)

LATEX = Notation(
    name="latex",
    forms={
        "add": Added(" + ", " - "),
        "sum": Added(" + ", " - "),
        "sub": Added(" + ", " - "),
        "sum_over": Around(r"\sum_{{{0}}} {1}", SUM, (LOOSEST, PRODUCT)),
        "mul": Joined(r" \cdot ", _CHAINS),
        "product": Joined(r" \cdot ", _CHAINS),
        "div": Around(r"\frac{{{0}}}{{{1}}}", POWER),
        "neg": Around("-{0}", SUM, (PRODUCT,)),
        "pow": Raised("{0}^{{{1}}}", LOOSEST),
        "exp": Around("e^{{{0}}}", POWER),
        "expm1": Around("e^{{{0}}} - 1", SUM),
        "ln": Around(r"\ln\left({0}\right)"),
        "log1p": Around(r"\ln\left(1 + {0}\right)", ATOM, (PRODUCT,)),
        "sqrt": Around(r"\sqrt{{{0}}}"),
        "abs": Around(r"\left\lvert {0} \right\rvert"),
        "sign": Around(r"\operatorname{{sign}}\left({0}\right)"),
        "tanh": Around(r"\tanh\left({0}\right)"),
        "erf": Around(r"\operatorname{{erf}}\left({0}\right)"),
        "cos": Around(r"\cos\left({0}\right)"),
        "floor": Around(r"\left\lfloor {0} \right\rfloor"),
        "max": Listed(r"\max\left(", ", ", r"\right)"),
        "min": Listed(r"\min\left(", ", ", r"\right)"),
        "greater": Joined(" > ", (), LOOSEST, SUM, SUM),
        "where": Around(r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{else}} \end{{cases}}"),
    },
    brackets=r"\left({}\right)",
    elision=r"\underbrace{{\cdots}}_{{\text{{{count} more}}}}",
    half=r"\tfrac{1}{2}",
    scientific=r"{mantissa} \cdot 10^{{{exponent}}}",
    minus="-",
    at_most=r" \le ",
)


def _operator(sign: str) -> str:
    return f"<mo>{sign}</mo>"


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def _function(name: str) -> Around:
    return Around(f"<mrow><mi>{name}</mi><mo>(</mo>{{0}}<mo>)</mo></mrow>")


def _fenced(left: str, right: str) -> Around:
    return Around(_row(f"{_operator(left)}{{0}}{_operator(right)}"))


_CASES = (
    "<mrow><mo>{{</mo><mtable><mtr><mtd>{1}</mtd><mtd><mtext>if&#160;</mtext>{0}</mtd></mtr>"
    "<mtr><mtd>{2}</mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></mrow>"
)

MATHML = Notation(
    name="mathml",
    forms={
        "add": Added(_operator("+"), _operator("−")),
        "sum": Added(_operator("+"), _operator("−")),
        "sub": Added(_operator("+"), _operator("−")),
        "sum_over": Around("<mrow><munder><mo>∑</mo>{0}</munder>{1}</mrow>", SUM, (LOOSEST, PRODUCT)),
        "mul": Joined(_operator("·"), _CHAINS),
        "product": Joined(_operator("·"), _CHAINS),
        "div": Around("<mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>", POWER),
        "neg": Around(_row(f"{_operator('−')}{{0}}"), SUM, (PRODUCT,)),
        "pow": Raised("<msup><mrow>{0}</mrow><mrow>{1}</mrow></msup>", LOOSEST),
        "exp": Around("<msup><mi>e</mi><mrow>{0}</mrow></msup>", POWER),
        "expm1": Around(f"<msup><mi>e</mi><mrow>{{0}}</mrow></msup>{_operator('−')}<mn>1</mn>", SUM),
        "ln": _function("ln"),
        "log1p": Around(
            f"<mrow><mi>ln</mi><mo>(</mo><mn>1</mn>{_operator('+')}{{0}}<mo>)</mo></mrow>", ATOM, (PRODUCT,)
        ),
        "sqrt": Around("<msqrt><mrow>{0}</mrow></msqrt>"),
        "abs": _fenced("|", "|"),
        "sign": _function("sign"),
        "tanh": _function("tanh"),
        "erf": _function("erf"),
        "cos": _function("cos"),
        "floor": _fenced("⌊", "⌋"),
        "max": Listed("<mrow><mi>max</mi><mo>(</mo>", _operator(","), "<mo>)</mo></mrow>"),
        "min": Listed("<mrow><mi>min</mi><mo>(</mo>", _operator(","), "<mo>)</mo></mrow>"),
        "greater": Joined(_operator("&gt;"), (), LOOSEST, SUM, SUM),
        "where": Around(_CASES),
    },
    brackets="<mrow><mo>(</mo>{}<mo>)</mo></mrow>",
    elision="<mo>⋯</mo><mtext>({count} more)</mtext><mo>⋯</mo>",
    half="<mfrac><mn>1</mn><mn>2</mn></mfrac>",
    scientific="<mrow><mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>",
    number="<mn>{}</mn>",
    at_most=_operator("≤"),
)

PYTHON = Notation(
    name="python",
    forms={
        "add": Added(" + ", " - ", cuts=False),
        "sum": Added(" + ", " - ", cuts=False),
        "sub": Added(" + ", " - ", cuts=False),
        "mul": Joined(" * ", _CHAINS),
        "product": Joined(" * ", _CHAINS),
        "div": Joined(" / ", (), PRODUCT, PRODUCT, POWER),
        "neg": Around("-{0}", SIGNED, (SIGNED,)),
        "pow": Around("power({0}, {1})"),
        "exp": Around("exp({0})"),
        "expm1": Around("expm1({0})"),
        "ln": Around("ln({0})"),
        "log1p": Around("log1p({0})"),
        "sqrt": Around("sqrt({0})"),
        "abs": Around("abs({0})"),
        "sign": Around("sign({0})"),
        "tanh": Around("tanh({0})"),
        "erf": Around("erf({0})"),
        "cos": Around("cos({0})"),
        "floor": Around("floor({0})"),
        "max": Listed("max(", ", ", ")"),
        "min": Listed("min(", ", ", ")"),
        "greater": Joined(" > ", (), LOOSEST, SUM, SUM),
        "where": Around("{1} if {0} else {2}", LOOSEST, (LOOSEST, SUM, SUM)),
    },
    brackets="({})",
    elision="{count}",
    half="0.5",
    scientific="{mantissa}e{exponent}",
    minus="-",
)
