"""How wide words are and where their lines break.

Our own width rule sizes every box, so that a layout needs no font and comes out the same on every machine: a
full-width character is 1 em, the others take what common sans-serif faces take at most.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

LINE_HEIGHT = 1.4
"""Line height in em."""
_NARROW_CHARS = frozenset("ijlI.,:;'|!()[]{} -/")
_NO_START = frozenset("、。，．・：；？！ー」』）】〕｝〉》々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.)]}!?:;")
_AFTER_MARK = re.compile("[^・、,/]+[・、,/]*|[・、,/]+")
_NO_END = frozenset("「『（【〔｛〈《([{")


@functools.lru_cache(maxsize=1 << 15)  # a name is measured for each of its pictures
def text_width_em(words: str) -> float:
    """Return the width of a line in em, never less than what a browser takes."""
    return sum(map(_char_width_em, words))


@functools.cache  # there are only so many characters, and each is met many times
def _char_width_em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW_CHARS:
        return 0.42
    return 0.78 if character.isupper() or character in "mwMW@%&" else 0.6


def wrap_lines(phrases: Sequence[str], most: float) -> tuple[str, ...]:
    """Set phrases in lines of at most `most` em; a phrase is cut only where it is longer than a line."""
    made: list[str] = []
    current = ""
    for phrase in phrases:
        for piece in [phrase] if text_width_em(phrase) <= most else _split_long_phrase(phrase, most):
            if current and text_width_em(current + piece) > most:
                made.append(current)
                current = piece
            else:
                current += piece
    return tuple(line for line in [*made, current] if line)


def balance_lines(phrases: Sequence[str], most: float) -> tuple[str, ...]:
    """Set phrases in as few lines as `lines` would, and make those about equally long."""
    best = wrap_lines(phrases, most)
    narrower = most
    longest = max(map(text_width_em, phrases))
    while narrower - 0.5 >= longest and len(best) > 1:
        narrower -= 0.5
        trial = wrap_lines(phrases, narrower)
        if len(trial) > len(best) or max(map(text_width_em, trial)) > most:
            break
        best = trial
    return best


def _split_long_phrase(phrase: str, most: float) -> list[str]:
    """Cut a phrase that is longer than a line: after a mark if it can be, else between two characters that may part."""
    parts = _AFTER_MARK.findall(phrase)
    if len(parts) > 1 and all(text_width_em(part) <= most for part in parts):
        return parts
    pieces: list[str] = []
    current = ""
    for character in phrase:
        if (
            current
            and text_width_em(current + character) > most
            and character not in _NO_START
            and current[-1] not in _NO_END
        ):
            pieces.append(current)
            current = ""
        current += character
    return [*pieces, current]
