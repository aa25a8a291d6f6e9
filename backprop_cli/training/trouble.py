"""What to say when a run is no longer finite."""

from dataclasses import replace

from backprop_cli.config.loader import Setup
from backprop_cli.engine.finite import NotFinite
from backprop_cli.quantities.quantity import Derivative, Quantity, Variable
from backprop_cli.training.events import Trouble


def trouble_of(setup: Setup, found: NotFinite, step: int, rows: tuple[int, ...]) -> Trouble:
    """Say what stopped being finite and what to change.

    Args:
        setup: what was trained.
        found: what is not finite.
        step: the number of the step that was not completed.
        rows: the rows of the data that it trained on, counted from 1.
    """
    quantity = _with_row(found.quantity, rows)
    return Trouble(setup.names.label(quantity), str(found.value), step, _advice(setup, step))


def _advice(setup: Setup, step: int) -> str:
    if step == 1:
        return "look for very large numbers in the data or the starting weights; data.standardize: true may help"
    optimizer = setup.experiment.optimizer
    lower = f"try a lower optimizer.learning_rate (now {optimizer.learning_rate:g})"
    return lower if optimizer.clip else f"{lower}, or optimizer.clip: {{norm: 1.0}}"


def _with_row(quantity: Quantity, rows: tuple[int, ...]) -> Quantity:
    """Replace a column of the batch by the sample that stands in it."""
    if isinstance(quantity, Variable | Derivative) and quantity.sample is not None:
        return replace(quantity, sample=rows[quantity.sample - 1])
    return quantity
