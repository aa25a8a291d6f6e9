"""What is raised when a name or an expression cannot be understood."""

# A longer name is shown cut off in messages.
SHOWN = 60


class NameProblem(ValueError):  # noqa: N818  it names what is wrong; callers turn it into located problems
    """Report a name or expression that means nothing here; the message is one sentence without a location."""


class UnknownName(NameProblem):
    """Report a name that fits no rule, for which a similar one may be suggested.

    Attributes:
        advice: what to say where nothing similar is found.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.advice = advice


class ExpressionProblem(NameProblem):
    """Report what is wrong with an expression itself, not with a name in it."""


def quoted(text: str) -> str:
    """Quote what the user wrote, cut off where it is long."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")
