"""Signals that ask a run to end: the first lets it finish its step and save, the second ends it at once."""

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

# Not on every system.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_NOTICE = b"backprop: finishing this step and saving; once more leaves at once\n"


class Signals:
    """Takes the signals that would end the program, for as long as it is entered."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._received: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # Python lets no other thread listen.
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                self._take(getattr(signal, name, None))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def asked(self) -> int | None:
        """Give the signal that has come; None while there is none."""
        return self._received

    def _take(self, number: int | None) -> None:
        # What is ignored, as by nohup, stays ignored, and what was not set from Python cannot be put back.
        if number is not None and signal.getsignal(number) not in {signal.SIG_IGN, None}:
            self._before[number] = signal.signal(number, self._receive)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self._received is not None:
            raise KeyboardInterrupt(number)
        self._received = number
        if not self._quiet:
            # Not print, which may be in the middle of printing; a terminal that was closed is no reason to stop here.
            with suppress(OSError, ValueError):
                out = sys.__stderr__.fileno() if sys.__stderr__ else 2
                # On a terminal below a bar and the ^C, on a line of its own.
                os.write(out, b"\n" + _NOTICE if os.isatty(out) else _NOTICE)
