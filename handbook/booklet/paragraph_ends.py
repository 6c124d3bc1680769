"""Keep the last characters of a paragraph together, so that no last line consists of one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, cast  # plain data of any depth

from handbook.booklet.html_blocks import Block

KEPT_CHARACTERS = 3
"""Fewest characters on the last line of a paragraph, besides closing punctuation."""
MAX_KEPT_CHARACTERS = 10
"""With more in one piece, the line before would have gaps. Latin words at the end are often longer."""
_CLOSING = "。、．，」』）］〕】》〉)].,!?！？ \u3000"
_NOT_AT_START = _CLOSING + "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮーヽヾゝゞ々〜～・：；"
_OPENING = "「『（［〔【《〈(["


def keep_paragraph_ends(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with an inline of type `unbroken` at the end of each paragraph; tables stay as they are."""
    return [_keep_ends(block) for block in blocks]


def _keep_ends(block: Block) -> Block:
    if isinstance(block, str) or block["type"] == "table":
        return block
    changed: dict[str, Any] = dict(block)
    if isinstance(content := block.get("content"), list):
        changed["content"] = keep_paragraph_ends(content)
        if block["type"] == "p":
            changed["content"] = _with_unbroken_end(changed["content"])
    items = cast("list[Any]", block.get("items", []))
    if block["type"] == "list":
        changed["items"] = [keep_paragraph_ends(item) for item in items]
    if block["type"] == "terms":
        changed["items"] = [_keep_ends({"type": "term", **item}) for item in items]
    return changed


def _with_unbroken_end(inlines: list[Block]) -> list[Block]:
    """Return the inlines of a paragraph whose last text is divided in two, if it can be."""
    if not inlines or not isinstance(inlines[-1], str):
        return inlines
    text = inlines[-1]
    start = _start_of_end(text)
    if start <= 0:
        return inlines
    return [*inlines[:-1], text[:start], {"type": "unbroken", "content": [text[start:]]}]


def _start_of_end(text: str) -> int:
    """Return where the part that is kept together starts; 0 if no place is suitable."""
    start = len(text.rstrip(_CLOSING)) - KEPT_CHARACTERS
    while start > 0 and not _may_break(text[start - 1], text[start]):
        start -= 1
    start += text[start : start + 1] == " "  # the space stays on the line before
    return start if len(text) - start <= MAX_KEPT_CHARACTERS else 0


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return True
    if after in _NOT_AT_START or before in _OPENING or unicodedata.category(after) in ("Mn", "Me"):
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("Na", "H", "N") and character != " "
