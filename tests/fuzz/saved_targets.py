"""The readers of checkpoints and models, given damage and forgeries whose checksum is right."""

import copy
import hashlib
import json
import signal
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from config_targets import CONFIGS
from data_targets import Composed
from mutations import mutated, spoil
from safetensors import safe_open
from safetensors.numpy import save

from backprop_cli.config.loader import Setup, load
from backprop_cli.errors import Interrupted
from backprop_cli.training import model
from backprop_cli.training.checkpoint import Checkpoint
from backprop_cli.training.folder import CHECKPOINT, MODEL
from backprop_cli.training.recording import record

_LENGTHS = (0, 1, 7, 1 << 20, 1 << 31, 1 << 62, (1 << 64) - 1)


class Saved(Composed):
    """Files of a run, of small networks that differ in what they must remember."""

    codes = frozenset({6})
    tokens = (
        b"F64",
        b"F32",
        b"BOOL",
        b"data_offsets",
        b"shape",
        b"__metadata__",
        b"backprop",
        b"[0,8]",
        b"[",
        b"{",
        b"null",
    )

    def seeds(self) -> list[bytes]:
        return sorted((files[self.file] for files in _runs()), key=len)

    def crafted(self) -> list[bytes]:
        """Give files whose parts declare lengths that they do not have."""
        seed = self.seeds()[0]
        at = (
            seed.find(b'{"__metadata__')
            if b'{"__metadata__' in seed[:20]
            else seed.rfind(b'{"', 0, seed.find(b"data_offsets"))
        )
        start = max(0, at - 8)
        return [seed[:start] + length.to_bytes(8, "little") + seed[start + 8 :] for length in _LENGTHS]


class Checkpoints(Saved):
    """Checkpoints."""

    name, file = "saved-checkpoint", CHECKPOINT

    def compose(self, draw: Random) -> bytes:
        """Spoil the JSON or the arrays, and write the checksum anew."""
        magic, _, body = draw.choice(self.seeds()).split(b"\n", 2)
        head, arrays = body.split(b"\n", 1)
        if draw.random() < 0.7:
            plain = json.loads(head)
            spoil(plain, draw, list(plain), list(plain.values()))
            head = json.dumps(plain).encode()
        else:
            arrays = mutated(arrays, draw, self.tokens, [arrays])
        body = head + b"\n" + arrays
        return magic + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    def read(self) -> None:
        Checkpoint.read(Path(self.file), _setup())


class Models(Saved):
    """Models."""

    name, file = "saved-model", MODEL

    def compose(self, draw: Random) -> bytes:
        """Spoil the description or the tensors, and write the checksum anew."""
        text, tensors = _opened(draw.choice(self.seeds()))
        plain, name = json.loads(text), draw.choice(list(tensors))
        way = draw.randrange(4)
        if way == 0:
            tensors[name] = draw.choice((tensors[name][:0], tensors[name].astype("f4"), np.ones((3, 3)), np.array(1.0)))
        elif way == 1:
            del tensors[name]
        else:
            spoil(plain, draw, list(plain), list(plain.values()))
        text = json.dumps(plain)
        entry = {
            "form": draw.choice((1, 1, 1, 2, "1", None)),
            "checksum": model._checksum(text, tensors),
            "model": text,
        }
        return save(tensors, {"backprop": json.dumps(entry)})

    def read(self) -> None:
        model.Model.read(Path(self.file))


_CHANGES = ("training.seed=1", "training.keep_best=training.loss", "training.early_stopping=2")


def _setup(change: str = _CHANGES[0]) -> Setup:
    return load(
        CONFIGS / "xor.yaml", ["training={epochs: 3, batch_size: 3}", "optimizer=adam", "metrics=[accuracy]", change]
    )


@cache
def _runs() -> list[dict[str, bytes]]:
    """Give the files of runs: the checkpoint in the middle, and the model at the end."""
    found = []
    for change in _CHANGES:
        with TemporaryDirectory() as folder:
            setup, out = _setup(change), Path(folder) / "run"
            asked = iter([None, None, None])
            with suppress(Interrupted):
                list(record(setup, out, asked=lambda asked=asked: next(asked, signal.SIGINT)))
            checkpoint = (out / CHECKPOINT).read_bytes()
            list(record(setup, out, force=True))
            found.append({CHECKPOINT: checkpoint, MODEL: (out / MODEL).read_bytes()})
    return found


def _opened(whole: bytes) -> tuple[str, dict[str, Any]]:
    """Give the description and the tensors of a model, to be changed."""
    return copy.deepcopy(_parts(whole))


@cache
def _parts(whole: bytes) -> tuple[str, dict[str, Any]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / MODEL
        path.write_bytes(whole)
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no mapping
            return json.loads(file.metadata()["backprop"])["model"], tensors
