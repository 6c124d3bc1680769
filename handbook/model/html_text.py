"""Texts and names after typesetting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.kana import RubySegments
from handbook.lazy import LazyMapping


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text, for its list of contents."""

    id: str
    text: str
    level: int
    """2 to 4, as in h2."""


@dataclass(frozen=True, slots=True)
class HtmlText:
    """Prose after typesetting: clean HTML."""

    html: str
    headings: tuple[Heading, ...]


PhraseList = tuple[str, ...]
"""A name cut where Japanese may break a line without breaking a phrase."""
RubyName = tuple[RubySegments, ...]
"""A name as phrases, each of pieces with the kana to stand over them, or none."""


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """All that typesetting made of a site."""

    html_by_page: LazyMapping[str, Mapping[str, HtmlText]]
    """By page path, then by the name the page's template knows the text by."""
    html_by_term: LazyMapping[str, HtmlText]
    """The explanation of each term, by its name."""
    phrases_by_name: LazyMapping[str, PhraseList]
    """Every name and title cut into phrases."""
    ruby_by_name: LazyMapping[str, RubyName]
    """The same with the readings that fit laid over them."""

    def fill(self) -> None:
        """Typeset everything that is missing, in parallel if there is enough of it."""
        for values in (self.html_by_page, self.html_by_term, self.phrases_by_name, self.ruby_by_name):
            values.fill()

    def has_kana(self, name: str) -> bool:
        """Whether kana stand over any part of a name."""
        return any(over for phrase in self.ruby_by_name[name] for _, over in phrase)
