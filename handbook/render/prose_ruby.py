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
from handbook.model import Site, plan_term_finder

_KANJI = "一-鿿㐀-䶿々"
_RUN = re.compile(rf"[{_KANJI}]{{2,}}")
_TAG = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^>"'])*>)""")
_SKIPPED = frozenset({"code", "pre", "ruby", "svg"})
"""Elements whose text gets no ruby."""


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
        self._finder = plan_term_finder(site.plan)

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
        """Return escaped text with ruby: as a whole if it is a name, else the terms and the rows of kanji in it."""
        plain = html.unescape(text)
        if segments := self._names.get(plain):
            return ruby_html(segments)
        parts, end = [], 0
        for term in self._finder.find(plain):
            if segments := self._terms.get(plain[term.start : term.end]):
                parts += [self._with_ruby_on_runs(plain[end : term.start]), ruby_html(segments)]
                end = term.end
        return "".join([*parts, self._with_ruby_on_runs(plain[end:])])

    def _with_ruby_on_runs(self, plain: str) -> str:
        return _RUN.sub(self._run_html, html.escape(plain, quote=False))

    def _run_html(self, match: re.Match[str]) -> str:
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
            if reading and _RUN.fullmatch(text):
                readings[text].add(reading)
    return ((text, found.pop()) for text, found in readings.items() if len(found) == 1)
