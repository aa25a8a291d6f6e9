"""`backprop init`: starter configs."""

import sys
from pathlib import Path

from backprop_cli.cli import schema
from backprop_cli.cli.output import refuse_to_overwrite, write_result
from backprop_cli.errors import StorageError, UsageError, did_you_mean

SCHEMA_FILE = "backprop.schema.json"
# Name of a starter: its file among the example configs, and the data it needs.
STARTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "one-neuron": ("one-neuron.yaml", ()),
    "two-neurons": ("two-neurons.yaml", ()),
    "two-in-a-layer": ("two-in-a-layer.yaml", ()),
    "xor": ("xor.yaml", ()),
    "table": ("iris.yaml", ("data/iris.csv",)),
}


def examples() -> Path:
    """Give the folder of the example configs: inside an installed package, or beside a checked-out one."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def show_list() -> None:
    """Print the names of the starters, each with the first line of its config."""
    for name, (file, _) in STARTERS.items():
        first = (examples() / file).read_text(encoding="utf-8").splitlines()[0]
        print(f"{name:<16}{first.removeprefix('#').strip()}")


def run(name: str, output: Path | None, *, force: bool, quiet: bool) -> None:
    """Write a starter, the schema beside it, and the data it needs."""
    if name not in STARTERS:
        raise UsageError(
            f"there is no starter {name!r}{did_you_mean(name, STARTERS)}; there are: {', '.join(STARTERS)}"
        )
    file, data = STARTERS[name]
    target = output or Path(f"{name}.yaml")
    beside = [target.parent / one for one in data]
    for path in (target, *beside):
        refuse_to_overwrite(path, force=force)
    _make_folders(target, *beside)
    write_result(_starter(file, name, target), target)
    write_result(schema.text(), target.parent / SCHEMA_FILE)
    for one, path in zip(data, beside, strict=True):
        write_result((examples() / one).read_text(encoding="utf-8"), path)
    if not quiet:
        _tell(target, *beside)


def _starter(file: str, name: str, target: Path) -> str:
    text = (examples() / file).read_text(encoding="utf-8").replace(f"configs/{file}", str(target))
    return f"# yaml-language-server: $schema={SCHEMA_FILE}\n# Starter: {name}\n#\n{text}"


def _make_folders(*paths: Path) -> None:
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{path.parent}: cannot be made: {error.strerror}; choose another place") from error


def _tell(target: Path, *others: Path) -> None:
    also = "".join(f", {path}" for path in others)
    print(f"wrote {target}{also} and {target.parent / SCHEMA_FILE}; next: backprop train {target}", file=sys.stderr)
