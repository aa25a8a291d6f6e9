"""The readers of answer sheets; what is read of a sheet is marked now and then."""

from functools import cache
from pathlib import Path
from zlib import crc32

from config_targets import CONFIGS
from targets import Target

from backprop_cli.api import check
from backprop_cli.config.loader import Setup, load
from backprop_cli.grading.answers import read_answers

# Marking follows training up to the step of a figure.
LAST_STEP, MOST_MARKED = 3, 3
_FIGURES = ("0.25", "−0,94", "1e-4", "3.5×10⁻⁵", "1e308", "1e-320", "0." + "3" * 50, "9" * 59, "-0", "1e999")


class Answers(Target):
    """Answer sheets of one format."""

    codes = frozenset({3})

    def __init__(self, suffix: str, seeds: tuple[str, ...], tokens: tuple[bytes, ...]) -> None:
        self.name, self.file = f"answers-{suffix or 'any'}", f"answers.{suffix}".removesuffix(".")
        self._seeds, self.tokens = seeds, tokens

    def seeds(self) -> list[bytes]:
        return [seed.encode() for seed in self._seeds]

    def crafted(self) -> list[bytes]:
        return [text.encode("utf-8", "surrogatepass") for text in CRAFTED]

    def read(self) -> None:
        entries = read_answers(self.file)
        few = [entry for entry in entries if entry.step <= LAST_STEP][:MOST_MARKED]
        if few and crc32(Path(self.file).read_bytes()) % 8 == 0:
            check(_small(), few).text("console")


@cache
def _small() -> Setup:
    return load(CONFIGS / "one-neuron.yaml")


_NAMES = ("z2", "dL/dw1", "a2@1", "w1_new", "L", "yhat_1", "x^2", "dz2/dw1")
_PAIRS = tuple(zip(_NAMES, _FIGURES, strict=False))
CRAFTED = (
    "[" * 5000, "{" * 5000, '{"a":' * 2000, '"' + "x" * 60_000, "z2," + "9" * 60_000, "1" * 60_000, ",\n" * 5000,
    "name,printed\n" + "z2,0.25\n" * 500, "[" + ",".join(['{"z2":1}'] * 500) + "]", "- z2: 1\n" * 500, "\ud800",
    '{"z2": 1e99999}', '{"z2": ' + "9" * 5000 + "}", "z2: 1e99999\n", "z2;١٢\n",
    "- {name: z2, printed: 1, step: 2147483647}",
    '{"d\\u0000/d\\u001b": 1}', '[{"name": "\u202e", "printed": "\U000e0001"}]',
    "d" * 300 + "/d" + "w" * 300 + ": 1\n",
    "(((((((((((((((((((((((((((((((((((((((((z2))))))))))))))))))))))))))))))))): 1\n",
)  # fmt: skip
YAML = (
    "".join(
        f'- {{name: {name}, printed: "{figure}", step: {at + 1}}}\n' for at, (name, figure) in enumerate(_PAIRS[:3])
    ),
    "".join(f"- {name}: '{figure}'\n" for name, figure in _PAIRS),
    "figures:\n" + "".join(f"  {name}: {figure}\n" for name, figure in _PAIRS),
    '- {name: z2, printed: 0.30, verdict: right, why: "so", slip: last_digit, sample: 1, decimals: 2}\n',
)
JSON = (
    '[{"z2": 0.30}, {"dL/dw1": "−0,94"}]',
    '{"figures": {"z2": "0.30", "dL/dw": 1e-5}}',
    '[{"name": "z2", "printed": 0.30, "step": 2, "sample": null, "decimals": 2, "why": "\\u2212"}]',
)
TABLE = (
    "name,printed\n" + "".join(f'{name},"{figure}"\n' for name, figure in _PAIRS),
    'z,0.30\ndL/dw,"−0,94"\n',
    "name;answer;step;verdict\nz2;0,30;1;right\ndL/dw1;−0,94;2;\n",
)
IN_YAML = (
    b"- ",
    b": ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"name: ",
    b"printed: ",
    b"step: ",
    b"figures:\n",
    b"answers: ",
    b"*a",
    b"&a ",
)
IN_JSON = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"name"',
    b'"printed"',
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"//",
    b"/*",
)
IN_TABLE = (b",", b";", b"\t", b'"', b'""', b"\n", b"name", b"printed", b"step", b"\r\n", b"sep=;\n")
