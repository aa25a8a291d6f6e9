"""How inputs are prepared: learned from the training part alone, and applied to every part, now and later."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop_cli.data.encoding import Block, Encoding
from backprop_cli.data.frames import limited
from backprop_cli.data.gaps import Gaps
from backprop_cli.data.matrix import Matrix, Stored, mapped
from backprop_cli.data.moments import Moments, Vector, means_of, moments_of
from backprop_cli.data.samples import Samples
from backprop_cli.data.sources import Columns
from backprop_cli.errors import DataError, Problem
from backprop_cli.immutable import immutable

Scale: TypeAlias = Literal["standardize", "min_max"]


@immutable
class Preparation:
    """Everything that stands between the files and the network.

    Attributes:
        encoding: what the columns of files stand for; None where the config holds the samples.
        fill: in place of a missing value of each input, (inputs,); None where none are filled in.
        shift: subtracted from each input, (inputs,) or (1,); None where inputs are not scaled.
        scale: what each input is then divided by, as shift.
    """

    encoding: Encoding | None = None
    fill: Vector | None = None
    shift: Vector | None = None
    scale: Vector | None = None

    @classmethod
    def learn(
        cls,
        training: Samples,
        encoding: Encoding | None = None,
        scale: Scale | None = None,
        divide: float | None = None,
        file: str = "",
    ) -> Self:
        """Learn from the training part.

        Args:
            training: its samples, as they are written.
            encoding: that they were read with; says how missing values are filled in.
            scale: `standardize` gives each input mean 0 and deviation 1, `min_max` takes it from 0 to 1; an input that
                never varies is only shifted.
            divide: what all inputs are divided by, instead.
            file: that the samples come from, for errors.

        Raises:
            DataError: an input to fill in has no value in the training part.
        """
        fill = _fill(training, encoding.gaps, file) if encoding else None
        if divide is not None:
            return cls(encoding, fill, np.zeros(1), np.full(1, float(divide)))
        if scale is None:
            return cls(encoding, fill)
        with np.errstate(all="ignore"):
            return cls(encoding, fill, *_SCALES[scale](moments_of(_filled(training.inputs, fill))))

    def apply(self, samples: Samples) -> Samples:
        """Prepare samples as they are written: put values in place of missing ones, and scale."""
        return samples.with_inputs(self._scaled(_filled(samples.inputs, self.fill)))

    def _scaled(self, inputs: Matrix) -> Matrix:
        if self.shift is None or self.scale is None:
            return inputs
        return mapped(inputs, partial(_scaled, shift=self.shift, scale=self.scale))

    def read(self, columns: Columns) -> Samples:
        """Read and prepare files of the same columns.

        Raises:
            DataError: every cell that cannot be read.
        """
        assert self.encoding is not None  # noqa: S101  samples in a config are in no file
        return self.apply(self.encoding.read(columns))

    def description(self) -> dict[str, Any]:
        """Describe it in plain lists, texts and numbers, from which `restored` makes it again, bit for bit."""
        vectors = {"fill": self.fill, "shift": self.shift, "scale": self.scale}
        described = {key: None if vector is None else vector.tolist() for key, vector in vectors.items()}
        return {"encoding": None if self.encoding is None else _described(self.encoding), **described}

    @classmethod
    def restored(cls, description: Mapping[str, Any]) -> Self:
        """Make it again from its description."""
        known = description["encoding"]
        vectors = (description[key] for key in ("fill", "shift", "scale"))
        fill, shift, scale = (None if vector is None else np.array(vector, dtype=np.float64) for vector in vectors)
        return cls(None if known is None else _restored(known), fill, shift, scale)


def _scaled(inputs: NDArray[Any], shift: Vector, scale: Vector) -> NDArray[Any]:
    with np.errstate(all="ignore"):
        found: Vector = np.subtract(inputs, shift, dtype=np.float64)
        found /= scale
    return found


def _standardize(inputs: Moments) -> tuple[Vector, Vector]:
    deviation = np.sqrt(inputs.variance)
    return inputs.mean, np.where((deviation > 0) & inputs.varies, deviation, 1.0)


def _min_max(inputs: Moments) -> tuple[Vector, Vector]:
    return inputs.low, np.where(inputs.varies, inputs.high - inputs.low, 1.0)


_SCALES = {"standardize": _standardize, "min_max": _min_max}


def _fill(training: Samples, gaps: Gaps, file: str) -> Vector | None:
    """Give the middle of each input where missing values are filled in."""
    if not gaps.fills or training.inputs.dtype.kind != "f":
        return None
    counts, means = means_of(training.inputs)
    if not counts.all():
        empty = [name for name, has in zip(training.input_names, counts, strict=True) if not has]
        what = "has no value in the training part, so it has no"
        problems = [f"column {name!r} {what} {gaps.policy}; leave it out of inputs" for name in empty]
        raise DataError(limited(file, [Problem(message, where=file) for message in problems]))
    return means if gaps.policy == "mean" else _medians(training.inputs, file)


def _medians(inputs: Matrix, file: str) -> Vector:
    if isinstance(inputs, Stored):
        message = "data.missing: median needs all values of a column at once, and this file is read some rows at a time"
        raise DataError([Problem(f"{message}; use mean, or raise data.window", where=file)])
    return np.asarray(np.nanmedian(inputs, axis=0), dtype=np.float64)


def _filled(inputs: Matrix, fill: Vector | None) -> Matrix:
    if fill is None or inputs.dtype.kind != "f":
        return inputs
    return mapped(inputs, lambda rows: np.where(np.isnan(rows), fill, rows))


def _described(encoding: Encoding) -> dict[str, Any]:
    return {
        "inputs": [{"names": list(block.names), "words": list(block.words)} for block in encoding.inputs],
        "outputs": encoding.outputs,
        "classes": list(encoding.classes),
        "missing": {"policy": encoding.gaps.policy, "texts": sorted(encoding.gaps.texts)},
    }


def _restored(known: Mapping[str, Any]) -> Encoding:
    blocks = tuple(Block(tuple(block["names"]), tuple(block["words"])) for block in known["inputs"])
    gaps = Gaps(known["missing"]["policy"], frozenset(known["missing"]["texts"]))
    return Encoding(blocks, known["outputs"], tuple(known["classes"]), gaps)
