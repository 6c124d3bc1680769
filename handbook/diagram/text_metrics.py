"""The width of texts in em, and their line breaks.

The widths are estimated without a font, so that a layout is the same on every machine. A full-width character is 1 em;
other characters are as wide as in the widest of the common sans-serif fonts.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from handbook.model import Phrase

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
CONDENSED = 0.7
"""Least width of condensed letters, as a share of their normal width."""
LONGEST_WORD = 2
"""A word is split if it is more than this many times as long as a line."""


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


def wrap_lines(phrases: Sequence[Phrase], max_em: float) -> tuple[str, ...]:
    """Return the phrases as lines of at most `max_em` em. Only a phrase longer than a line is divided into its words.

    A word longer than `max_em` is a line that is longer: see `column_em`.
    """
    lines: list[str] = []
    current = ""
    for phrase in phrases:
        whole = "".join(phrase)
        for piece in [whole] if text_width_em(whole) <= max_em else _words(phrase, max_em):
            if current and text_width_em(current + piece) > max_em:
                lines.append(current)
                current = piece
            else:
                current += piece
    return tuple(line for line in [*lines, current] if line)


def balance_lines(phrases: Sequence[Phrase], max_em: float) -> tuple[str, ...]:
    """Return the phrases in as many lines as `wrap_lines` returns, but of nearly equal width."""
    best = wrap_lines(phrases, max_em)
    width = max_em
    longest = max(text_width_em("".join(phrase)) for phrase in phrases)
    while width - 0.5 >= longest and len(best) > 1:
        width -= 0.5
        lines = wrap_lines(phrases, width)
        if len(lines) > len(best) or max(map(text_width_em, lines)) > max_em:
            break
        best = lines
    return best


def column_em(lines: Sequence[str], max_em: float) -> float:
    """Return the width for lines in em. Letters of lines longer than `max_em` are condensed to it, if possible."""
    longest = max(map(text_width_em, lines))
    return max(min(longest, max_em), CONDENSED * longest)


def _words(phrase: Phrase, max_em: float) -> Iterator[str]:
    """Yield the words of a phrase. A word longer than any line is split where the kinsoku rules allow it."""
    for word in phrase:
        if text_width_em(word) <= LONGEST_WORD * max_em:
            yield word
        else:
            yield from _split_word(word, max_em)


def _split_word(word: str, max_em: float) -> list[str]:
    pieces: list[str] = []
    current = ""
    for character in word:
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
