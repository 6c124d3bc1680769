"""A typing error in one line with its correction, and the patterns that the finders of typing errors share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SPACES = "\t\u3000\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f"
"""Characters that look like a space and are none in YAML."""
WORD = r"[^\s\u3000:：#\"'\[\]{}｛｝［］|>、，,-][^:：#\"'\[\]{}、，,]{0,15}?"
_LIST_DASHES = re.compile(r"(?:- +)*")


@dataclass(frozen=True, slots=True)
class TypingFix:
    """A typing error in one line, and the line without it."""

    column: int
    """From 0."""
    width: int
    rule: str
    message: str
    hint: str
    fixed_line: str


def space_name(character: str) -> str:
    """Return what an editor calls one of SPACES."""
    if character == "\t":
        return "タブ"
    if character == "\u3000":
        return "全角の空白"
    kind = "改行されない空白" if unicodedata.name(character).startswith("N") else "幅のちがう空白"
    return f"{kind}（U+{ord(character):04X}）"


def first_key_column(line: str) -> int:
    """Return the column (from 0) of the first key or word after spaces and list dashes."""
    content = line.lstrip(" ")
    dashes = _LIST_DASHES.match(content)
    return len(line) - len(content) + (dashes.end() if dashes else 0)
