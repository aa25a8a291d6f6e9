"""Frozen dataclasses with slots that are made quickly.

The standard decorator writes six methods for each class and compiles them one by one, which takes longer than all else
that defining a class does; a command that loads over a hundred classes spent a quarter of its start on it.  Only
`__init__` has to be written for each, and only for those that a command makes instances of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(kind: type[T]) -> type[T]:
    """Make a class a dataclass whose instances have slots, do not change, and compare and hash by their fields.

    It does what `@dataclass(frozen=True, slots=True)` does, without fields by keyword alone, `InitVar` and
    `field(hash=...)`; only classes that are made so can be below or above it.  Methods that the class has of its own
    stay.  `dataclasses.fields`, `replace` and `asdict` take its instances.  `inspect.signature` knows the parameters
    once there is an instance.
    """
    own = dict(vars(kind))
    made = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    # It is a dataclass now, which types do not tell.
    known: tuple[Field[Any], ...] = fields(made)  # type: ignore[arg-type]
    for name, method in _methods(made, known).items():
        if own.get(name) is None:
            setattr(made, name, method)
    return made


def _methods(kind: type, known: Sequence[Field[Any]]) -> Mapping[str, Callable[..., Any]]:
    compared = _values([one.name for one in known if one.compare])
    shown = [one.name for one in known if one.repr]

    def is_equal(self: object, other: object) -> Any:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(compared(self))

    def told(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    return {
        "__init__": _written_when_called(kind, known),
        "__eq__": is_equal,
        "__hash__": hashed,
        "__repr__": told,
        "__setattr__": _refuse_assignment,
        "__delattr__": _refuse_deletion,
        "__getstate__": _state,
        "__setstate__": _restore,
    }


def _values(names: Sequence[str]) -> Callable[[object], Any]:
    """Give what takes the values of some attributes from an instance, as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple([getattr(self, name) for name in names])


def _written_when_called(kind: Any, known: Sequence[Field[Any]]) -> Callable[..., None]:
    """Give an `__init__` that writes the real one when the first instance is made."""

    def first(self: object, *values: object, **named: object) -> None:
        kind.__init__ = written = _written(kind, known)
        written(self, *values, **named)

    return first


def _written(kind: type, known: Sequence[Field[Any]]) -> Callable[..., None]:
    """Write `__init__`: it fills the slots directly, as assignments are refused."""
    names: dict[str, Any] = {"MISSING": MISSING}
    for one in known:
        names |= {f"put_{one.name}": getattr(kind, one.name).__set__}
        names |= {f"default_{one.name}": one.default, f"make_{one.name}": one.default_factory}
    parameters = ", ".join(["self", *(_parameter(one) for one in known if one.init)])
    lines = [f"put_{one.name}(self, {_value(one)})" for one in known if one.init or _is_optional(one)]
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "".join(f"    {line}\n" for line in lines or ["pass"])
    exec(f"def __init__({parameters}):\n{body}", names)  # noqa: S102  names of fields alone
    written: Callable[..., None] = names["__init__"]
    written.__qualname__ = f"{kind.__qualname__}.__init__"
    written.__annotations__ = {one.name: one.type for one in known if one.init} | {"return": None}
    return written


def _is_optional(one: Field[Any]) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _parameter(one: Field[Any]) -> str:
    return f"{one.name}=default_{one.name}" if _is_optional(one) else one.name


def _value(one: Field[Any]) -> str:
    """Write what a slot is filled with; the default of a field with a factory is that there is none."""
    given = one.name if one.init else f"default_{one.name}"
    return given if one.default_factory is MISSING else f"make_{one.name}() if {given} is MISSING else {given}"


def _refuse_assignment(_self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: Sequence[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
