"""The one walker: a term and a notation become text, with brackets where precedence asks for them."""

from collections.abc import Callable

from backprop_cli.algebra.term import Apply, Number, Ref, Term
from backprop_cli.immutable import immutable
from backprop_cli.render.forms import LOOSEST, Piece, is_long
from backprop_cli.render.notation import Notation


@immutable
class Typesetter:
    """Writes terms.

    Attributes:
        notation: how operators are written.
        leaf: how numbers and references are written; this is what tells symbols from numbers put in.
    """

    notation: Notation
    leaf: Callable[[Number | Ref], Piece]

    def write(self, term: Term, need: int = LOOSEST) -> str:
        """Write a term, in brackets where it binds less tightly than its place needs."""
        text, binds = self._piece(term)
        return text if binds >= need else self.notation.bracketed(text)

    def pieces(self, term: Term) -> list[str]:
        """Write a term in pieces between which a line may be broken: summands, or else factors, each with its sign."""
        if isinstance(term, Apply):
            return self.notation.forms[term.operator].pieces(term, self)
        return [self.write(term)]

    def operand(self, term: Term, need: int = LOOSEST) -> list[str]:
        """Write a term that must bind so tightly; a long one in pieces, the first and the last with the brackets."""
        pieces = self.pieces(term) if is_long(term) else []
        if len(pieces) < 2:  # noqa: PLR2004  brackets go to two different pieces
            return [self.write(term, need)]
        if self._piece(term).binds >= need:
            return pieces
        head, *middle, tail = pieces
        return [self.notation.opening + head, *middle, tail + self.notation.closing]

    def elision(self, count: int) -> str:
        """Write that so many summands are left out."""
        return self.notation.elision.format(count=f"{count:,}")

    def _piece(self, term: Term) -> Piece:
        if isinstance(term, Apply):
            return self.notation.forms[term.operator].write(term, self)
        assert isinstance(term, Number | Ref)  # noqa: S101  the kinds are three
        return self.leaf(term)
