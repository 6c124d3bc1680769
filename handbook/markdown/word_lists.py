"""Look up words in names: those that stay whole, and those of which compounds are composed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from handbook.markdown import field_words

MAX_WHOLE_LENGTH = 10
"""Letters. A longer name of a department or a term may break between the words that it is composed of."""
COMPOUND = re.compile(r"[一-龠々〆ヶヵァ-ヴー0-9０-９A-Za-zＡ-Ｚａ-ｚ]{4,}")
"""A run of at least four letters without hiragana, marks or spaces."""
_NUMERAL = "[0-9０-９一二三四五六七八九十百千〇]"
_NUMBER = re.compile(
    f"(?:第|令和|平成|昭和|大正|明治|全|各|約|計|満|築|[A-ZＡ-Ｚ])?{_NUMERAL}+(?:{'|'.join(field_words.COUNTERS)})+|[0-9０-９]+"
)
"""A number with what counts it: 第四次, 3か年."""
_NUMBER_START = frozenset(
    "0123456789０１２３４５６７８９一二三四五六七八九十百千〇第令平昭大明全各約計満築ＲＨＳABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_LATIN = "A-Za-zＡ-Ｚａ-ｚ0-9０-９"
_SCRIPTS = (
    ("word", re.compile(f"(?<![{_LATIN}])[0-9０-９]*[A-Za-zＡ-Ｚａ-ｚ][{_LATIN}]*")),
    ("katakana", re.compile("(?<![ァ-ヴー])[ァ-ヴー]+")),
)
_COSTS = {"word": 10, "suffix": 5, "prefix": 6, "number": 5, "katakana": 35, "unknown": 30}
"""Of one token. The cheapest division of a compound into tokens is taken."""
_COMPOUND_WORD = re.compile("[一-龠々〆ヶヵァ-ヴー]+")


class WordList:
    """Words by their first two letters."""

    def __init__(self, words: Iterable[str]) -> None:
        """Index the words of at least two letters."""
        self._by_head: dict[str, set[str]] = {}
        for word in words:
            if len(word) > 1:
                self._by_head.setdefault(word[:2], set()).add(word)

    def words_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield start and text of every word in a text; words may overlap."""
        for start in range(len(text) - 1):
            if text[start : start + 2] in self._by_head:
                for word in self.words_at(text, start):
                    yield start, word

    def words_at(self, text: str, start: int) -> list[str]:
        """Return the words with which the text goes on at `start`."""
        words = self._by_head.get(text[start : start + 2], ())
        return [word for word in words if text.startswith(word, start)]


class Vocabulary:
    """The words that names are split between: those of all plans, and those of one plan."""

    def __init__(self, plan_words: Iterable[str] = ()) -> None:
        """Take the words of a plan: names of levels, terms, departments, the municipality and other spellings."""
        self._breaks_by_run: dict[str, frozenset[int]] = {}
        own = {word.strip() for word in plan_words}
        whole = {*field_words.UNBREAKABLE, *(word for word in own if 2 <= len(word) <= MAX_WHOLE_LENGTH)}
        self._whole_words = frozenset(whole)
        self._whole = WordList(whole)
        compound = (*field_words.COMPOUND_WORDS, *field_words.KATAKANA_WORDS)
        self._compound = WordList({*compound, *(word for word in own if _COMPOUND_WORD.fullmatch(word))})

    def whole_words(self, more: Iterable[str]) -> tuple[str, ...]:
        """Return the words without marks and spaces that no line breaks inside, and `more`, the longest first."""
        words = [word for word in {*self._whole_words, *more} if word.isalnum() and len(word) > 1]
        return tuple(sorted(words, key=lambda word: (-len(word), word)))

    def inside_words(self, name: str) -> set[int]:
        """Return the offsets inside words that stay whole."""
        inside: set[int] = set()
        for start, word in self._whole.words_in(name):
            inside.update(range(start + 1, start + len(word)))
        return inside

    def compound_breaks(self, run: str) -> frozenset[int]:
        """Return the offsets between two known words of a run without hiragana: 学習|機会, 活動|拠点."""
        if run not in self._breaks_by_run:
            tokens = self._tokens(run)
            breaks = [start for (_, left), (start, right) in pairwise(tokens) if (left, right) in _BREAKS]
            self._breaks_by_run[run] = frozenset(breaks)
        return self._breaks_by_run[run]

    def _tokens(self, run: str) -> list[tuple[int, str]]:
        """Return start and kind of each token of the cheapest division of a run."""
        costs = [_COSTS["unknown"] * length for length in range(len(run) + 1)]
        last_tokens = [(max(length - 1, 0), "unknown") for length in range(len(run) + 1)]
        for start in range(len(run)):
            cost = costs[start]
            for end, kind in ((start + 1, "unknown"), *self._tokens_at(run, start)):
                if cost + _COSTS[kind] < costs[end]:
                    costs[end] = cost + _COSTS[kind]
                    last_tokens[end] = start, kind
        tokens: list[tuple[int, str]] = []
        end = len(run)
        while end:
            tokens.append(last_tokens[end])
            end = last_tokens[end][0]
        return tokens[::-1]

    def _tokens_at(self, run: str, start: int) -> list[tuple[int, str]]:
        """Return end and kind of each known token that may begin at `start`."""
        tokens = [(start + len(word), "word") for word in self._compound.words_at(run, start)]
        first = run[start]
        if first in field_words.SUFFIXES and start:
            tokens.append((start + 1, "suffix"))
        if first in field_words.PREFIXES and start + 1 < len(run):
            tokens.append((start + 1, "prefix"))
        if first in _NUMBER_START and (number := _NUMBER.match(run, start)):
            tokens.append((number.end(), "number"))
        for kind, pattern in () if "一" <= first <= "龠" else _SCRIPTS:
            if (found := pattern.match(run, start)) and len(found[0]) > 1:
                tokens.append((found.end(), kind))
        return tokens


_BREAKS = {(left, right) for left in ("word", "katakana", "number") for right in ("word", "katakana", "prefix")} | {
    ("suffix", "word"),
    ("suffix", "katakana"),
    ("word", "number"),
}
"""The kinds of two tokens that a line may break between."""
