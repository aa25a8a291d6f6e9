"""A worksheet as one HTML page of native MathML: no scripts, nothing to load; light and dark, screen and paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from backprop_cli.render.chapters import Chapter, Section, chapters
from backprop_cli.render.forms import POWER, PRODUCT, Stacked
from backprop_cli.render.notation import MATHML, UNICODE
from backprop_cli.render.sheets import Options
from backprop_cli.render.style import style
from backprop_cli.render.symbols import MathmlScript, UnicodeScript
from backprop_cli.render.telling import Sides, Teller, Told
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.sheet import Stage

# What is read aloud where MathML is not: Unicode, in the same pieces as MathML.
SPOKEN = replace(UNICODE, forms={**UNICODE.forms, "div": Stacked("{0} / {1}", " / ", PRODUCT, (PRODUCT, POWER))})
_IS = '<span class="is">=</span>'


def render(told: Told, options: Options) -> str:
    """Write a worksheet as HTML: a whole page, or a piece with a style of its own."""
    return _page(told) if options.document else _piece(told)


def _page(told: Told) -> str:
    writer = _Writer(told, headings=1, anchors=True)
    parts = list(chapters(told, _letter))
    title = " · ".join(text for text in (told.title, told.config) if text)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{style("sheet.css", "page.css")}</style>
</head>
<body class="backprop-sheet">
<a class="skip" href="#sheet">Skip to the calculation</a>
<header>
{writer.heading()}
</header>
{_contents(parts)}
<main id="sheet" tabindex="-1">
{_joined(writer.chapter(part, number) for number, part in enumerate(parts, start=1))}
</main>
</body>
</html>
"""


def _piece(told: Told) -> str:
    writer = _Writer(told, headings=3, anchors=False)
    parts = (writer.chapter(part, number) for number, part in enumerate(chapters(told, _letter), start=1))
    return f"""<div class="backprop-sheet in-page">
<style>
{style("sheet.css")}</style>
{writer.heading()}
{_joined(parts)}
</div>
"""


def _joined(blocks: Iterator[str]) -> str:
    return "\n".join(blocks)


def _letter(word: str) -> str:
    return _math(MathmlScript().letter(word), UnicodeScript().letter(word))


def _contents(parts: Sequence[Chapter]) -> str:
    """Write links to all stages; what is given is one."""
    items = [_entry(_anchor(number), part.title, _entries(part, number)) for number, part in enumerate(parts, start=1)]
    return (
        '<nav aria-label="Contents">\n<details open><summary>Contents</summary>\n'
        f"<ol>\n{_joined(iter(items))}\n</ol>\n</details>\n</nav>"
    )


def _entries(part: Chapter, number: int) -> str:
    if part.given:
        return ""
    sections = enumerate(part.sections, start=1)
    return f"<ol>{''.join(_entry(_anchor(number, place), section.title) for place, section in sections)}</ol>"


def _entry(anchor: str, title: str, below: str = "") -> str:
    return f'<li><a href="#{anchor}">{title}</a>{below}</li>'


def _anchor(*numbers: int) -> str:
    return "part-" + "-".join(map(str, numbers))


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of a page.

    Attributes:
        told: the worksheet.
        headings: the level of the title.
        anchors: whether headings can be linked to; on a page with other sheets their names would meet.
    """

    told: Told
    headings: int
    anchors: bool
    shown: Teller = field(init=False)
    spoken: Teller = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", Teller(self.told, MATHML, MathmlScript()))
        object.__setattr__(self, "spoken", Teller(self.told, SPOKEN, UnicodeScript()))

    def heading(self) -> str:
        """Write the title, and what is told of."""
        about = " · ".join(escape(text) for text in (self.told.config, self.told.summary) if text)
        title = f'<h{self.headings} class="title">{escape(self.told.title)}</h{self.headings}>'
        return f'{title}\n<p class="about">{about}</p>'

    def chapter(self, part: Chapter, number: int) -> str:
        """Write a part of the sheet."""
        sections = enumerate(part.sections, start=1)
        inner = self._given(part) if part.given else _joined(self._stage(each, number, at) for at, each in sections)
        return (
            f'<section class="part"{self._labelled(number)}>\n{self._name(1, part.title, number)}\n{inner}\n</section>'
        )

    def _labelled(self, *numbers: int) -> str:
        return f' aria-labelledby="{_anchor(*numbers)}"' if self.anchors else ""

    def _name(self, below: int, title: str, *numbers: int) -> str:
        level, anchor = self.headings + below, f' id="{_anchor(*numbers)}"' if self.anchors else ""
        return f'<h{level} class="name"{anchor}>{title}</h{level}>'

    def _given(self, part: Chapter) -> str:
        rows = (f"<div><dt>{each.title}</dt><dd><ul>{self._listed(each)}</ul></dd></div>" for each in part.sections)
        return f'<dl class="given">\n{_joined(rows)}\n</dl>'

    def _listed(self, section: Section) -> str:
        items = [f"<li>{name} {_IS} {value}</li>" for name, _, value in map(self._line, section.lines())]
        more = f'<li class="more">… {section.hidden:,} more</li>' if section.hidden else ""
        return "".join(items) + more

    def _stage(self, section: Section, *numbers: int) -> str:
        lines = (self._equation(line) for line in section.lines())
        return (
            f'<section class="stage"{self._labelled(*numbers)}>\n{self._name(2, section.title, *numbers)}\n'
            f'{self._rule(section.stage)}<dl class="lines">\n{_joined(lines)}\n</dl>\n</section>'
        )

    def _rule(self, stage: Stage) -> str:
        shown, spoken = self.shown.rule(stage), self.spoken.rule(stage)
        if shown is None or spoken is None:
            return ""
        return f'<p class="rule">{_math(shown[0], spoken[0])} {_IS} {_side(shown[1], spoken[1])}</p>\n'

    def _equation(self, line: Line) -> str:
        name, members, value = self._line(line)
        return f'<div><dt>{name}</dt>{members}<dd class="value">{_IS} {value}</dd></div>'

    def _line(self, line: Line) -> tuple[str, str, str]:
        """Write name, sides and value of a line."""
        shown, spoken = self.shown.sides(line), self.spoken.sides(line)
        return _math(shown.name, spoken.name), _members(shown, spoken), _math(shown.value, spoken.value)


def _members(shown: Sides, spoken: Sides) -> str:
    sides = {"symbols": (shown.symbols, spoken.symbols), "numbers": (shown.numbers, spoken.numbers)}
    written = {name: _side(*both) for name, both in sides.items() if both[0]}
    if shown.condition:
        written[list(written)[-1]] += f' <span class="why">({_math(shown.condition, spoken.condition)})</span>'
    return "".join(f'<dd class="{name}">{_IS} {side}</dd>' for name, side in written.items())


def _side(shown: Sequence[str], spoken: Sequence[str]) -> str:
    """Write a side piece by piece: browsers break lines between formulas, not inside them."""
    return "<wbr>".join(_math(*both) for both in zip(shown, spoken, strict=True))


def _math(shown: str, spoken: str) -> str:
    return f'<math displaystyle="true" alttext="{escape(spoken.strip())}">{shown}</math>'
