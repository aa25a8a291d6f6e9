"""What names are read against: a network, a numbering and the reader's own names."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field

from backprop_cli.immutable import immutable
from backprop_cli.quantities.definitions import unusable
from backprop_cli.quantities.derived import Meaning, at_sample, attach, differentiate, with_suffix
from backprop_cli.quantities.notation import Notation
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.spelling import Part, Spelling
from backprop_cli.quantities.topology import Topology
from backprop_cli.quantities.variables import read_variable


@immutable
class Vocabulary:
    """Everything that decides what a name means.

    Attributes:
        topology: the network.
        notation: how its layers are numbered.
        aliases: the reader's own names.
        broken: names of the reader's own that could not be understood.
    """

    topology: Topology
    notation: Notation
    aliases: Mapping[str, Meaning] = field(default_factory=dict)
    broken: AbstractSet[str] = frozenset()

    def understand(self, spelling: Spelling) -> Meaning:
        """Give what a name stands for.

        Raises:
            NameProblem: with the reason alone; it does not repeat the name.
        """
        whole, *below = [self._understand_part(part) for part in spelling.parts]
        for bottom in below:
            whole = differentiate(whole, bottom, self.topology, self.notation)
        if spelling.sample is None:
            return whole
        return at_sample(whole, self._read_sample(spelling.sample), self.notation)

    def _understand_part(self, part: Part) -> Meaning:
        meaning = self._look_up(part.core)
        if part.letter is not None:
            meaning = attach(part.letter, meaning, self.topology, self.notation)
        if part.suffix:
            meaning = with_suffix(meaning, part.suffix, self.topology, self.notation)
        return meaning

    def _look_up(self, core: str) -> Meaning:
        if core in self.aliases:
            return self.aliases[core]
        if core in self.broken:
            raise unusable(core)
        return read_variable(core, self.topology, self.notation)

    def _read_sample(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()) or text.startswith("0"):
            raise NameProblem("after '@' stands the number of a sample, counted from 1")
        count = self.topology.samples
        if count is not None and int(text) > count:
            raise NameProblem(f"there is no sample {text}; the data has {count} sample{'s' if count > 1 else ''}")
        return int(text)
