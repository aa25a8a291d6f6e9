"""Every transient array of a step, allocated once for a number of samples and overwritten at each step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_cli.engine.network import Network
from backprop_cli.immutable import immutable
from backprop_cli.rules.base import Array, Scratch


@immutable
class LayerSpace:
    """One layer's transient arrays; rows are neurons, columns are samples.

    Attributes:
        z: weighted inputs, (units, samples).
        f: what the activation gives, (units, samples); the same array as a where all units take part.
        factor: what each of f is multiplied by in a step that leaves units out, (units, samples); None where all take
            part.
        a: activations as the layer above has them, (units, samples).
        a_and_one: the activations above a row of ones, (units + 1, samples); for the last layer without that row.
        delta: dL/dz once the backward pass has come by, (units, samples).
        delta_and_one: memory of delta with one row more, where the product with a folded block leaves the bias's share.
        scratch: three arrays of the shape of z.
    """

    z: Array
    f: Array
    factor: Array | None
    a: Array
    a_and_one: Array
    delta: Array
    delta_and_one: Array
    scratch: Scratch


@immutable
class Workspace:
    """Every transient array for a fixed number of samples.

    Attributes:
        x_and_one: the samples' inputs with a column of ones, (samples, inputs + 1); its transpose is the layer before
            the first.
        y: the samples' targets, (samples, outputs).
        weights: what each sample's loss counts, (samples,); None where all count the same.
        targets: the same with a column per sample, as the losses want them.
        layers: the layers' arrays.
    """

    x_and_one: Array
    y: Array
    weights: Array | None
    targets: Array
    layers: tuple[LayerSpace, ...]

    @classmethod
    def create(
        cls,
        network: Network,
        x_and_one: Array,
        y: Array,
        weights: Array | None = None,
        thinned: Sequence[bool] = (),
    ) -> "Workspace":
        """Allocate what a step over these samples needs; x, y and weights are used as they are, not copied.

        Args:
            network: that the step is of.
            x_and_one: inputs with a column of ones.
            y: targets.
            weights: what each sample's loss counts; None where all count the same.
            thinned: which layers leave units out; none, where it is empty.
        """
        samples, widths = len(x_and_one), [layer.units for layer in network.layout.topology.layers]
        dtype = network.theta.dtype
        spare = [np.empty(max(widths) * samples, dtype=dtype) for _ in range(3)]
        last = len(widths)
        layers = tuple(
            _allocate(width, samples, spare, last=number == last, thinned=leaves_out)
            for number, (width, leaves_out) in enumerate(zip(widths, thinned or [False] * last, strict=True), start=1)
        )
        # Arithmetic between arrays of different orders makes NumPy allocate a buffer, so targets are turned by a copy.
        targets = y.T if y.T.flags.c_contiguous else np.empty(y.T.shape, dtype=dtype)
        return cls(x_and_one, y, weights, targets, layers)

    @classmethod
    def empty(cls, network: Network, samples: int, *, weighted: bool = False) -> "Workspace":
        """Allocate what a step needs, with room for a number of samples, and for their weights where they have some."""
        topology, dtype = network.layout.topology, network.theta.dtype
        x = np.ones((samples, topology.inputs + 1), dtype)
        y = np.zeros((samples, topology.layers[-1].units), dtype)
        return cls.create(network, x, y, np.zeros(samples, dtype) if weighted else None)

    @property
    def samples(self) -> int:
        """Number of samples of a step."""
        return len(self.x_and_one)

    def before(self, layer: int) -> Array:
        """Give the activations below a layer (counted from 1), with their row of ones."""
        return self.x_and_one.T if layer == 1 else self.layers[layer - 2].a_and_one


def _allocate(width: int, samples: int, spare: list[Array], *, last: bool, thinned: bool) -> LayerSpace:
    dtype = spare[0].dtype
    rows = width if last else width + 1
    a_and_one = np.ones((rows, samples), dtype=dtype)
    delta_and_one = np.zeros((rows, samples), dtype=dtype)
    a = a_and_one[:width]
    one, two, three = (buffer[: width * samples].reshape(width, samples) for buffer in spare)
    return LayerSpace(
        z=np.zeros((width, samples), dtype=dtype),
        f=np.zeros((width, samples), dtype=dtype) if thinned else a,
        factor=np.ones((width, samples), dtype=dtype) if thinned else None,
        a=a,
        a_and_one=a_and_one,
        delta=delta_and_one[:width],
        delta_and_one=delta_and_one,
        scratch=(one, two, three),
    )


def with_ones(x: NDArray[Any], dtype: np.dtype[Any]) -> Array:
    """Give inputs of shape (samples, inputs) with a column of ones, as a new array."""
    augmented = np.ones((x.shape[0], x.shape[1] + 1), dtype=dtype)
    augmented[:, :-1] = x
    return augmented
