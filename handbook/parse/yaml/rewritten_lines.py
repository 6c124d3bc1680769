"""Rewrite the lines of a text that YAML cannot read as typed: broken over lines, or behind a sign.

Each function takes the lines of a file and returns how they are written correctly, with the hint, or None if the
lines are no such case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from handbook.diagnostics import closest_match
from handbook.field_types import GROUP_TYPES, ITEM_TYPES, LINE_TYPES, LIST_TYPES, TEXT_TYPES, FieldType
from handbook.fields import all_fields, field_names
from handbook.fiscal_year import parse_year
from handbook.parse.edits.source_edits import yaml_value

KEY_LINE = re.compile(r"(?P<head> *(?:- +)*(?P<key>[^\s:#'\"\[\]{}\-][^:、。]{0,19}?) *:)(?: +(?P<value>\S.*?))? *")
"""Matches a line with a key in front. What looks like a key and contains 、 or 。 is a text."""
_BLOCK_SIGN = re.compile(r"[|>][-+0-9]*")
_NO_PLAIN_START = tuple("'\"[{&*!%@`")
_LIST_ITEM = re.compile(r"(?:[-*+]|[0-9]+\.) ")
_JOINED_TYPES: frozenset[FieldType] = LINE_TYPES | {"period", "url", "https"}
"""The types of a value that continues on the next line if that looks like no key."""
_LAST_LINES = 200
"""Lines above a line that are searched for its key."""


class RewrittenLines(NamedTuple):
    """The lines `first` to `last` (from 1) and the lines that are to be in their place."""

    first: int
    last: int
    lines: tuple[str, ...]
    hint: str


def joined(parts: Sequence[str]) -> str:
    """Return the parts of a text in one line. A space is only between two Latin words."""
    text = ""
    for part in filter(None, map(str.strip, parts)):
        text += " " + part if text and text[-1].isascii() and part[0].isascii() else part
    return text


def is_plain_field(name: str) -> bool:
    """Return whether a key has a plain value. Otherwise the reader of values explains the value."""
    is_field = name in {field.name for field in all_fields()} or bool(parse_year(name))
    return is_field and name not in field_names(ITEM_TYPES | GROUP_TYPES)


def text_block(lines: Sequence[str], first: int, last: int) -> RewrittenLines | None:
    """Return the value of a key in lines `first` to `last` (from 1) as a text after `|`."""
    match = KEY_LINE.fullmatch(lines[first - 1])
    if not match:
        return None
    value, body = match["value"] or "", list(lines[first:last])
    is_quoted = value.startswith(("'", '"'))
    if is_quoted:
        body = [value[1:], *body] if len(value) > 1 else body
        end = body[-1].rstrip()
        if not end.endswith(value[0]) or any(sign in "".join(body)[:-1] for sign in ("\\", value[0])):
            return None
        value, body = body[0].rstrip(), [*body[1:-1], end[:-1]]
    margin = min((indentation(line) for line in body if line.strip()), default=0)
    texts = [line[min(margin, indentation(line)) :].rstrip() for line in body]
    texts = [text if text.strip() else "" for text in ([value, *texts] if value or is_quoted else texts)]
    texts[0] = texts[0].lstrip()
    column = key_column(lines[first - 1]) + 2
    new = [f"{match['head']} |"]
    has_list = False
    for above, text in zip(["", *texts], texts, strict=False):
        if _LIST_ITEM.match(text) and above.strip() and not _LIST_ITEM.match(above.strip()):
            has_list = True
            new.append("")  # Markdown needs a blank line before a list
        new.append(f"{' ' * column}{text}" if text else "")
    hint = (
        f"{first} 行めを `{match['key']}: |` だけにして、文は次の行から、どの行も半角の空白 {column} 個で"
        "字下げして書きます"
    )
    hint += "（引用符は消します）" if is_quoted else ""
    hint += "。並びの前には、空の行を入れます" if has_list else ""
    return RewrittenLines(first, last, tuple(new), hint)


def broken_text(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a text of which line `line` (from 1) is a continuation without enough indentation."""
    first = _line_of_key(lines, line)
    match = KEY_LINE.fullmatch(lines[first - 1]) if first else None
    if not match or (match["value"] or "").startswith(_NO_PLAIN_START) or _is_known_item(lines[line - 1]):
        return None
    last = _last_text_line(lines, line)
    value = match["value"] or ""
    if _BLOCK_SIGN.fullmatch(value):
        return _text_below_sign(lines, first, line, last)
    if match["key"] in field_names(TEXT_TYPES):
        return text_block(lines, first, last)
    if match["key"] in field_names(LIST_TYPES) and value:
        parts = [part.strip(" -・、，,") for part in (value, *lines[first:last])]
        listed = f"[{', '.join(yaml_value(part, in_braces=True) for part in parts if part)}]"
        hint = f"{first} 行めに続けて `{match['key']}: {listed}` と書きます"
        return RewrittenLines(first, last, (f"{match['head']} {listed}",), hint)
    word = lines[line - 1].strip().partition(" ")[0]
    if not value or match["key"] not in field_names(_JOINED_TYPES) or is_list_line(lines[line - 1]):
        return None
    if closest_match(word, [field.name for field in all_fields()]):
        return None
    whole = yaml_value(joined([value, *lines[first:last]]))
    hint = f"{first} 行めに続けて `{match['key']}: {whole}` と書きます"
    return RewrittenLines(first, last, (f"{match['head']} {whole}",), hint)


