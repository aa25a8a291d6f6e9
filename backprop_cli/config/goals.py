"""What a run is expected to reach: `expect:` in a config, `--expect` on the command line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from backprop_cli.config.data_section import AnyData
from backprop_cli.config.measures import TRAINING, Measure, measured, why_not
from backprop_cli.config.reading import Read
from backprop_cli.config.shapes import Finding
from backprop_cli.documents.tree import Document, Node
from backprop_cli.errors import UsageError
from backprop_cli.rules.base import Listed
from backprop_cli.rules.condition import EXAMPLE, Condition
from backprop_cli.rules.losses import Loss
from backprop_cli.rules.metrics import Metric

SECTION = "expect"
# The training part once more, as results call it.
FINAL = "final"
STEPS, EPOCHS = "steps", "epochs"

_SCHEMA = {"type": "string", "pattern": r"^\s*(<=|>=|<|>|==|!=)\s*[-+.\d]"}


def _as_list(value: object) -> object:
    """Turn one condition into a list of one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value:g} is compared with nothing; {EXAMPLE}")  # noqa: TRY004  pydantic reports ValueError
    if isinstance(value, dict):
        raise ValueError("write the name in one piece, as validation.loss: '<= 0.1'")  # noqa: TRY004  the same
    return [value] if isinstance(value, str) else value


def _checked(text: str) -> str:
    Condition.read(text)
    return text


_Text = Annotated[str, AfterValidator(_checked), WithJsonSchema(_SCHEMA)]
_Texts = Annotated[Listed[_Text], Field(min_length=1)]
Conditions = Annotated[_Texts, BeforeValidator(_as_list, json_schema_input_type=_Text | _Texts)]


def with_goal(document: Document, flag: str) -> Document:
    """Give a document with one more expectation, as `--expect 'validation.accuracy >= 0.95'` asks for.

    Raises:
        UsageError: there is no name, or no operator behind it.
    """
    name, condition = divided(flag)
    entries = document.root.value
    goals = entries.get(SECTION) if isinstance(entries, Mapping) else None
    there: Any = {} if goals is None or goals.value is None else goals.value
    if not isinstance(entries, Mapping) or not isinstance(there, Mapping):
        return document
    written = Node(condition, 1, 1, condition, quoted=True, origin=f"--expect {flag}")
    old = there.get(name)
    before = () if old is None else old.value if isinstance(old.value, tuple) else (old,)
    node = replace(written, value=(*before, written), text=None, quoted=False) if before else written
    section = replace(goals or written, text=None, quoted=False, value={**there, name: node})
    return replace(document, root=replace(document.root, value={**entries, SECTION: section}))


def divided(flag: str, example: str = "final.loss <= 0.01") -> tuple[str, str]:
    """Divide `final.loss <= 0.01` into a name and a condition, which may be none.

    Args:
        flag: what was written.
        example: of what to write instead.

    Raises:
        UsageError: there is no name, or no operator behind it.
    """
    # The last operator counts: names of metrics have an equals sign where they show a setting.
    parts = re.fullmatch(r"\s*([^\s<>=!≤≥≠](?:.*[^\s<>=!≤≥≠])?)\s*([<>=!≤≥≠]+[^<>=!≤≥≠]*)", flag)
    if parts is None:
        raise UsageError(f"--expect {flag!r} has no name, operator and number; write --expect {example!r}")
    return parts[1], parts[2]


def check(
    found: Read, data: AnyData, loss: Loss, metrics: tuple[Metric, ...] | None, expect: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Find expectations of what is not measured; the arguments are those of `measured`, and the section itself."""
    known = goals_among(measured(found, data, loss, metrics))
    for name in expect:
        if name not in known:
            yield (SECTION, name), f"{SECTION}: {why_not(name, known)}"


def goals_among(known: Mapping[str, Measure]) -> dict[str, Measure | None]:
    """List all that can be expected, by name; None for what is counted and not measured."""
    final = {f"{FINAL}.{name.partition('.')[2]}": one for name, one in known.items() if one.part == TRAINING}
    return {**final, **known, STEPS: None, EPOCHS: None}
