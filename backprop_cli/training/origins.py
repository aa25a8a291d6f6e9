"""The files that a run comes from: its data, and the model that it starts from."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from backprop_cli.config.loader import Setup
from backprop_cli.config.places import files_of, stamp_of
from backprop_cli.errors import ConfigError, DataError, Problem
from backprop_cli.training.checkpoint import Stored
from backprop_cli.training.circumstances import fingerprints
from backprop_cli.training.folder import FILES, RunFolder
from backprop_cli.training.warm import require_fit, source_of


def require_elsewhere(setup: Setup, folder: RunFolder) -> None:
    """Refuse a model to start from that does not fit, and any file to read that the run would replace.

    Raises:
        ConfigError: there is one.
        StorageError: the model cannot be read.
    """
    require_fit(setup)
    # Of any name whatever: what is no folder is told by whoever makes it.
    if not os.path.isdir(folder.path):  # noqa: PTH112  the method raises where a name is too long
        return
    replaced = {(folder / name).resolve() for name in FILES}
    for place, name, path in _files(setup):
        if path.resolve() in replaced:
            message = f"{'.'.join(place)} reads {name}, which this run would replace; choose another folder"
            raise ConfigError([setup.problem(place, message)])


def _files(setup: Setup) -> Iterator[tuple[tuple[str, ...], str, Path]]:
    """Walk all files that are read: where the config says so, as it names them, and where they are."""
    for name in files_of(setup.experiment.data):
        yield ("data",), name, setup.folder / name
    source = source_of(setup)
    if source is not None:
        yield ("training", "start_from"), str(setup.experiment.training.start_from), source


def origins_of(setup: Setup, folder: RunFolder, stored: Stored | None) -> dict[str, str]:
    """Give the SHA-256 of all that a run comes from, by the names that the config in its folder has.

    Args:
        setup: as the config in the folder has it.
        folder: of the run.
        stored: its checkpoint; once there is one, the model that it started from may be gone.

    Raises:
        DataError: a file cannot be read, or has changed since the samples were read.
    """
    found = fingerprints((name, folder / name) for name in files_of(setup.experiment.data))
    start, source = setup.experiment.training.start_from, None if stored else source_of(setup)
    if source is not None:
        found |= fingerprints([(str(start), source)])
    elif start is not None and stored is not None:
        found[start] = stored.data.get(start, "")
    # Only now: what was read for the samples and what was read just now are one and the same.
    _refuse_new_data(setup)
    return found


def _refuse_new_data(setup: Setup) -> None:
    """Raise DataError where a file is no longer what the samples were read from."""
    changed = [path for path, stamp in setup.stamps.items() if stamp_of(path) != stamp]
    message = "this file has changed since it was read; leave it alone while it is in use, and start again"
    if changed:
        raise DataError([Problem(message, where=str(path)) for path in changed])


def refuse_other_data(folder: RunFolder, now: Mapping[str, str], then: object) -> None:
    """Raise DataError where files are not those of a run; where nothing is known of them, they are.

    Args:
        folder: of the run.
        now: the SHA-256 of each, by name.
        then: the same when the run began.
    """
    changed = [name for name in now if then.get(name) != now[name]] if isinstance(then, Mapping) else []
    message = "this file is not as it was when the run began; put it back, or start another run"
    if changed:
        raise DataError([Problem(message, where=str(folder / name)) for name in changed])
