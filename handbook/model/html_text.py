"""Texts and names as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.kana import RubySegments
from handbook.lazy import LazyMapping


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text, for its table of contents."""

    id: str
    text: str
    level: int
    """2 to 4, as in h2."""


@dataclass(frozen=True, slots=True)
class HtmlText:
    """A Markdown text as sanitized HTML."""

    html: str
    headings: tuple[Heading, ...]


Phrase = tuple[str, ...]
"""A phrase of a name as its words. A line breaks between the words only if the phrase is longer than a line."""
PhraseList = tuple[Phrase, ...]
"""A name split into phrases. Lines break between phrases only."""
RubyName = tuple[RubySegments, ...]
"""A name as phrases of about 10 letters, each made of segments with their ruby kana, which may be empty."""


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """All texts and names of a site as HTML."""

    html_by_page: LazyMapping[str, Mapping[str, HtmlText]]
    """By page path, then by the text's name in the template of the page."""
    html_by_term: LazyMapping[str, HtmlText]
    """The explanation of each term, by its name."""
    phrases_by_name: LazyMapping[str, PhraseList]
    """The phrases of every name and title."""
    ruby_by_name: LazyMapping[str, RubyName]
    """The same with ruby kana, if the reading matches the name."""
    whole_words: tuple[str, ...] = ()
    """Words that no line breaks inside, the longest first: those of the plan and those of all such plans."""

    def fill(self) -> None:
        """Convert all values that are not cached yet, in parallel if they are many."""
        for values in (self.html_by_page, self.html_by_term, self.phrases_by_name, self.ruby_by_name):
            values.fill()

    def has_kana(self, name: str) -> bool:
        """Return whether any part of a name has ruby kana."""
        return any(ruby for phrase in self.ruby_by_name[name] for _, ruby in phrase)
