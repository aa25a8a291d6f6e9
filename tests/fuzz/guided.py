"""Fuzz one reader guided by coverage: `python tests/fuzz/guided.py READER [FOLDER] [-max_total_time=600 …]`.

The folder keeps the inputs that reached something new; what follows is for libFuzzer.
"""

import os
import sys
import tempfile
from pathlib import Path

INSTALL = "this needs atheris, which is no dependency of the tests: pip install atheris (there are wheels for Linux)\n"


def main() -> None:
    """Instrument the package, and let libFuzzer drive a reader until it fails or the time is over."""
    try:
        import atheris
    except ImportError:
        sys.stderr.write(INSTALL)
        sys.exit(2)
    with atheris.instrument_imports(include=["backprop_cli"]):
        from judging import judge
        from registry import TARGETS

    name, *others = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.stderr.write(f"there is no reader {name!r}; readers: {', '.join(TARGETS)}\n")
        sys.exit(2)
    target, seeds = TARGETS[name], Path(tempfile.mkdtemp())
    for number, seed in enumerate(target.seeds()):
        (seeds / str(number)).write_bytes(seed)
    folders = [str(Path(word).resolve()) for word in others if not word.startswith("-")]
    flags = ["-rss_limit_mb=2048", *(word for word in others if word.startswith("-"))]
    os.chdir(tempfile.mkdtemp())
    atheris.Setup(
        [sys.argv[0], *flags, *(folders or [tempfile.mkdtemp()]), str(seeds)], lambda data: judge(target, data)
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
