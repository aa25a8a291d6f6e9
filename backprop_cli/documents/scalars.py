"""Plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

import re
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"""(?P<decimal> [-+]? [0-9]+ )
      | 0o (?P<octal> [0-7]+ )
      | 0x (?P<hexadecimal> [0-9a-fA-F]+ )
      | (?P<float> [-+]? (?: \.[0-9]+ | [0-9]+ (?: \.[0-9]* )? ) (?: [eE] [-+]? [0-9]+ )? )
      | (?P<infinity> [-+]? \. (?: inf | Inf | INF ) )
      | (?P<nan> \. (?: nan | NaN | NAN ) )""",
    re.VERBOSE,
)
_BASES = {"decimal": 10, "octal": 8, "hexadecimal": 16}

# Python itself refuses to read or write longer ones in decimal.
MOST_DIGITS = 4300
_LARGEST = 10**MOST_DIGITS


def resolve(text: str) -> Scalar:
    """Give the value of an unquoted scalar.

    Raises:
        ValueError: for an integer of more than `MOST_DIGITS` digits; the message is for the user.
    """
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    return text if match is None else _number(match)


def _number(match: re.Match[str]) -> int | float:
    """Give the value of a matched number."""
    kind = match.lastgroup or ""
    if kind in _BASES:
        return _integer(match[kind], _BASES[kind])
    # float() knows 'inf' and 'nan' without YAML's dot.
    return float(match[0] if kind == "float" else match[0].replace(".", ""))


def _integer(digits: str, base: int) -> int:
    """Give the value of an integer that is not too long."""
    count = len(digits.lstrip("+-"))
    value = int(digits, base) if count <= MOST_DIGITS else _LARGEST
    if abs(value) >= _LARGEST:
        message = f"an integer of {count:,} digits is too long: at most {MOST_DIGITS:,} are read; shorten it"
        raise ValueError(message)
    return value
