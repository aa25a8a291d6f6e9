"""A worksheet as a script: the same step, line by line in the worksheet's names, with nothing but Python."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from re import findall, sub

from backprop_cli import __version__
from backprop_cli.algebra.digits import Digits
from backprop_cli.algebra.term import Number, Ref
from backprop_cli.render.arithmetic import Arithmetic, Code, Decimals, Floats, digits_name
from backprop_cli.render.excerpts import Excerpt, excerpt, import_statements, names_in
from backprop_cli.render.forms import Piece
from backprop_cli.render.identifiers import AsciiScript, Identifiers
from backprop_cli.render.notation import UNICODE
from backprop_cli.render.sheets import Options
from backprop_cli.render.statements import assignment, statements
from backprop_cli.render.symbols import Symbols, UnicodeScript
from backprop_cli.render.telling import Teller, Told
from backprop_cli.render.titles import part_title, stage_heading
from backprop_cli.render.typeset import Typesetter
from backprop_cli.worksheet.book import Line
from backprop_cli.worksheet.sheet import Stage

_RULER = 100


def render(told: Told, options: Options) -> str:  # noqa: ARG001  every form is given its options
    """Write a worksheet as a script that computes it and prints every value."""
    book = told.sheet.book
    writer = _Writer(told, Decimals() if book.rounding.carry else Floats(book))
    # What comes first depends on what the stages use.
    stages = list(writer.stages())
    parts = [_heading(told), *writer.preparations(stages), *writer.constants(), *stages]
    return sub(r"\n{4,}", "\n\n\n", "\n\n".join(parts)) + "\n"


def _heading(told: Told) -> str:
    source = " ".join(told.config.split())
    lines = (
        told.title + (f" · {source}" if source else ""),
        told.summary,
        "",
        "Every number of the step, line by line, printed under the name that it has on the worksheet.",
        f"Run it with `python FILE`: it needs nothing but Python 3.11 or later. Written by backprop {__version__}.",
    )
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _ruler(title: str) -> str:
    return f"# ---- {title} ".ljust(_RULER, "-")


class _Writer:
    """Writes the stages, and remembers what they need."""

    def __init__(self, told: Told, arithmetic: Arithmetic) -> None:
        self.told = told
        self.arithmetic = arithmetic
        self.symbols = Symbols(told.names, AsciiScript())
        self.in_unicode = Teller(told, UNICODE, UnicodeScript())
        self.digits: dict[Digits, None] = {}
        self.settings: dict[str, float] = {}
        self.elsewhere: dict[str, Line] = {}
        self.identifiers = Identifiers(frozenset(self._reserved()))
        for stage in told.sheet.stages:
            for key in stage.keys():  # noqa: SIM118  a stage walks its keys, and is no mapping
                self._identifier(key)

    def _reserved(self) -> Iterator[str]:
        """Walk the names that the script may need for something else."""
        for module in self.arithmetic.modules:
            yield from names_in(module)
        yield from (name for _, name in self.arithmetic.imports)
        rounding = self.told.sheet.book.rounding
        yield from map(digits_name, (rounding.digits, *rounding.special.values()))

    def _name(self, key: Hashable) -> str:
        return self.symbols.write(key).text

    def _identifier(self, key: Hashable) -> str:
        return self.identifiers.of(key, self._name(key))

    def preparations(self, stages: Sequence[str]) -> Iterator[str]:
        """Write the functions that the stages call, and what else comes before all numbers."""
        before = self.arithmetic.preparations(self.digits)
        excerpts = list(self._excerpts([*stages, *before]))
        imports = import_statements(self.arithmetic.imports.union(*(each.imports for each in excerpts)))
        definitions = [definition for each in excerpts for definition in each.definitions]
        yield from ["\n".join(imports)] * bool(imports)
        # A function stands between two blank lines.
        yield from (f"\n{each}\n" if "\n" in each else each for each in definitions)
        yield from before

    def _excerpts(self, code: Sequence[str]) -> Iterator[Excerpt]:
        called = set(findall(r"\b(\w+)\(", "\n".join(code)))
        for module in self.arithmetic.modules:
            wanted = called & names_in(module)
            if wanted:
                yield excerpt(module, sorted(wanted))

    def constants(self) -> Iterator[str]:
        """Write the settings of the rules, and what the stages use but do not tell."""
        elsewhere = {name: line.value for name, line in self.elsewhere.items()}
        for title, values in (("Settings", self.settings), ("From the rest of the step", elsewhere)):
            if values:
                lines = (f"{name} = {self.arithmetic.number(value).text}" for name, value in values.items())
                yield "\n".join([_ruler(title), "", *lines])

    def stages(self) -> Iterator[str]:
        """Write the stages, each with its title, under the headings of the parts of the sheet."""
        for kind, stages in groupby(self.told.sheet.stages, key=lambda stage: stage.kind):
            yield _ruler(part_title(kind, many=self.told.sheet.ground.many))
            for stage in stages:
                yield "\n".join(self._stage(stage))

    def _stage(self, stage: Stage) -> Iterator[str]:
        yield from self._title(stage)
        shown = []
        for line in stage.lines():
            yield from self._line(line)
            printed = self.arithmetic.printed(self._identifier(line.key))
            shown.append(f'print("{self._name(line.key)} =", {printed})')
        yield from shown

    def _title(self, stage: Stage) -> Iterator[str]:
        split = self.told.sheet.ground.split
        yield "# " + stage_heading(stage.place, self.told.names, split=split, letter=stage.place.letter)
        rule = self.in_unicode.rule(stage)
        if rule is not None:
            yield f"#     {rule[0]} = {''.join(rule[1])}"

    def _line(self, line: Line) -> Iterator[str]:
        target = self._identifier(line.key)
        if line.term is None:
            yield f"{target} = {self.arithmetic.number(line.value).text}"
            return
        self.digits[line.digits] = None
        typesetter = Typesetter(self.arithmetic.notation(line.term), self._leaf)
        for each in statements(target, self.arithmetic.ready(line.term), self._part):
            function, rest = self.arithmetic.rounding(line.digits) if each.final else ("", ())
            yield assignment(each.target, typesetter.pieces(each.term), function, rest)

    def _part(self, suggestion: str) -> str:
        return self.identifiers.of(object(), suggestion)

    def _leaf(self, leaf: Number | Ref) -> Piece:
        if isinstance(leaf, Number):
            # Some constants are shown as what they come from: 2, say.
            return self._setting(leaf) if leaf.symbol.isidentifier() else self.arithmetic.number(leaf.value)
        if isinstance(leaf.key, Code):
            return Piece(leaf.key.text)
        known = leaf.key in self.identifiers
        identifier = self._identifier(leaf.key)
        if not known:
            self.elsewhere[identifier] = self.told.sheet.book.line(leaf.key)  # type: ignore[arg-type]
        return Piece(identifier)

    def _setting(self, number: Number) -> Piece:
        """Write a setting by its letter; of two with one letter and two values, the second has another name."""
        identifier = self.identifiers.of((number.symbol, number.value), number.symbol)
        self.settings[identifier] = number.value
        return Piece(identifier)
