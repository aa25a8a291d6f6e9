"""Files that a config names, and what becomes of their names when the config moves to another folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from backprop_cli.config.data_section import AnyData, FileData, Part, PartsData
from backprop_cli.config.experiment import Experiment

# The size of a file, and when it was last written to.
Stamp: TypeAlias = tuple[int, int]
_NAMING = ("file", "validation_file", "test_file")


def files_of(data: AnyData) -> Iterator[str]:
    """Walk the files that samples come from, as the config names them, each once."""
    named = [getattr(one, key) for one in _sections(data) for key in _NAMING]
    yield from dict.fromkeys(name for name in named if name is not None)


def stamp_of(path: Path) -> Stamp | None:
    """Give the size of a file and when it was last written to; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def moved(experiment: Experiment, start: Path, to: Path) -> Experiment:
    """Give an experiment whose config may lie in another folder.

    Args:
        experiment: what the config says.
        start: the folder that its paths start at.
        to: the folder that they are to start at.
    """

    def rename(name: str) -> str:
        if Path(name).is_absolute():
            return name
        # Links are followed first: '..' behind one leads elsewhere than it looks.
        path = os.path.realpath(start / name)
        try:
            return Path(os.path.relpath(path, os.path.realpath(to))).as_posix()
        except ValueError:
            # Another drive.
            return path

    training = experiment.training
    if training.start_from is not None:
        training = training.model_copy(update={"start_from": rename(training.start_from)})
    return experiment.model_copy(update={"data": _renamed(experiment.data, rename), "training": training})


def _sections(data: AnyData) -> list[FileData | Part]:
    if isinstance(data, FileData):
        return [data]
    return list(_parts(data).values()) if isinstance(data, PartsData) else []


def _parts(data: PartsData) -> dict[str, Part]:
    """Give the sections that name files of their own, by key."""
    return {key: part for key in PartsData.model_fields if isinstance(part := getattr(data, key), Part)}


def _renamed(data: AnyData, rename: Callable[[str], str]) -> AnyData:
    if isinstance(data, FileData):
        return data.model_copy(update=_names(data, rename))
    if isinstance(data, PartsData):
        update = {key: part.model_copy(update=_names(part, rename)) for key, part in _parts(data).items()}
        return data.model_copy(update=update)
    return data


def _names(section: FileData | Part, rename: Callable[[str], str]) -> dict[str, str]:
    found = {key: getattr(section, key) for key in _NAMING}
    return {key: rename(name) for key, name in found.items() if name is not None}
