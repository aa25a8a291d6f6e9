"""Complaints of a parser are passed on in plain words where they are known, and as they are elsewhere."""

import pytest
from yaml.error import Mark, MarkedYAMLError, YAMLError

from backprop_cli.documents.complaints import no_space, plainly


def test_a_complaint_that_is_not_known_is_passed_on() -> None:
    error = MarkedYAMLError("while doing x", None, "found y", Mark("", 0, 1, 2, None, 0))

    assert plainly(error, ("a", "bcde")) == ("this is not valid YAML: while doing x: found y", 2, 3)


def test_a_complaint_without_a_place_points_at_the_start() -> None:
    assert plainly(YAMLError("found y"), ()) == ("this is not valid YAML: found y", 1, 1)
    assert plainly(MarkedYAMLError(problem="found y"), ()) == ("this is not valid YAML: found y", 1, 1)


def test_a_tab_that_only_one_parser_refuses_is_named() -> None:
    error = MarkedYAMLError(
        problem="found character that cannot start any token", problem_mark=Mark("", 0, 0, 2, None, 0)
    )

    assert plainly(error, ("a:\t1",)) == ("a tab stands here; write spaces", 1, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr:0.1", "'lr:0.1' has no space after its colon; write 'lr: 0.1'"),
        ("  - lr:0.1 # fast", "'lr:0.1' has no space after its colon; write 'lr: 0.1'"),
        ("lr:0.1, b: 2", "'lr:0.1' has no space after its colon; write 'lr: 0.1'"),
        ("lr: 0.1", None),
        ("lr:", None),
        ("http://x.org", None),
        ("'a:b'", None),
        ("a b:c", None),
    ],
)
def test_a_colon_without_a_space_is_noticed(text: str, message: str | None) -> None:
    assert no_space(text) == message
