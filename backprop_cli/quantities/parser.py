"""Names of quantities, read against a network: `w1_2_1`, `dL/dw1_2_1@3`, `m:w1_2_1_old`."""

from backprop_cli.algebra.term import Term
from backprop_cli.quantities.derived import Meaning
from backprop_cli.quantities.notation import Notation
from backprop_cli.quantities.problem import NameProblem, UnknownName, quoted
from backprop_cli.quantities.quantity import Quantity
from backprop_cli.quantities.spelling import take_apart
from backprop_cli.quantities.topology import Topology
from backprop_cli.quantities.vocabulary import Vocabulary


def parse(text: str, topology: Topology, notation: Notation) -> Quantity:
    """Read the name of a quantity, without names of the reader's own.

    Raises:
        NameProblem: if the name means nothing in this network; says why and, where it can, what was meant.
    """
    meaning = read(text, Vocabulary(topology, notation))
    assert not isinstance(meaning, Term)  # noqa: S101  only names of the reader's own stand for expressions
    return meaning


def read(text: str, vocabulary: Vocabulary) -> Meaning:
    """Read a name, which may be one of the reader's own or built upon it.

    Raises:
        NameProblem: as for `parse`.
    """
    try:
        return vocabulary.understand(take_apart(text))
    except UnknownName as problem:
        # Loaded where there is something to correct.
        from backprop_cli.quantities.suggestions import suggest

        raise NameProblem(f"{quoted(text)}: {problem}{suggest(text, vocabulary) or problem.advice}") from None
    except NameProblem as problem:
        raise NameProblem(f"{quoted(text)}: {problem}") from None
