"""The width of texts in em, and their line breaks.

The widths are estimated without a font, so that a layout is the same on every machine. A full-width character is 1 em;
other characters are as wide as in the widest of the common sans-serif fonts.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

LINE_HEIGHT = 1.4
"""Line height in em."""
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
"""They change the sign before them and have no width of their own, as the variation selectors of ☕️ and 葛󠄀."""
_PICTOGRAM = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
"""Matches signs that browsers may show as emoji, wider than a kanji, and some others."""
_NARROW_CHARS = frozenset("ijlI.,:;'|!()[]{} -/")
# Kinsoku: characters that may not start or end a line
_NO_START = frozenset("、。，．・：；？！ー」』）】〕｝〉》々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.)]}!?:;")
_NO_END = frozenset("「『（【〔｛〈《([{")
_PUNCTUATED_PARTS = re.compile("[^・、,/]+[・、,/]*|[・、,/]+")


@functools.lru_cache(maxsize=1 << 15)  # each name occurs in several diagrams
def text_width_em(text: str) -> float:
    """Return the width of a line in em, at least the width in a browser."""
    return sum(map(_char_width_em, text))


@functools.cache  # few different characters, each measured many times
def _char_width_em(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or character in _SKIN_TONES:
        return 0.0
    if _PICTOGRAM.match(character) and unicodedata.east_asian_width(character) != "A":
        return 1.3
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in _NARROW_CHARS:
        return 0.42
    return 0.78 if character.isupper() or character in "mwMW@%&" else 0.6


def wrap_lines(phrases: Sequence[str], max_em: float) -> tuple[str, ...]:
    """Return the phrases as lines of at most `max_em` em. Only a phrase longer than a line is split."""
    lines: list[str] = []
    current = ""
    for phrase in phrases:
        for piece in [phrase] if text_width_em(phrase) <= max_em else _split_long_phrase(phrase, max_em):
            if current and text_width_em(current + piece) > max_em:
                lines.append(current)
                current = piece
            else:
                current += piece
    return tuple(line for line in [*lines, current] if line)


def balance_lines(phrases: Sequence[str], max_em: float) -> tuple[str, ...]:
    """Return the phrases in as many lines as `wrap_lines` returns, but of nearly equal width."""
    best = wrap_lines(phrases, max_em)
    width = max_em
    longest = max(map(text_width_em, phrases))
    while width - 0.5 >= longest and len(best) > 1:
        width -= 0.5
        lines = wrap_lines(phrases, width)
        if len(lines) > len(best) or max(map(text_width_em, lines)) > max_em:
            break
        best = lines
    return best


def _split_long_phrase(phrase: str, max_em: float) -> list[str]:
    """Split a phrase longer than a line: after punctuation if possible, else where the kinsoku rules allow it."""
    parts = _PUNCTUATED_PARTS.findall(phrase)
    if len(parts) > 1 and all(text_width_em(part) <= max_em for part in parts):
        return parts
    pieces: list[str] = []
    current = ""
    for character in phrase:
        if (
            current
            and text_width_em(current + character) > max_em
            and character not in _NO_START
            and current[-1] not in _NO_END
        ):
            pieces.append(current)
            current = ""
        current += character
    return [*pieces, current]
