"""From a YAML file to a checked experiment with its samples: the one door into the product."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, TextIO

from pydantic import TypeAdapter, ValidationError

from backprop_cli.config import figures, fitness, goals, measures, naming, shapes, weighing
from backprop_cli.config.experiment import Experiment
from backprop_cli.config.places import Stamp, files_of, stamp_of
from backprop_cli.config.problems import explain
from backprop_cli.config.reading import Held, Read, dataset_of, read
from backprop_cli.data.dataset import Dataset
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Selection
from backprop_cli.documents.tree import Document, KeyPath
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.errors import ConfigError, DataError, Problem
from backprop_cli.immutable import immutable
from backprop_cli.quantities.names import NameTable
from backprop_cli.quantities.notation import NOTATIONS
from backprop_cli.quantities.topology import Topology


@immutable
class Setup:
    """A checked experiment, with everything that follows from it before training.

    Attributes:
        name: the config, as the user named it.
        experiment: what it says.
        dataset: its samples, divided and prepared.
        topology: what exists in its network.
        names: every name of it.
        figure_places: line and column of each figure of `experiment.figures`, in their order; (1, 1) for one that a
            flag sets.
        document: what was read, for problems that show later; None where nothing was.
        stamps: how the files that samples come from looked from outside before they were read.
    """

    name: str
    experiment: Experiment
    dataset: Dataset
    topology: Topology
    names: NameTable
    figure_places: tuple[tuple[int, int], ...] = ()
    document: Document | None = None
    stamps: Mapping[Path, Stamp | None] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that paths in the config start at."""
        return Path(self.name).parent

    def problem(self, path: KeyPath, message: str) -> Problem:
        """Say that something is wrong with a value of the config, and point at it."""
        return Problem(message, where=self.name) if self.document is None else self.document.problem(path, message)

    def require_targets(self) -> None:
        """Raise ConfigError when there is nothing to train towards."""
        if self.dataset.training.targets is None:
            raise ConfigError(
                [Problem("data.targets is missing, so there is no loss to make small; add targets", where=self.name)]
            )


def load(
    path: str | os.PathLike[str],
    settings: Iterable[str] = (),
    *,
    expect: Iterable[str] = (),
    stdin: TextIO | BinaryIO | None = None,
) -> Setup:
    """Read, validate and check a config, and read its data.

    Args:
        path: the YAML file; `-` for standard input.
        settings: `key.path=value`, as `--set` takes them, applied in order.
        expect: `final.loss <= 0.01`, as `--expect` takes them, beside what the config expects.
        stdin: what `-` reads.

    Raises:
        ConfigError: every problem of the config, and of its data where there are both.
        DataError: every problem of the data, where the config is valid.
        UsageError: a setting without `=`, or an expectation without operator.
    """
    document = read_yaml(path, stdin=stdin)
    for setting in settings:
        document = document.with_override(setting)
    for expectation in expect:
        document = goals.with_goal(document, expectation)
    return _Check(figures.written_out_in(document), Path(os.fspath(path)).parent).setup()


