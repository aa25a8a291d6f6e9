"""The readers of CSV and TSV, of what polars reads, and of files whose name tells no format."""

import io
from functools import cache
from typing import Any

from array_targets import IdxGz, Npy, Npz
from data_targets import Data

_HEADER, _ROWS = "x,y,kind", ("1,2,a", "-0.5,1e3,b", ",4,a", "NA,?,b", '"3"," 4 ",a', "1,2,")


class Table(Data):
    """Tables of text."""

    def __init__(self, suffix: str, delimiter: str) -> None:
        self.name, self.file, self._delimiter = f"data-{suffix}", f"data.{suffix}", delimiter
        self.tokens = tuple(
            token.encode("utf-8", "surrogatepass")
            for token in (
                delimiter, '"', '""', "\n", "\r\n", "\r", "kind", "x", "NA", "nan", "1_0", "a" * 50, "\x1b[31m",
                "\x85", "=1+1", "\ud800",
            )
        )  # fmt: skip

    def seeds(self) -> list[bytes]:
        rows = [_HEADER, *_ROWS[:2]], [_HEADER, *_ROWS], [_HEADER, *_ROWS[:2] * 30]
        return ["\n".join(found).replace(",", self._delimiter).encode() for found in rows]

    def crafted(self) -> list[bytes]:
        return [text.replace(",", self._delimiter).encode("utf-8", "surrogatepass") for text in CRAFTED]


_LONG = "w" * 60_000
CRAFTED = (
    '"a\nb",y,kind\n1,2,a\n', "\x1b[2J,y,kind\n1,2,a\n", "\u202e,\u2028,kind\n1,2,\u2028\n1,2,\x07\n",
    f"{_LONG},y,kind\n1,2,a\n",
    f"x,y,kind\n{_LONG},2,a\n", f"x,y,kind\n1,2,{_LONG}\n1,2,b\n1,2,c\n", f"x,y,{_LONG}\n1,2,a\n",
    f"{_LONG},{_LONG}\n1,2\n",
    ",".join(f"c{at}" for at in range(3000)) + "\n" + ",".join("1" for _ in range(3000)) + "\n",
    "x,y,kind\n" + "1,2,a\n" * 3000,
    "x,y,kind\n" + "".join(f"{at}q,2,{at}\n" for at in range(3000)), '"' * 60_000, "," * 60_000, "\n" * 60_000,
    "\r" * 60_000,
    "x,y,kind\n1e999,2,a\n", "x,y,kind\n" + "9" * 5000 + ",2,a\n3,4,b\n",
    "x,y,kind\n1e308,1e308,a\n-1e308,-1e308,b\n",
    "x,y,kind\n1,2,nan\n3,4,inf\n", "x,y,kind\n1,2,1e400\n3,4,-1e400\n", "x,y,kind\n1,2,9e307\n3,4,1\n",
    "x,y,kind\n" + "1,2,a\n" * 4 + "x,y",
    "\ufeff\ufeffx,y,kind\n1,2,a\n", "\ufeff", "x,y,kind\n١,٢,a\n½,²,b\n", "x,y,kind\n0x10,1_0,a\n1e5_0,+1,b\n",
    "\n".join(["x,y,kind", *(f"{chr(0x4E00 + at)},1,a" for at in range(1500))]), "x, x,kind\n1,2,a\n",
    "x,y,kind\n1,2,a\n1,\ud800,b\n",
    "x,y,kind\n1,2,1e300\n1,2,1e-300\n", "x,y,kind\n\ufeff1,2,a\n1,2,b\n", "x,y,kind\n1,2,\u0085\n1,2,b\n",
    "x,y,kind\n1,2,'a\n1,2,\\\n",
)  # fmt: skip


class Polars(Data):
    """Tables that polars reads."""

    def __init__(self, suffix: str, write: str) -> None:
        self.name, self.file, self._write = f"data-{suffix}", f"data.{suffix}", write
        self.tokens = (b'{"x":', b"null", b"}", b"PAR1", b"ARROW1", b"\\u0000", b"[1,2]", b'"2020-01-01"', b"\x15\x00")

    def seeds(self) -> list[bytes]:
        return _polars_files(self._write)


@cache
def _polars_files(write: str) -> list[bytes]:
    import polars as pl

    tables: list[dict[str, list[Any]]] = [
        {"x": [1, 2, 3], "y": [1.5, 2.5, 3.5], "kind": ["a", "b", "a"]},
        {"x": [1, None, 3], "y": [float("nan"), None, float("inf")], "kind": ["a", None, "b"]},
        {"x": [True, False], "y": ["1", "z"], "kind": [1, 2]},
        {"x": [[1], [2]], "y": [{"a": 1}, {"a": 2}], "kind": ["a", "b"]},
    ]
    found = []
    for table in tables:
        file = io.BytesIO()
        getattr(pl.DataFrame(table), write)(file)
        found.append(file.getvalue())
    return sorted(found, key=len)


class Unnamed(Data):
    """Files that only their first bytes tell."""

    name, file = "data-any", "data.bin"
    tokens = (b"PK\x03\x04", b"\x1f\x8b", b"\x93NUMPY", b"\x00\x00\x08\x02", b",", b"\n", b"x,y,kind\n")

    def seeds(self) -> list[bytes]:
        others = (Table("csv", ","), Npy(), Npz(), IdxGz())
        return [seed for other in others for seed in other.seeds()[:2]]
