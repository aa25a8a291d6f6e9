"""Names of the reader's own, for quantities (`w5: w2_1_1`) and for expressions (`residual: yhat_1 - y_1`)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Self, assert_never

from backprop_cli.algebra.term import Term
from backprop_cli.immutable import immutable
from backprop_cli.quantities.definitions import in_order
from backprop_cli.quantities.derived import Meaning
from backprop_cli.quantities.expressions import FUNCTIONS, read_expression
from backprop_cli.quantities.notation import Notation, write, write_sample
from backprop_cli.quantities.parser import read
from backprop_cli.quantities.problem import NameProblem, quoted
from backprop_cli.quantities.quantity import Attached, Derivative, Quantity, Variable
from backprop_cli.quantities.spelling import SUFFIXES
from backprop_cli.quantities.tokens import MARKS
from backprop_cli.quantities.topology import Topology
from backprop_cli.quantities.variables import read_variable
from backprop_cli.quantities.vocabulary import Vocabulary

# Two of them, a sample and the marks of a derivative stay within the length of a name.
LONGEST_ALIAS = 50
_SHAPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@immutable
class NameTable:
    """Every name of one experiment, in both directions.

    Attributes:
        vocabulary: the network, its numbering, and what the reader's own names stand for.
        own_names: the reader's own name of each quantity that has one; the first where there are several.
    """

    vocabulary: Vocabulary
    own_names: Mapping[Quantity, str]

    @classmethod
    def build(
        cls, names: Mapping[str, str], topology: Topology, notation: Notation
    ) -> tuple[Self, list[tuple[str, NameProblem]]]:
        """Understand the reader's own names.

        Args:
            names: what each name is defined as, a name or an expression, in the order of the file.
            topology: the network.
            notation: the numbering that the definitions are written in.

        Returns:
            The table of all names that can be understood, and the problem of each that cannot, in the order of the
            file.
        """
        refused = {name: problem for name in names if (problem := _refuse(name, topology, notation))}
        order, broken = in_order({name: text for name, text in names.items() if name not in refused})
        meanings: dict[str, Meaning] = {}
        vocabulary = Vocabulary(topology, notation, meanings, broken.keys())
        for name in order:
            try:
                meanings[name] = read_expression(names[name], lambda text: read(text, vocabulary))
            except NameProblem as problem:
                broken[name] = problem
        in_file_order = {name: meanings[name] for name in names if name in meanings}
        table = cls(replace(vocabulary, aliases=in_file_order, broken=frozenset(broken)), _by_quantity(in_file_order))
        problems = broken | refused
        return table, [(name, problems[name]) for name in names if name in problems]

    @property
    def expressions(self) -> dict[str, Term]:
        """The reader's own names that stand for expressions."""
        return {name: meaning for name, meaning in self.vocabulary.aliases.items() if isinstance(meaning, Term)}

    def resolve(self, text: str) -> Meaning:
        """Give the quantity, or the expression over `Ref(quantity)`, that a name stands for.

        Raises:
            NameProblem: if it stands for nothing here.
        """
        if MARKS.intersection(text.strip()):
            raise NameProblem(f"{quoted(text)}: an expression needs a name of its own under 'names'")
        return read(text, self.vocabulary)

    def label(self, quantity: Quantity) -> str:
        """Write a quantity with the reader's own names as far as there are any: `dE/dw5`, `w5_new`, `z2_1@3`."""
        if quantity in self.own_names:
            return self.own_names[quantity]
        if not isinstance(quantity, Attached) and quantity.sample is not None:
            return self.label(replace(quantity, sample=None)) + write_sample(quantity.sample)
        match quantity:
            case Variable():
                return self._label_variable(quantity)
            case Attached():
                return self._label_attached(quantity)
            case Derivative():
                return f"d{self.label(quantity.top)}/d{self.label(quantity.bottom)}"
            case _:
                assert_never(quantity)

    def short_label(self, variable: Variable) -> str:
        """Write a variable as authors do where every layer has one unit: `w1`, and with a single layer `w`."""
        topology = self.vocabulary.topology
        if variable in self.own_names or any(topology.units(layer) != 1 for layer in range(topology.depth + 1)):
            return self.label(variable)
        layer = None if topology.depth == 1 else variable.layer
        return write(replace(variable, layer=layer, indices=()), self.vocabulary.notation)

    def _label_variable(self, variable: Variable) -> str:
        if variable.moment:
            return f"{self.label(replace(variable, moment=''))}_{variable.moment}"
        return write(variable, self.vocabulary.notation)

    def _label_attached(self, attached: Attached) -> str:
        if attached.old:
            return f"{self.label(replace(attached, old=False))}_old"
        return f"{attached.symbol}:{self.label(attached.parameter)}"


def _by_quantity(meanings: Mapping[str, Meaning]) -> dict[Quantity, str]:
    found: dict[Quantity, str] = {}
    for name, meaning in meanings.items():
        if not isinstance(meaning, Term):
            found.setdefault(meaning, name)
    return found


_WORDS = {
    "x": "an input",
    "y": "a target",
    "yhat": "a prediction",
    "z": "a weighted input",
    "a": "an activation",
    "e": "an exponential of softmax",
    "s": "a sum of softmax",
    "f": "an activation before dropout",
    "r": "whether a neuron takes part in a step",
    "w": "a weight",
    "b": "a bias",
    "L": "the loss",
    "penalty": "the penalty of the loss",
    "eta": "the learning rate",
    "gnorm": "the length of the gradient",
    "weight": "what a sample counts",
}


def _refuse(name: str, topology: Topology, notation: Notation) -> NameProblem | None:
    """Give the reason why a reader may not use a name, if there is one."""
    reason = _misshapen(name) or _taken(name, topology, notation)
    return NameProblem(f"{quoted(name)}: {reason}") if reason else None


def _misshapen(name: str) -> str:
    if not _SHAPE.fullmatch(name):
        return "a name is a letter followed by letters, digits and underscores, all of them ASCII"
    if len(name) > LONGEST_ALIAS:
        return f"a name of your own has at most {LONGEST_ALIAS} characters"
    suffix = name.rpartition("_")[2]
    if suffix in SUFFIXES and suffix != name:
        return f"a name of your own may not end in '_{suffix}', which is understood of every name"
    return ""


def _taken(name: str, topology: Topology, notation: Notation) -> str:
    if name in FUNCTIONS:
        return "this is a function of expressions; choose another name"
    try:
        meaning = read_variable(name, topology, notation)
    except NameProblem:
        return ""
    full = write(meaning, notation)
    what = _WORDS[meaning.symbol] if full == name else f"{full}, {_WORDS[meaning.symbol]}"
    return f"this already means {what}; choose another name"
