"""Names of quantities as mathematics: ∂L/∂w¹₂₁, in each notation."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import replace
from html import escape
from typing import Protocol, assert_never

from backprop_cli.immutable import immutable
from backprop_cli.quantities.brief import brief
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, RunningIndex, Variable
from backprop_cli.render.forms import ATOM, POWER, SIGNED, Piece
from backprop_cli.render.notation import GREEK, subscript, superscript

_HAT = "hat"


class Named(Protocol):
    """A line that has a name of the reader's own instead of a quantity."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def sample(self) -> int | None:
        """The sample it belongs to."""


@immutable
class Parts:
    """A symbol taken apart.

    Attributes:
        letter: the letter or word itself, as the script writes it.
        layer: its layer, or ''.
        indices: its indices, left to right.
        mark: 'new' after the update, 'old' before it, or ''.
        sample: the sample, or ''.
    """

    letter: str
    layer: str = ""
    indices: tuple[str, ...] = ()
    mark: str = ""
    sample: str = ""


class Script(ABC):
    """How symbols look in one notation."""

    @abstractmethod
    def letter(self, word: str) -> str:
        """Write the letter of a quantity or of a setting, given in ASCII."""

    @abstractmethod
    def word(self, name: str) -> str:
        """Write a name of the reader's own."""

    @abstractmethod
    def symbol(self, parts: Parts) -> Piece:
        """Write a letter with all that is around it."""

    @abstractmethod
    def change(self, symbol: str) -> Piece:
        """Write the change of a symbol."""

    @abstractmethod
    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        """Write what the update keeps beside a parameter."""

    @abstractmethod
    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        """Write a derivative."""

    @abstractmethod
    def index(self, letter: str) -> str:
        """Write an index that a sum runs over."""


@immutable
class Symbols:
    """Writes the symbols of one experiment in one notation.

    Attributes:
        names: the network and the reader's own names.
        script: how symbols look.
    """

    names: NameTable
    script: Script

    def write(self, key: Hashable) -> Piece:
        """Write the quantity, the reader's own name or the running index that a reference stands for."""
        match key:
            case RunningIndex():
                return Piece(self.script.index(key.letter))
            case Variable() | Attached() | Derivative():
                return self._quantity(key)
            case _:
                return self._own(key)  # type: ignore[arg-type]  # nothing else is referred to

    def _own(self, named: Named) -> Piece:
        return self.script.symbol(Parts(self.script.word(named.name), sample=_sample(named.sample)))

    def _quantity(self, quantity: Quantity) -> Piece:
        own = self.names.own_names.get(quantity)
        if own is not None:
            return self.script.symbol(Parts(self.script.word(own)))
        match quantity:
            case Variable():
                return self._variable(quantity)
            case Attached():
                parameter = self.write(quantity.parameter).text
                return self.script.beside(quantity.symbol, parameter, "old" if quantity.old else "")
            case Derivative():
                top, bottom = (self.write(part).text for part in (quantity.top, quantity.bottom))
                return self.script.derivative(top, bottom, _sample(quantity.sample))
            case _:
                assert_never(quantity)

    def _variable(self, variable: Variable) -> Piece:
        if variable.moment == "change":
            return self.script.change(self.write(replace(variable, moment="")).text)
        bare = replace(variable, moment="", sample=None)
        mark, sample = variable.moment, _sample(variable.sample)
        if bare in self.names.own_names:
            return self.script.symbol(Parts(self.script.word(self.names.own_names[bare]), mark=mark, sample=sample))
        vocabulary = self.names.vocabulary
        short = brief(bare, vocabulary.topology, vocabulary.notation)
        layer = "" if short.layer is None else str(short.layer)
        return self.script.symbol(
            Parts(self.script.letter(short.symbol), layer, tuple(map(str, short.indices)), mark, sample)
        )


def _sample(sample: int | None) -> str:
    return "" if sample is None else str(sample)


def _greek(word: str, which: int) -> str | None:
    """Give the Greek letter of a word such as beta1, without its number; None where it is none."""
    letter = GREEK.get(word.rstrip("0123456789"))
    return None if letter is None else letter[which]


def _number_of(word: str) -> str:
    return word[len(word.rstrip("0123456789")) :]


class UnicodeScript(Script):
    """Plain text: ∂L/∂w¹₂₁."""

    _LETTERS: Mapping[str, str] = {"yhat": "ŷ", "d": "Δ", "gnorm": "‖g‖"}

    def letter(self, word: str) -> str:
        greek = _greek(word, 0)
        if greek is not None:
            return greek + subscript(_number_of(word))
        if word.endswith(_HAT) and word != _HAT and word not in self._LETTERS:
            return word.removesuffix(_HAT) + "\u0302"
        return self._LETTERS.get(word, word)

    def word(self, name: str) -> str:
        return name

    def symbol(self, parts: Parts) -> Piece:
        # Digits of several indices would run into each other.
        many = len(parts.indices) > 1 and any(len(index) > 1 for index in parts.indices)
        indices = f"[{','.join(parts.indices)}]" if many else subscript("".join(parts.indices))
        mark = f"_{parts.mark}" if parts.mark else ""
        sample = f"@{parts.sample}" if parts.sample else ""
        text = parts.letter + superscript(parts.layer) + indices + mark + sample
        # An exponent behind any of these would seem to belong to it.
        return Piece(text, POWER if parts.layer or mark or sample else ATOM)

    def change(self, symbol: str) -> Piece:
        return Piece(f"Δ{symbol}", SIGNED)

    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        return Piece(f"{self.letter(letter)}{'_' + mark if mark else ''}({parameter})")

    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        return Piece(f"∂{top}/∂{bottom}{'@' + sample if sample else ''}", SIGNED)

    def index(self, letter: str) -> str:
        return subscript(letter)


