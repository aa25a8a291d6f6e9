"""What samples count: the weights that a column gives them, and those of their classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.cells import numbers
from backprop_cli.data.gaps import Gaps
from backprop_cli.data.matrix import Matrix, windows
from backprop_cli.data.sources import Columns
from backprop_cli.errors import Problem

Weights = NDArray[np.float64]


def weights_in(columns: Columns, gaps: Gaps, found: list[Problem]) -> Weights | None:
    """Give what each row counts, nan where that is missing, and add all that is wrong to what was found."""
    if columns.source.weights is None:
        return None
    frame, (column, *_) = columns.source.weights.frame, columns.weights
    names = [name for one in columns.weights for name in one.names]
    if len(names) > 1:
        found.append(frame.header_problem(f"weights are one column, and these are {len(names):,}; name one of them"))
        return None
    values = numbers(column, gaps, frame, found, fillable=False)
    weights = np.empty(len(values))
    for start, window in windows(values):
        weights[start : start + len(window)] = window[:, 0]
    for row in np.flatnonzero(weights < 0.0):
        message = f"a weight must be at least 0, not {weights[row]:g}; correct it"
        found.append(frame.problem(int(row), names[0], message))
    return weights


def class_names(classes: tuple[str, ...], outputs: int) -> tuple[str, ...]:
    """Give the names of classes: those of the data, or else no and yes for one output and numbers for several."""
    return classes or (tuple(str(number) for number in range(1, outputs + 1)) if outputs > 1 else ("no", "yes"))


def classes_in(targets: Matrix) -> NDArray[np.int64]:
    """Give the class of each sample, from 0; −1 where its targets stand for no class.

    One target stands for a class where it is 0 or 1; several do where one of them is 1 and the others are 0.
    """
    found = np.empty(len(targets), dtype=np.int64)
    for start, rows in windows(targets):
        binary = ((rows == 0) | (rows == 1)).all(axis=1)
        several = rows.shape[1] > 1
        places = rows.argmax(axis=1) if several else np.nan_to_num(rows[:, 0])
        single = rows.sum(axis=1) == 1 if several else True
        found[start : start + len(rows)] = np.where(binary & single, places, -1)
    return found


def balanced(classes: NDArray[np.int64], count: int) -> Weights:
    """Give a factor for each class: samples/(classes · samples of the class); 0 where a class has none.

    Source: the class_weight='balanced' of scikit-learn, after G. King and L. Zeng, "Logistic Regression in Rare Events
    Data", Political Analysis 9 (2001).

    Args:
        classes: of each sample, from 0.
        count: how many classes there are.
    """
    samples = np.bincount(classes, minlength=count).astype(np.float64)
    return np.divide(len(classes), count * samples, out=np.zeros(count), where=samples > 0)


def named(weights: dict[str, float], names: Sequence[str]) -> Weights:
    """Give a factor for each class from factors by name; 1 for those that are left out."""
    return np.array([weights.get(name, 1.0) for name in names])
