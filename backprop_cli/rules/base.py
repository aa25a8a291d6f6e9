"""What all rules have in common, and how a family of rules becomes a choice in a config."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from backprop_cli.algebra import functions
from backprop_cli.algebra.term import Number
from backprop_cli.immutable import immutable
from backprop_cli.rules.derivation import Derivation
from backprop_cli.rules.picture import Picture

Array: TypeAlias = functions.Array
# A call that is made in every step: a function, and its arguments by position; a float stands for an array without
# dimensions.  Kernels are iterators of calls that refresh an output from inputs, without allocating.
Call: TypeAlias = tuple[Callable[..., object], *tuple[object, ...]]
Calls: TypeAlias = Iterator[Call]
# Three arrays of the shape of a kernel's output, for whatever it needs in between.
Scratch: TypeAlias = tuple[Array, Array, Array]


class Given(Enum):
    """What a call gets that each step brings along, in place of an argument."""

    RATE = "rate"
    STEP = "step"


# The learning rate of a step, and its number from 1.
RATE, STEP = Given.RATE, Given.STEP


class Measure(NamedTuple):
    """A number that is worked out in every step.

    Attributes:
        calls: what comes first.
        number: the call that gives it.
        factor: what it is multiplied by.
    """

    calls: Sequence[Call]
    number: Call
    factor: float = 1.0


Item = TypeVar("Item")
Listed = Annotated[tuple[Item, ...], Strict(strict=False)]

PositiveFloat = Annotated[float, Field(gt=0)]
NonNegativeFloat = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
# Larger counts are slips of the keyboard, and NumPy could not index them.
LARGEST_COUNT = 2**31 - 1
Count = Annotated[int, Field(gt=0, le=LARGEST_COUNT)]


@immutable
class Letter:
    """Mark a setting with the letter that formulas have for it, in ASCII: `beta1`, `lambda`; else it is the key."""

    word: str


class Strictly(BaseModel):
    """A frozen model that takes nothing it does not know: no extra keys, no conversions, no nan."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        # A model that another one holds is built as a part of it.
        defer_build=True,
    )

    @classmethod
    def by_default(cls) -> Self:
        """Give one with all its defaults.

        They are valid as they are, and to build what would validate them takes longer than many a run.
        """
        # Pydantic's plugin for mypy takes it for a Strictly.
        return cls.model_construct()  # type: ignore[return-value]

    def in_letters(self) -> Self:
        """Give a copy for formulas on terms, whose numeric settings are constants that show as letters."""
        lettered = {
            key: _in_letters(getattr(self, key), _letter(key, field)) for key, field in type(self).model_fields.items()
        }
        return self.model_copy(update=lettered)


def _letter(key: str, field: FieldInfo) -> str:
    return next((marker.word for marker in field.metadata if isinstance(marker, Letter)), key)


def _in_letters(setting: object, letter: str) -> object:
    if isinstance(setting, float):
        return Number(setting, symbol=letter)
    return setting.in_letters() if isinstance(setting, Strictly) else setting


@immutable
class Variant:
    """The same rule as other authors write it.

    Attributes:
        slip: what mixing the two up is called.
        sentence: what figures are for, that follow it: 'the loss without ½'.
        rule: the other one.
    """

    slip: str
    sentence: str
    rule: "Rule"


class Rule(Strictly):
    """One definition, chosen in a config by its `name`, its settings beside it.

    Final classes declare `name` as a `Literal` with that word as its default; abstract ones do not.
    """

    # The formula as a reader would write it, for tables and help.
    formula_text: ClassVar[str]
    # The derivative in the same form, for families that have one.
    slope_text: ClassVar[str] = ""
    # Constants of the class that formulas show by a letter or as what they come from.
    constants: ClassVar[Mapping[str, str]] = {}
    # Values for settings without a default, for those who show the rule.
    example: ClassVar[Mapping[str, Any]] = {}

    def in_letters(self) -> Self:
        """Give a copy for formulas on terms, whose numeric settings and constants show as letters."""
        letters = {key: Number(getattr(self, key), symbol=letter) for key, letter in self.constants.items()}
        return super().in_letters().model_copy(update=letters)

    def derivations(self) -> tuple[Derivation, ...]:
        """Work its derivative on terms, in every case; empty for families that have none."""
        return ()

    def picture(self) -> Picture | None:
        """Draw it as curves; None for families that have none."""
        return None

    def variants(self) -> tuple[Variant, ...]:
        """List the conventions that other authors follow in its place."""
        return ()

    @property
    def title(self) -> str:
        """Give the name with the settings that differ from their defaults: `leaky_relu(slope=0.1)`."""
        fields = type(self).model_fields
        changed = [
            f"{key}={_brief(getattr(self, key))}"
            for key, field in fields.items()
            if key != "name" and getattr(self, key) != field.get_default(call_default_factory=True)
        ]
        return f"{rule_name(type(self))}({', '.join(changed)})" if changed else rule_name(type(self))


