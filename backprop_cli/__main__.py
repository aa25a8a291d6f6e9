"""Run the command line: `backprop`, or `python -m backprop_cli`."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

# Loading makes a hundred thousand objects that stay, and searching them for garbage again and again finds none.
_OBJECTS_WITHOUT_SEARCH = 200_000


def main() -> None:
    """Run the program; one that is interrupted while it is still being loaded ends with a sentence, too."""
    gc.set_threshold(_OBJECTS_WITHOUT_SEARCH)
    # What other packages plug into pydantic has no business in configs, and is slow to look for.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from backprop_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("backprop: interrupted\n")
        # Nothing is open yet. Python would remember that a text it was running (a dataclass is made of one) was
        # interrupted, and end `python -m backprop_cli` by the signal whatever code it leaves with.
        _leave(130)
    except SystemExit as end:
        if isinstance(end.code, int | None):
            _leave(end.code or 0)
        raise


def _leave(code: int) -> NoReturn:
    """End at once, unless what was printed cannot be handed over.

    Python would first take apart all that was loaded, piece by piece, which nobody needs.
    """
    with suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
