"""`backprop validate`: every problem of every config."""

import sys
from collections.abc import Sequence

from backprop_cli.config.loader import load
from backprop_cli.errors import InputError, StorageError
from backprop_cli.training.plan import describe
from backprop_cli.training.warm import require_fit


def run(configs: Sequence[str], settings: Sequence[str], *, quiet: bool) -> int:
    """Check all configs and give the exit code: that of the first kind of problem found, config before data."""
    codes = [_check(config, settings, quiet=quiet) for config in configs]
    return min((code for code in codes if code), default=0)


def _check(config: str, settings: Sequence[str], *, quiet: bool) -> int:
    try:
        setup = load(config, settings)
        require_fit(setup)
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except StorageError as error:
        print(f"{config}: {error}", file=sys.stderr)
        return error.exit_code
    if not quiet:
        print(f"{setup.name}: valid: {describe(setup).summary}")
    return 0
