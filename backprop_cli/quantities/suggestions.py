"""Names that may have been meant: a few repairs of what was written, kept only if they can be read."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

from backprop_cli.quantities.problem import NameProblem
from backprop_cli.quantities.spelling import SUFFIXES, Part, Spelling, take_apart
from backprop_cli.quantities.variables import SYMBOLS
from backprop_cli.quantities.vocabulary import Vocabulary

# A weight or bias, and a word at its end.
_ENDS_IN_WORD = re.compile(r"(?P<core>[wb][0-9_]*?)_?(?P<word>[A-Za-z]+|\+)")
# How other texts write what we write in ASCII.
_SPELLINGS = (("ŷ", "yhat"), ("y_hat", "yhat"), ("learning_rate", "eta"), ("η", "eta"), ("∂", "d"), (" ", ""))
# What other texts call our letters.
_WORDS = {
    "act": "a",
    "alpha": "eta",
    "bias": "b",
    "C": "L",
    "cost": "L",
    "E": "L",
    "error": "L",
    "h": "a",
    "input": "x",
    "J": "L",
    "loss": "L",
    "lr": "eta",
    "net": "z",
    "out": "yhat",
    "output": "yhat",
    "pred": "yhat",
    "target": "y",
    "weight": "w",
}
_LETTERS_AND_NUMBERS = re.compile(r"([A-Za-z]+)([0-9]*)((?:_[0-9]+)*)")


def suggest(text: str, vocabulary: Vocabulary) -> str:
    """Give '; did you mean …?' for the nearest name that can be read, or '' when none is near."""
    plain = unicodedata.normalize("NFC", text)
    for foreign, ours in _SPELLINGS:
        plain = plain.replace(foreign, ours)
    try:
        repaired = _repair(take_apart(plain), vocabulary)
        vocabulary.understand(repaired)
    except NameProblem:
        return ""
    return f"; did you mean {str(repaired)!r}?"


def _repair(spelling: Spelling, vocabulary: Vocabulary) -> Spelling:
    """Replace each part that cannot be read by its first repair that can."""
    parts = tuple(_repair_part(part, vocabulary) for part in spelling.parts)
    return replace(spelling, parts=parts)


def _repair_part(part: Part, vocabulary: Vocabulary) -> Part:
    for other in (part, *_with_suffix(part)):
        for core in _cores(other.core, vocabulary):
            repaired = replace(other, core=core)
            if _can_be_read(repaired, vocabulary):
                return repaired
    return part


def _with_suffix(part: Part) -> Iterator[Part]:
    """Give a name whose end may be a misspelt suffix: w1_neww, w1new, w1+."""
    match = None if part.suffix else _ENDS_IN_WORD.fullmatch(part.core)
    if match:
        word = {"+": "new", "next": "new", "updated": "new", "delta": "change"}.get(match["word"], match["word"])
        yield from (
            replace(part, core=match["core"], suffix=suffix) for suffix in get_close_matches(word, SUFFIXES, n=1)
        )


def _can_be_read(part: Part, vocabulary: Vocabulary) -> bool:
    try:
        vocabulary.understand(Spelling((part,)))
    except NameProblem:
        return False
    return True


def _cores(core: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Walk a dozen things that may have been meant by the core of a name, itself first."""
    yield core
    match = _LETTERS_AND_NUMBERS.fullmatch(core)
    if match:
        letters, layer, tail = match.groups()
        indices = "".join(f"_{int(index)}" for index in tail.split("_")[1:])
        for symbol in _symbols(letters):
            yield f"{symbol}{layer and int(layer)}{indices}"
            yield f"{symbol}_{layer and int(layer)}{indices}"
    yield from get_close_matches(core, vocabulary.aliases, n=3)


def _symbols(letters: str) -> Iterator[str]:
    """Walk the symbols that letters may stand for."""
    if letters in SYMBOLS:
        yield letters
    yield from (_WORDS[word] for word in (letters, letters.lower()) if word in _WORDS)
    yield from (letters.lower(), letters.upper())
    yield from get_close_matches(letters, SYMBOLS, n=3)