def next_text_line(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a line (from 1) that looks like a key and continues the text above it."""
    first = _line_of_key([*lines[: line - 1], lines[line - 1].replace(":", "")], line)
    match = KEY_LINE.fullmatch(lines[first - 1]) if first else None
    if not match or (match["value"] or "").startswith(_NO_PLAIN_START):
        return None
    if _BLOCK_SIGN.fullmatch(match["value"] or ""):
        return _text_below_sign(lines, first, line, line)
    return text_block(lines, first, line)


def deeper_text(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a text above line `line` (from 1), which is indented and looks like `key: value`."""
    match = KEY_LINE.fullmatch(lines[line - 1])
    if match and (not match["value"] or closest_match(match["key"], [field.name for field in all_fields()])):
        return None
    first = next((n for n in range(line - 1, 0, -1) if lines[n - 1].strip() and KEY_LINE.fullmatch(lines[n - 1])), 0)
    above = KEY_LINE.fullmatch(lines[first - 1]) if first else None
    if not above or above["key"] not in field_names(TEXT_TYPES) or indentation(lines[line - 1]) <= key_column(above[0]):
        return None
    if not above["value"] or above["value"].startswith(_NO_PLAIN_START) or _BLOCK_SIGN.fullmatch(above["value"]):
        return None
    outside = (n for n in range(line, len(lines) + 1) if is_outside(lines[n - 1], key_column(above[0])))
    last = next(outside, len(lines) + 1) - 1
    while not lines[last - 1].strip():
        last -= 1
    return text_block(lines, first, last)


def _text_below_sign(lines: Sequence[str], first: int, line: int, last: int) -> RewrittenLines:
    """Return the change for lines of a `|` text that are not indented."""
    column = key_column(lines[first - 1]) + 2
    above = next((text for text in lines[first : line - 1] if text.strip()), "")
    column = max(column, indentation(above))
    texts = lines[line - 1 : last]
    margin = min(indentation(text) for text in texts if text.strip())
    new = tuple(" " * column + text[margin:] if text.strip() else "" for text in texts)
    place = f"{line} 行めを" if last == line else f"{line}〜{last} 行めを"
    return RewrittenLines(line, last, new, f"{place}、半角の空白 {column} 個で字下げします")


def text_after_sign(lines: Sequence[str], line: int) -> RewrittenLines | None:
    """Return the change for a text that begins on the line of its `|`."""
    match = KEY_LINE.fullmatch(lines[line - 1])
    sign = re.match(r"[|>][-+0-9]*\s+", match["value"] or "") if match else None
    if not match or not sign:
        return None
    text = (match["value"] or "")[sign.end() :]
    below = next((other for other in lines[line:] if other.strip()), "")
    column = key_column(lines[line - 1]) + 2
    column = max(column, indentation(below)) if indentation(below) > column - 2 else column
    hint = f"`{match['key']}: |` だけを書いて改行し、次の行に、半角の空白 {column} 個と `{text}` を書きます"
    return RewrittenLines(line, line, (f"{match['head']} |", " " * column + text), hint)


def _line_of_key(lines: Sequence[str], line: int) -> int:
    """Return the number (from 1) of the nearest line above with a key, if the line is no deeper than it, else 0."""
    has_comment = False  # in YAML, a value ends before a comment
    for number in range(line - 1, max(0, line - _LAST_LINES), -1):
        if match := KEY_LINE.fullmatch(lines[number - 1]):
            is_known = match["key"] in field_names(TEXT_TYPES | LIST_TYPES | _JOINED_TYPES)
            is_shallow = indentation(lines[line - 1]) <= key_column(lines[number - 1])
            return number if is_known and (is_shallow or has_comment) else 0
        has_comment |= lines[number - 1].lstrip().startswith("#")
    return 0


def _last_text_line(lines: Sequence[str], line: int) -> int:
    """Return the number of the last line (from 1) that continues the text of line `line`."""
    last, is_list = line, is_list_line(lines[line - 1])
    for number in range(line + 1, len(lines) + 1):
        text = lines[number - 1]
        if not text.strip():
            continue
        if KEY_LINE.fullmatch(text) or text.lstrip().startswith(("#", "{", "[")):
            break
        if is_list_line(text) and not is_list:
            break
        last = number
    return last


def _is_known_item(text: str) -> bool:
    """Return whether a line begins a list item whose first key is a field."""
    match = KEY_LINE.fullmatch(text)
    return bool(match and is_list_line(text) and match["key"] in {field.name for field in all_fields()})


def is_list_line(text: str) -> bool:
    """Return whether a line begins with a list dash."""
    return text.lstrip().startswith("- ")


def is_outside(text: str, column: int) -> bool:
    """Return whether a line that is not blank is indented no more than `column` spaces."""
    is_item = is_list_line(text) and indentation(text) == column and not KEY_LINE.fullmatch(text)
    return bool(text.strip()) and indentation(text) <= column and not is_item


def key_column(line: str) -> int:
    """Return the column (from 0) of what follows the spaces and list dashes of a line."""
    return len(line) - len(line.lstrip(" -"))


def indentation(line: str) -> int:
    """Return the number of spaces at the start of a line."""
    return len(line) - len(line.lstrip(" "))
