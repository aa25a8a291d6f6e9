"""What a file holds cannot do anything to the terminal that a problem with it is shown on."""

import pytest

from backprop_cli.errors import Problem


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (
            Problem("column 'a' is\x1b[2J\nno number\u202e", "t.csv", 3),
            "t.csv:3: column 'a' is\\x1b[2J\\nno number\\u202e",
        ),
        (Problem("it is empty", "a\rb.csv"), "a\\rb.csv: it is empty"),
        (Problem(f"'{'x' * 500}' is no number; write one"), f"'{'x' * 119}…{'x' * 39}' is no number; write one"),
        (
            Problem("wrong", "c.yaml", 1, 7, "\ta: b\u2028\x85c\U000e0001d "),
            "c.yaml:1:7: wrong\n     a: b��c�d\n          ^",
        ),
        (Problem("lone", source="\ud800", column=1), "1: lone\n    �\n    ^"),
    ],
)
def test_a_problem_is_shown_as_plain_text(problem: Problem, shown: str) -> None:
    assert str(problem) == shown
