"""Prepare the texts of tables for paper: minus signs, numbers that no line break divides, and widths of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

MINUS = "−"
_HYPHEN_BEFORE_NUMBER = re.compile(r"(?<![^\s(（「『［【、。，：；〜～＝＋±→△▲／比差率幅減温ぁ-ん])-(?=\d)(?!\d+-)")
"""A hyphen that is a minus sign. After a letter, a digit or most kanji it joins: 1-2-3, 2026-04-01, 第3号-2, A-1."""
_YEAR_NAMES = "令和|平成|昭和|大正|明治|西暦|第|約"
_NUMBER_WITH_COUNTER = re.compile(
    rf"(?<![!-'*-~])(?:{_YEAR_NAMES})?[ ]?[−+±]?[0-9０-９](?:[0-9０-９,，.．/:-]*[0-9０-９])?"
    "[ ]?(?:[一-鿿]{1,3}|[%％‰℃㎡㎥㎞㎏])?"
)
"""Also a date, a telephone number, an id such as 1-2-3."""
_ASCII_WORD = re.compile(r"[!-~]+")
LEAST_LINE_EMS, MAX_WORD_EMS = 4.0, 12.0
"""Ems: a column of longer text is not narrower, or it had one or two characters a line; a longer word may be broken."""
SHORT_TEXT = 6
"""Most characters of a text that stays on one line."""


def with_minus_signs(text: str, *, starts_text: bool = True) -> str:
    """Return the text with a minus sign in place of each hyphen before a number: `-1.5` becomes `−1.5`.

    A hyphen at its head joins with what is before, unless the text starts there.
    """
    kept = 0 if starts_text else 1
    return text[:kept] + _HYPHEN_BEFORE_NUMBER.sub(MINUS, text[kept:])


def split_at_numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, and whether each is a number with its counter, such as `令和8年度` or `1,200 人`."""
    at = 0
    for match in _NUMBER_WITH_COUNTER.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip(" "))
        if text[at:start]:
            yield text[at:start], False
        yield text[start : match.end()], True
        at = match.end()
    if text[at:]:
        yield text[at:], False


def column_ems(columns: int, texts: Iterable[tuple[int, str]]) -> list[list[float]]:
    """Return for each column how many ems wide it is at least, and if no text is broken into lines.

    `texts` are those of the cells that span one column, each with its column.
    """
    widths = [[0.0, 0.0] for _ in range(columns)]
    for column, text in texts:
        least, natural = widths[column]
        widths[column] = [max(least, _least_ems(text)), max(natural, _ems(text))]
    return widths


def _least_ems(text: str) -> float:
    """Return the width of the longest part that no line break should divide."""
    if len(text) <= SHORT_TEXT:
        return _ems(text)
    numbers = [piece for piece, is_number in split_at_numbers(text) if is_number]
    words = [*numbers, *_ASCII_WORD.findall(text)]
    return max([LEAST_LINE_EMS, *(min(MAX_WORD_EMS, _ems(word)) for word in words)])


def _ems(text: str) -> float:
    """Return the width of a text in ems, with the quarter of an em between Japanese and other characters."""
    is_narrow = [character < "\u0100" for character in text]
    gaps = sum(one != other for one, other in pairwise(is_narrow))
    return sum(0.6 if narrow else 1 for narrow in is_narrow) + gaps / 4
