"""Rewrite the lines of a list that YAML cannot read as typed: behind a colon, indented too little, or only a dash.

Each function takes the lines of a file and returns how they are written correctly, with the hint, or None if the
lines are no such case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handbook.field_types import LIST_TYPES, TEXT_TYPES
from handbook.fields import field_names
from handbook.fiscal_year import parse_year
from handbook.parse.edits.source_edits import yaml_value
from handbook.parse.yaml.rewritten_lines import (
    KEY_LINE,
    RewrittenLines,
    indentation,
    is_list_line,
    is_outside,
    is_plain_field,
    key_column,
    text_block,
)
from handbook.patterns import NO_VALUE_WORD

_ACTUALS = "実績値"
"""The field whose years may have NO_VALUE_WORD."""


def lone_dash(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a key whose value is only a dash, as in a table for "no value"."""
    match = KEY_LINE.fullmatch(lines[line - 1])
    below = next((other for other in lines[line:] if other.strip()), "")
    if not match or match["value"] != "-" or indentation(below) > key_column(lines[line - 1]):
        return None
    if parse_year(match["key"]) and _parent_key(lines, line) == _ACTUALS:
        hint = f"値がないときは `{match['key']}: {NO_VALUE_WORD}` と書きます"
        return RewrittenLines(line, line, (f"{match['head']} {NO_VALUE_WORD}",), hint)
    return RewrittenLines(line, line, ("",), f"値がなければ、この行（`{match['key']}:`）を消します")


def _parent_key(lines: Sequence[str], line: int) -> str:
    """Return the nearest key above a line (from 1) that is indented less."""
    column = key_column(lines[line - 1])
    above = (KEY_LINE.fullmatch(text) for text in reversed(lines[: line - 1]) if key_column(text) < column)
    return next((match["key"] for match in above if match), "")


def shallow_items(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for list items that are indented less than the key of their list, or None.

    The parser stops at line `line` (from 1): at an item, or below the items, where a line has the column of the key.
    """
    first = line
    while first > 1 and _is_plain_item(lines[first - 2]):
        first -= 1
    end = line
    while end <= len(lines) and _is_plain_item(lines[end - 1]):
        end += 1
    match = KEY_LINE.fullmatch(lines[first - 2]) if 1 < first < end else None
    if not match or match["value"] or match["key"] not in field_names(LIST_TYPES):
        return None
    column, items = key_column(lines[first - 2]), lines[first - 1 : end - 1]
    if any(indentation(item) >= column for item in items) or (end == line and indentation(lines[line - 1]) != column):
        return None
    place = f"{first} 行めを" if len(items) == 1 else f"{first}〜{end - 1} 行めを"
    new = tuple(" " * (column + 2) + item.lstrip(" ") for item in items)
    return RewrittenLines(first, end - 1, new, f"{place}、半角の空白 {column + 2} 個で字下げします")


def _is_plain_item(text: str) -> bool:
    """Return whether a line is a list item without a key."""
    return is_list_line(text) and not re.search(r":(?: |$)", text)


def list_after_colon(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a value that begins with a list dash."""
    match = KEY_LINE.fullmatch(lines[line - 1])
    item = re.match(r"- +(?P<text>.*)", match["value"] or "") if match else None
    if not match or not item:
        return None
    column, text = key_column(lines[line - 1]), item["text"]
    below = next((other for other in lines[line:] if other.strip()), "")
    has_more = indentation(below) > column or (is_list_line(below) and indentation(below) == column)
    if match["key"] in field_names(TEXT_TYPES) and has_more:
        last = next((n for n in range(line + 1, len(lines) + 1) if is_outside(lines[n - 1], column)), len(lines) + 1)
        while not lines[last - 2].strip():
            last -= 1
        return text_block(lines, line, last - 1)
    if is_plain_field(match["key"]):
        hint = f"`- ` を付けずに `{match['key']}: {text}` と書きます"
        return RewrittenLines(line, line, (f"{match['head']} {yaml_value(text)}",), hint)
    if not has_more and not re.search(r": |:$", text):
        hint = f"`{match['key']}: [{text}]` と書きます"
        return RewrittenLines(line, line, (f"{match['head']} [{text}]",), hint)
    dash = column + 2
    if has_more:
        dash = indentation(below) if below.lstrip().startswith("- ") else max(column, indentation(below) - 2)
    hint = f"`{match['key']}:` だけを書いて改行し、次の行に、半角の空白 {dash} 個と `- {text}` を書きます"
    return RewrittenLines(line, line, (match["head"], f"{' ' * dash}- {text}"), hint)
