"""The parts of a config about training, reporting and published figures."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from backprop_cli.config.watches import Keeping, Stopping
from backprop_cli.documents.pairs import NAME
from backprop_cli.rules.base import LARGEST_COUNT, Count, Listed, NonNegativeFloat, Strictly

ONE, MANY = "<one>", "<many>"


SampleNumber = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
BatchSize: TypeAlias = Annotated[
    Annotated[Literal["full"], Tag("<full>")] | Annotated[Count, Tag("<count>")],
    Discriminator(lambda value: "<full>" if isinstance(value, str) else "<count>"),
]


Shuffled: TypeAlias = Annotated[
    Annotated[Literal["full", "blocks"], Tag("<kind>")] | Annotated[bool, Tag("<flag>")],
    Discriminator(lambda value: "<kind>" if isinstance(value, str) else "<flag>"),
]


ClassWeights: TypeAlias = Annotated[
    Annotated[Literal["balanced"], Tag("<balanced>")]
    | Annotated[Annotated[dict[str, NonNegativeFloat], Field(min_length=1)], Tag("<each>")],
    Discriminator(lambda value: "<balanced>" if isinstance(value, str) else "<each>"),
]


class Training(Strictly):
    """How long and in which portions to train."""

    epochs: Annotated[
        Count | None, Field(description="passes over the data; 1 where neither epochs nor steps are given")
    ] = None
    steps: Annotated[Count | None, Field(description="updates of the parameters, instead of epochs")] = None
    batch_size: Annotated[BatchSize, Field(description="samples of a step, or full")] = "full"
    shuffle: Annotated[
        Shuffled,
        Field(
            description="draw a new order of the samples for every epoch: full (or true), of all samples; blocks, of "
            "blocks of 1,024 and then of the samples of 16 blocks each, which is faster where samples are read from a "
            "large file"
        ),
    ] = True
    seed: Annotated[int, Field(ge=0, lt=2**63, description="of initial weights, split, shuffling and dropout")] = 0
    dtype: Annotated[Literal["float64", "float32"], Field(description="precision of all arrays")] = "float64"
    class_weights: Annotated[
        ClassWeights | None,
        Field(
            description="what the samples of each class count, as data.weights: a number by label, 1 where it is left "
            "out, or balanced: samples / (classes · samples of the class), over the training part"
        ),
    ] = None
    engine: Annotated[
        Literal["auto", "arrays", "scalar"],
        Field(description="arrays: NumPy; scalar: Python floats, for a tiny network on one sample; auto: what fits"),
    ] = "auto"
    start_from: Annotated[
        str | None,
        Field(
            min_length=1,
            description="run folder or model file that training starts from; paths start at the folder of the config",
        ),
    ] = None
    out: Annotated[
        str | None,
        Field(min_length=1, description="folder that the run is written to, from the folder of the config; as --out"),
    ] = None
    checkpoint_every: Annotated[
        NonNegativeFloat,
        Field(description="seconds between two checkpoints in the run folder; 0 for one after each step"),
    ] = 10.0
    early_stopping: Annotated[
        Stopping,
        Field(description="stop when there is no improvement for some epochs: a number of epochs, or a mapping"),
    ] = None
    keep_best: Annotated[
        Keeping,
        Field(
            description="train to the end and end with the parameters of the best epoch: true, a metric, or a mapping"
        ),
    ] = None


Decimals = Annotated[int, Field(ge=0, le=30)]
Significant = Annotated[int, Field(ge=1, le=30)]
Trace = Annotated[
    Annotated[int, Field(ge=0, le=LARGEST_COUNT), Tag(ONE)] | Annotated[Listed[SampleNumber], Tag(MANY)],
    Discriminator(lambda value: MANY if isinstance(value, list | tuple) else ONE),
]


class Report(Strictly):
    """What is shown, and with how many digits."""

    trace: Annotated[
        Trace | None, Field(description="show the first so many steps, or the steps of a list, number by number")
    ] = None
    decimals: Annotated[Decimals | None, Field(description="digits after the point, instead of significant")] = None
    significant: Annotated[Significant | None, Field(description="significant digits; 4 by default")] = None
    carry: Annotated[bool, Field(description="round each line before the next one uses it, as with a pencil")] = False
    digits: Annotated[dict[str, Decimals], Field(description="digits after the point, by name of a quantity")] = {}  # noqa: RUF012  pydantic copies it


# A number outside quotes is as good as one in quotes: its text is what counts.
_WRITTEN: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "minLength": 1}]}
Digits = Annotated[str, Field(min_length=1), WithJsonSchema(_WRITTEN)]


class Figure(Strictly):
    """A number that a source prints for a quantity of this experiment."""

    name: Annotated[str, Field(min_length=1, description="the quantity, in the notation of the config")]
    printed: Annotated[Digits, Field(description="the figure, digit for digit")]
    step: Annotated[Count, Field(description="the step it belongs to")] = 1
    sample: Annotated[SampleNumber | None, Field(description="the sample it belongs to, as @ in the name")] = None
    decimals: Annotated[
        Decimals | None,
        Field(
            description="digits after the point that the figure is rounded to, where that is coarser than it looks: "
            "a whole number among decimals"
        ),
    ] = None
    verdict: Annotated[
        Literal["right", "rounded", "cut_off", "carried", "wrong"] | None, Field(description="what marking must find")
    ] = None
    slip: Annotated[str | None, Field(description="what went wrong, where the verdict is wrong")] = None
    why: Annotated[str | None, Field(description="how the figure came about")] = None
    source_name: Annotated[str | None, Field(description="what the source calls the quantity")] = None


class WithPairs:
    """Let the JSON schema take `name: figure` for a figure, and a mapping of such pairs, or one figure, for a list."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Offer the short forms beside the long one."""
        listed = handler(core_schema)
        figure = listed["items"]
        pairs = {"type": "object", "additionalProperties": _WRITTEN, "propertyNames": {"not": {"const": NAME}}}
        no_key = {"not": {"enum": list(Figure.model_fields)}}
        pair = {**pairs, "propertyNames": no_key, "minProperties": 1, "maxProperties": 1}
        return {"anyOf": [{**listed, "items": {"anyOf": [figure, pair]}}, figure, pairs]}


Figures = Annotated[Listed[Figure], WithPairs()]
