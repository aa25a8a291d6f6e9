"""Run the command line: `backprop`, or `python -m backprop_cli`."""

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

# Loading makes more than a hundred thousand objects that stay, and searching them for garbage finds none.
_OBJECTS_WITHOUT_SEARCH = 200_000


def main() -> None:
    """Run the program, and end the process with it; interrupted while still being loaded, it says so in a sentence."""
    gc.set_threshold(_OBJECTS_WITHOUT_SEARCH)
    # What other packages plug into pydantic has no business in configs, and is slow to look for.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from backprop_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("backprop: interrupted\n")
        # Nothing is open yet. Python remembers that code run by exec was interrupted, as making a dataclass runs some,
        # and would end `python -m backprop_cli` by the signal whatever code it leaves with.
        _leave(130)
    except SystemExit as end:
        if isinstance(end.code, int | None):
            _leave(end.code or 0)
        raise


def _leave(code: int) -> NoReturn:
    """End at once, unless what was printed cannot be handed over.

    Python would first take apart all that was loaded, piece by piece, which nobody needs but who measures the program
    from inside, and tells at the end.
    """
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(code)
    # All is said and done, and whoever interrupts now gets what is asked for.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
