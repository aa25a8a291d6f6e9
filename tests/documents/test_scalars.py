"""Plain scalars are numbers, booleans and null where YAML 1.2 says so, and words elsewhere."""

import math

import pytest

from backprop_cli.documents.scalars import MOST_DIGITS, resolve

VALUES = [
    # null
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    # booleans, and the words that YAML 1.1 took for booleans
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    ("yes", "yes"),
    ("off", "off"),
    ("on", "on"),
    ("n", "n"),
    ("tRUE", "tRUE"),
    # integers
    ("0", 0),
    ("-0", 0),
    ("+7", 7),
    ("-12", -12),
    ("012", 12),
    ("0o17", 15),
    ("0x1F", 31),
    ("0xff", 255),
    ("0o8", "0o8"),
    ("0xg", "0xg"),
    ("-0x1", "-0x1"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("12:30:45", "12:30:45"),
    ("1 2", "1 2"),
    ("١", "١"),
    # floats
    ("1e-4", 1e-4),
    ("1E5", 1e5),
    ("1e5", 1e5),
    (".5", 0.5),
    ("-.5", -0.5),
    ("5.", 5.0),
    ("0.30", 0.3),
    ("+1.5e+3", 1500.0),
    ("1e400", math.inf),
    (".inf", math.inf),
    ("+.inf", math.inf),
    ("-.INF", -math.inf),
    ("inf", "inf"),
    ("nan", "nan"),
    ("+.nan", "+.nan"),
    (".", "."),
    ("e5", "e5"),
    ("1e", "1e"),
    (".e1", ".e1"),
    ("1.2.3", "1.2.3"),
    # other
    ("2024-01-01", "2024-01-01"),
    ("-", "-"),
    ("nothing", "nothing"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = resolve(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_written_with_a_dot(text: str) -> None:
    found = resolve(text)

    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_the_longest_integer_is_read(sign: str) -> None:
    assert resolve(sign + "9" * MOST_DIGITS) == int(sign + "1") * (10**MOST_DIGITS - 1)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("9" * 4301, "4,301"),
        ("-" + "9" * 4301, "4,301"),
        ("0" * 5000, "5,000"),
        ("0x" + "f" * 5000, "5,000"),
        # Fewer digits than the limit in its own base, more in decimal.
        ("0x" + "f" * 4000, "4,000"),
        ("0o" + "7" * 6000, "6,000"),
    ],
    ids=["decimal", "negative", "zeros", "hexadecimal", "hexadecimal in decimal", "octal"],
)
def test_an_integer_that_is_too_long_is_refused(text: str, digits: str) -> None:
    with pytest.raises(ValueError, match=r"^an integer of") as caught:
        resolve(text)

    assert str(caught.value) == f"an integer of {digits} digits is too long: at most 4,300 are read; shorten it"
