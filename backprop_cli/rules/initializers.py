"""Initializers: what weights and biases start from, where a config gives no numbers.

Fan-in and fan-out are the numbers of connections into and out of a neuron of the layer.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from backprop_cli.rules.base import NonNegativeFloat, PositiveFloat, Rule, choice

Draw: TypeAlias = NDArray[np.float64]


class Initializer(Rule):
    """Fill a block of parameters before training."""

    @abstractmethod
    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        """Draw an array of the shape, in float64."""


class Zeros(Initializer):
    """Start at 0.

    Source: the usual start of biases.
    """

    name: Literal["zeros"] = "zeros"
    formula_text = "w = 0"

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return np.zeros(shape)


class Constant(Initializer):
    """Start everywhere at the same value.

    Source: for symmetry experiments; a layer that starts so stays symmetric.
    """

    name: Literal["constant"] = "constant"
    value: Annotated[float, Field(description="the value")]
    formula_text = "w = value"
    example: ClassVar[Mapping[str, Any]] = {"value": 0.1}

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return np.full(shape, self.value)


class Uniform(Initializer):
    """Draw evenly between two bounds.

    Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986) start from small random weights.
    """

    name: Literal["uniform"] = "uniform"
    low: Annotated[float, Field(description="lower bound")] = -0.5
    high: Annotated[float, Field(description="upper bound")] = 0.5
    formula_text = "w ~ U(low, high)"

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g})")
        return self

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.uniform(self.low, self.high, shape)


class Normal(Initializer):
    """Draw from a normal distribution.

    Source: M. Nielsen, "Neural Networks and Deep Learning" (2015), chapter 1, starts so with std 1.
    """

    name: Literal["normal"] = "normal"
    mean: Annotated[float, Field(description="mean")] = 0.0
    std: Annotated[NonNegativeFloat, Field(description="standard deviation")] = 0.1
    formula_text = "w ~ N(mean, std²)"

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.normal(self.mean, self.std, shape)


class Scaled(Initializer):
    """An initializer whose spread follows from the number of connections."""

    gain: Annotated[PositiveFloat, Field(description="multiplies the standard deviation")] = 1.0

    @abstractmethod
    def variance(self, fan_in: int, fan_out: int) -> float:
        """Give the variance of a weight at gain 1."""

    def spread(self, fan_in: int, fan_out: int) -> float:
        """Give the standard deviation of a weight."""
        return self.gain * math.sqrt(self.variance(fan_in, fan_out))


class ScaledUniform(Scaled):
    """Draw evenly with the given spread: the bound is √3 standard deviations."""

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        bound = math.sqrt(3.0) * self.spread(fan_in, fan_out)
        return rng.uniform(-bound, bound, shape)


class ScaledNormal(Scaled):
    """Draw from a normal distribution with the given spread."""

    def draw(self, rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> Draw:
        return rng.normal(0.0, self.spread(fan_in, fan_out), shape)


class XavierUniform(ScaledUniform):
    """Draw evenly with variance 2/(fan_in + fan_out).

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
    """

    name: Literal["xavier_uniform"] = "xavier_uniform"
    formula_text = "w ~ U(−r, r), r = gain · √(6/(fan_in + fan_out))"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / (fan_in + fan_out)


class XavierNormal(ScaledNormal):
    """Draw normally with variance 2/(fan_in + fan_out).

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
    """

    name: Literal["xavier_normal"] = "xavier_normal"
    formula_text = "w ~ N(0, s²), s = gain · √(2/(fan_in + fan_out))"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / (fan_in + fan_out)


class HeUniform(ScaledUniform):
    """Draw evenly with variance 2/fan_in; suits relu.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """

    name: Literal["he_uniform"] = "he_uniform"
    formula_text = "w ~ U(−r, r), r = gain · √(6/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / fan_in


class HeNormal(ScaledNormal):
    """Draw normally with variance 2/fan_in; suits relu.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """

    name: Literal["he_normal"] = "he_normal"
    formula_text = "w ~ N(0, s²), s = gain · √(2/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 2.0 / fan_in


class LecunNormal(ScaledNormal):
    """Draw normally with variance 1/fan_in; suits selu.

    Source: Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp" (1998), section 4.6.
    """

    name: Literal["lecun_normal"] = "lecun_normal"
    formula_text = "w ~ N(0, s²), s = gain · √(1/fan_in)"

    def variance(self, fan_in: int, fan_out: int) -> float:
        return 1.0 / fan_in


if TYPE_CHECKING:
    AnyInitializer: TypeAlias = Initializer
else:
    AnyInitializer: Any = choice(Initializer)
