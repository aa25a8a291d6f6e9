"""Which packages there are to compare with."""

from importlib.metadata import PackageNotFoundError, version


def is_there(package: str) -> bool:
    """Say whether a package is installed."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
