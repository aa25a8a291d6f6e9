"""What differs between two configs, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from backprop_cli.errors import ConfigError, Problem

_MOST_CHANGES = 5


def refuse_changes(where: str, now: Any, then: Any, what: str, advice: str) -> None:
    """Raise ConfigError where two documents differ.

    Args:
        where: the file that is to blame.
        now: one document, as plain values.
        then: the other.
        what: says what it means that they differ.
        advice: says what to do.
    """
    changes = list(_changes(now, then, ""))
    if changes:
        more = f", and {len(changes) - _MOST_CHANGES} more" if len(changes) > _MOST_CHANGES else ""
        told = "; ".join(changes[:_MOST_CHANGES]) + more
        raise ConfigError([Problem(f"{what}: {told}; {advice}", where=where)])


def _changes(now: Any, then: Any, place: str) -> Iterator[str]:
    """Walk what differs between two documents, in words."""
    if isinstance(now, Mapping) and isinstance(then, Mapping):
        for key in dict.fromkeys((*now, *then)):
            yield from _changes(now.get(key), then.get(key), f"{place}.{key}" if place else key)
    elif isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        for number, pair in enumerate(zip(now, then, strict=True)):
            yield from _changes(*pair, f"{place}[{number}]")
    elif now != then:
        yield f"{place} is {_short(now)}, was {_short(then)}"


def _short(value: Any) -> str:
    text = "not there" if value is None else str(value)
    return text if len(text) <= 40 else "something long"  # noqa: PLR2004  what fits into a sentence
