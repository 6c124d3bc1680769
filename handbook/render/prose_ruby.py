"""Add ruby to the prose of pages: over the terms of the glossary, and over words that the names with よみ contain.

A word is two or more kanji in a row whose reading is the same in every name. It is found where it stands alone, or in a
row of kanji that consists of such words, so that no part of an unknown word is read.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable

from handbook import kana
from handbook.kana import RubySegments
from handbook.model import Site

_KANJI = "一-鿿㐀-䶿々"
_RUN = rf"[{_KANJI}]{{2,}}"
_TAG = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^>"'])*>)""")
_SKIPPED = frozenset({"code", "pre", "ruby", "svg"})
"""Elements whose text gets no ruby."""
_CLASSES = (_KANJI, "A-Za-zＡ-Ｚａ-ｚ0-9", "ァ-ヴー")
"""Kinds of characters of which no word ends before another of the same kind."""


class ProseRuby:
    """Adds ruby to HTML. It is created once for a site."""

    def __init__(self, site: Site) -> None:
        """Learn the readings of the words in the names of nodes and in the glossary."""
        named = [(node.name, node.node.kana_reading) for node in site.tree_nodes if node.node.kana_reading]
        terms = [(term.name, term.reading) for term in site.plan.terms if term.reading]
        self._names = {name: found for name, reading in named if (found := kana.ruby_segments(name, reading))}
        self._terms = {name: found for name, reading in terms if (found := kana.ruby_segments(name, reading))}
        self._words = dict(_words((*self._names.values(), *self._terms.values())))
        self._runs: dict[str, str] = {}
        longest_first = sorted(self._terms, key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(_whole_word, map(html.escape, longest_first)), _RUN]))

    def __bool__(self) -> bool:
        """Return whether any text can get ruby."""
        return bool(self._names or self._terms)

    def __call__(self, text: str) -> str:
        """Return HTML with ruby."""
        if not self:
            return text
        parts = _TAG.split(text)
        skipped = ""
        for index, part in enumerate(parts):
            if index % 2:
                name = re.sub(r"[</]*([a-z0-9]*).*", r"\1", part.lower(), flags=re.DOTALL)
                if not skipped and name in _SKIPPED:
                    skipped = name
                elif skipped == name and part.startswith("</"):
                    skipped = ""
            elif part and not skipped:
                parts[index] = self._with_ruby(part)
        return "".join(parts)

    def _with_ruby(self, text: str) -> str:
        """Return escaped text with ruby: as a whole if it is a name, else word by word."""
        if segments := self._names.get(html.unescape(text)):
            return ruby_html(segments)
        return self._pattern.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        if segments := self._terms.get(html.unescape(match[0])):
            return ruby_html(segments)
        if match[0] not in self._runs:
            self._runs[match[0]] = ruby_html(self._segmented(match[0]) or ((match[0], ""),))
        return self._runs[match[0]]

    def _segmented(self, run: str) -> RubySegments | None:
        """Return a row of kanji as known words, the longest first; None if it does not consist of them."""
        if not run:
            return ()
        for end in range(len(run), 1, -1):
            if run[:end] in self._words and (rest := self._segmented(run[end:])) is not None:
                return ((run[:end], self._words[run[:end]]), *rest)
        return None


def ruby_html(segments: RubySegments) -> str:
    """Return the parts of a text with their kana as HTML."""
    return "".join(
        f"<ruby>{html.escape(text)}<rp>（</rp><rt>{html.escape(reading)}</rt><rp>）</rp></ruby>"
        if reading
        else html.escape(text)
        for text, reading in segments
    )


def _words(names: Iterable[RubySegments]) -> Iterable[tuple[str, str]]:
    """Yield each word of two or more kanji that all names read in the same way, with its reading."""
    readings = defaultdict(set)
    for segments in names:
        for text, reading in segments:
            if reading and re.fullmatch(_RUN, text):
                readings[text].add(reading)
    return ((text, found.pop()) for text, found in readings.items() if len(found) == 1)


def _whole_word(word: str) -> str:
    """Return a pattern for a word that is no part of a longer one."""
    before = next((f"(?<![{kind}])" for kind in _CLASSES if re.match(f"[{kind}]", word)), "")
    after = next((f"(?![{kind}])" for kind in _CLASSES if re.search(f"[{kind}]$", word)), "")
    return before + re.escape(word) + after
