"""What a config says of its data: samples in the config itself, in a file, or in a file each for inputs and targets."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from backprop_cli.config.sections import SampleNumber
from backprop_cli.data.gaps import MARKS, Policy
from backprop_cli.rules.base import Listed, NonNegativeFloat, PositiveFloat, Strictly

INLINE, FILE, PARTS = "<inline>", "<file>", "<parts>"


def _as_rows(value: object) -> object:
    """Turn a flat list into one column."""
    if isinstance(value, list | tuple) and not any(isinstance(item, list | tuple | dict) for item in value):
        return [[item] for item in value]
    return value


def _as_list(value: object) -> object:
    """Turn one value into a list of one."""
    return [value] if _is_name(value) else value


def _as_names(value: object) -> object:
    """Turn one name into a list of one, and numbers into names."""
    listed = _as_list(value)
    return [str(item) if _is_name(item) else item for item in listed] if isinstance(listed, list | tuple) else listed


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


_Column = Annotated[Listed[float], Field(min_length=1)]
_Rows = Annotated[Listed[Listed[float]], Field(min_length=1)]
Rows = Annotated[_Rows, BeforeValidator(_as_rows, json_schema_input_type=_Column | _Rows)]
# What is listed has its least length in the schema only where the constraint is the list's own.
_Names = Annotated[Listed[str | int], Field(min_length=1)]
Columns = Annotated[
    Listed[str], Field(min_length=1), BeforeValidator(_as_names, json_schema_input_type=str | int | _Names)
]
Labels = Annotated[
    Listed[str],
    Field(min_length=2),
    BeforeValidator(_as_names, json_schema_input_type=Annotated[Listed[str | int], Field(min_length=2)]),
]
Samples = Annotated[
    Listed[SampleNumber],
    Field(min_length=1),
    BeforeValidator(
        _as_list, json_schema_input_type=SampleNumber | Annotated[Listed[SampleNumber], Field(min_length=1)]
    ),
]
Column = Annotated[
    str, BeforeValidator(lambda value: str(value) if _is_name(value) else value, json_schema_input_type=str | int)
]
Path = Annotated[str, Field(min_length=1)]
Delimiter = Annotated[str | None, Field(min_length=1, max_length=1)]
ValidationFile = Annotated[
    Path | None, Field(description="a file of the same columns, measured after each epoch; instead of validation")
]
TestFile = Annotated[Path | None, Field(description="a file of the same columns, measured once, after the last epoch")]


class Data(Strictly):
    """What all kinds of data have in common."""

    standardize: Annotated[
        bool, Field(description="scale each input to mean 0 and deviation 1 over the training part")
    ] = False
    min_max: Annotated[bool, Field(description="take each input from 0 to 1 over the training part")] = False
    divide: Annotated[
        PositiveFloat | None, Field(description="divide all inputs by a number: 255 for pixels that are bytes")
    ] = None
    validation: Annotated[
        float, Field(ge=0, lt=1, description="share of the samples kept for validation, drawn from the seed")
    ] = 0.0
    order: Annotated[
        Listed[Samples] | None,
        Field(
            min_length=1,
            description="samples of each step, counted from 1, starting over at the end; instead of batch_size",
        ),
    ] = None


class InlineData(Data):
    """Samples written in the config itself."""

    inputs: Annotated[Rows, Field(description="one row per sample; a flat list is one column")]
    targets: Annotated[Rows | None, Field(description="one row per sample; a flat list is one column")] = None
    weights: Annotated[
        Listed[NonNegativeFloat] | None,
        Field(min_length=1, description="what each sample counts: its loss is multiplied by this, a number per sample"),
    ] = None


class FromFiles(Data):
    """What only files need: missing values, and labels of classes."""

    missing: Annotated[
        Policy,
        Field(
            description="what becomes of missing values: an error, drop the row, or put the mean or median of the "
            "training part in place of a number among the inputs"
        ),
    ] = "error"
    window: Annotated[
        PositiveFloat,
        Field(
            description="MiB; an npy or IDX file whose numbers take more than this as float64 is not read whole, but "
            "some rows at a time, when they are trained on"
        ),
    ] = 256.0
    missing_texts: Annotated[Listed[str], Field(description="texts that stand for a missing value")] = MARKS
    labels: Annotated[
        Labels | None,
        Field(description="labels of the classes, in the order of the outputs; by default those of the data, sorted"),
    ] = None


class FileData(FromFiles):
    """Samples from a CSV or TSV file with a header, or from a file of numbers: npy, npz, idx."""

    file: Annotated[Path, Field(description="path of the file, from the folder of the config")]
    validation_file: ValidationFile = None
    test_file: TestFile = None
    delimiter: Annotated[Delimiter, Field(description="between cells; by default from the file's suffix")] = None
    inputs: Annotated[
        Columns | None,
        Field(
            description="the input columns: names of a table, keys of an npz archive, numbers from 1 of an array; "
            "by default all that are neither targets nor weights"
        ),
    ] = None
    targets: Annotated[Columns | None, Field(description="the target column or columns, in the same way")] = None
    weights: Annotated[
        Column | None,
        Field(description="the column of what each sample counts: its loss is multiplied by this number"),
    ] = None


class Part(Strictly):
    """A file that holds only inputs, only targets or only weights."""

    file: Annotated[Path, Field(description="path of the file, from the folder of the config")]
    validation_file: ValidationFile = None
    test_file: TestFile = None
    delimiter: Annotated[Delimiter, Field(description="between cells; by default from the file's suffix")] = None
    columns: Annotated[
        Columns | None, Field(description="which columns, as inputs and targets of one file; by default all")
    ] = None


class PartsData(FromFiles):
    """Samples from two files, or three, row by row."""

    inputs: Annotated[Part, Field(description="the file of the inputs; images are flattened")]
    targets: Annotated[Part | None, Field(description="the file of the targets, or of the labels of classes")] = None
    weights: Annotated[
        Part | None,
        Field(description="the file of what each sample counts: its loss is multiplied by this number"),
    ] = None


_KINDS: Mapping[type, str] = {InlineData: INLINE, FileData: FILE, PartsData: PARTS}


def _kind_of_data(value: Any) -> str:
    if not isinstance(value, dict):
        return _KINDS.get(type(value), INLINE)
    if "file" in value:
        return FILE
    return PARTS if any(isinstance(value.get(key), dict) for key in ("inputs", "targets")) else INLINE


AnyData = Annotated[
    Annotated[InlineData, Tag(INLINE)] | Annotated[FileData, Tag(FILE)] | Annotated[PartsData, Tag(PARTS)],
    Discriminator(_kind_of_data),
]
