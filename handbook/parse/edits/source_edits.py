"""Make the text edits of fixes: replace a text, insert a line, delete lines, quote a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from handbook.diagnostics import Diagnostic
from handbook.parse.source import Source
from handbook.text_edits import TextEdit

_PLAIN = re.compile(r"""(?![-?:](?:\s|$)|[\s,\[\]{}#&*!|>'"%@`=]|---|\.\.\.|<<)[^\n\t]*\S""")
"""Matches a text that is a YAML value without quotes, if it contains no `: ` and no ` #`."""
_TOP_KEY = re.compile(r"[^\s#-][^:]*:")
_NOT_PLAIN = re.compile(r": |:$| #")


def replace_text(source: Source, line: int, column: int, old: str, new: str) -> TextEdit:
    """Return the edit that replaces `old`, which begins at a line and column from 1."""
    return TextEdit(file=source.file, line=line, column=column, old=old, new=new)


class LineChange(NamedTuple):
    """The shortest change of one text to another."""

    start: int
    """From 0."""
    old: str
    new: str


def line_change(old: str, new: str) -> LineChange:
    """Return what differs between two lines."""
    start = _common_length(old, new)
    end = _common_length(old[start:][::-1], new[start:][::-1])
    return LineChange(start, old[start : len(old) - end], new[start : len(new) - end])


def _common_length(first: str, second: str) -> int:
    """Return the number of characters at the start of both texts that are the same."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(first), len(second)))


def replace_line(source: Source, line: int, new: str) -> TextEdit:
    """Return the edit of a line (from 1), as short as possible."""
    change = line_change(source.lines[line - 1], new)
    return replace_text(source, line, change.start + 1, change.old, change.new)


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


def entry_end(source: Source, line: int, column: int) -> int:
    """Return the last line of the key at a line and column in block style: those below that are indented further."""
    last = line
    for number, text in enumerate(source.lines[line:], line + 1):
        indent = len(text) - len(text.lstrip(" "))
        if text.strip() and indent < column and not (indent == column - 1 and text[indent:].startswith("- ")):
            break
        last = number if text.strip() else last
    return last


def remove_repetition(source: Source, first: int, second: int, column: int) -> TextEdit | None:
    """Return the edit that deletes the key at the line `second` if its lines are the same as those at `first`."""
    lines, end = source.lines, entry_end(source, second, column)
    is_same = lines[first - 1 : entry_end(source, first, column)] == lines[second - 1 : end]
    return delete_lines(source, second, end) if is_same else None


def common_keys(first: Iterable[str], second: Iterable[str]) -> set[str]:
    """Return the keys without indentation that both groups of lines have."""
    found, others = ({match[0] for match in map(_TOP_KEY.match, lines) if match} for lines in (first, second))
    return found & others


def quoted(text: str) -> str:
    r"""Return a text in `" "`, or in `' '` if it contains `"` or `\`, as a YAML value that is read as this text."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


def yaml_value(text: str, *, in_braces: bool = False) -> str:
    """Return a text as a YAML value: without quotes where that is possible. `in_braces` is inside `{ }` or `[ ]`."""
    is_plain = _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text)
    return text if is_plain and not (in_braces and re.search(r"[,\[\]{}:?]", text)) else quoted(text)


def with_comment_fixes(mistake: Diagnostic, source: Source, column: int, end: int) -> Diagnostic:
    """Return the error for a comment behind a value with two fixes: move the comment to a line above, or quote both.

    The value begins at `column` (from 1) and ends before the character `end` (from 0).
    """
    number = mistake.span.line
    line = source.lines[number - 1]
    value, comment = line[column - 1 : end], line[end:].strip()
    indent = " " * (len(line) - len(line.lstrip(" ")))
    above = replace_text(source, number, 1, line, f"{indent}{comment}\n{line[:end]}")
    mistake = mistake.with_fix(above, title="`#` から先を覚え書きにして、上の行に移します")
    if not value or value.startswith(("[", "{")) or re.search(r"[\[{]", line[: column - 1]):
        return mistake
    edit = replace_text(source, number, column, line[column - 1 :], quoted(line[column - 1 :].rstrip()))
    return mistake.with_fix(edit, title="`#` も値にして、全体を囲みます")
