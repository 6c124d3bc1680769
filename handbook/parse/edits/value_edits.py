"""Make the text edits of fixes for YAML values: replace a value, remove an entry of a mapping or an item of a list."""

from __future__ import annotations

import re

from handbook.parse.edits.source_edits import delete_lines, entry_end, replace_text, yaml_value
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlSequence, YamlValue
from handbook.text_edits import TextEdit

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_SEPARATOR = re.compile(r"\s*,\s*")


def replace_value(source: Source, value: YamlValue, new: str) -> TextEdit | None:
    """Return the edit that gives a text in one line another content, with quotes where YAML requires them."""
    return replace_yaml(source, value, yaml_value(new, in_braces=is_in_brackets(source, value)))


def replace_yaml(source: Source, value: YamlValue, yaml: str) -> TextEdit | None:
    """Return the edit that puts YAML in the place of a text in one line."""
    typed = typed_text(source, value)
    return replace_text(source, value.line, value.column, typed, yaml) if typed else None


def typed_text(source: Source, value: YamlValue) -> str:
    """Return a text in one line with its quotes, as typed; `""` for any other value."""
    if not isinstance(value, Scalar) or value.is_block or value.end_line > value.line:
        return ""
    rest = source.lines[value.line - 1][value.column - 1 :]
    quoted = _QUOTED.match(rest)
    return quoted[0] if quoted else value.text if rest.startswith(value.text) else ""


def is_in_brackets(source: Source, value: YamlValue) -> bool:
    """Return whether a bracket is open before the value in its line."""
    before = source.lines[value.line - 1][: value.column - 1]
    return before.count("[") + before.count("{") > before.count("]") + before.count("}")


def remove_entry(source: Source, key: Scalar | None, value: YamlValue) -> TextEdit | None:
    """Return the edit that removes a key with its value and their lines. None for the only key of a list item."""
    if not key:
        return None
    head = source.lines[key.line - 1][: key.column - 1]
    if is_in_brackets(source, key):
        return _remove_between_commas(source, key, value)
    last = entry_end(source, key.line, key.column)
    if not head.strip():
        return delete_lines(source, key.line, last)
    after = source.lines[last] if last < len(source.lines) else ""
    indent = " " * len(head)
    if head.strip(" -") or not after.startswith(indent) or not after[len(head) :].lstrip("#- ")[:1].strip():
        return None  # the only key of a list item
    return replace_text(
        source, key.line, key.column, "\n".join([*source.lines[key.line - 1 : last], indent])[key.column - 1 :], ""
    )


def remove_item(source: Source, items: YamlValue, item: YamlValue) -> TextEdit | None:
    """Return the edit that removes a text from a list, or the list with its key if it is the only item."""
    if not isinstance(items, YamlSequence):
        return None
    if len(items.items) == 1:
        return remove_entry(source, items.key, items)
    if is_in_brackets(source, item):
        return _remove_between_commas(source, item, item)
    is_alone = not source.lines[item.line - 1][: item.column - 1].strip(" -") and isinstance(item, Scalar)
    return delete_lines(source, item.line, item.end_line) if is_alone else None


def _remove_between_commas(source: Source, first: YamlValue, last: YamlValue) -> TextEdit | None:
    """Return the edit that removes one entry in `{ }` or one item in `[ ]` with the comma before or after it."""
    line, typed = source.lines[first.line - 1], typed_text(source, last)
    if last.line != first.line or not (typed or (isinstance(last, Scalar) and not last.text)):
        return None
    start, end = first.column - 1, last.column - 1 + len(typed)
    if before := re.search(r",\s*$", line[:start]):
        return replace_text(source, first.line, before.start() + 1, line[before.start() : end], "")
    if after := _SEPARATOR.match(line, end):
        return replace_text(source, first.line, first.column, line[start : after.end()], "")
    return None


def one_line(source: Source, value: Scalar) -> TextEdit | None:
    """Return the edit that writes a `|` text of a single line in the line of its key."""
    text = value.text.strip()
    if "\n" in text or not value.key or not value.is_block:
        return None
    last = next((n for n, line in enumerate(source.lines[value.line :], value.line + 1) if line.strip() == text), 0)
    if not last:
        return None
    typed = "\n".join(source.lines[value.line - 1 : last])[value.column - 1 :]
    return replace_text(source, value.line, value.column, typed, yaml_value(text))


def single_quoted(source: Source, value: Scalar) -> TextEdit | None:
    r"""Return the edit that puts `' '` around a text in `" "`, so that each `\` is a character of the text."""
    typed = typed_text(source, value)
    return replace_yaml(source, value, "'" + typed[1:-1].replace("'", "''") + "'") if typed[:1] == '"' else None
