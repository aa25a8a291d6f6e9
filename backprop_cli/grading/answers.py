"""Read answer sheets: figures and the names of their quantities, in YAML, JSON or a table."""

import os
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import BinaryIO, TextIO, TypeAlias

from backprop_cli.documents.cells import delimiter_in, looks_like_a_table, parse_cells
from backprop_cli.documents.expectation import Expectation
from backprop_cli.documents.files import Location
from backprop_cli.documents.json_reader import parse_json
from backprop_cli.documents.pairs import written_out
from backprop_cli.documents.source import Source
from backprop_cli.documents.texts import decoded, read_whole
from backprop_cli.documents.tree import Document, Node, shortened
from backprop_cli.documents.yaml_reader import parse_yaml
from backprop_cli.errors import AnswerError, ConfigError, Problem
from backprop_cli.grading import answer_tables
from backprop_cli.grading.entries import KEYS, Entry, read_entries

__all__ = ["MOST_ENTRIES", "Entry", "read_answers"]

MOST_ENTRIES = 100_000

_HOLDERS = ("figures", "answers")
_TWICE = "where a name may stand twice"
_YAML = Expectation(
    write="'- name: figure' lines",
    repeated=f"keep one of the two, or write a list, '- name: figure', {_TWICE}",
    lists=True,
)
_JSON = Expectation(
    write='a list like [{"z": 0.25}]',
    repeated=f'keep one of the two, or write a list like [{{"z": 0.25}}], {_TWICE}',
    lists=True,
)

# One node per figure, what points at problems, and those that were found already.
_Items: TypeAlias = tuple[tuple[Node, ...], Source, list[Problem]]
_Reader: TypeAlias = Callable[[bytes | str, str], _Items]


def read_answers(path: Location, *, stdin: TextIO | BinaryIO | None = None) -> tuple[Entry, ...]:
    """Read the figures of an answer sheet, in its order.

    The suffix tells the format: `.yaml`, `.yml`; `.json`; `.csv`, `.tsv`, `.tab`.  Standard input, a file without a
    suffix and a `.txt` are a table when their first line is one, else YAML or JSON.

    YAML and JSON hold a list of pairs `name: figure` or of mappings with the keys of `Entry`, a mapping of such pairs,
    or either of them under the one key `figures` or `answers`.  A table has a header with `name`, `printed` (or
    `figure`, `value`, `answer`) and any other of the keys; when no cell of its first row is the word `name` or
    `printed`, there is no header, and every row is a name and a figure.

    Args:
        path: the sheet; `-` for standard input.
        stdin: what `-` reads.

    Raises:
        AnswerError: with every problem that was found.
    """
    try:
        read = _reader_of(os.fspath(path))
        items, source, problems = read(*read_whole(path, stdin=stdin))
        _refuse_too_many(items, source)
        return read_entries(items, source, problems)
    except ConfigError as error:
        raise AnswerError(error.problems) from error


def _reader_of(name: str) -> _Reader:
    """Give the reader for a file name."""
    suffix = "" if name == "-" else PurePath(name).suffix.lower()
    if suffix not in _READERS:
        known = ", ".join(key for key in _READERS if key)
        message = (
            f"the suffix {suffix!r} is none that answer sheets have: {known}; rename the file, or pipe it into '-'"
        )
        raise ConfigError([Problem(message, where=name)])
    return _READERS[suffix]


def _from_yaml(data: bytes | str, name: str) -> _Items:
    return _from_document(parse_yaml(data, name, _YAML), _YAML)


def _from_json(data: bytes | str, name: str) -> _Items:
    return _from_document(parse_json(data, name, _JSON), _JSON)


def _from_table(data: bytes | str, name: str) -> _Items:
    text = decoded(data, name)
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else delimiter_in(text)
    table = parse_cells(text, name, delimiter)
    if not table.rows:
        message = f"there is nothing to read: this is empty or blank; write {answer_tables.WRITE}"
        raise ConfigError([Problem(message, where=name)])
    items, problems = answer_tables.items_of(table)
    return items, table.source, problems


def _by_content(data: bytes | str, name: str) -> _Items:
    text = decoded(data, name)
    if looks_like_a_table(text):
        return _from_table(text, name)
    if text.lstrip().startswith(("[", "{")):
        try:
            return _from_json(text, name)
        except ConfigError:
            # YAML writes lists and mappings in brackets, too, and is laxer about what is in them.
            return _from_yaml(text, name)
    return _from_yaml(text, name)


_READERS: Mapping[str, _Reader] = {
    ".yaml": _from_yaml,
    ".yml": _from_yaml,
    ".json": _from_json,
    ".csv": _from_table,
    ".tsv": _from_table,
    ".tab": _from_table,
    ".txt": _by_content,
    "": _by_content,
}


def _from_document(document: Document, expected: Expectation) -> _Items:
    source = Source(document.name, document.lines)
    root = _figures_of(document.root, source)
    items = written_out(root, KEYS).value
    if not isinstance(items, tuple) or not items:
        raise ConfigError(
            [source.problem(f"there are no figures here; write {expected.write}", root.line, root.column)]
        )
    return items, source, []


def _figures_of(root: Node, source: Source) -> Node:
    """Give what holds the figures: the top level, or what stands in it under a key for them."""
    entries = root.value if isinstance(root.value, Mapping) else {}
    holder = next((key for key in _HOLDERS if _may_hold(entries.get(key))), None)
    if holder is None:
        return root
    for key, node in entries.items():
        if key != holder:
            message = (
                f"{shortened(key)!r} stands beside {holder!r}, but a sheet holds nothing else; remove it, "
                "or leave out the sheet to mark a config's own figures"
            )
            raise ConfigError([source.problem(message, node.key_line or node.line, node.key_column or node.column)])
    return entries[holder]


def _may_hold(node: Node | None) -> bool:
    return node is not None and (node.value is None or isinstance(node.value, Mapping | tuple))


def _refuse_too_many(items: tuple[Node, ...], source: Source) -> None:
    if len(items) > MOST_ENTRIES:
        item = items[MOST_ENTRIES]
        message = f"this is more than {MOST_ENTRIES:,} figures, the most that a sheet has; make several of it"
        raise ConfigError([source.problem(message, item.line, item.column)])
