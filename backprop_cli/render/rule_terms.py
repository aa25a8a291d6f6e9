"""Terms of rules as a textbook prints them: e⁻ᶻ, √2, aᵢ, α."""

from collections.abc import Callable
from dataclasses import replace

from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.rewrite import simplify
from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.render.forms import ATOM, LOOSEST, POWER, PRODUCT, SUM, Around, Form, Piece, Walker
from backprop_cli.render.notation import LATEX, UNICODE, Notation
from backprop_cli.render.numbers import format_number
from backprop_cli.render.symbols import LatexScript, Parts, Script, UnicodeScript
from backprop_cli.render.typeset import Typesetter

_HALF = 0.5
_DIGITS = Digits(significant=6)
_RAISED = dict(zip("0123456789+−z", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᶻ", strict=True))


@immutable
class Exponential(Form):
    """A power of e, whose exponent stands above the line where there are letters for that."""

    otherwise: Form

    def write(self, term: Apply, walker: Walker) -> Piece:
        exponent = walker.write(term.args[0])
        if set(exponent) <= set(_RAISED):
            return Piece("e" + "".join(_RAISED[letter] for letter in exponent), POWER)
        return self.otherwise.write(term, walker)


@immutable
class Less(Form):
    """A form with 1 taken away."""

    form: Form

    def write(self, term: Apply, walker: Walker) -> Piece:
        return Piece(self.form.write(term, walker).text + " − 1", SUM)


_POWER_OF_E = Exponential(UNICODE.forms["exp"])
TEXTBOOK = replace(
    UNICODE,
    name="textbook",
    forms={
        **UNICODE.forms,
        "exp": _POWER_OF_E,
        "expm1": Less(_POWER_OF_E),
        "sqrt": Around("√{0}", POWER, (ATOM,)),
        "where": Around("{1} where {0}, else {2}", LOOSEST, (LOOSEST, SUM, SUM)),
    },
)


def to_text(term: Term) -> str:
    """Write a term of a rule in Unicode."""
    return _write(term, TEXTBOOK, UnicodeScript())


def to_latex(term: Term) -> str:
    """Write a term of a rule in LaTeX."""
    return _write(term, LATEX, LatexScript())


def _write(term: Term, notation: Notation, script: Script) -> str:
    # A constant that is written so that arrays stay arrays is shown as what it is; the rest stands as it was worked.
    simple = simplify(term)
    return Typesetter(notation, _leaf(notation, script)).write(simple if isinstance(simple, Number) else term)


def _leaf(notation: Notation, script: Script) -> Callable[[Number | Ref], Piece]:
    def write(leaf: Number | Ref) -> Piece:
        if isinstance(leaf, Ref):
            letter, _, index = str(leaf.key).partition("_")
            return script.symbol(Parts(script.letter(letter), indices=(index,) if index else ()))
        if leaf.symbol:
            return Piece(script.letter(leaf.symbol))
        if leaf.value == _HALF:
            return Piece(notation.half)
        digits = notation.number.format(format_number(abs(leaf.value), _DIGITS))
        return Piece(notation.minus + digits, PRODUCT) if leaf.value < 0 else Piece(digits)

    return write
