"""Words without a place where a line may break. The booklet breaks long ones between any two letters.

The same two patterns are used here and, through the data of a document, in templates/booklet/long_words.typ, whose
regular expressions are those of Rust.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any  # plain data of any depth

MAX_LETTERS = 30
"""Longest word that a line of text leaves whole."""
MIN_LETTERS_IN_CELL = 4
"""Shortest word that the narrow cell of a table may break."""
MIN_LETTERS_IN_HEADING = 13
"""The same for heading cells, whose tag would be divided by a break."""
_BREAKABLE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\U00020000-\U0003fffd"
"""Characters between which a line may break: kanji, kana, Hangul and full-width forms."""
_LETTER = rf"(?:[^-/\s{_BREAKABLE}]|[\u00a0・ー〜～]|[-/][0-9])"
"""Any other character, and those of the above that start no line. A line breaks after `-` and `/`, but for a number."""


def _run(shortest: int) -> str:
    return f"{_LETTER}{{{shortest},}}|[-/]{{{shortest},}}"


WORD = _run(MIN_LETTERS_IN_CELL)
HEADING_WORD = _run(MIN_LETTERS_IN_HEADING)
LONG_WORD = _run(MAX_LETTERS + 1)
_LONG_WORD_OR_URL = re.compile(f"https?://[!-~]+|{LONG_WORD}")


def long_words(data: Any, ignored_keys: Collection[str]) -> set[str]:
    """Return the words in the texts of a document's data that the booklet breaks. A URL breaks at its separators.

    The values of `ignored_keys` are no texts.
    """
    match data:
        case str():
            return {word for word in _LONG_WORD_OR_URL.findall(data) if not word.startswith("http")}
        case Mapping():
            return {
                word
                for key, value in data.items()
                if key not in ignored_keys
                for word in long_words(value, ignored_keys)
            }
        case list() | tuple():
            return {word for value in data for word in long_words(value, ignored_keys)}
    return set()
