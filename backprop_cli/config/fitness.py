"""Whether the parts of a config fit together: network with loss, loss with targets, data with training."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.config.data_section import AnyData, Data, FileData, FromFiles, InlineData, PartsData
from backprop_cli.config.network import Network
from backprop_cli.config.sections import Report, Training
from backprop_cli.config.shapes import Finding
from backprop_cli.data.dataset import count_kept
from backprop_cli.data.declared import MOST_BYTES
from backprop_cli.data.matrix import Matrix, Stored, windows
from backprop_cli.data.samples import Samples
from backprop_cli.errors import counted
from backprop_cli.immutable import immutable
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.metrics import Metric
from backprop_cli.rules.optimizers import Optimizer
from backprop_cli.rules.schedules import Schedule
from backprop_cli.rules.schedules.plateau import Plateau

# How far from 1 the targets of a sample may add up.
_SLACK = 1e-6


def check_output(network: Network, loss: Loss) -> Iterator[Finding]:
    """Find a last layer whose activations the loss cannot use, and softmax where it makes no sense."""
    for number, layer in enumerate(network.layers):
        if layer.activation.rowwise and layer.units == 1:
            path = ("network", "layers", number, "activation")
            yield path, f"network.layers[{number}]: softmax over one unit is always 1; use sigmoid, or more units"
    last = network.layers[-1].activation
    refusal = loss.refuses.get(type(last))
    if refusal:
        yield ("loss",), f"loss: {refusal}"
    low, high = loss.predictions
    lowest, highest = last.outputs
    if lowest < low or highest > high:
        yield (
            ("loss",),
            (
                f"loss: {loss.title} needs predictions from {low:g} to {high:g}, but {last.title} gives "
                f"{lowest:g} to {highest:g}; use softmax or sigmoid in the last layer, or another loss"
            ),
        )


def check_metrics(network: Network, metrics: tuple[Metric, ...] | None) -> Iterator[Finding]:
    """Find metrics that cannot be counted for the outputs of the network."""
    for number, metric in enumerate(metrics or ()):
        flaw = metric.misfit(network.layers[-1].units)
        if flaw:
            yield ("metrics", number), f"metrics[{number}]: {metric.title}: {flaw}"


def check_inline_data(network: Network, data: Data) -> Iterator[Finding]:
    """Find rows of inline data whose lengths do not fit the network."""
    if not isinstance(data, InlineData):
        return
    yield from _check_rows("inputs", data.inputs, network.inputs, f"the network has {counted(network.inputs, 'input')}")
    if data.targets is None:
        return
    yield from _check_rows(
        "targets",
        data.targets,
        network.layers[-1].units,
        f"the last layer has {counted(network.layers[-1].units, 'unit')}",
    )
    if len(data.targets) != len(data.inputs):
        counts = f"{counted(len(data.targets), 'row')} of targets for {counted(len(data.inputs), 'row')} of inputs"
        yield ("data", "targets"), f"data.targets: {counts}; write one for each sample"


def check_inline_weights(data: Data) -> Iterator[Finding]:
    """Find weights of inline samples that are not one for each."""
    if isinstance(data, InlineData) and data.weights is not None and len(data.weights) != len(data.inputs):
        counts = f"{counted(len(data.weights), 'number')} for {counted(len(data.inputs), 'row')} of inputs"
        yield ("data", "weights"), f"data.weights: {counts}; write one for each sample"


def _check_rows(key: str, rows: tuple[tuple[float, ...], ...], width: int, reason: str) -> Iterator[Finding]:
    for number, row in enumerate(rows):
        if len(row) != width:
            yield (
                ("data", key, number),
                f"data.{key}[{number}]: {counted(len(row), 'number')}, but {reason}; write one row per sample",
            )
            return


def check_order(data: AnyData, training: Training) -> Iterator[Finding]:
    """Find settings that an explicit order of samples excludes."""
    if data.order is None:
        return
    for key in ("batch_size", "shuffle"):
        if key in training.model_fields_set:
            yield ("training", key), f"training.{key}: data.order already says which samples a step trains on; keep one"
    if data.validation:
        yield ("data", "validation"), "data.validation: data.order names samples of the whole data; keep one"
    if isinstance(data, FromFiles) and data.missing == "drop":
        yield ("data", "missing"), "data.missing: data.order names samples by number, so none may be dropped; keep one"


def check_preparation(data: AnyData) -> Iterator[Finding]:
    """Find inputs that are scaled twice, and labels that are twice the same or no labels."""
    scaled = [key for key in ("standardize", "min_max", "divide") if getattr(data, key)]
    if len(scaled) > 1:
        yield ("data", scaled[1]), f"data.{scaled[1]}: data.{scaled[0]} scales the inputs already; keep one"
    if not isinstance(data, FromFiles) or data.labels is None:
        return
    for number, label in enumerate(data.labels):
        if label in data.labels[:number]:
            yield ("data", "labels", number), f"data.labels[{number}]: {label!r} is there twice; name each class once"
        if label in data.missing_texts:
            message = f"{label!r} counts as missing; list in data.missing_texts what does"
            yield ("data", "labels", number), f"data.labels[{number}]: {message}"


def check_files(data: AnyData) -> Iterator[Finding]:
    """Find validation samples that are given twice, and files that want their other half."""
    parts = [("", data)] if isinstance(data, FileData) else []
    if isinstance(data, PartsData):
        keys = ("inputs", "targets", "weights")
        parts = [(key, part) for key in keys if (part := getattr(data, key)) is not None]
    for field in ("validation_file", "test_file"):
        given = [(key, part) for key, part in parts if getattr(part, field) is not None]
        if given and len(given) < len(parts):
            other = next(key for key, part in parts if getattr(part, field) is None)
            yield ("data", given[0][0], field), f"data.{given[0][0]}.{field}: give data.{other} a {field}, too"
        elif given and field == "validation_file" and data.validation:
            yield ("data", "validation"), "data.validation: validation_file already gives validation samples; keep one"


def check_start(training: Training, network: Network) -> Iterator[Finding]:
    """Find numbers for parameters that a model gives; initializers stand, for they only say how one would draw."""
    if training.start_from is None:
        return
    for number, layer in enumerate(network.layers):
        path = ("network", "layers", number)
        told = "training.start_from gives the parameters of all layers; leave it or these out"
        if isinstance(layer.weights, tuple):
            yield (*path, "weights"), f"network.layers[{number}].weights: {told}"
        if layer.bias.values is not None:
            yield (*path, "bias"), f"network.layers[{number}].bias: {told}"


def check_training(training: Training) -> Iterator[Finding]:
    """Find a training section that says twice how long, or which parameters to end with."""
    if training.epochs is not None and training.steps is not None:
        yield ("training", "steps"), "training: epochs and steps exclude each other; keep one"
    if training.early_stopping is not None and training.keep_best is not None:
        yield (
            ("training", "keep_best"),
            "training.keep_best: early_stopping keeps the best, too, with restore_best; write one of the two",
        )


def check_schedule(schedule: Schedule, optimizer: Optimizer) -> Iterator[Finding]:
    """Find a lowest learning rate that is above the one to start with."""
    if isinstance(schedule, Plateau) and schedule.min_rate > optimizer.learning_rate:
        yield (
            ("schedule", "min_rate"),
            (
                f"schedule.min_rate: {schedule.min_rate:g} is above optimizer.learning_rate, "
                f"{optimizer.learning_rate:g}; write a lower one"
            ),
        )


def check_report(report: Report) -> Iterator[Finding]:
    """Find a report section that says how many digits twice."""
    if report.decimals is not None and report.significant is not None:
        yield ("report", "significant"), "report: decimals and significant exclude each other; keep one"


def check_update_order(update_order: str, optimizer: Optimizer) -> Iterator[Finding]:
    """Find clipping by length where there is no whole gradient to measure."""
    if update_order == "sequential" and optimizer.clip is not None and optimizer.clip.norm is not None:
        yield (
            ("optimizer", "clip"),
            "optimizer.clip: norm needs the whole gradient, which update_order: sequential never has; use value",
        )


def check_targets(loss: Loss, samples: Samples) -> Iterator[tuple[int, int | None, str]]:
    """Find targets outside a loss's domain: 0-based row and output, None for a whole row, and what is wrong."""
    if samples.targets is None:
        return
    low, high = loss.targets
    outside = _Astray.among(samples.targets, lambda rows: (rows < low) | (rows > high))
    if outside:
        value = outside.values[outside.column]
        words = f"target {value:g} is outside {loss.title}'s domain, {low:g} to {high:g}"
        yield outside.row, outside.column, words + outside.more
    elif loss.distribution:
        astray = _Astray.among(samples.targets, lambda rows: np.abs(rows.sum(axis=1, keepdims=True) - 1.0) > _SLACK)
        if astray:
            words = (
                f"the targets of a sample must add up to 1 for {loss.title}; these add up to {astray.values.sum():g}"
            )
            yield astray.row, None, words + astray.more


