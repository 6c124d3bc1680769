"""Compare an imported plan.json with the one that the read plan would be exported to."""

from __future__ import annotations

from collections.abc import Iterator

from handbook import fiscal_year
from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.importer.cell_conversions import is_same
from handbook.json_types import Json
from handbook.table_specs import REPEAT_COLUMN, YEAR_COLUMN

_KEYS = ("id", REPEAT_COLUMN, YEAR_COLUMN, "名称")
"""The names of which the first that an item of a list has identifies the item."""
_FORMS = ("text", "number", "year", "url")
"""The forms in which a value may be spelled in several ways."""


def compare_json(actual: Json, expected: Json, file: str, path: str = "") -> Iterator[Diagnostic]:
    """Yield a warning for each value that the read plan does not have, or has differently. `path` is its place."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        for name, value in actual.items():
            if name != "$schema":
                yield from compare_json(value, expected.get(name), file, f"{path}.{name}" if path else name)
    elif isinstance(actual, list):
        due = {_key(item, number): item for number, item in enumerate(expected if isinstance(expected, list) else ())}
        for number, item in enumerate(actual):
            yield from compare_json(item, due.get(_key(item, number)), file, f"{path}[{number}]")
    elif expected is None and actual not in ("", {}, None):
        yield _warning(file, path, "使いませんでした")
    elif not isinstance(actual, dict) and not any(is_same(f"{actual}", f"{expected}", form) for form in _FORMS):
        yield _warning(file, path, f"使いませんでした（`{actual}`）。読んだ計画では `{expected}` です")


def _key(item: Json, number: int) -> str:
    if not isinstance(item, dict):
        return f"{item}".strip()
    name = next((name for name in _KEYS if name in item), "")
    value = f"{item.get(name, number)}"
    return f"{fiscal_year.parse_year(value)}" if name == YEAR_COLUMN else f"{name} {value.strip()}"


def _warning(file: str, path: str, message: str) -> Diagnostic:
    return Diagnostic(SourceSpan(file, 1, 1), "unknown-key", f"`{path}` は{message}")
