"""Encode and decode table cells: lists, and texts that a spreadsheet would run as a formula or convert."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATOR = ";"
"""Separates the values of a list in one cell. Inside a value it is escaped with a backslash."""
_FORMULA_START = re.compile(r"'|[\s\u3000]*[=+\-@＝＋－＠]|[\t\r\n]")
_AUTO_CONVERTED = re.compile(
    r"0\d+|\d+\.\d*0|\d+(?:\.\d+)?e[+-]?\d+|\d{16,}|(?!\d{4}-\d\d-\d\d$)\d{1,4}(?:[-/.]\d{1,2}){1,2}(?:[-/]\d{4})?"
    r"|\d{1,2}:\d\d(?::\d\d)?|true|false",
    re.IGNORECASE,
)
"""Texts that a spreadsheet would convert to a number, date, time or boolean. A full ISO date may be converted."""
_LIST_CELL_TOKEN = re.compile(r"\\(.)|;", re.DOTALL)


def join_cell(values: Iterable[str]) -> str:
    """Return a list as the text of one cell."""
    return SEPARATOR.join(value.replace("\\", r"\\").replace(SEPARATOR, rf"\{SEPARATOR}") for value in values)


def split_cell(cell: str) -> list[str]:
    """Return the values of a list in one cell, without empty ones."""
    parts = [""]
    end = 0
    for token in _LIST_CELL_TOKEN.finditer(cell):
        parts[-1] += cell[end : token.start()]
        end = token.end()
        if token[1] is None:
            parts.append("")
        else:
            parts[-1] += token[1]
    parts[-1] += cell[end:]
    return [part for part in parts if part]


def looks_like_formula(text: str) -> bool:
    """Return whether a spreadsheet could run a text as a formula, or whether `'` escapes it already."""
    return not text[:1].isalpha() and bool(_FORMULA_START.match(text))


def escape_formula(text: str) -> str:
    """Return a text for a CSV cell, with `'` before it if a spreadsheet would run or convert the text."""
    if text[:1].isalpha() and text[0] not in "tTfF":  # a fast path for most texts
        return text
    return f"'{text}" if looks_like_formula(text) or _AUTO_CONVERTED.fullmatch(text) else text


def unescape_formula(cell: str) -> str:
    """Return the text of a CSV cell."""
    return cell.removeprefix("'")