class LatexScript(Script):
    r"""LaTeX: \frac{\partial L}{\partial w^{(1)}_{2,1}}."""

    _LETTERS: Mapping[str, str] = {
        "yhat": r"\hat{y}",
        "d": r"\Delta",
        "penalty": r"\mathrm{penalty}",
        "weight": r"\mathrm{weight}",
        "gnorm": r"\lVert g \rVert",
        "π": r"\pi",
    }

    def letter(self, word: str) -> str:
        greek, number = _greek(word, 1), _number_of(word)
        if greek is not None:
            return f"{greek}_{{{number}}}" if number else greek
        if word in self._LETTERS:
            return self._LETTERS[word]
        if word.endswith(_HAT) and word != _HAT:
            return rf"\hat{{{word.removesuffix(_HAT)}}}"
        return self.word(word)

    def word(self, name: str) -> str:
        if len(name) == 1:
            return name
        escaped = name.replace("_", r"\_")
        return rf"\mathit{{{escaped}}}"

    def symbol(self, parts: Parts) -> Piece:
        above = (f"({parts.layer})" if parts.layer else "") + (f"[{parts.sample}]" if parts.sample else "")
        below = ",".join([*parts.indices, *([rf"\text{{{parts.mark}}}"] if parts.mark else [])])
        letter = parts.letter
        # A letter that has an index of its own is kept together.
        base = f"{{{letter}}}" if "_" in letter and (above or below) else letter
        text = base + (f"^{{{above}}}" if above else "") + (f"_{{{below}}}" if below else "")
        return Piece(text, POWER if above else ATOM)

    def change(self, symbol: str) -> Piece:
        return Piece(rf"\Delta {symbol}", SIGNED)

    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        above = rf"^{{\text{{{mark}}}}}" if mark else ""
        return Piece(f"{self.letter(letter)}{above}_{{{parameter}}}", POWER if above else ATOM)

    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        fraction = rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
        return Piece(rf"\left.{fraction}\right\rvert_{{[{sample}]}}" if sample else fraction, POWER)

    def index(self, letter: str) -> str:
        return letter


class MathmlScript(Script):
    """Presentation MathML."""

    _LETTERS: Mapping[str, str] = {
        "d": "<mi>Δ</mi>",
        "gnorm": '<mrow><mo stretchy="false">‖</mo><mi>g</mi><mo stretchy="false">‖</mo></mrow>',
    }

    def letter(self, word: str) -> str:
        greek, number = _greek(word, 0), _number_of(word)
        if greek is not None:
            return f"<msub><mi>{greek}</mi><mn>{number}</mn></msub>" if number else f"<mi>{greek}</mi>"
        if word in self._LETTERS:
            return self._LETTERS[word]
        if word.endswith(_HAT) and word != _HAT:
            return f'<mover accent="true"><mi>{word.removesuffix(_HAT)}</mi><mo stretchy="false">^</mo></mover>'
        return self.word(word)

    def word(self, name: str) -> str:
        return f"<mi>{escape(name)}</mi>"

    def symbol(self, parts: Parts) -> Piece:
        above = f"<mtext>({parts.layer})</mtext>" if parts.layer else ""
        above += _in_square_brackets(parts.sample) if parts.sample else ""
        below = "<mo>,</mo>".join(map(_counted, parts.indices))
        below += ("<mo>,</mo>" if below and parts.mark else "") + (f"<mtext>{parts.mark}</mtext>" if parts.mark else "")
        return Piece(_scripted(parts.letter, below, above), POWER if above else ATOM)

    def change(self, symbol: str) -> Piece:
        return Piece(f"<mrow><mi>Δ</mi>{symbol}</mrow>", SIGNED)

    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        above = f"<mtext>{mark}</mtext>" if mark else ""
        return Piece(_scripted(self.letter(letter), parameter, above), POWER if above else ATOM)

    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        fraction = f"<mfrac><mrow><mi>∂</mi>{top}</mrow><mrow><mi>∂</mi>{bottom}</mrow></mfrac>"
        text = _scripted(fraction, _in_square_brackets(sample), "") if sample else fraction
        return Piece(text, POWER)

    def index(self, letter: str) -> str:
        return f"<mi>{letter}</mi>"


def _counted(index: str) -> str:
    return f"<mn>{index}</mn>" if index.isdecimal() else f"<mi>{index}</mi>"


def _in_square_brackets(sample: str) -> str:
    return f'<mo stretchy="false">[</mo>{_counted(sample)}<mo stretchy="false">]</mo>'


def _scripted(base: str, below: str, above: str) -> str:
    if below and above:
        return f"<msubsup>{base}<mrow>{below}</mrow><mrow>{above}</mrow></msubsup>"
    if below:
        return f"<msub>{base}<mrow>{below}</mrow></msub>"
    return f"<msup>{base}<mrow>{above}</mrow></msup>" if above else base
