"""How well a model does, as tables and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from backprop_cli import __version__
from backprop_cli.algebra.digits import Digits
from backprop_cli.render.numbers import format_count, format_number
from backprop_cli.render.rows import Table, checks_table, counts_table
from backprop_cli.training.evaluation import Evaluation, OfClass

SCHEMA = 1


def evaluation_tables(found: Evaluation, digits: Digits) -> Iterator[Table]:
    """Show loss and metrics, each class, which was taken for which, and what was expected."""
    measured = (("loss", found.values.loss), *found.values.metrics.items())
    yield Table(("", "value"), tuple((name, format_number(value, digits)) for name, value in measured))
    if found.classes:
        yield _classes(found, digits)
    confusion = None if found.confusion is None else counts_table([c.name for c in found.classes], found.confusion)
    if confusion is not None:
        yield confusion
    if found.checks:
        yield checks_table(found.checks, digits)


def _classes(found: Evaluation, digits: Digits) -> Table:
    _, *scores, _ = (field.name for field in fields(OfClass))
    rows = (
        (one.name, *(format_number(getattr(one, score), digits) for score in scores), format_count(one.support))
        for one in found.classes
    )
    return Table(("class", *scores, "samples"), tuple(rows))


def evaluation_document(found: Evaluation, model: str, data: str) -> dict[str, Any]:
    """Build the JSON document, at full precision."""
    return {
        "schema": SCHEMA,
        "command": "evaluate",
        "version": __version__,
        "model": model,
        "data": data,
        "samples": found.samples,
        "loss": found.values.loss,
        "metrics": dict(found.values.metrics),
        "classes": [asdict(one) for one in found.classes],
        "confusion": found.confusion,
        "expect": [asdict(check) for check in found.checks],
    }
