"""From a recorded step to what its worksheet stands on."""

from dataclasses import replace

from backprop_cli.api.asking import expressions
from backprop_cli.config.loader import Setup
from backprop_cli.engine.record import StepRecord
from backprop_cli.training.ground import grounded
from backprop_cli.worksheet.ground import Ground


def ground_of(setup: Setup, record: StepRecord, *, long: bool = False) -> Ground:
    """Put together what the worksheet of a recorded step stands on."""
    ground = grounded(setup, record, long=long)
    return replace(ground, expressions=dict(expressions(setup, ground)))
