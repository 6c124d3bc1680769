"""Find typing errors at the start of a list item: other marks instead of the dash, no space, two dashes, no dash."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from handbook.field_types import ITEM_TYPES
from handbook.fields import all_fields, field_names
from handbook.fiscal_year import parse_year
from handbook.parse.typing_errors.typing_fix import SPACES, WORD, TypingFix, first_key_column, space_name

_MARK = re.compile(
    r"(?P<mark>[・･·•‣▪▸►●○◯◎■□◆◇★☆※*+＊＋>＞－−–—―‐‑ー]|[(（]?[0-9０-９]{1,2}[)）.．、]|[①-⑳])"
    rf"[\s{SPACES}]*(?=(?P<word>[^\s{SPACES}]))"
)
"""Matches what editors type instead of a dash."""
_DASH = re.compile(rf"[－−–—―‐‑ー](?=[\s{SPACES}])")
"""Matches a character that looks like a dash, with a space after it."""
_DASH_WITH_OTHER_SPACE = re.compile(rf"-( *)([{SPACES}])[ {SPACES}]*")
_DASH_WITHOUT_SPACE = re.compile(r"-[^\s\-]")
_SECOND_DASH = re.compile(r"(?:- +){2,}(?=\S)|-- +(?=\S)")
_KEY_START = re.compile(rf"(?P<key>{WORD})\s*[:：]")
_PLAIN = re.compile(r"[^\s\-:：,#&*!|>%@`\"'\[\]{}｛｝［］、，][^:：、，#\[\]{}]*")
"""Matches a word that is no key."""


def item_fixes(line: str, known_keys: Collection[str], above: Sequence[str], below: str = "") -> Iterator[TypingFix]:
    """Yield fixes for the start of a list item. `above` and `below` are the lines around it, `below` the next one."""
    indent = len(line) - len(line.lstrip(" "))
    head, body = line[:indent], line[indent:]
    if body.startswith("-"):
        yield from _dash_fixes(head, body, known_keys, below)
        return
    is_item = _is_item(indent, above, known_keys)
    mark, key = _MARK.match(body), None
    if mark:
        key = _KEY_START.match(body, mark.end())
    if mark and (is_item or _DASH.match(body) or (key and key["key"] in known_keys)):
        rest = body[mark.end() :]
        hint = f"`{mark['mark']}` を消し、半角の `-` と空白にします"
        yield TypingFix(
            indent, len(mark["mark"]), "wide-dash", f"項目のはじめが `{mark['mark']}` です", hint, f"{head}- {rest}"
        )
    elif is_item and _is_plain(body, known_keys) and (_has_dash(indent, above) or _is_next_item(indent, below)):
        message = f"`{body.strip()}` の前に `- ` がありません"
        hint = f"`- {body.strip()}` と、半角の `-` と空白を付けます"
        yield TypingFix(indent, len(body.strip()), "not-a-list", message, hint, f"{head}- {body}")


def _dash_fixes(head: str, body: str, known_keys: Collection[str], below: str) -> Iterator[TypingFix]:
    """Yield fixes for what follows a dash."""
    indent = len(head)
    if spaced := _DASH_WITH_OTHER_SPACE.match(body):
        message = f"`-` のあとが{space_name(spaced[2])}です"
        fixed = head + "- " + body[spaced.end() :]
        yield TypingFix(indent + 1 + len(spaced[1]), 1, "wide-space", message, "半角の空白にします", fixed)
    elif _DASH_WITHOUT_SPACE.match(body):
        hint = "`- ` と半角の空白を入れます"
        yield TypingFix(indent, 1, "no-space-after-dash", "`-` のあとに空白がありません", hint, f"{head}- {body[1:]}")
    elif dashes := _SECOND_DASH.match(body):
        key = _KEY_START.match(body, dashes.end())
        if (key and key["key"] in known_keys) or body[dashes.end()] == "{":
            column = indent + body.index("-", 1)
            next_indent = len(below) - len(below.lstrip(" "))
            # The keys below may be aligned with the first key as typed: then it stays where it is.
            spaces = " " * (dashes.end() - 1) if next_indent == indent + dashes.end() else " "
            fixed = f"{head}-{spaces}{body[dashes.end() :]}"
            hint = f"2 つめの `-` を{'空白に変え' if len(spaces) > 1 else '消し'}て、`{fixed.strip()}` とします"
            yield TypingFix(column, 1, "yaml-syntax", "`-` が 2 つ続いています", hint, fixed)


def _is_item(indent: int, above: Sequence[str], known_keys: Collection[str]) -> bool:
    """Return whether a line with this indentation can only be a list item, because of the lines above it."""
    previous = _previous_line(above)
    previous_indent, start = len(previous) - len(previous.lstrip(" ")), first_key_column(previous)
    if start > previous_indent == indent:
        return True
    key = previous[start:].rstrip()
    return key.endswith(":") and indent >= start and _is_list_key(key[:-1], known_keys)


def _previous_line(above: Sequence[str]) -> str:
    return next((line for line in reversed(above) if not line.lstrip().startswith("#")), "")


def _is_list_key(key: str, known_keys: Collection[str]) -> bool:
    """Return whether the value of a key is a list: a field, or the name of a level."""
    if key in field_names(ITEM_TYPES):
        return True
    return key in known_keys and not parse_year(key) and key not in {field.name for field in all_fields()}


def _has_dash(indent: int, above: Sequence[str]) -> bool:
    """Return whether the item above begins with a dash at this indentation."""
    previous = _previous_line(above)
    return previous.startswith(" " * indent + "- ") and not _KEY_START.match(previous, indent + 2)


def _is_next_item(indent: int, below: str) -> bool:
    """Return whether the next line is a word with the same indentation."""
    return len(below) - len(below.lstrip(" ")) == indent and bool(_PLAIN.fullmatch(below.strip()))


def _is_plain(body: str, known_keys: Collection[str]) -> bool:
    return bool(_PLAIN.fullmatch(body.strip())) and body.split(" ", 1)[0] not in known_keys
