"""The figures of an answer sheet, from what its document holds: every key checked, every problem told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from backprop_cli.documents.complaints import no_space
from backprop_cli.documents.findings import Findings
from backprop_cli.documents.pairs import NAME, PRINTED
from backprop_cli.documents.source import Source
from backprop_cli.documents.tree import Node, kind, shortened
from backprop_cli.errors import ConfigError, Problem, did_you_mean
from backprop_cli.grading.marking import Place, Status
from backprop_cli.immutable import immutable

KEYS = (NAME, PRINTED, "step", "sample", "decimals", "verdict", "slip", "why", "source_name")
# What else people call a printed figure.
SYNONYMS = ("figure", "value", "answer")
# More than anyone repairs at once.
MOST_PROBLEMS = 100

# As in a config: larger counts are slips of the keyboard, and nobody rounds to more digits.
_LARGEST_COUNT = 2**31 - 1
_MOST_DECIMALS = 30
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_QUOTE_COMMA = "; put a figure with a decimal comma in quotes"


@immutable
class Entry:
    """One figure as a sheet has it, before its name is understood.

    Attributes:
        name: the quantity, as the sheet names it.
        printed: the figure, as it is written; it need not be a number.
        step: the step it belongs to, from 1.
        sample: the sample it belongs to, from 1, where the sheet says so beside the name.
        decimals: digits after the point that it is rounded to, where that is coarser than it looks.
        verdict: what marking must find, where the sheet declares it.
        slip: the slip that it must find, where the sheet declares it.
        why: how the figure came about, in the words of the sheet.
        source_name: what the source calls the quantity.
        place: where the figure stands.
    """

    name: str
    printed: str
    step: int = 1
    sample: int | None = None
    decimals: int | None = None
    verdict: Status | None = None
    slip: str = ""
    why: str = ""
    source_name: str = ""
    place: Place = field(default_factory=Place)


def read_entries(items: Iterable[Node], source: Source, problems: Iterable[Problem] = ()) -> tuple[Entry, ...]:
    """Read the figures of a sheet.

    Args:
        items: one per figure, pairs written out.
        source: points at problems.
        problems: what was found in the sheet already.

    Raises:
        ConfigError: with every problem that was found.
    """
    reader = _Reader(source)
    entries = [reader.entry(item) for item in items]
    found = [*problems, *reader.problems]
    if found:
        raise ConfigError(in_order(found, source.name))
    return tuple(entry for entry in entries if entry is not None)


def in_order(problems: Iterable[Problem], name: str) -> list[Problem]:
    """Give the first problems of a sheet in the order of the file."""
    findings = Findings(name, MOST_PROBLEMS)
    for problem in sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)):
        findings.add(problem)
    return findings.problems()


def unknown(key: str, what: str = "key") -> str:
    """Say that a key is none that a figure has."""
    hint = "; did you mean 'printed'?" if key in SYNONYMS else did_you_mean(shortened(key), KEYS)
    known = _QUOTE_COMMA if key.isdecimal() else f"; known here: {', '.join(KEYS)}"
    return f"{_label(key)}: unknown {what}{hint or known}"


def _label(key: str) -> str:
    """Write a key for a message, in quotes if it does more to a terminal than show."""
    return shortened(key) if key.isprintable() else repr(shortened(key))


class _Reader:
    """Read entries one by one and collect what is wrong with them."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source

    def entry(self, item: Node) -> Entry | None:
        # Nearest words take time, and nobody sees more than the first problems.
        are_shown = len(self.problems) < MOST_PROBLEMS
        fault = _fault_of_item(item, seek_keys=are_shown)
        if fault or not isinstance(item.value, Mapping):
            self._report(item, fault)
            return None
        for key in item.value.keys() - set(KEYS):
            node = item.value[key]
            self._report(node, unknown(key) if are_shown else "", (node.key_line, node.key_column))
        printed = item.child(PRINTED) or item
        return Entry(
            name=self._name(item),
            printed=self._printed(item),
            step=self._whole(item, "step", 1, _LARGEST_COUNT) or 1,
            sample=self._whole(item, "sample", 1, _LARGEST_COUNT),
            decimals=self._whole(item, "decimals", 0, _MOST_DECIMALS),
            verdict=self._verdict(item),
            slip=self._text(item, "slip"),
            why=self._text(item, "why"),
            source_name=self._text(item, "source_name"),
            place=Place(self._source.name, printed.line, printed.column),
        )

    def _name(self, item: Node) -> str:
        node = item.child(NAME)
        if node is None:
            return self._report(item, "name: is required and missing; add it")
        if isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
            return self._filled(node, NAME)
        return self._report(node, f"name: must be text, not {kind(node)}")

    def _printed(self, item: Node) -> str:
        node, name = item.child(PRINTED), item.child(NAME)
        if node is None:
            return self._report(item, "printed: is required and missing; add it")
        # Of a pair, the name is the key.
        is_pair = name is not None and (name.line, name.column) == (node.key_line, node.key_column)
        label = _label(name.text or PRINTED) if is_pair and name is not None else PRINTED
        if isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
            return self._filled(node, label)
        advice = "; write its digits" if node.value is None else ""
        comma = _QUOTE_COMMA if node.value is None and label.isdecimal() else ""
        return self._report(node, f"{label}: must be a figure, not {kind(node)}{comma or advice}")

    def _filled(self, node: Node, label: str) -> str:
        """Give a text that must not be empty."""
        text = (node.text or "").strip()
        return self._fit(node, label) if text else self._report(node, f"{label}: must not be empty")

    def _text(self, item: Node, key: str) -> str:
        node = item.child(key)
        if node is None or node.value is None:
            return ""
        if not isinstance(node.value, str):
            return self._report(node, f"{key}: must be text, not {kind(node)}; put it in quotes")
        return self._fit(node, key)

    def _fit(self, node: Node, label: str) -> str:
        """Give a text without blanks around it, if it does nothing to a terminal but show."""
        text = (node.text or "").strip()
        control = _CONTROL.search(text)
        if control is not None:
            return self._report(node, f"{label}: holds the control character U+{ord(control[0]):04X}; remove it")
        return text

    def _whole(self, item: Node, key: str, least: int, most: int) -> int | None:
        node = item.child(key)
        if node is None or node.value is None:
            return None
        number = node.value
        if isinstance(number, bool) or not isinstance(number, int):
            self._report(node, f"{key}: must be a whole number, not {kind(node)}")
            return None
        if not least <= number <= most:
            bound = f"at least {least}" if number < least else f"at most {most:,}"
            self._report(node, f"{key}: must be {bound}, not {kind(node)}")
        return number

    def _verdict(self, item: Node) -> Status | None:
        node = item.child("verdict")
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str) and node.value in set(Status):
            return Status(node.value)
        words = [status.value for status in Status]
        hint = did_you_mean(shortened(node.value), words) if isinstance(node.value, str) else ""
        known = f"{', '.join(map(repr, words[:-1]))} or {words[-1]!r}"
        self._report(node, f"verdict: must be {known}, not {kind(node)}{hint}")
        return None

    def _report(self, node: Node, message: str, place: tuple[int | None, int | None] = (None, None)) -> str:
        """Keep a problem; give what stands for the text that it is about."""
        line, column = place
        self.problems.append(self._source.problem(message, line or node.line, column or node.column))
        return ""


def _fault_of_item(item: Node, *, seek_keys: bool) -> str:
    """Say why an item is no figure at all, or ''."""
    if not isinstance(item.value, Mapping):
        sentence = f"a figure must be a pair of name and figure, or a mapping with both, not {kind(item)}"
        return no_space(item.text or "") or sentence
    if not item.value:
        return "this mapping is empty; write a name and a figure"
    if len(item.value) == 1 or any(key in KEYS for key in item.value):
        return ""
    if seek_keys and any(did_you_mean(shortened(key), KEYS) for key in item.value):
        return ""
    advice = _QUOTE_COMMA if any(key.isdecimal() for key in item.value) else "; give each figure an item of its own"
    return f"this item holds {len(item.value):,} pairs, and one stands for one figure{advice}"
