"""Errors of keys that a mapping has already: typed twice, or the start of the next list item without its dash."""

from __future__ import annotations

import re

from handbook.diagnostics import Diagnostic
from handbook.parse.edits.source_edits import remove_repetition, replace_text
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlMapping, YamlSequence, YamlValue

_KEY = re.compile(r"( *)([^\s:#\"'{\[-][^:]*?) *:(?: |$)")


def duplicate_key_error(source: Source, parent: YamlMapping, key: Scalar, value: YamlValue) -> Diagnostic:
    """Return the error. If both values are lists of records, the second one gets the items of the first.

    Then the nodes of the second list are checked too.
    """
    first_key, first_value = parent.entries[key.text]
    is_record_list = isinstance(first_value, YamlSequence) and all(
        isinstance(item, YamlMapping) for item in first_value.items
    )
    if is_record_list and isinstance(first_value, YamlSequence) and isinstance(value, YamlSequence):
        value.items = first_value.items
    message = f"項目 `{key.text}` が 2 回あります（1 回めは {first_key.line} 行め）"
    hint = "どちらか 1 つにまとめてください"
    mistake = source.mistake(key.line, key.column, key.width, "duplicate-key", message, hint)
    return mistake.with_fix(remove_repetition(source, first_key.line, key.line, key.column), certain=True)


def is_item_without_dash(source: Source, item: YamlMapping, key: Scalar) -> bool:
    """Return whether a key begins the next item of a list: the first key of `item`, which has the key below it too."""
    if next(iter(item.entries), None) != key.text or key.column < 3:
        return False
    below = next((line for line in source.lines[key.line :] if line.strip() and not line.lstrip().startswith("#")), "")
    next_key = _KEY.match(below)
    is_alone = not source.lines[key.line - 1][: key.column - 1].strip()
    return bool(is_alone and next_key and len(next_key[1]) == key.column - 1 and next_key[2] in item.entries)


def missing_dash_error(source: Source, key: Scalar) -> Diagnostic:
    """Return the error for a key that begins a list item, with the edit that puts a dash before it."""
    message = f"`{key.text}` の前に、項目のはじまりの `- ` がありません"
    hint = f"`- {source.lines[key.line - 1].strip()}` と、すぐ上の項目とそろえて `- ` を付けます"
    mistake = source.mistake(key.line, key.column, key.width, "not-a-list", message, hint)
    return mistake.with_fix(replace_text(source, key.line, key.column - 2, "  ", "- "))
