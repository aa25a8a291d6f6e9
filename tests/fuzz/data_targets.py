"""The readers of files of samples, through configs that prepare them in several ways."""

from abc import abstractmethod
from pathlib import Path
from random import Random
from typing import ClassVar
from zlib import crc32

from targets import Target

from backprop_cli.config.loader import load
from backprop_cli.data.opening import open_frame

_CONFIG = """network: {{inputs: 2, layers: [{{units: 2, activation: softmax}}]}}
data: {{file: {file}, {columns}{way}}}
"""
# The input itself tells which of these it is read with.
_WAYS = (
    "", ", missing: drop", ", missing: mean, standardize: true", ", missing: median, min_max: true",
    ", labels: [a, b], missing: drop", ", validation: 0.4, divide: 255", ", test_file: {file}", ", order: [1, 2]",
    ", validation_file: {file}, missing_texts: [a]",
)  # fmt: skip
# Columns of a file that are read for themselves.
_MOST_COLUMNS = 50


class Data(Target):
    """Files of samples of one format.

    Attributes:
        columns: what the config says of columns.
    """

    codes = frozenset({4})
    columns: ClassVar[str] = "targets: kind"

    def read(self) -> None:
        """Read a file by columns, and through a config."""
        way = _WAYS[crc32(Path(self.file).read_bytes()) % len(_WAYS)].format(file=self.file)
        Path("config.yaml").write_text(_CONFIG.format(file=self.file, columns=self.columns, way=way), encoding="utf-8")
        load("config.yaml")
        frame = open_frame(self.file)
        list(frame.read(frame.names[:_MOST_COLUMNS]))


class Composed(Data):
    """Files that are also put together from parts that are wrong, with everything around them right."""

    @abstractmethod
    def compose(self, draw: Random) -> bytes:
        """Put a file together."""

    def vary(self, draw: Random) -> bytes:
        """Spoil the bytes of a file, or put one together."""
        return self.compose(draw) if draw.random() < 0.5 else super().vary(draw)
