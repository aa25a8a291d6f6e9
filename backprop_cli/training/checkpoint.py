"""A checkpoint: everything that a run needs to go on, in one file with a checksum.

The file is a line that names the form, a line with the SHA-256 of all that follows, a line of JSON, and the arrays as
safetensors.  Nothing in it is ever unpickled, and nothing of it is used before the checksum is right.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from backprop_cli.config.loader import Setup
from backprop_cli.documents.files import Unreadable, open_bytes
from backprop_cli.documents.writing import write_whole
from backprop_cli.engine.record import frozen
from backprop_cli.errors import StorageError
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array
from backprop_cli.rules.watch import Best, Patience
from backprop_cli.training.events import EpochDone, Values
from backprop_cli.training.history import Columns
from backprop_cli.training.judge import Counter
from backprop_cli.training.plan import length_of, metrics_of
from backprop_cli.training.position import Position, Sums
from backprop_cli.training.start import layout_of
from backprop_cli.training.state import State

_FORM = "backprop checkpoint "
_VERSION = 1
_MAGIC = f"{_FORM}{_VERSION}\n".encode()
_DIGEST = 65
_THETA, _KEPT, _HISTORY, _STATE, _TALLY = "theta", "kept", "history", "state.", "tally."


@immutable
class Checkpoint:
    """A run that can go on.

    Attributes:
        position: where it stands.
        history: its epochs so far, without the time that they took.
        experiment: what is trained, as plain values.
        data: the SHA-256 of each file that samples come from, by name.
    """

    position: Position
    history: tuple[EpochDone, ...]
    experiment: Mapping[str, Any]
    data: Mapping[str, str]

    def write(self, path: Path, columns: Columns) -> None:
        """Write it in one go; raises StorageError, and then what stood there is kept."""
        body = [json.dumps(self._plain()).encode() + b"\n", save_arrays(self._arrays(columns))]
        digest = hashlib.sha256()
        for piece in body:
            digest.update(piece)
        write_whole(path, [_MAGIC, f"{digest.hexdigest()}\n".encode(), *body])

    @classmethod
    def read(cls, path: Path, setup: Setup) -> "Checkpoint":
        """Read a checkpoint of a setup.

        Raises:
            StorageError: it cannot be read, is damaged, or is of another network.
        """
        return Stored.read(path).checkpoint(setup)

    def _plain(self) -> dict[str, Any]:
        position, state = self.position, self.position.state
        sums = position.sums
        return {
            "steps": position.steps,
            "epochs": position.epochs,
            "sums": {"steps": sums.steps, "samples": sums.samples, "losses": sums.losses, "rate": sums.rate},
            "tallies": len(sums.counter.tallies),
            "best": None if state.best is None else asdict(state.best),
            "stopping": asdict(state.stopping),
            "rate": asdict(state.rate),
            "plateaus": state.plateaus,
            "initial": {"loss": position.initial.loss, "metrics": dict(position.initial.metrics)},
            "data": dict(self.data),
            "experiment": self.experiment,
        }

    def _arrays(self, columns: Columns) -> dict[str, NDArray[Any]]:
        position = self.position
        kept = position.state.kept
        tallies = enumerate(position.sums.counter.tallies)
        return {
            _THETA: position.theta,
            **{_STATE + letter: vector for letter, vector in position.optimizer.items()},
            **({} if kept is None else {_KEPT: kept}),
            **{f"{_TALLY}{number}": np.ascontiguousarray(tally) for number, tally in tallies},
            _HISTORY: columns.table(self.history),
        }


@immutable
class Stored:
    """A checkpoint as far as it can be understood without knowing the run.

    Attributes:
        path: of its file.
        experiment: what is trained, as plain values.
        data: the SHA-256 of each file that samples come from, by name.
    """

    path: Path
    experiment: Mapping[str, Any]
    data: Mapping[str, str]
    _plain: Mapping[str, Any]
    _arrays: Mapping[str, NDArray[Any]]

    @classmethod
    def read(cls, path: Path) -> "Stored":
        """Read a file; raises StorageError where it cannot be read, or is damaged."""
        plain, arrays = _open(path)
        try:
            return cls(path, dict(plain["experiment"]), dict(plain["data"]), plain, arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise _foreign(path) from error

    def checkpoint(self, setup: Setup) -> Checkpoint:
        """Give it as that of a setup; raises StorageError where it is of another network."""
        try:
            return _Reader(self._plain, self._arrays, setup).checkpoint(self.experiment, self.data)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise _foreign(self.path) from error


def _foreign(path: Path) -> StorageError:
    return StorageError(f"{path}: this checkpoint is of another run than the config beside it")


def _open(path: Path) -> tuple[Any, dict[str, NDArray[Any]]]:
    try:
        with open_bytes(path) as file:
            whole = file.read()
    except Unreadable as error:
        raise StorageError(f"{path}: {error}") from error
    body = _checked(path, whole)
    head, _, rest = body.partition(b"\n")
    try:
        return json.loads(head), load_arrays(rest)
    except (ValueError, SafetensorError, RecursionError) as error:
        raise _damaged(path) from error


def _checked(path: Path, whole: bytes) -> bytes:
    """Give what the checksum is of, once it is right."""
    start = len(_MAGIC) + _DIGEST
    if not whole.startswith(_MAGIC):
        line = whole[: len(_MAGIC)].decode("latin-1").partition("\n")[0]
        number = line.removeprefix(_FORM)
        is_whole = line.startswith(_FORM) and whole[len(line) : len(line) + 1] == b"\n"
        if is_whole and number.isdecimal() and int(number) > _VERSION:
            raise StorageError(f"{path}: {line!r} is a form that only a newer backprop reads; update backprop")
        raise _damaged(path)
    body = whole[start:]
    if whole[len(_MAGIC) : start] != f"{hashlib.sha256(body).hexdigest()}\n".encode():
        raise _damaged(path)
    return body


def _damaged(path: Path) -> StorageError:
    message = "this checkpoint is damaged: its checksum does not match"
    return StorageError(f"{path}: {message}; put back a copy of it, or start the run again with --force")


class _Reader:
    """Makes a checkpoint of what a file holds; raises KeyError, TypeError or ValueError where it does not fit."""

    def __init__(self, plain: Any, arrays: Mapping[str, NDArray[Any]], setup: Setup) -> None:
        self.plain = plain
        self.arrays = arrays
        self.setup = setup
        self.layout = layout_of(setup)
        self.dtype = np.dtype(setup.experiment.training.dtype)

    def checkpoint(self, experiment: Mapping[str, Any], data: Mapping[str, str]) -> Checkpoint:
        columns = Columns.of(self.setup)
        history = tuple(columns.event(row) for row in self._history(columns).tolist())
        return Checkpoint(self._position(), history, experiment, data)

    def _history(self, columns: Columns) -> NDArray[Any]:
        table = self.arrays[_HISTORY]
        # As many rows as epochs: a history that lacks some would lack them for good.
        if table.shape != (int(self.plain["epochs"]), len(columns.names)):
            raise ValueError(table.shape)
        return table

    def _position(self) -> Position:
        plain, letters, length = self.plain, self.setup.experiment.optimizer.state, length_of(self.setup)
        steps, epochs, begun = int(plain["steps"]), int(plain["epochs"]), int(plain["sums"]["steps"])
        # The last epoch may be cut short.
        if steps != min(epochs * length.per_epoch + begun, length.steps) or begun < 0 or epochs < 0:
            raise ValueError(steps)
        return Position(
            theta=self._vector(_THETA, self.layout.size),
            optimizer={letter: self._vector(_STATE + letter, self.layout.trainable) for letter in letters},
            steps=steps,
            epochs=epochs,
            sums=self._sums(),
            state=self._state(),
            initial=Values(float(plain["initial"]["loss"]), dict(plain["initial"]["metrics"])),
        )

    def _sums(self) -> Sums:
        tallies = [self.arrays[f"{_TALLY}{number}"] for number in range(self.plain["tallies"])]
        counter = Counter(metrics_of(self.setup), tallies)
        if tallies and len(tallies) != len(counter.metrics):
            raise ValueError(len(tallies))
        return Sums(counter, **self.plain["sums"])

    def _state(self) -> State:
        plain = self.plain
        return State(
            best=None if plain["best"] is None else Best(**plain["best"]),
            kept=self._vector(_KEPT, self.layout.size) if _KEPT in self.arrays else None,
            stopping=Patience(**plain["stopping"]),
            rate=Patience(**plain["rate"]),
            plateaus=int(plain["plateaus"]),
        )

    def _vector(self, name: str, size: int) -> Array:
        vector = self.arrays[name]
        if vector.shape != (size,) or vector.dtype != self.dtype:
            raise ValueError(name)
        return frozen(vector)
