"""The style sheets that pages are written with."""

from importlib.resources import files


def style(*names: str) -> str:
    """Read style sheets, one after the other."""
    return "".join((files("backprop_cli.render") / name).read_text(encoding="utf-8") for name in names)
