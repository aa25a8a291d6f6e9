"""A model that lies in a file, as text and tables, and as JSON."""

from collections.abc import Mapping
from typing import Any

from backprop_cli.algebra.digits import Digits
from backprop_cli.documents.tree import listed
from backprop_cli.render.numbers import format_count, format_number
from backprop_cli.render.rows import Table
from backprop_cli.training.model import Model, tensors_of
from backprop_cli.training.using import encoding_of, wanted_by

# More inputs are counted, not shown.
MOST_INPUTS = 12
_DIGITS = Digits()


def model_facts(model: Model) -> list[str]:
    """Say what a model is, line by line."""
    lines = [model.summary]
    if model.classes:
        lines.append(f"classes: {listed(model.classes, MOST_INPUTS)}")
    names = wanted_by(model).inputs
    lines.append(f"inputs: {listed(names, MOST_INPUTS)}{f' ({format_count(len(names))})' if len(names) > 1 else ''}")
    return [*lines, f"trained as {model.experiment.training.dtype}, seed {model.experiment.training.seed}"]


def preparation_table(model: Model) -> Table | None:
    """Show what is done to each input; None where that is nothing, or where there are too many."""
    preparation, names = model.preparation, encoding_of(model).input_names
    vectors: dict[str, list[float]] = {}
    if preparation.fill is not None:
        vectors["missing is"] = preparation.fill.tolist()
    if preparation.shift is not None and preparation.scale is not None:
        vectors["minus"], vectors["divided by"] = preparation.shift.tolist(), preparation.scale.tolist()
    if not vectors or len(names) > MOST_INPUTS:
        return None
    columns = [vector * len(names) if len(vector) == 1 else vector for vector in vectors.values()]
    rows = zip(names, *([_number(value) for value in column] for column in columns), strict=True)
    return Table(("input", *vectors), tuple(rows))


def tensors_table(model: Model) -> Table:
    """Show the weights and biases of each layer by their shapes and extremes."""
    tensors = tensors_of(model.network.layout, model.network.theta)
    rows = tuple(
        (name, " × ".join(map(format_count, one.shape)), _number(float(one.min())), _number(float(one.max())))
        for name, one in tensors.items()
    )
    return Table(("tensor", "shape", "smallest", "largest"), rows)


def model_document(model: Model, file: str) -> Mapping[str, Any]:
    """Build what JSON says of a model."""
    tensors = tensors_of(model.network.layout, model.network.theta)
    return {
        "file": file,
        "network": model.summary,
        "classes": list(model.classes),
        "inputs": list(wanted_by(model).inputs),
        "preparation": model.preparation.description(),
        "experiment": model.experiment.model_dump(mode="json"),
        "tensors": {name: {"shape": list(one.shape), "dtype": str(one.dtype)} for name, one in tensors.items()},
    }


def _number(value: float) -> str:
    return format_number(value, _DIGITS)
