"""The reader of configs, given text, documents with something wrong in them, and what the JSON Schema allows."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from drawing import documents
from hypothesis import HealthCheck, Phase, given, seed, settings
from mutations import spoil
from targets import Target

from backprop_cli.api import explain
from backprop_cli.cli.schema import text as schema_text
from backprop_cli.config.loader import load
from backprop_cli.documents.yaml_reader import read_yaml
from backprop_cli.training.loop import train
from backprop_cli.training.plan import describe

CONFIGS = Path(__file__).resolve().parent.parent.parent / "configs"
# Networks up to this size are trained for a moment, and up to this one explained now and then.
TRAINED, EXPLAINED = 2000, 40

CRAFTED = (
    b"a: &a [%s]\nb: &b [%s]\nc: &c [%s]\nd: &d [%s]\n" % (b"x, " * 20, b"*a, " * 20, b"*b, " * 20, b"*c, " * 20),
    b"[" * 5000,
    b"{a: " * 2000,
    b"- " * 3000,
    b"? " * 3000,
    b"a: &a\n  b: *a\n",
    b"network: !!python/object/apply:os.system [exit]\n",
    b"network: {inputs: " + b"9" * 10_000 + b"}\n",
    b"network: {inputs: 0o" + b"7" * 5000 + b", layers: 0x" + b"f" * 5000 + b"}\n",
    b"'" + b"x" * 60_000 + b"': 1\n",
    b"a: 1\n" * 2000,
    "names: {\u202e: z2, \u2028: z2, \U000e0001: z2}\nfoo\u202e: 1\n".encode(),
    b"data: {file: /dev/zero}\nnetwork: {inputs: 1, layers: [{units: 1}]}\n",
    b"data: {file: ., targets: a}\nnetwork: {inputs: 1, layers: [{units: 1}]}\n",
    b"data: {file: data/iris.csv, targets: species, labels: [a]}\nnetwork: {inputs: 4, layers: [{units: 3}]}\n",
)


class ConfigText(Target):
    """Configs as text: the shipped ones, spoiled like any bytes."""

    name, file, codes = "config-text", "config.yaml", frozenset({3, 4, 5})
    tokens = (
        b": ", b"- ", b"[", b"]", b"{", b"}", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"|\n", b"'",
        b"\n  ", b"\t", b"---\n", b"...\n", b"%YAML 9.9\n", b"? ", b"#", b"name: ", b"bias: ", b"data/iris.csv",
    )  # fmt: skip

    def seeds(self) -> list[bytes]:
        return sorted((path.read_bytes() for path in shipped()), key=len)

    def crafted(self) -> list[bytes]:
        return list(CRAFTED)

    def read(self) -> None:
        """Read a config; train a small network for a moment, and explain a very small one now and then."""
        if not Path("data").exists():
            Path("data").symlink_to(CONFIGS / "data")
        setup = load(self.file)
        setup.require_targets()
        parameters = describe(setup).parameters
        if parameters <= TRAINED:
            list(islice(train(setup), 3))
        if parameters <= EXPLAINED and crc32(Path(self.file).read_bytes()) % 16 == 0:
            explain(setup).text("markdown")


class ConfigValues(ConfigText):
    """Configs as documents: keys dropped and put elsewhere, values swapped with others and with hostile ones."""

    name = "config-values"

    def crafted(self) -> list[bytes]:
        return []

    def vary(self, draw: Random) -> bytes:
        document = copy.deepcopy(draw.choice(_documents()))
        keys, words = _vocabulary()
        for _ in range(draw.randint(1, 3)):
            spoil(document, draw, keys, words)
        return json.dumps(document).encode()


class ConfigSchema(ConfigText):
    """Configs as the JSON Schema allows them."""

    name = "config-schema"

    def inputs(self, draw: Random, count: int) -> Iterator[bytes]:
        """Give documents that Hypothesis draws from the schema."""
        drawn: list[bytes] = []

        @seed(draw.random())
        @settings(
            max_examples=count,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(documents(json.loads(schema_text())))
        def collect(document: dict[str, Any]) -> None:
            # A whole config hardly ever fits together; a section or two among those of a shipped one do.
            base = draw.choice([{}, *_documents()])
            kept = document if not base else {key: document[key] for key in draw.sample(sorted(document), k=1)}
            drawn.append(json.dumps({**base, **kept}).encode())

        collect()
        yield from drawn


@cache
def shipped() -> tuple[Path, ...]:
    """Give the configs that are shipped with their data."""
    return tuple(sorted(path for path in CONFIGS.glob("*.yaml") if path.stem != "mnist"))


@cache
def _documents() -> list[Any]:
    return [read_yaml(path).plain() for path in shipped()]


@cache
def _vocabulary() -> tuple[list[str], list[Any]]:
    """Give every key and every word that the schema knows."""
    keys: set[str] = set()
    words: dict[str, Any] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            keys.update(value.get("properties", {}))
            for word in [*value.get("enum", ()), *([value["const"]] if "const" in value else [])]:
                words[repr(word)] = word
        for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(below)

    walk(json.loads(schema_text()))
    return sorted(keys), list(words.values())
