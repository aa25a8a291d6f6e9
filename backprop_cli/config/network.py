"""The part of a config that describes the network."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from backprop_cli.rules.activations import AnyActivation
from backprop_cli.rules.activations.sigmoid import Sigmoid
from backprop_cli.rules.base import Count, Fraction, Listed, Strictly
from backprop_cli.rules.initializers import AnyInitializer

Matrix: TypeAlias = Listed[Listed[float]]
WeightsLayout: TypeAlias = Literal["rows_are_neurons", "rows_are_inputs"]
# Tags tell the branches of a choice apart inside pydantic; they never stand in a file.
MATRIX, INITIALIZER, NUMBER, LIST = "<matrix>", "<initializer>", "<number>", "<list>"


def _kind_of_weights(value: Any) -> str:
    return MATRIX if isinstance(value, list | tuple) else INITIALIZER


def _kind_of_values(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return NUMBER
    return MATRIX if any(isinstance(item, list | tuple) for item in value) else LIST


Weights = Annotated[
    Annotated[Matrix, Tag(MATRIX)] | Annotated[AnyInitializer, Tag(INITIALIZER)], Discriminator(_kind_of_weights)
]
BiasValues = Annotated[
    Annotated[float, Tag(NUMBER)] | Annotated[Listed[float], Tag(LIST)] | Annotated[Matrix, Tag(MATRIX)],
    Discriminator(_kind_of_values),
]


class Bias(Strictly):
    """The biases of a layer."""

    per: Annotated[
        Literal["neuron", "layer", "connection", "none"],
        Field(description="what has a bias of its own: each neuron, the layer as a whole, or each incoming connection"),
    ] = "neuron"
    values: Annotated[
        BiasValues | None, Field(description="one number for all, a list, or (per connection) rows of numbers")
    ] = None
    initializer: Annotated[AnyInitializer | None, Field(description="drawn from, where there are no values")] = None
    trainable: Annotated[bool, Field(description="whether training changes the biases")] = True


def _long_bias(value: object) -> object:
    """Turn `false`, a number or a list into the mapping they are short for."""
    if isinstance(value, bool):
        return {} if value else {"per": "none"}
    if isinstance(value, int | float | list | tuple):
        return {"values": value}
    return value


class Layer(Strictly):
    """A layer of neurons."""

    units: Annotated[Count, Field(description="number of neurons")]
    activation: Annotated[
        AnyActivation, Field(description="activation function: a name, or a mapping with settings")
    ] = Sigmoid.by_default()
    weights: Annotated[
        Weights | None,
        Field(description="a row of numbers per neuron, or an initializer; by default one that suits the activation"),
    ] = None
    weights_layout: Annotated[
        WeightsLayout | None, Field(description="what a row of the weights is; the network's setting if left out")
    ] = None
    bias: Annotated[
        Bias,
        BeforeValidator(_long_bias, json_schema_input_type=bool | float | Listed[float] | Bias),
        Field(description="false, one number, a list, or a mapping; by default one trainable bias per neuron, from 0"),
    ] = Bias.by_default()
    trainable: Annotated[bool, Field(description="false freezes weights and biases")] = True
    dropout: Annotated[
        Fraction,
        Field(description="how likely each neuron is left out of a training step; not in the last layer"),
    ] = 0.0


class Network(Strictly):
    """The network: how many inputs, and its layers of neurons in order."""

    inputs: Annotated[Count, Field(description="number of inputs of a sample")]
    layers: Annotated[Listed[Layer], Field(min_length=1, description="layers of neurons, the last one gives ŷ")]
    weights_layout: Annotated[
        WeightsLayout, Field(description="rows_are_neurons: w[to][from]; rows_are_inputs: the transpose")
    ] = "rows_are_neurons"
