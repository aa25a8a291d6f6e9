"""What each sample counts: whether the weights that a config asks for can be had, and samples with them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backprop_cli.config.data_section import AnyData
from backprop_cli.config.network import Network
from backprop_cli.config.reading import Held, Read
from backprop_cli.config.sections import Training
from backprop_cli.config.shapes import Finding
from backprop_cli.data.dataset import Dataset
from backprop_cli.data.samples import Samples
from backprop_cli.data.weighing import Weights, balanced, class_names, classes_in, named
from backprop_cli.documents.tree import listed
from backprop_cli.errors import did_you_mean

_MOST_LISTED = 10
_KEY = ("training", "class_weights")


def asked_for(data: AnyData, training: Training) -> bool:
    """Say whether samples count differently."""
    return data.weights is not None or training.class_weights is not None


def check(found: Read, network: Network, training: Training) -> Iterator[Finding]:
    """Find class weights where there are no classes, or of classes that there are not."""
    if training.class_weights is None:
        return
    for held in found.parts:
        flaw = flaw_in(held)
        if flaw:
            yield _KEY, f"training.class_weights: {flaw}"
            return
    names = class_names(found.data.samples.classes, network.layers[-1].units)
    for label in training.class_weights if isinstance(training.class_weights, dict) else ():
        if label not in names:
            hint = did_you_mean(label, names) or f"; classes: {listed(names, _MOST_LISTED)}"
            yield (*_KEY, label), f"training.class_weights: there is no class {label!r}{hint}"


def flaw_in(held: Held) -> str:
    """Say why samples have no classes, or ''."""
    samples = held.samples
    if samples.targets is None:
        return "the data has no targets, and so no classes"
    astray = np.flatnonzero(classes_in(samples.targets) < 0)
    if not len(astray):
        return ""
    number = int(samples.numbered(astray[:1])[0])
    meant = "0 or 1" if samples.targets.shape[1] == 1 else "1 for the class, and 0 elsewhere"
    place = f" of {held.file}" if held.file else ""
    return f"the targets of sample {number:,}{place} stand for no class; write {meant}, or use data.weights"


def check_parts(dataset: Dataset, training: Training) -> Iterator[Finding]:
    """Find a class without samples to balance by, and weights that leave nothing to learn."""
    samples = dataset.training
    if training.class_weights == "balanced" and samples.targets is not None:
        names = class_names(samples.classes, samples.targets.shape[1])
        absent = [name for name, factor in zip(names, factors_of(samples, "balanced"), strict=True) if not factor]
        if absent:
            message = f"no training sample is of class {absent[0]!r}, so it cannot be balanced; write its weight"
            yield _KEY, f"training.class_weights: {message}"
    if samples.weights is not None and not samples.weights.any():
        key = ("data", "weights") if training.class_weights is None else _KEY
        yield key, f"{'.'.join(key)}: every training sample counts 0, so there is nothing to learn"


def weighed(dataset: Dataset, class_weights: str | dict[str, float] | None) -> Dataset:
    """Give all parts with the weights of their classes multiplied in; what is balanced is the training part."""
    if class_weights is None or dataset.training.targets is None:
        return dataset
    factors = factors_of(dataset.training, class_weights)
    others = (dataset.validation, dataset.test)
    validation, test = (None if part is None else weighed_by(part, factors) for part in others)
    return replace(dataset, training=weighed_by(dataset.training, factors), validation=validation, test=test)


def factors_of(training: Samples, class_weights: str | dict[str, float]) -> Weights:
    """Give what each class counts; what is balanced is the training part."""
    assert training.targets is not None  # noqa: S101  without them there are no classes
    names = class_names(training.classes, training.targets.shape[1])
    if isinstance(class_weights, dict):
        return named(class_weights, names)
    return balanced(classes_in(training.targets), len(names))


def weighed_by(samples: Samples, factors: Weights) -> Samples:
    """Multiply what each sample counts by the factor of its class."""
    assert samples.targets is not None  # noqa: S101  every part has the columns of the training part
    return samples.weighed(factors[classes_in(samples.targets)])
