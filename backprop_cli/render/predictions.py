"""Predictions: a few of them as a table, all of them as CSV or JSON Lines."""

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from backprop_cli.algebra.digits import Digits
from backprop_cli.errors import counted
from backprop_cli.quantities.notation import LEAVING, write
from backprop_cli.quantities.quantity import Variable
from backprop_cli.render.numbers import format_count, format_number
from backprop_cli.render.rows import MOST_CLASSES, MOST_SAMPLES, Table
from backprop_cli.render.sheets import Form
from backprop_cli.training.predictor import Portion, Predictor

ROW, PREDICTED = "row", "predicted"
FORMS = (
    Form("console", (".txt",), ""),
    Form("csv", (".csv",), ""),
    Form("jsonl", (".jsonl", ".ndjson"), ""),
    Form("npz", (".npz",), ""),
)


def columns_of(predictor: Predictor) -> tuple[str, ...]:
    """Name the columns of a table: the row, the class where there are classes, and each output."""
    first = (ROW, PREDICTED) if predictor.classes else (ROW,)
    names = predictor.names
    if set(names) & {ROW, PREDICTED}:
        # A class has the name of a column.
        names = tuple(write(Variable("yhat", None, (number,)), LEAVING) for number in range(1, len(names) + 1))
    return first + names


def predictions_csv(predictor: Predictor) -> Iterator[str]:
    """Write CSV, a portion at a time; numbers have all their digits."""
    yield _lines([columns_of(predictor)])
    for portion in predictor:
        yield _lines(_rows(predictor, portion))


def predictions_jsonl(predictor: Predictor) -> Iterator[str]:
    """Write JSON Lines, a portion at a time; what is not finite is null."""
    for portion in predictor:
        yield "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _objects(predictor, portion))


def predictions_table(predictor: Predictor, digits: Digits) -> Table:
    """Show the first samples, and count what all are taken for."""
    narrow = len(predictor.names) <= MOST_CLASSES
    shown: list[tuple[str, ...]] = []
    counts: Counter[str] = Counter()
    for portion in predictor:
        if len(shown) < MOST_SAMPLES:
            rows = _rows(predictor, portion, MOST_SAMPLES - len(shown))
            shown += [_cells(predictor, row, digits, narrow=narrow) for row in rows]
        if portion.classes is not None:
            counts.update(predictor.classes[place] for place in portion.classes.tolist())
    columns = columns_of(predictor) if narrow else _few_columns(predictor)
    return Table(columns, tuple(shown), note=_note(predictor, len(shown), counts, narrow=narrow))


def _few_columns(predictor: Predictor) -> tuple[str, ...]:
    return (ROW, PREDICTED, "output") if predictor.classes else columns_of(predictor)[: MOST_CLASSES + 1]


def _cells(predictor: Predictor, row: list[str | float], digits: Digits, *, narrow: bool) -> tuple[str, ...]:
    """Write a row; of many outputs the largest, which makes the class, or the first few."""
    named = 2 if predictor.classes else 1
    outputs = [float(value) for value in row[named:]]
    if not narrow:
        outputs = [max(outputs)] if predictor.classes else outputs[:MOST_CLASSES]
    return (*map(str, row[:named]), *(format_number(value, digits) for value in outputs))


def _note(predictor: Predictor, shown: int, counts: Counter[str], *, narrow: bool) -> str:
    more = predictor.samples - shown
    parts = [f"… and {counted(more, 'more row')}"] if more else []
    if not narrow and not predictor.classes:
        parts.append(f"the first {MOST_CLASSES} of {format_count(len(predictor.names))} outputs")
    if counts and len(predictor.classes) <= MOST_CLASSES:
        parts.append("predicted " + ", ".join(f"{name}: {counts[name]:,}" for name in predictor.classes))
    return " · ".join(parts)


def _rows(predictor: Predictor, portion: Portion, most: int | None = None) -> Iterator[list[str | float]]:
    outputs = portion.outputs[:most].tolist()
    classes = None if portion.classes is None else portion.classes.tolist()
    for at, (row, numbers) in enumerate(zip(portion.rows.tolist(), outputs, strict=False)):
        yield [row, *([] if classes is None else [predictor.classes[classes[at]]]), *numbers]


def _objects(predictor: Predictor, portion: Portion) -> Iterator[dict[str, object]]:
    for row in _rows(predictor, portion):
        numbers = [value if math.isfinite(float(value)) else None for value in row[-len(predictor.names) :]]
        named = {PREDICTED: row[1]} if predictor.classes else {}
        yield {ROW: row[0], **named, "outputs": dict(zip(predictor.names, numbers, strict=True))}


def _lines(rows: "Iterator[list[str | float]] | list[tuple[str, ...]]") -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
