"""What a kind of document holds, so that readers know what to advise."""

from backprop_cli.immutable import immutable


@immutable
class Expectation:
    """What is expected of a document, whatever its format.

    Attributes:
        write: what to write where there is nothing, or something else.
        repeated: what to do about a key that was given before.
        lists: whether the top level may be a list; else it is a mapping.
    """

    write: str = "'key: value' lines"
    repeated: str = "keep one of the two"
    lists: bool = False

    def allows(self, value: object) -> bool:
        """Say whether a value can be the top level."""
        return isinstance(value, dict) or (self.lists and isinstance(value, tuple))


SETTINGS = Expectation()
