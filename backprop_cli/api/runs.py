"""How a run begins: from a config, in memory or into a folder, or where another one stopped."""

import os
from collections.abc import Callable, Collection, Generator, Sequence
from functools import partial
from pathlib import Path

from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import UsageError
from backprop_cli.immutable import immutable
from backprop_cli.training.events import Event
from backprop_cli.training.loop import train
from backprop_cli.training.trainer import Asked


@immutable
class Beginning:
    """A run that is about to begin.

    Attributes:
        setup: what is trained.
        out: the folder that it is written to; None for none.
        start: trains and gives the events; takes the numbers of the steps to record, None for those that the config
            asks for, and what is looked at after each step: a signal ends a run in a folder once everything is saved.
    """

    setup: Setup
    out: Path | None
    start: Callable[[Collection[int] | None, Asked], Generator[Event, None, None]]


def begun(
    config: Setup | str | os.PathLike[str] | None,
    settings: Sequence[str] = (),
    *,
    expect: Sequence[str] = (),
    out: Path | None = None,
    resume: bool = False,
    force: bool = False,
) -> Beginning:
    """Read what is to be trained, and say how it begins.

    Args:
        config: a YAML file, or what `load` made of one; None for the config of the run in the folder.
        settings: `key.path=value`, as `--set` takes them.
        expect: conditions, as `--expect` takes them.
        out: the folder of the run; by default that of the config, or none.
        resume: whether to go on with the run in the folder; where there is none, the config starts one.
        force: whether to replace the run in the folder.

    Raises:
        InputError: the config or its data is not valid, or not what the run in the folder began with.
        UsageError: this does not go together.
        StorageError: the folder holds no run, where there is no config.
    """
    if resume and force:
        raise UsageError("--resume goes on with a run and --force replaces it; give one of both")
    if config is None:
        return _from_folder(out, resume=resume, settings=(*settings, *expect))
    setup = config if isinstance(config, Setup) else load(config, settings, expect=expect)
    out = out or _out_of(setup)
    if out is None:
        if resume or force:
            raise UsageError(f"{'--resume' if resume else '--force'} needs the folder of the run; add --out FOLDER")
        return Beginning(setup, None, lambda trace, _: train(setup, trace))
    # Loaded where there is a folder, since checksums and formats of files take their time.
    from backprop_cli.training import recording
    from backprop_cli.training.folder import RunFolder

    if resume and RunFolder(out).holds_run:
        stored = recording.setup_in(out)
        recording.require_same(out, stored, setup)
        return Beginning(stored, out, partial(recording.resume, stored, out))
    return Beginning(setup, out, partial(recording.record, setup, out, force=force))


def _from_folder(out: Path | None, *, resume: bool, settings: Sequence[str]) -> Beginning:
    if not resume:
        raise UsageError("name a config to train, or go on with a run: backprop train --resume --out FOLDER")
    if out is None:
        raise UsageError("--resume needs the folder of the run; add --out FOLDER")
    if settings:
        raise UsageError("--set and --expect belong to a config; a run that goes on keeps what it began with")
    from backprop_cli.training import recording

    setup = recording.setup_in(out)
    return Beginning(setup, out, partial(recording.resume, setup, out))


def _out_of(setup: Setup) -> Path | None:
    out = setup.experiment.training.out
    return None if out is None else setup.folder / out
