"""Everything that a frozen dataclass with slots promises, on ours and on the standard one alike."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any, Generic, TypeVar

import pytest

from backprop_cli.immutable import immutable

T = TypeVar("T")
Decorator = Callable[[type], type]


@immutable
class Ours:
    """At the top of a module, as pickle wants it."""

    one: int
    two: tuple[int, ...] = ()


def family(decorate: Decorator) -> Any:
    """Make some classes by a decorator."""

    @decorate
    class Base(Generic[T]):
        """With defaults, and what is neither compared nor shown."""

        first: T
        second: str = "b"
        role: str = field(default="", compare=False)
        seen: list[int] = field(default_factory=list, compare=False, repr=False)

    @decorate
    class Child(Base[int]):
        """With one more, and one that is worked out."""

        third: float = 0.5
        total: float = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "total", self.first + self.third)

    @decorate
    class Own:
        """With methods of its own."""

        value: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and self.value % 10 == other.value % 10

        def __hash__(self) -> int:
            return self.value % 10

    @decorate
    class Single:
        """With one field."""

        value: Any

    @decorate
    class Empty:
        """With none."""

    return {"Base": Base, "Child": Child, "Own": Own, "Single": Single, "Empty": Empty}


BOTH = {"ours": immutable, "standard": dataclass(frozen=True, slots=True)}


@pytest.fixture(params=BOTH)
def kinds(request: pytest.FixtureRequest) -> Any:
    return family(BOTH[request.param])


def test_values_come_by_place_by_name_or_by_default(kinds: Any) -> None:
    base, child = kinds["Base"](1, second="c"), kinds["Child"](2, third=1.5)

    assert (base.first, base.second, base.role, base.seen) == (1, "c", "", [])
    assert (child.first, child.second, child.third, child.total) == (2, "b", 1.5, 3.5)
    assert kinds["Base"](1).seen is not kinds["Base"](1).seen


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((), {}, "missing 1 required positional argument: 'first'"),
        ((1, 2, 3, 4, 5), {}, "takes from 2 to 5 positional arguments but 6 were given"),
        ((1,), {"fourth": 1}, "got an unexpected keyword argument 'fourth'"),
    ],
)
def test_values_that_do_not_fit_are_told_each_time(kinds: Any, values: Any, named: Any, message: str) -> None:
    for _ in range(2):
        with pytest.raises(TypeError, match=rf"Base\.__init__\(\) {message}"):
            kinds["Base"](*values, **named)


def test_instances_compare_and_hash_by_the_fields_that_count(kinds: Any) -> None:
    base, child, single = kinds["Base"], kinds["Child"], kinds["Single"]
    nan = float("nan")

    assert base(1, role="x") == base(1, role="y") != base(2)
    assert hash(base(1, role="x")) == hash(base(1, role="y"))
    assert child(1, third=2.0) != child(1, third=3.0)
    assert child(1) != base(1)
    assert base(1) != (1, "b")
    assert single(nan) == single(nan)
    assert hash(single(7)) == hash((7,))
    assert kinds["Empty"]() == kinds["Empty"]()
    with pytest.raises(TypeError, match="unhashable"):
        hash(single([]))


def test_methods_of_its_own_stay(kinds: Any) -> None:
    own = kinds["Own"]

    assert (repr(own(3)), own(13) == own(3), hash(own(13))) == ("own", True, 3)


def test_an_instance_shows_what_it_is_made_of(kinds: Any) -> None:
    assert repr(kinds["Child"](1)).endswith("Child(first=1, second='b', role='', third=0.5, total=1.5)")
    assert repr(kinds["Empty"]()).endswith("Empty()")


def test_nothing_can_be_changed(kinds: Any) -> None:
    base = kinds["Base"](1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'first'"):
        base.first = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'first'"):
        del base.first
    with pytest.raises((FrozenInstanceError, TypeError)):
        base.other = 2
    assert not hasattr(base, "__dict__")
    assert base.first == 1


def test_the_standard_functions_take_it(kinds: Any) -> None:
    child = kinds["Child"](1, seen=[3])

    assert [one.name for one in fields(child)] == ["first", "second", "role", "seen", "third", "total"]
    assert replace(child, first=4).total == 4.5
    assert asdict(child) == {"first": 1, "second": "b", "role": "", "seen": [3], "third": 0.5, "total": 1.5}
    assert kinds["Base"].__match_args__ == ("first", "second", "role", "seen")
    assert list(inspect.signature(type(child)).parameters) == ["first", "second", "role", "seen", "third"]
    for copied in (copy.copy(child), copy.deepcopy(child)):
        assert (copied, copied.seen) == (child, [3])


def test_an_instance_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Ours(1, (2, 3)))) == Ours(1, (2, 3))  # noqa: S301  our own
