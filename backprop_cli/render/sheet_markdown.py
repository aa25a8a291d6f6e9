r"""A worksheet as Markdown for GitHub: mathematics stands in $`...`$, where no character is taken for markup."""

from collections.abc import Iterator, Sequence

from backprop_cli.render.chapters import Chapter, Section, chapters
from backprop_cli.render.markdown import plain, table
from backprop_cli.render.sheets import Options
from backprop_cli.render.symbols import LatexScript
from backprop_cli.render.telling import Told
from backprop_cli.render.widths import LatexTeller, Measured, MeasuredLine, fold

# A side that is wider than this is several formulas, between which a cell can be broken.
_WIDEST = 48


def render(told: Told, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a worksheet as Markdown."""
    teller = LatexTeller(told)
    blocks = [f"# {plain(told.title)}", _about(told)]
    for chapter in chapters(told, _letter):
        blocks.append(f"## {chapter.title}")
        blocks += [_given(teller, chapter)] if chapter.given else _chapter(teller, chapter)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _about(told: Told) -> str:
    return " · ".join(plain(text) for text in (told.config, told.summary) if text)


def _letter(word: str) -> str:
    return _math(LatexScript().letter(word))


def _math(latex: str) -> str:
    return f"$`{latex}`$"


def _given(teller: LatexTeller, chapter: Chapter) -> str:
    rows = [[section.title, _listed(teller, section)] for section in chapter.sections]
    return table(["what", "values"], rows)


def _listed(teller: LatexTeller, section: Section) -> str:
    equations = [_math(f"{line.name.text} = {line.value}") for line in map(teller.line, section.lines())]
    return ", ".join([*equations, *([f"… {section.hidden:,} more"] if section.hidden else [])])


def _chapter(teller: LatexTeller, chapter: Chapter) -> Iterator[str]:
    for section in chapter.sections:
        yield f"### {section.title}"
        rule = teller.rule(section.stage)
        if rule is not None:
            yield f"{_math(rule.name.text)} = {_side(rule.sides[0])}"
        yield _lines([teller.line(line) for line in section.lines()])


def _lines(lines: Sequence[MeasuredLine]) -> str:
    """Write lines as a table; a column that would be empty is left out."""
    most = max(len(line.sides) for line in lines)
    columns = ["quantity", *["rule", "with numbers"][: most - 1], "value"]
    return table(columns, [_row(line, most) for line in lines])


def _row(line: MeasuredLine, most: int) -> list[str]:
    *sides, _ = line.sides
    cells = [_side(side) for side in sides]
    if line.condition.text:
        cells[-1] += f" ({_math(line.condition.text)})"
    return [_math(line.name.text), *cells, *[""] * (most - 1 - len(cells)), _math(line.value)]


def _side(pieces: Sequence[Measured]) -> str:
    """Write one side of an equation; a sign that a formula begins with keeps its distance by an empty group."""
    first, *rest = ["".join(piece.text for piece in row) for row in fold(pieces, _WIDEST)]
    return " ".join([_math(first), *(_math("{}" + text) for text in rest)])
