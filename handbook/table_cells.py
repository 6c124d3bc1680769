"""How a cell of a table is written and read: lists, and texts that a spreadsheet would run as a formula or change."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATOR = ";"
"""Between the values of a list in one cell; within a value it is written with a backslash before it."""
_FORMULA_START = re.compile(r"'|[\s\u3000]*[=+\-@＝＋－＠]|[\t\r\n]")
_AUTO_CONVERTED = re.compile(
    r"0\d+|\d+\.\d*0|\d+(?:\.\d+)?e[+-]?\d+|\d{16,}|(?!\d{4}-\d\d-\d\d$)\d{1,4}(?:[-/.]\d{1,2}){1,2}(?:[-/]\d{4})?"
    r"|\d{1,2}:\d\d(?::\d\d)?|true|false",
    re.IGNORECASE,
)
"""Texts that a spreadsheet would take for a number, a day or a time, and change. A whole day in ISO form may be one."""
_LIST_CELL_TOKEN = re.compile(r"\\(.)|;", re.DOTALL)


def join_cell(values: Iterable[str]) -> str:
    """Write a list into one cell."""
    return SEPARATOR.join(value.replace("\\", r"\\").replace(SEPARATOR, rf"\{SEPARATOR}") for value in values)


def split_cell(cell: str) -> list[str]:
    """Read a list out of one cell."""
    parts = [""]
    last = 0
    for found in _LIST_CELL_TOKEN.finditer(cell):
        parts[-1] += cell[last : found.start()]
        last = found.end()
        if found[1] is None:
            parts.append("")
        else:
            parts[-1] += found[1]
    parts[-1] += cell[last:]
    return [part for part in parts if part]


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula, or for one that was made harmless."""
    return not text[:1].isalpha() and bool(_FORMULA_START.match(text))


def escape_formula(text: str) -> str:
    """Write a text into a CSV cell so that no spreadsheet runs or changes it: with `'` before it."""
    if text[:1].isalpha() and text[0] not in "tTfF":  # as nearly all, which are harmless
        return text
    return f"'{text}" if looks_like_formula(text) or _AUTO_CONVERTED.fullmatch(text) else text


def unescape_formula(cell: str) -> str:
    """Read a text out of a CSV cell."""
    return cell.removeprefix("'")
