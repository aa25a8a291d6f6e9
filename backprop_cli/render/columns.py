"""Numbers under each other."""

from collections.abc import Sequence


def on_the_point(cells: Sequence[str], *, cost: int = 0) -> list[str]:
    """Pad numbers on the right to equal length behind the point, where that makes them wider by no more than a cost."""
    if not all(_is_number(cell) for cell in cells):
        return list(cells)
    behind = [len(cell) - cell.index(".") if "." in cell else 0 for cell in cells]
    most = max(behind, default=0)
    padded = [cell + " " * (most - own) for cell, own in zip(cells, behind, strict=True)]
    # Aligning 0.3 with 1.234e-05 would only push numbers apart.
    return padded if max(map(len, padded), default=0) <= max(map(len, cells), default=0) + cost else list(cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        # A row that continues a formula has no numbers.
        return cell in {"frozen", ""}
    return "e" not in cell
