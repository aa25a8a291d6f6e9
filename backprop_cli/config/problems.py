"""Turn what pydantic complains about into sentences that say where, what was written, why not, and what to do."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from backprop_cli.config.experiment import Experiment
from backprop_cli.config.shapes import dotted
from backprop_cli.documents.tree import Document, KeyPath, kind
from backprop_cli.errors import Problem, counted, did_you_mean
from backprop_cli.rules.base import Rule, member, names

# Names longer than this list are not shown whole.
_MOST_LISTED = 14


def explain(document: Document, errors: list[ErrorDetails]) -> Iterator[Problem]:
    """Give a located problem for each of pydantic's errors."""
    for error in errors:
        path, at = _written_path(document, error)
        if _follows_from_another(document, path, error):
            continue
        sentence = _SENTENCES.get(error["type"], _as_pydantic_says)(error, kind(document.find(at)))
        name = dotted(path)
        at_key = error["type"] == "extra_forbidden"
        yield document.problem(at, f"{name}: {sentence}" if name else sentence, at_key=at_key)


def _written_path(document: Document, error: ErrorDetails) -> tuple[KeyPath, KeyPath]:
    """Drop what pydantic adds to a path: give the path as the file has it, and the part of it that exists."""
    path: list[str | int] = []
    existing: list[str | int] = []
    node = document.root
    # Of these, the last part is a key of the user's, even one that is named like a rule.
    ends_in_key = error["type"] in {"missing", "extra_forbidden"}
    for place, part in enumerate(error["loc"]):
        below = node.child(part)
        is_key = ends_in_key and place == len(error["loc"]) - 1
        is_tag = below is None and not is_key and (str(part).startswith("<") or part in _rule_names())
        if below is not None and len(existing) == len(path):
            node = below
            existing.append(part)
            path.append(part)
        elif not is_tag and isinstance(node.value, Mapping):
            # Only from a mapping can a key be missing.
            path.append(part)
    return tuple(path), tuple(existing)


@cache
def _rule_names() -> frozenset[str]:
    return frozenset(name for family in Rule.__subclasses__() for name in names(family))


# Takes the error, and what stands in its place in the file.
_Sentence: TypeAlias = Callable[[ErrorDetails, str], str]


def _follows_from_another(document: Document, path: KeyPath, error: ErrorDetails) -> bool:
    """Say whether a list counts as too short only because its items are wrong."""
    written = document.find(path).value
    items = len(written) if isinstance(written, tuple | Mapping) else 1
    return error["type"] == "too_short" and items >= error["ctx"]["min_length"]


def _unknown_key(error: ErrorDetails, written: str) -> str:
    known = sorted(set(_keys_at(error["loc"][:-1])))
    hint = did_you_mean(str(error["loc"][-1]), known)
    listed = f"; known here: {', '.join(known)}" if not hint and len(known) <= _MOST_LISTED else ""
    return f"unknown key{hint or listed}"


def _keys_at(loc: tuple[str | int, ...]) -> Iterator[str]:
    """Give the keys that the mapping at pydantic's path may have."""
    models: list[type[BaseModel]] = [Experiment]
    for part in loc:
        fields = [model.model_fields[part] for model in models if isinstance(part, str) and part in model.model_fields]
        chosen = [member(model, part) for model in models if issubclass(model, Rule) and part in names(model)]
        if fields:
            models = [model for field in fields for model in _models_in((field.annotation, *field.metadata))]
        elif chosen:
            models = list[type[BaseModel]](chosen)
    for model in models:
        yield from model.model_fields


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    parts = annotation if isinstance(annotation, tuple) else get_args(annotation)
    for part in parts:
        yield from _models_in(part)


def _unknown_name(error: ErrorDetails, written: str) -> str:
    context = error["ctx"]
    known = [name.strip("'") for name in context["expected_tags"].split(", ")]
    return f"there is no {context['tag']!r}{did_you_mean(context['tag'], known)}; known: {', '.join(known)}"


def _not_one_of(error: ErrorDetails, written: str) -> str:
    expected = error["ctx"]["expected"]
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    hint = did_you_mean(error["input"], words) if isinstance(error["input"], str) else ""
    return f"must be {expected}, not {written}{hint}"


def _bound(words: str, key: str) -> _Sentence:
    def sentence(error: ErrorDetails, written: str) -> str:
        bound = error["ctx"][key]
        shown = f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
        return f"must be {words} {shown}, not {written}"

    return sentence


def _too_short(error: ErrorDetails, written: str) -> str:
    least, items = error["ctx"]["min_length"], error["ctx"]["actual_length"]
    return f"needs at least {counted(least, 'item')}, and {f'has {items}' if items else 'is empty'}"


def _must_be(what: str) -> _Sentence:
    return lambda error, written: f"must be {what}, not {written}"


def _as_pydantic_says(error: ErrorDetails, written: str) -> str:
    message = error["msg"]
    return f"{message[0].lower()}{message[1:]} (this is {written})"


def _own_words(error: ErrorDetails, written: str) -> str:
    return str(error["ctx"]["error"])


_SENTENCES: Mapping[str, _Sentence] = {
    "extra_forbidden": _unknown_key,
    "missing": lambda error, written: "is required and missing; add it",
    "union_tag_invalid": _unknown_name,
    "union_tag_not_found": lambda error, written: "needs a name; write the bare name, or {name: …} with its settings",
    "literal_error": _not_one_of,
    "value_error": _own_words,
    "greater_than": _bound("greater than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "int_type": _must_be("a whole number"),
    "int_from_float": _must_be("a whole number"),
    "float_type": _must_be("a number"),
    "finite_number": _must_be("a finite number"),
    "bool_type": _must_be("true or false"),
    "string_type": lambda error, written: f"must be text, not {written}; put it in quotes",
    "tuple_type": _must_be("a list"),
    "dict_type": _must_be("a mapping"),
    "mapping_type": _must_be("a mapping"),
    "model_type": _must_be("a mapping"),
    "model_attributes_type": _must_be("a name, or a mapping with a name and settings"),
    "too_short": _too_short,
    "string_too_short": lambda error, written: "must not be empty",
    "string_too_long": lambda error, written: f"must be one character, not {written}",
}