@immutable
class _Astray:
    """Values that cannot be: the first of them by its 0-based place, the values of its row, and how many there are."""

    row: int
    column: int
    values: NDArray[Any]
    count: int

    @classmethod
    def among(cls, targets: Matrix, test: Callable[[NDArray[Any]], NDArray[np.bool_]]) -> "_Astray | None":
        """Find those that a test is true of."""
        found = None
        for start, rows in windows(targets):
            places = np.argwhere(test(rows))
            if len(places):
                row, column = places[0].tolist()
                first = found or cls(start + row, column, rows[row], 0)
                found = replace(first, count=first.count + len(places))
        return found

    @property
    def more(self) -> str:
        """Mention those after the first."""
        return f" (and so are {self.count - 1:,} more)" if self.count > 1 else ""


def check_room(samples: Samples, data: AnyData, training: Training) -> Iterator[Finding]:
    """Find steps on so many samples of a large file at once that they do not fit into memory."""
    if not isinstance(samples.inputs, Stored) or data.order is not None:
        return
    count = len(samples) - count_kept(len(samples), data.validation)
    size = count if training.batch_size == "full" else min(training.batch_size, count)
    memory = size * samples.inputs.shape[1] * np.dtype(np.float64).itemsize
    if memory > MOST_BYTES:
        much = f"the inputs of {size:,} samples take {memory / 2**30:,.1f} GiB as float64, all at once"
        todo = "write a number of samples, such as 64" if training.batch_size == "full" else "write a smaller number"
        yield ("training", "batch_size"), f"training.batch_size: {much}; at most {MOST_BYTES // 2**30} GiB fit; {todo}"


def check_sample_numbers(data: AnyData, samples: int) -> Iterator[Finding]:
    """Find sample numbers beyond the data, and a validation part that leaves nothing to train on."""
    for step, numbers in enumerate(data.order or ()):
        for number in numbers:
            if number > samples:
                yield (
                    ("data", "order", step),
                    f"data.order[{step}]: there is no sample {number}; the data has {samples}, counted from 1",
                )
    if count_kept(samples, data.validation) >= samples:
        yield (
            ("data", "validation"),
            f"data.validation: {data.validation:g} of {samples} samples leaves none to train on; keep less",
        )
