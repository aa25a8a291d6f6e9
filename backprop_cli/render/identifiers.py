"""Names of quantities in ASCII, as the command line takes them, and as variables of a program."""

import builtins
import keyword
import re
from collections.abc import Hashable, Iterator
from dataclasses import field

from backprop_cli.immutable import immutable
from backprop_cli.render.forms import Piece
from backprop_cli.render.symbols import Parts, Script

_OTHERWISE = re.compile(r"\W+")


class AsciiScript(Script):
    """Plain ASCII: dL/dw1_2_1, m:w1_old, z2_1@3."""

    def letter(self, word: str) -> str:
        return word

    def word(self, name: str) -> str:
        return name

    def symbol(self, parts: Parts) -> Piece:
        sample = f"@{parts.sample}" if parts.sample else ""
        head = parts.letter + parts.layer
        return Piece("_".join([head, *parts.indices, *([parts.mark] if parts.mark else [])]) + sample)

    def change(self, symbol: str) -> Piece:
        return Piece(f"{symbol}_change")

    def beside(self, letter: str, parameter: str, mark: str) -> Piece:
        return Piece(f"{letter}:{parameter}{'_' + mark if mark else ''}")

    def derivative(self, top: str, bottom: str, sample: str) -> Piece:
        return Piece(f"d{top}/d{bottom}{'@' + sample if sample else ''}")

    def index(self, letter: str) -> str:
        return letter


@immutable
class Identifiers:
    """Hands out identifiers, each once: dL/dw1 becomes dL_dw1; frozen but for what it has handed out.

    Attributes:
        reserved: what none may be called beside Python's own words.
    """

    reserved: frozenset[str] = frozenset()
    _of_key: dict[Hashable, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._of_key

    def of(self, key: Hashable, name: str) -> str:
        """Give the identifier of what a key stands for, made from its name."""
        if key not in self._of_key:
            self._of_key[key] = next(each for each in _spellings(name) if self._is_free(each))
            self._taken.add(self._of_key[key])
        return self._of_key[key]

    def _is_free(self, identifier: str) -> bool:
        forbidden = keyword.iskeyword(identifier) or hasattr(builtins, identifier) or identifier in self.reserved
        return not forbidden and identifier not in self._taken


def _spellings(name: str) -> Iterator[str]:
    """Walk ever longer identifiers for a name."""
    plain = _OTHERWISE.sub("_", name.replace("@", "_at_"))
    yield plain
    yield f"{plain}_"
    number = 2
    while True:
        yield f"{plain}_{number}"
        number += 1