class _Check:
    """One config on its way to a setup; collects problems instead of stopping at the first."""

    def __init__(self, document: Document, folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []
        self.data_problems: list[Problem] = []
        self.sections = self._validate()

    def setup(self) -> Setup:
        """Check everything and give the setup, or raise with all that was found."""
        self._run(shapes.check_shapes, "network")
        self._run(fitness.check_output, "network", "loss")
        self._run(fitness.check_metrics, "network", "metrics")
        self._run(fitness.check_inline_data, "network", "data")
        self._run(fitness.check_inline_weights, "data")
        self._run(fitness.check_files, "data")
        self._run(fitness.check_preparation, "data")
        self._run(fitness.check_order, "data", "training")
        self._run(fitness.check_training, "training")
        self._run(fitness.check_start, "training", "network")
        self._run(fitness.check_schedule, "schedule", "optimizer")
        self._run(fitness.check_report, "report")
        self._run(fitness.check_update_order, "update_order", "optimizer")
        stamps = self._stamps()
        found = self._read_samples()
        topology, names = self._read_names(None if found is None else found.data.samples.last)
        self._refuse()
        experiment = Experiment.model_construct(**self.sections)
        assert found is not None and topology is not None and names is not None  # noqa: S101, PT018
        dataset = self._weighed(dataset_of(found, experiment.data, experiment.training.seed))
        places = tuple(figures.place_of(self.document, number) for number in range(len(experiment.figures)))
        return Setup(self.document.name, experiment, dataset, topology, names, places, self.document, stamps)

    def _stamps(self) -> dict[Path, Stamp | None]:
        data = self.sections.get("data")
        paths = [] if data is None else [self.folder / name for name in files_of(data)]
        return {path: stamp_of(path) for path in paths}

    def _weighed(self, dataset: Dataset) -> Dataset:
        """Give all parts with what their samples count, or raise with what is wrong with that."""
        weighed = weighing.weighed(dataset, self.sections["training"].class_weights)
        self._run(partial(weighing.check_parts, weighed), "training")
        self._refuse()
        return weighed

    def _validate(self) -> dict[str, Any]:
        """Give the valid sections by name."""
        plain = self.document.plain(figures.is_printed)
        try:
            experiment = Experiment.model_validate(plain)
        except ValidationError as error:
            details = error.errors()
            self.problems += explain(self.document, details)
            bad = {detail["loc"][0] for detail in details if detail["loc"]}
            return dict(_valid_sections(plain, bad)) if isinstance(plain, dict) else {}
        return {name: getattr(experiment, name) for name in Experiment.model_fields}

    def _run(self, check: Any, *names: str) -> None:
        """Run a check if the sections that it needs are valid."""
        if all(name in self.sections for name in names):
            for path, message in check(*(self.sections[name] for name in names)):
                self._find(path, message)

    def _find(self, path: KeyPath, message: str) -> None:
        self.problems.append(self.document.problem(path, message))

    def _read_samples(self) -> Read | None:
        """Read the data where its section and the network are valid, and check it against loss and order."""
        data, network = self.sections.get("data"), self.sections.get("network")
        if data is None or network is None or any(problem.message.startswith("data.") for problem in self.problems):
            return None
        try:
            found = read(data, network, self.folder)
        except DataError as error:
            self.data_problems += error.problems
            return None
        for path, message in fitness.check_sample_numbers(data, len(found.data.samples)):
            self._find(path, message)
        self._run(partial(fitness.check_room, found.data.samples), "data", "training")
        for held in found.parts:
            self._check_targets(held)
        self._run(partial(measures.check, found), "data", "loss", "metrics", "training", "schedule")
        self._run(partial(goals.check, found), "data", "loss", "metrics", "expect")
        self._run(partial(weighing.check, found), "network", "training")
        return found

    def _check_targets(self, found: Held) -> None:
        if "loss" not in self.sections:
            return
        for row, column, message in fitness.check_targets(self.sections["loss"], found.samples):
            if found.source is None or found.source.targets is None:
                self._find(("data", "targets", row, column or 0), f"data.targets[{row}]: {message}")
            else:
                at = row if found.samples.rows is None else int(found.samples.rows[row])
                self.data_problems.append(target_problem(found.source.targets, found.samples, at, column, message))

    def _read_names(self, samples: int | None) -> tuple[Topology | None, NameTable | None]:
        """Understand the names where the network and the optimizer are valid."""
        sections = self.sections
        if "network" not in sections or "optimizer" not in sections or "data" not in sections:
            return None, None
        topology = naming.topology_of(
            sections["network"],
            sections["optimizer"],
            has_targets=sections["data"].targets is not None,
            samples=samples,
            weighted="training" in sections and weighing.asked_for(sections["data"], sections["training"]),
        )
        names = sections.get("names", {})
        table, problems = NameTable.build(names, topology, NOTATIONS[sections.get("notation", "leaving")])
        for path, message in naming.check_names(names, problems):
            self.problems.append(self.document.problem(path, message, at_key=True))
        if "report" in sections:
            for path, message in naming.check_digits(sections["report"], table):
                self.problems.append(self.document.problem(path, message, at_key=True))
        if "figures" in sections and "training" in sections:
            portions = naming.Portions.of(sections["data"], sections["training"], topology.samples)
            for path, message in naming.check_figures(sections["figures"], table, portions):
                self._find(path, message)
        return topology, table

    def _refuse(self) -> None:
        """Raise when anything was found, in the order of the file."""
        found = sorted(self.problems, key=lambda problem: (problem.line or 0, problem.column or 0))
        if found:
            raise ConfigError([*found, *self.data_problems])
        if self.data_problems:
            raise DataError(self.data_problems)


def target_problem(targets: Selection, samples: Samples, row: int, column: int | None, message: str) -> Problem:
    """Say that a target is wrong, by the name of its column where each has one, or the targets of a row together."""
    # A part of an archive is one name for several columns; classes are several columns of one.
    has_names = samples.targets is not None and len(targets.names) == samples.targets.shape[1]
    if column is None or not has_names:
        return targets.frame.row_problem(row, message)
    return targets.frame.problem(row, targets.names[column], message)


def _valid_sections(plain: Mapping[str, Any], bad: set[int | str]) -> Iterator[tuple[str, Any]]:
    """Validate the sections that are not to blame, one by one."""
    for name, known in Experiment.model_fields.items():
        if name in bad:
            continue
        if name not in plain:
            yield name, known.get_default(call_default_factory=True)
            continue
        annotated: Any = Annotated[(known.annotation, *known.metadata)] if known.metadata else known.annotation
        try:
            yield name, TypeAdapter(annotated).validate_python(plain[name])
        except ValidationError:
            # What only the whole config refuses is already reported.
            continue
