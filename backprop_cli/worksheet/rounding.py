"""What a worksheet rounds to: how many digits lines have, and whether the next line goes on with the rounded value."""

from collections.abc import Hashable, Mapping
from dataclasses import field, replace

from backprop_cli.algebra.digits import Digits
from backprop_cli.immutable import immutable
from backprop_cli.quantities.quantity import Attached
from backprop_cli.worksheet.ground import Key


@immutable
class Rounding:
    """How many digits are shown, and whether each line rounds before the next uses it.

    Attributes:
        digits: of all quantities that are not named.
        special: of some quantities, those of all samples where the quantity names none.
        carry: whether lines go on with the rounded value.
    """

    digits: Digits = field(default_factory=Digits)
    special: Mapping[Hashable, Digits] = field(default_factory=dict)
    carry: bool = False

    def of(self, key: Key) -> Digits:
        """Give the digits of one quantity."""
        if not self.special:
            return self.digits
        everywhere = key if isinstance(key, Attached) else replace(key, sample=None)
        return self.special.get(key) or self.special.get(everywhere) or self.digits
