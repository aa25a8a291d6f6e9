"""Markdown: what GitHub makes of it has every number, and its tables have all their cells."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from backprop_cli.api import Explanation, explain
from backprop_cli.render.notation import LATEX
from backprop_cli.render.symbols import LatexScript
from backprop_cli.render.telling import Teller
from backprop_cli.worksheet.places import Kind

ROOT = Path(__file__).parents[2]
HOSTILE = "a_b*c`d$e[f](g)<h>&i#j~k.yaml"
NEURON = """network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.3]], bias: [0.1]}]}
data: {inputs: [[0.5]], targets: [[1.5]]}
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.1}
"""
EXPECTED = r"""# Step 1 · epoch 1 · learning rate 0.1

\<stdin\> · 1-1 · sigmoid · 2 parameters · half_sse · sgd 0.1

## Forward pass

### Weighted inputs of layer 2

| quantity | rule | with numbers | value |
| --- | --- | --- | --- |
| $`z`$ | $`w \cdot x + b`$ | $`0.3 \cdot 0.5 + 0.1`$ | $`0.25`$ |

### Activations of layer 2

| quantity | rule | with numbers | value |
| --- | --- | --- | --- |
| $`\hat{y}`$ | $`\frac{1}{1 + e^{-z}}`$ | $`\frac{1}{1 + e^{-0.25}}`$ | $`0.5622`$ |

## Update

### New parameters

$`\theta_{\text{new}}`$ = $`\theta - \eta \cdot \frac{\partial L}{\partial \theta}`$
"""


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def codes(text: str) -> list[str]:
    return [child.content for token in tokens(text) for child in token.children or [] if child.type == "code_inline"]


def test_a_small_sheet_reads_like_this(sheet_of: Callable[..., Explanation]) -> None:
    assert sheet_of(NEURON, stages=["forward", "update"]).text("markdown").startswith(EXPECTED)


def test_it_has_every_number_and_all_cells_and_markdown_leaves_mathematics_alone(exact_sheet: Explanation) -> None:
    text = exact_sheet.text("markdown")
    teller = Teller(exact_sheet.told, LATEX, LatexScript())
    rows = re.findall(r"\| \$`([^|]*?)`\$ \|.*\| \$`([^|]*?)`\$ \|$", text, re.MULTILINE)
    lines = [line for stage in exact_sheet.sheet.stages if stage.kind is not Kind.GIVEN for line in stage.lines()]

    assert rows == [(sides.name, sides.value) for sides in map(teller.sides, lines)]
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({row.count("|") for row in block.splitlines()}) == 1, block
    assert codes(text) == re.findall(r"\$`(.*?)`\$", text)
    assert not re.search(r"\\(operatorname|mbox|phantom)", text)


def test_a_name_of_a_config_cannot_write_markup(tmp_path: Path) -> None:
    path = tmp_path / HOSTILE
    path.write_bytes((ROOT / "configs" / "one-neuron.yaml").read_bytes())
    about = tokens(explain(path).text("markdown"))[4]

    assert about.type == "inline"
    assert {child.type for child in about.children or []} <= {"text", "text_special"}
    assert HOSTILE in "".join(child.content for child in about.children or [])


@pytest.mark.parametrize("name", ["net_h1", "_".join("abcdefgh"), "E__total"])
def test_a_name_of_the_readers_own_keeps_its_underscores(name: str, sheet_of: Callable[..., Explanation]) -> None:
    text = sheet_of("mazur", settings=[f"names={{{name}: z2_1}}"]).text("markdown")

    assert name.replace("_", "\\_") in text
