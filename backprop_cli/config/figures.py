"""The figures of a config in its document: their short forms, their text, and where they stand."""

from collections.abc import Mapping
from dataclasses import replace

from backprop_cli.config.sections import Figure
from backprop_cli.documents.pairs import PRINTED, written_out
from backprop_cli.documents.tree import Document, KeyPath


def written_out_in(document: Document) -> Document:
    """Give the document with the long form of its figures; each part stays where it was written."""
    entries = document.root.value
    if not isinstance(entries, Mapping) or "figures" not in entries:
        return document
    figures = written_out(entries["figures"], Figure.model_fields)
    return replace(document, root=replace(document.root, value={**entries, "figures": figures}))


def is_printed(path: KeyPath) -> bool:
    """Say whether a scalar is a printed figure, whose digits count as they are written."""
    return len(path) == 3 and path[0] == "figures" and path[2] == PRINTED  # noqa: PLR2004  figures, number, printed


def place_of(document: Document, number: int) -> tuple[int, int]:
    """Give the line and column of a figure's digits; what a flag sets stands nowhere in the file, so at its top."""
    node = document.find(("figures", number, PRINTED))
    return (1, 1) if node.origin else (node.line, node.column)
