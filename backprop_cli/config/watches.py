"""What a config may say about the best epoch of a run: to stop some time after it, or to keep its parameters."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from backprop_cli.rules.base import Count
from backprop_cli.rules.watch import Waiting, Watch


class EarlyStopping(Waiting):
    """Stop when what is watched has not become better for some epochs."""

    restore_best: Annotated[
        bool, Field(description="end with the parameters of the best epoch, not with those of the last")
    ] = True


class KeepBest(Watch):
    """Train to the end, and end with the parameters of the best epoch."""


def _stopping_in_full(value: object) -> object:
    """Turn the short form, the patience alone, into the long one."""
    if isinstance(value, bool):
        return {} if value else None
    return {"patience": value} if isinstance(value, int | float) else value


def _keeping_in_full(value: object) -> object:
    """Turn the short forms, true and the name of a metric, into the long one."""
    if isinstance(value, bool):
        return {} if value else None
    return {"metric": value} if isinstance(value, str) else value


Stopping = Annotated[
    EarlyStopping | None,
    BeforeValidator(_stopping_in_full, json_schema_input_type=bool | Count | EarlyStopping | None),
]
Keeping = Annotated[
    KeepBest | None,
    BeforeValidator(_keeping_in_full, json_schema_input_type=bool | str | KeepBest | None),
]
