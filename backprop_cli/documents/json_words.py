"""What stands in JSON where it cannot, in plain sentences that say what to do."""

import re

from backprop_cli.documents.tree import shortened
from backprop_cli.errors import did_you_mean

_NUMERIC = re.compile(r"[-+.−]*[0-9]")
_PART = re.compile(r'(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')


def fault_of_word(word: str) -> str:
    """Say why a word without quotes is no value."""
    shown = shortened(word)
    if word.lstrip("+-").lower() in {"nan", "inf", "infinity"}:
        return f"{shown!r} is no number; JSON knows finite ones alone"
    if _NUMERIC.match(word):
        return f"{shown!r} is no number as JSON writes them; put it in quotes"
    hint = did_you_mean(word.lower().replace("none", "null"), ("true", "false", "null"))
    return f"{shown!r} is no value in JSON{hint or '; put text in double quotes'}"


def fault_of_value(sign: str, missing: str) -> str:
    """Say why nothing can start with a sign.

    Args:
        sign: what stands there.
        missing: what is expected there; '' for a value.
    """
    if sign == "'":
        return "JSON knows double quotes alone; write \" in place of '"
    if sign == "/":
        return "JSON has no comments; remove this one"
    return missing or f"a value is missing before {sign!r}; write one, or remove the extra sign"


def fault_of_string(text: str, start: int) -> tuple[str, int]:
    """Say what is wrong with the text in quotes that starts at an offset, and give the offset of the fault."""
    match = _PART.match(text, start + 1)
    end = match.end() if match else start
    if text[end : end + 1] == "\\" and end + 1 < len(text):
        return r"this is no escape that JSON knows; write '\\' for a backslash", end
    if text[end : end + 1] == "\t":
        return r"a tab stands in a text; write '\t'", end
    return 'the quote (") that opens here is never closed on its line; close it with "', start
