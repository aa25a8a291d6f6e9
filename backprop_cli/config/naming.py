"""Names in a config: what can be named in its network, and whether `names`, `figures` and `report.digits` do so."""

from collections.abc import Iterator, Sequence

from backprop_cli.algebra.term import Term, references
from backprop_cli.config.data_section import AnyData
from backprop_cli.config.network import Network
from backprop_cli.config.sections import Figure, Report, Training
from backprop_cli.config.shapes import Finding, layer_shapes
from backprop_cli.documents.figures import read_figure
from backprop_cli.documents.tree import KeyPath
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.quantity import Derivative, Variable
from backprop_cli.quantities.topology import Topology
from backprop_cli.rules.optimizers import Optimizer

_OF_A_SAMPLE = {"x", "y", "yhat", "z", "a", "e", "s", "f", "r", "weight"}


def topology_of(
    network: Network, optimizer: Optimizer, *, has_targets: bool, samples: int | None, weighted: bool = False
) -> Topology:
    """Say what exists in an experiment, as far as names are concerned."""
    return Topology(
        inputs=network.inputs,
        layers=layer_shapes(network),
        state=optimizer.state,
        corrected=optimizer.corrected,
        adaptive=optimizer.adaptive,
        targets=has_targets,
        penalty=optimizer.penalty is not None,
        measured=optimizer.clip is not None and optimizer.clip.norm is not None,
        weighted=weighted,
        samples=samples,
    )


@immutable
class Portions:
    """Which samples a step trains on, as far as a config alone can tell.

    Attributes:
        samples: how many there are, where it is known.
        order: samples of each step, where they are given.
        size: samples of a step, where it is known.
    """

    samples: int | None
    order: tuple[tuple[int, ...], ...] | None
    size: int | None

    @classmethod
    def of(cls, data: AnyData, training: Training, samples: int | None) -> "Portions":
        """Read the portions off a config."""
        size = samples if training.batch_size == "full" else training.batch_size
        return cls(samples, data.order, size)

    def at(self, step: int) -> tuple[int, tuple[int, ...] | None]:
        """Give the number of samples of a step (0 where it is unknown), and the samples where they are known."""
        if self.order:
            numbers = self.order[(step - 1) % len(self.order)]
            return len(numbers), numbers
        return self.size or 0, None


def check_names(names: dict[str, str], problems: Sequence[tuple[str, NameProblem]]) -> Iterator[Finding]:
    """Report the names that mean nothing, or too much."""
    for name, problem in problems:
        assert name in names  # noqa: S101  they are the same names
        yield ("names", name), f"names: {problem}"


def check_digits(report: Report, table: NameTable) -> Iterator[Finding]:
    """Find digits that are set for what cannot be named."""
    for name in report.digits:
        try:
            table.resolve(name)
        except NameProblem as problem:
            yield ("report", "digits", name), f"report.digits: {problem}"


def check_figures(figures: tuple[Figure, ...], table: NameTable, portions: Portions) -> Iterator[Finding]:
    """Find figures of what cannot be named, of samples that are not there, and what is no figure."""
    for number, figure in enumerate(figures):
        path: KeyPath = ("figures", number)
        if read_figure(figure.printed) is None:
            message = f"figures[{number}].printed: {figure.printed!r} is not a number; write its digits"
            yield (*path, "printed"), message
        try:
            meaning = table.resolve(figure.name)
        except NameProblem as problem:
            yield (*path, "name"), f"figures[{number}].name: {problem}"
            continue
        flaw = _sample_flaw(figure, meaning, portions)
        if flaw:
            yield (*path, "sample" if figure.sample is not None else "name"), f"figures[{number}]: {flaw}"


def _sample_flaw(figure: Figure, meaning: object, portions: Portions) -> str:
    """Say what is wrong with the sample of a figure, or ''."""
    in_name = getattr(meaning, "sample", None)
    if figure.sample is not None and in_name is not None and figure.sample != in_name:
        return f"the name says sample {in_name}, 'sample' says {figure.sample}; write the same"
    sample = figure.sample if figure.sample is not None else in_name
    size, batch = portions.at(figure.step)
    if sample is None:
        if size > 1 and belongs_to_a_sample(meaning):
            return f"{figure.name!r} has a value for each of the step's {size} samples; say which, as {figure.name}@1"
        return ""
    if portions.samples is not None and sample > portions.samples:
        return f"there is no sample {sample}; the data has {portions.samples}, counted from 1"
    if batch is not None and sample not in batch:
        return f"sample {sample} is not in step {figure.step}, which trains on {', '.join(map(str, batch))}"
    return ""


def belongs_to_a_sample(meaning: object) -> bool:
    """Say whether a quantity has a value for each sample of a batch."""
    match meaning:
        case Variable(symbol=symbol, sample=None):
            return symbol in _OF_A_SAMPLE
        case Derivative(top=top, bottom=bottom, sample=None):
            return top.symbol in _OF_A_SAMPLE or bottom.symbol in _OF_A_SAMPLE
        case Term():
            return any(belongs_to_a_sample(reference) for reference in references(meaning))
        case _:
            return False