def _brief(setting: object) -> str:
    if isinstance(setting, Rule):
        return setting.title
    if isinstance(setting, BaseModel):
        inner = setting.model_dump(exclude_defaults=True)
        return "{" + ", ".join(f"{key}: {value}" for key, value in inner.items()) + "}"
    return str(setting)


Family = TypeVar("Family", bound=Rule)


def is_final(rule: type[Rule]) -> bool:
    """Say whether a rule has a name of its own, and so can be chosen."""
    field = rule.model_fields.get("name")
    return field is not None and get_origin(field.annotation) is Literal


def rule_name(rule: type[Rule]) -> str:
    """Give the word that chooses a final rule in a config."""
    (name,) = get_args(rule.model_fields["name"].annotation)
    return str(name)


@cache
def names(family: type[Rule]) -> tuple[str, ...]:
    """List the names of a family's final classes, of which none is loaded for this.

    Each is in the file of its name, beside the `base` of the family; files with a leading underscore hold what several
    of them share.

    Args:
        family: the class that all of them share, which is in `base`.
    """
    folder = sys.modules[_package(family)].__path__
    found = sorted(one.name for one in iter_modules(folder))
    return tuple(name for name in found if name != "base" and not name.startswith("_"))


def member(family: type[Family], name: str) -> type[Family]:
    """Give a family's final class by its name, and load it where nobody has.

    Args:
        family: as for `names`.
        name: one of them.
    """
    module = import_module(f"{_package(family)}.{name}")
    rules = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, family))
    return next(rule for rule in rules if is_final(rule) and rule_name(rule) == name)


def members(family: type[Family]) -> dict[str, type[Family]]:
    """Load a family's final classes, and give them by name."""
    return {name: member(family, name) for name in names(family)}


def _package(family: type[Rule]) -> str:
    return family.__module__.rpartition(".")[0]


def named(value: object) -> object:
    """Turn the short form of a choice, its bare name, into the long one."""
    return {"name": value} if isinstance(value, str) else value


def choice(family: type[Rule], *, but: Collection[str] = ()) -> Any:
    """Build the config type that takes any member of a family but some: its name, or a mapping with its settings."""
    known = names(family)
    assert set(but) <= set(known), f"no rules of this family: {set(but) - set(known)}"  # noqa: S101  a slip of ours
    return Annotated[family, Picked(family, tuple(name for name in known if name not in but))]


class Picked:
    """Validate a mapping by the member that its `name` picks, and a ready member by itself.

    Members are loaded and built when they are picked first: a config has a few of them, and all would take longer than
    a short run.  The JSON schema takes a bare name wherever it takes the mapping.  Mappings are told apart by `name`,
    so the schema of each lists its own name as required.
    """

    def __init__(self, family: type[Rule], among: Sequence[str]) -> None:
        self.family, self.among = family, among

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Tell the members apart by name."""
        validators = {
            name: core_schema.no_info_plain_validator_function(partial(self._validated, name)) for name in self.among
        }
        return core_schema.no_info_before_validator_function(named, _by_name(validators))

    def _validated(self, name: str, value: object) -> Rule:
        return member(self.family, name).model_validate(value)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Offer the names beside the mapping."""
        rules = {name: member(self.family, name) for name in self.among}
        for rule in rules.values():
            rule.model_rebuild()
        schemas = {name: rule.__pydantic_core_schema__ for name, rule in rules.items()}
        return {"anyOf": [{"enum": list(self.among), "type": "string"}, handler(_by_name(schemas))]}


def _by_name(members: Mapping[str, core_schema.CoreSchema]) -> core_schema.CoreSchema:
    return core_schema.tagged_union_schema(dict(members), discriminator="name", from_attributes=True)
