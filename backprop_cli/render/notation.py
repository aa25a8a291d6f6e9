"""Tables of notation: how operators, letters and numbers look in Unicode, LaTeX, MathML and Python."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from backprop_cli.immutable import immutable
from backprop_cli.render.forms import (
    ATOM,
    LOOSEST,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Added,
    Around,
    Chosen,
    Form,
    Joined,
    Listed,
    Negated,
    Raised,
    Root,
    Stacked,
)

_CHAINS = ("mul", "product")
_COMPARISON = Joined(" > ", (), LOOSEST, SUM, SUM)
# Greek letters that settings and quantities are called by, with the names that LaTeX has for them.
GREEK: Mapping[str, tuple[str, str]] = {
    "alpha": ("α", r"\alpha"),
    "beta": ("β", r"\beta"),
    "delta": ("δ", r"\delta"),
    "eps": ("ε", r"\varepsilon"),
    "eta": ("η", r"\eta"),
    "lambda": ("λ", r"\lambda"),
    "pi": ("π", r"\pi"),
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


@immutable
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
        opening: a bracket that a line may be broken after.
        closing: its counterpart.
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
    opening: str = "("
    closing: str = ")"

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
        "neg": Negated("−"),
        "pow": Raised("{0}^{1}", ATOM, {2.0: "²", 3.0: "³", -1.0: "⁻¹", -2.0: "⁻²"}),
        "exp": Around("e^({0})"),
        "expm1": Around("e^({0}) − 1", SUM),
        "ln": Around("ln({0})"),
        "log1p": Around("ln(1 + {0})", ATOM, (PRODUCT,)),
        "sqrt": Root("√({0})", "√(", ")"),
        "abs": Around("|{0}|"),
        "sign": Around("sign({0})"),
        "tanh": Around("tanh({0})"),
        "erf": Around("erf({0})"),
        "cos": Around("cos({0})"),
        "floor": Around("⌊{0}⌋"),
        "max": Listed("max(", ", ", ")"),
        "min": Listed("min(", ", ", ")"),
        "greater": _COMPARISON,
        "where": Chosen("{1} if {0}, else {2}", _COMPARISON),
    },
    brackets="({})",
    elision="… {count} more …",
    half="½",
    scientific="{mantissa}×10{exponent}",
    exponent=superscript,
)


def _latex_function(name: str) -> Around:
    """Write a function, its bracket close to it; GitHub lets no operators be named."""
    return Around(rf"{name}\!\left({{0}}\right)")


LATEX = Notation(
    name="latex",
    forms={
        "add": Added(" + ", " - "),
        "sum": Added(" + ", " - "),
        "sub": Added(" + ", " - "),
        "sum_over": Around(r"\sum_{{{0}}} {1}", SUM, (LOOSEST, PRODUCT)),
        "mul": Joined(r" \cdot ", _CHAINS),
        "product": Joined(r" \cdot ", _CHAINS),
        "div": Stacked(r"\frac{{{0}}}{{{1}}}", " / "),
        "neg": Negated("-"),
        "pow": Raised("{0}^{{{1}}}", LOOSEST),
        "exp": Around("e^{{{0}}}", POWER),
        "expm1": Around("e^{{{0}}} - 1", SUM),
        "ln": _latex_function(r"\ln"),
        "log1p": Around(r"\ln\!\left(1 + {0}\right)", ATOM, (PRODUCT,)),
        "sqrt": Root(r"\sqrt{{{0}}}", r"\bigl(", r"\bigr)^{1/2}"),
        "abs": Around(r"\left\lvert {0} \right\rvert"),
        "sign": _latex_function(r"\mathrm{{sign}}"),
        "tanh": _latex_function(r"\tanh"),
        "erf": _latex_function(r"\mathrm{{erf}}"),
        "cos": _latex_function(r"\cos"),
        "floor": Around(r"\left\lfloor {0} \right\rfloor"),
        "max": Listed(r"\max\!\left(", ", ", r"\right)"),
        "min": Listed(r"\min\!\left(", ", ", r"\right)"),
        "greater": Joined(" > ", (), LOOSEST, SUM, SUM),
        "where": Around(r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{else}} \end{{cases}}"),
    },
    brackets=r"\left({}\right)",
    elision=r"\underbrace{{\cdots}}_{{\text{{{count} more}}}}",
    half=r"\tfrac{1}{2}",
    scientific=r"{mantissa} \cdot 10^{{{exponent}}}",
    minus="-",
    at_most=r" \le ",
    opening=r"\bigl(",
    closing=r"\bigr)",
)


def _operator(sign: str) -> str:
    return f"<mo>{sign}</mo>"


def _between(sign: str) -> str:
    """Write a sign that stands between operands also where a piece of a line begins with it."""
    return f'<mo form="infix">{sign}</mo>'


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

# Brackets that do not grow, as their other half is in another element.
_BRACKET, _BRACKET_END = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
_MINUS = '<mo form="prefix">−</mo>'
_HALF_LOW = "<mn>1</mn><mo>/</mo><mn>2</mn>"

MATHML = Notation(
    name="mathml",
    forms={
        "add": Added(_between("+"), _between("−")),
        "sum": Added(_between("+"), _between("−")),
        "sub": Added(_between("+"), _between("−")),
        "sum_over": Around("<mrow><munder><mo>∑</mo>{0}</munder>{1}</mrow>", SUM, (LOOSEST, PRODUCT)),
        "mul": Joined(_between("·"), _CHAINS),
        "product": Joined(_between("·"), _CHAINS),
        "div": Stacked("<mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>", _between("/")),
        "neg": Negated(_MINUS),
        "pow": Raised("<msup><mrow>{0}</mrow><mrow>{1}</mrow></msup>", LOOSEST),
        "exp": Around("<msup><mi>e</mi><mrow>{0}</mrow></msup>", POWER),
        "expm1": Around(f"<msup><mi>e</mi><mrow>{{0}}</mrow></msup>{_operator('−')}<mn>1</mn>", SUM),
        "ln": _function("ln"),
        "log1p": Around(
            f"<mrow><mi>ln</mi><mo>(</mo><mn>1</mn>{_operator('+')}{{0}}<mo>)</mo></mrow>", ATOM, (PRODUCT,)
        ),
        "sqrt": Root("<msqrt>{0}</msqrt>", _BRACKET, f"<msup>{_BRACKET_END}<mrow>{_HALF_LOW}</mrow></msup>"),
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
    half='<mstyle displaystyle="false"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle>',
    scientific="<mrow><mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn><mrow>{exponent}</mrow></msup></mrow>",
    number="<mn>{}</mn>",
    minus=_MINUS,
    at_most=_operator("≤"),
    opening=_BRACKET,
    closing=_BRACKET_END,
)

# Exponents that Python's own sign stands for; any other power may have no value, which raises.
SQUARE_AND_CUBE: Mapping[float, str] = {2.0: " ** 2", 3.0: " ** 3"}

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
        "pow": Raised("power({0}, {1})", LOOSEST, SQUARE_AND_CUBE, LOOSEST, ATOM),
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
        # Python's own max and min lose operands that are not numbers.
        "max": Listed("larger(", ", ", ")"),
        "min": Listed("smaller(", ", ", ")"),
        "greater": Around("greater({0}, {1})"),
        "where": Chosen("{1} if {0} else {2}", _COMPARISON),
    },
    brackets="({})",
    elision="{count}",
    half="0.5",
    scientific="{mantissa}e{exponent}",
    minus="-",
)
# For values at which Python's own operators raise: division by zero, powers that overflow.
PYTHON_WITHOUT_ERRORS = replace(
    PYTHON,
    forms={
        **PYTHON.forms,
        "div": Around("divide({0}, {1})"),
        "pow": Raised("power({0}, {1})", LOOSEST, {}, LOOSEST, ATOM),
    },
)
