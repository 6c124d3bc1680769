"""Errors of empty values, with the lines to delete if there is no value yet."""

from __future__ import annotations

import re

from handbook.diagnostics import Diagnostic
from handbook.fields import required_field_names
from handbook.parse.edits.source_edits import delete_lines, quoted, replace_text
from handbook.parse.edits.value_edits import is_in_brackets, remove_entry
from handbook.parse.source import SPREADSHEET_ERRORS, Source
from handbook.parse.yaml.values import Scalar, YamlValue
from handbook.text_edits import TextEdit


def empty_value_error(source: Source, value: YamlValue, name: str) -> Diagnostic | None:
    """Return the error for an empty value of a field. A value after `#` gets its own message.

    None for an error value of a spreadsheet, which is already reported.
    """
    if value.key and value.line > len(source.lines):
        value = value.key
    line = source.lines[value.line - 1]
    comment_start = line.find("#", value.column - 1)
    if comment_start >= 0 and (not value.key or value.key.line == value.line) and isinstance(value, Scalar):
        if line.startswith(SPREADSHEET_ERRORS, comment_start):
            return None
        message = f"` #` から先は読まれないので、`{name}` が空です"
        hint = '`#` も値なら全体を " " で囲み、覚え書きなら 1 行に分けます'
        mistake = source.mistake(value.line, comment_start + 1, 1, "comment-in-value", message, hint)
        typed = line[comment_start:].rstrip()
        quoting = replace_text(source, value.line, comment_start + 1, typed, quoted(typed))
        return mistake.with_fix(quoting, title="`#` も値にして、全体を囲みます")
    key = value.key
    label = f"`{name}` の `{key.text}`" if key and key.text != name else f"`{name}`"
    mistake = source.mistake(value.line, value.column, 1, "empty-value", f"{label} が空です")
    if name in required_field_names() and key and key.text == name:
        return mistake.with_hint(f"`{name}` は必ず書きます。`{name}:` のあとに値を書いてください")
    edit, removed = _removal(source, key, value)
    return mistake.with_hint(f"値を書くか、まだ無ければ、{removed}").with_fix(edit)


def _removal(source: Source, key: Scalar | None, value: YamlValue) -> tuple[TextEdit | None, str]:
    """Return the edit that removes an empty value with what it leaves empty, and the same in words."""
    line = key.line if key else value.line
    if key and is_in_brackets(source, key):
        if re.fullmatch(r" *[^\s:]+: *\{[^,{}]*\} *", source.lines[line - 1]):
            return _without_lines(source, line, line)
        edit = remove_entry(source, key, value)
        return edit, f"`{edit.old.strip(' ,') if edit else f'{key.text}:'}` だけを消してください"
    if is_in_brackets(source, value):
        return None, "その前の `,` を消してください"
    text = source.lines[line - 1]
    if key and text[: key.column - 1].strip():  # the first key of a list item
        edit = remove_entry(source, key, value)
        return (
            edit,
            f"`{key.text}:` を消し、次の行の項目を `-` のあとに移してください" if edit else "この項目を消してください",
        )
    return _without_lines(source, first_line_left_empty(source, line), line)


def first_line_left_empty(source: Source, line: int) -> int:
    """Return the first line (from 1) to delete with a line: the keys above it whose only value it is."""
    first = line
    while (above := _parent_of_only_line(source, first, line)) and above < first:
        first = above
    return first


def _without_lines(source: Source, first: int, last: int) -> tuple[TextEdit, str]:
    words = source.lines[first - 1].strip()
    lines = f"{first} 行め（`{words}`）だけ" if first == last else f"{first} 行めの `{words}` から {last} 行めまで"
    return delete_lines(source, first, last), f"{lines}を消してください"


def _parent_of_only_line(source: Source, first: int, last: int) -> int:
    """Return the line (from 1) of the key whose value is only the lines `first` to `last`, else 0."""
    indent = _depth(source.lines[first - 1])
    above = next((number for number in range(first - 1, 0, -1) if source.lines[number - 1].strip()), 0)
    below = next((text for text in source.lines[last:] if text.strip()), "")
    if not above or not re.fullmatch(r" *[^\s#-][^:]*: *", source.lines[above - 1]):
        return 0
    return above if _depth(source.lines[above - 1]) < indent and _depth(below) < indent else 0


def _depth(line: str) -> float:
    """Return the indentation of a line; an item of a list is half a step deeper than the key above it."""
    indent = len(line) - len(line.lstrip(" "))
    return indent + 0.5 if line[indent : indent + 1] == "-" else indent
