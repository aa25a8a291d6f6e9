"""One JSON document of rules; its form is versioned by `schema`."""

from collections.abc import Iterable
from typing import Any

from backprop_cli import __version__
from backprop_cli.render.rule_terms import to_latex, to_text
from backprop_cli.rules.catalogue import Entry, Setting
from backprop_cli.rules.derivation import Derivation

SCHEMA = 1


def document(entries: Iterable[Entry]) -> dict[str, Any]:
    """Build the document of some rules."""
    return {"schema": SCHEMA, "command": "rules", "version": __version__, "rules": [_rule(entry) for entry in entries]}


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "family": entry.family.one,
        "name": entry.name,
        "summary": entry.summary,
        "notes": entry.notes,
        "source": entry.source,
        "formula": entry.rule.formula_text,
        "slope": entry.rule.slope_text or None,
        "settings": [_setting(setting) for setting in entry.settings],
        "derivations": [_derivation(derivation) for derivation in entry.example.derivations()],
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.key,
        "type": setting.kind,
        "required": setting.required,
        "default": setting.default,
        "description": setting.description,
    }


def _derivation(derivation: Derivation) -> dict[str, Any]:
    return {
        "of": derivation.left,
        "case": derivation.case or None,
        "lines": [
            {"text": to_text(line.value), "latex": to_latex(line.value), "reason": line.reason}
            for line in derivation.lines
        ],
    }
