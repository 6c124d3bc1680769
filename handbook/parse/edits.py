"""Make the text edits of fixes: replace a text, insert a line, delete lines, quote a value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handbook.diagnostics import SourceSpan, TextEdit
from handbook.parse.source import Source

_PLAIN = re.compile(r"""(?![-?:](?:\s|$)|[\s,\[\]{}#&*!|>'"%@`=]|---|\.\.\.|<<)[^\n\t]*\S""")
"""Matches a text that is a YAML value without quotes, if it contains no `: ` and no ` #`."""
_NOT_PLAIN = re.compile(r": |:$| #")


def replace_text(source: Source, line: int, column: int, old: str, new: str) -> TextEdit:
    """Return the edit that replaces `old`, which begins at a line and column from 1."""
    return TextEdit(SourceSpan(source.file, line, column, max(1, len(old))), old, new)


def replace_line(source: Source, line: int, new: str) -> TextEdit:
    """Return the edit of a line (from 1), as short as possible."""
    old = source.lines[line - 1]
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return replace_text(source, line, start + 1, old[start : len(old) - end], new[start : len(new) - end])


def insert_line(source: Source, line: int, text: str) -> TextEdit:
    """Return the edit that inserts a line of text before a line (from 1). A number behind the last appends it."""
    if line <= len(source.lines):
        return replace_text(source, line, 1, "", f"{text}\n")
    return replace_text(source, len(source.lines), len(source.lines[-1]) + 1, "", f"\n{text}")


def delete_lines(source: Source, first: int, last: int) -> TextEdit:
    """Return the edit that deletes the lines `first` to `last` (from 1)."""
    old = "\n".join(source.lines[first - 1 : last])
    if last < len(source.lines):
        return replace_text(source, first, 1, f"{old}\n", "")
    if first > 1:
        return replace_text(source, first - 1, len(source.lines[first - 2]) + 1, f"\n{old}", "")
    return replace_text(source, first, 1, old, "")


def replace_lines(source: Source, first: int, last: int, new: Iterable[str]) -> TextEdit:
    """Return the edit that puts lines in the place of the lines `first` to `last` (from 1)."""
    return replace_text(source, first, 1, "\n".join(source.lines[first - 1 : last]), "\n".join(new))


def quoted(text: str) -> str:
    r"""Return a text in `" "`, or in `' '` if it contains `"` or `\`, as a YAML value that is read as this text."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


def yaml_value(text: str, *, in_braces: bool = False) -> str:
    """Return a text as a YAML value: without quotes where that is possible. `in_braces` is inside `{ }` or `[ ]`."""
    is_plain = _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text)
    return text if is_plain and not (in_braces and re.search(r"[,\[\]{}:?]", text)) else quoted(text)
