"""The words of municipal plans that the splitting of names into phrases uses, read from field_words.txt.

A city's own words come from its plan.
"""

from __future__ import annotations

from pathlib import Path


def _read(text: str) -> dict[str, tuple[str, ...]]:
    """Return the words of each section. A line in brackets begins a section, a line with `#` is a comment."""
    words: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            section = words.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            section.extend(line.split())
    return {name: tuple(section) for name, section in words.items()}


_WORDS = _read(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
UNBREAKABLE = _WORDS["UNBREAKABLE"]
"""Words that no line breaks inside, with the words of a plan. Most have a kanji after kana."""
LINE_START = _WORDS["LINE_START"]
"""How a line may begin although its first letter is hiragana. No other hiragana begins a line."""
PREFIXED_KANA = _WORDS["PREFIXED_KANA"]
"""Nouns that a kanji after them belongs to: こども園, ごみ処理場."""
KANA_VERBS = _WORDS["KANA_VERBS"]
"""Verbs and adjectives in hiragana: a kanji after them is a word of its own, unlike that of ほたる川."""
COMPOUND_WORDS = _WORDS["COMPOUND_WORDS"]
"""Words of kanji that names are composed of. A phrase that is longer than a line breaks between them."""
KATAKANA_WORDS = _WORDS["KATAKANA_WORDS"]
"""Words that long katakana names are composed of."""
PREFIXES = frozenset(_WORDS["PREFIXES"])
"""Letters that stay with the word after them: 新|産業 is no break."""
SUFFIXES = frozenset(_WORDS["SUFFIXES"])
"""Letters that stay with the word before them: 活性|化 is no break."""
COUNTERS = _WORDS["COUNTERS"]
"""What counts a number: 第四次, 3か年. Longer ones come first."""
