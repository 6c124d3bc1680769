"""Correct one line with a YAML syntax error, so that the hint of the error can be made an edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from handbook.parse.edits.source_edits import quoted

_KEY_AND_VALUE = re.compile(r"(?P<head> *(?:- +)*(?:[^\s:#\"'\[\]{}]+:(?: +|$))?)(?P<value>.*?) *")
_MAX_LINES_ABOVE = 12


def corrected_line(problem: str, line: str, column: int) -> str:
    """Return the line without the error that PyYAML reports at a column (from 1), or `""` if that is not known."""
    correct = next((function for key, function in _CORRECTIONS.items() if key in problem), None)
    return correct(line, column) if correct else ""


def _quote_value(line: str, column: int) -> str:
    """Return the line with its whole value in quotes, if the error is inside the value."""
    match = _KEY_AND_VALUE.fullmatch(line)
    if not match or not match["value"] or not match["head"].strip() or column <= match.end("head"):
        return ""
    return match["head"] + quoted(match["value"])


def _quote_from(line: str, column: int) -> str:
    """Return the line with quotes from the column on, or around the one word in brackets."""
    if re.search(r"[\[{]", line[: column - 1]):
        word = re.match(r"[^,\[\]{}]*", line[column - 1 :])
        end = column - 1 + len(word[0].rstrip()) if word else column - 1
        return line[: column - 1] + quoted(line[column - 1 : end]) + line[end:]
    return line[: column - 1] + quoted(line[column - 1 :].rstrip())


def _single_quote_value(line: str, _: int) -> str:
    r"""Return the line with `' '` instead of `" "` around its value, so that each `\` is a character."""
    match = _KEY_AND_VALUE.fullmatch(line)
    value = match["value"] if match else ""
    if not match or len(value) < 2 or value[0] != '"' or value[-1] != '"' or '"' in value[1:-1]:
        return ""
    return match["head"] + "'" + value[1:-1].replace("'", "''") + "'"


def _close(bracket: str) -> Callable[[str, int], str]:
    return lambda line, column: "" if bracket in line[column:] or line.endswith(",") else line.rstrip() + bracket


_CORRECTIONS: dict[str, Callable[[str, int], str]] = {
    "mapping values are not allowed": _quote_value,
    "did not find expected key": _quote_value,
    "cannot start any token": _quote_from,
    "alphabetic or numeric character": _quote_from,
    "expected whitespace or line break": _quote_from,
    "',' or ']'": _close("]"),
    "',' or '}'": _close("}"),
    "unknown escape": _single_quote_value,
}
"""By a part of PyYAML's message."""


def closed_quote(line: str, column: int) -> str:
    """Return the line with the quote that begins at a column closed at its end, or `""` if it has another quote."""
    mark = line[column - 1]
    return line.rstrip() + mark if line.count(mark, column - 1) == 1 else ""


def aligned_lines(lines: Sequence[str], first: int) -> dict[int, str]:
    """Return the lines at the wrong indentation of the line `first` (from 1), aligned with the nearest one above."""
    line = lines[first - 1]
    indent = len(line) - len(line.lstrip(" "))
    is_item = line[indent : indent + 1] == "-"
    above = [other for other in lines[max(0, first - 1 - _MAX_LINES_ABOVE) : first - 1] if other.strip()]
    columns = [
        len(other) - len(other.lstrip(" " if is_item else " -"))
        for other in reversed(above)
        if not is_item or other.lstrip(" ").startswith("-")
    ]
    if not columns:
        return {}
    nearest = min(columns, key=lambda column: abs(column - indent))
    moved: dict[int, str] = {}
    for number, other in enumerate(lines[first - 1 :], first):
        own = len(other) - len(other.lstrip(" "))
        is_nested = is_item and own > indent and other[own : own + 1] != "-"
        if other.strip() and own != indent and not is_nested:
            break
        moved[number] = " " * (own - indent + nearest) + other.lstrip(" ") if other.strip() else other
    return moved
