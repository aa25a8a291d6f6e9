"""What a worksheet of a step stands on, as a config has it."""

from backprop_cli.config.loader import Setup
from backprop_cli.engine.record import StepRecord
from backprop_cli.training.start import layout_of
from backprop_cli.worksheet.ground import Ground, Turn


def grounded(setup: Setup, record: StepRecord, *, long: bool = False) -> Ground:
    """Put together what the lines of a step follow from, without the reader's own names.

    Args:
        setup: what is trained.
        record: what the engine did in the step.
        long: whether the output error is written as a full product where the loss has a shortcut for it.
    """
    experiment = setup.experiment
    return Ground(
        layout=layout_of(setup),
        activations=tuple(layer.activation for layer in experiment.network.layers),
        loss=experiment.loss,
        optimizer=experiment.optimizer,
        schedule=experiment.schedule,
        record=record,
        turn=Turn(*record.turn),
        sequential=experiment.update_order == "sequential",
        long=long,
    )
