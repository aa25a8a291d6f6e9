"""Run a command again and again, and let something happen at another instant of its writing each time.

`python instants.py REQUEST`, where the request is JSON: the `words` of the command, in which the folder of the run is
`OUT`; the `faults`, each with its first instant; and the `stride` between two instants.  Each command is a process of
its own, forked from this one, which has everything loaded.  A line of JSON is printed for each: what the instant was,
how the command ended and what it said, how the folder was found, and how the resumed run ended.
"""

import errno
import io
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from backprop_cli.cli.app import app
from backprop_cli.errors import BackpropError
from backprop_cli.training.checkpoint import Checkpoint
from backprop_cli.training.model import Model
from backprop_cli.training.recording import setup_in

OUT = "OUT"


def send(*numbers: int) -> Callable[[Path], None]:
    def fault(_folder: Path) -> None:
        for number in numbers:
            os.kill(os.getpid(), number)

    return fault


def fail(number: int) -> Callable[[Path], None]:
    def fault(_folder: Path) -> None:
        raise OSError(number, os.strerror(number))

    return fault


FAULTS: dict[str, Callable[[Path], None]] = {
    "kill": send(signal.SIGKILL),
    "SIGINT": send(signal.SIGINT),
    "SIGTERM": send(signal.SIGTERM),
    "SIGHUP": send(signal.SIGHUP),
    "SIGINT twice": send(signal.SIGINT, signal.SIGINT),
    "no room": fail(errno.ENOSPC),
    "disk full": fail(errno.ENOSPC),
    "disk broken": fail(errno.EIO),
    "folder removed": shutil.rmtree,
}
# These last from their instant on, and are met where something is to be written.
LASTING = {"disk full", "disk broken"}
FAILING = {"no room", *LASTING}


class Instants:
    """Counts the instants before, in the midst of and after whatever a process does to files of a folder."""

    def __init__(self, folder: Path, fault: str, at: int | None) -> None:
        self.folder = folder
        self.fault = fault
        self.at = at
        self.passed = 0
        self.name = ""

    def go_by(self, name: str, *, writes: bool) -> None:
        self.passed += 1
        is_now = self.passed == self.at
        lasts = self.at is not None and self.passed > self.at and self.fault in LASTING
        if is_now:
            self.name = name
            with suppress(OSError):
                (self.folder.parent / "instant").write_text(name)
        if (is_now or lasts) and (writes or self.fault not in FAILING):
            FAULTS[self.fault](self.folder)

    def is_of_folder(self, place: Any) -> bool:
        if isinstance(place, int):
            return place > sys.__stderr__.fileno() if sys.__stderr__ else True
        return str(place).startswith(str(self.folder))

    def watch(self) -> None:
        """Put a watch before each function that changes files."""
        for name in ("mkdir", "open", "write", "truncate", "fsync", "replace", "unlink"):
            setattr(os, name, self._watched(name, getattr(os, name)))
        opened = io.open

        def watched(place: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if mode[0] not in "wa" or not self.is_of_folder(place):
                return opened(place, mode, *rest, **more)
            self.go_by(f"before opening {named(place)}", writes=True)
            file = opened(place, mode, *rest, **more)
            self.go_by(f"after opening {named(place)}", writes=False)
            return _Watched(file, self, named(place))

        io.open = watched  # type: ignore[assignment]

    def _watched(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def watched(place: Any, *rest: Any, **more: Any) -> Any:
            if not self.is_of_folder(place):
                return act(place, *rest, **more)
            told = f"{name} of {named(place)}"
            self.go_by(f"before {told}", writes=name not in {"unlink", "open"})
            found = act(place, *rest, **more)
            self.go_by(f"after {told}", writes=False)
            return found

        return watched


def named(place: Any) -> str:
    """Name a file, or one that is written beside it, in the same way in every process."""
    if isinstance(place, int):
        return "a descriptor"
    return re.sub(r"^\.(.*)\.\d+\.tmp$", r"new \1", Path(place).name)


class _Watched:
    """A file with an instant before, in the midst of and after each writing."""

    def __init__(self, file: Any, instants: Instants, name: str) -> None:
        self._file = file
        self._instants = instants
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write(self, piece: Any) -> int:
        self._instants.go_by(f"before writing {self._name}", writes=True)
        half = len(piece) // 2
        self._file.write(piece[:half])
        self._file.flush()
        self._instants.go_by(f"in the midst of writing {self._name}", writes=True)
        self._file.write(piece[half:])
        self._instants.go_by(f"after writing {self._name}", writes=False)
        return len(piece)


def ended(words: list[str], said: Path, instants: Instants | None = None) -> int:
    """Run a command in a process of its own and give its exit code, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if instants is not None:
            instants.watch()
        app(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 70
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told
        sys.stderr.write(f"Traceback: {error!r}")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if instants is not None and instants.at is None:
            said.with_name("instants").write_text(str(instants.passed))
        os._exit(code)


def found_in(folder: Path) -> str:
    """Say how a folder is found; anything but a sentence is a fault."""
    try:
        setup = setup_in(folder)
        checkpoint, model = folder / "checkpoint", folder / "model.safetensors"
        if checkpoint.exists():
            Checkpoint.read(checkpoint, setup)
        if model.exists():
            Model.read(model)
    except BackpropError as error:
        return str(error)
    return "a run"


def contents(folder: Path) -> dict[str, str]:
    """Give all that a folder holds; what no two runs share is left out."""
    found = {path.name: path.read_bytes().hex() for path in sorted(folder.iterdir())}
    run = json.loads(bytes.fromhex(found["run.json"]))
    found["times"] = str(sorted(run.pop("times")))
    return {**found, "run.json": json.dumps(run)}


class Disturbance:
    """Runs of a command in a folder that is new for each, and the same run undisturbed."""

    def __init__(self, words: list[str], place: Path) -> None:
        self.words = words
        self.said, self.cut = place / "said", place / "cut"
        # Everything is loaded once, here.
        with suppress(SystemExit):
            app([*self._in(place / "first"), "--quiet", "--output", os.devnull])
        whole = place / "whole"
        assert ended(self._in(whole), self.said, Instants(whole, "kill", None)) == 0, self.said.read_text()
        self.last = int((place / "instants").read_text())
        self.wanted = contents(whole)

    def report(self, fault: str, at: int) -> dict[str, Any]:
        """Let a fault happen at an instant, go on with the run, and say what came of it."""
        shutil.rmtree(self.cut, ignore_errors=True)
        code = ended(self._in(self.cut), self.said, Instants(self.cut, fault, at))
        text, state = self.said.read_text(), found_in(self.cut)
        again = ended([*self._in(self.cut), "--resume"], self.said)
        now = contents(self.cut) if again == 0 else {}
        return {
            "fault": fault, "at": at, "instant": self.cut.with_name("instant").read_text(),
            "code": code, "said": text, "state": state, "again": again, "said_again": self.said.read_text(),
            "differ": [name for name in {**self.wanted, **now} if self.wanted.get(name) != now.get(name)],
        }  # fmt: skip

    def _in(self, folder: Path) -> list[str]:
        return [str(folder) if word == OUT else word for word in self.words]


def main() -> None:
    request = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        disturbance = Disturbance(request["words"], Path(place))
        for fault, first in request["faults"].items():
            for at in range(first, disturbance.last + 1, request["stride"]):
                sys.stdout.write(json.dumps(disturbance.report(fault, at)) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
