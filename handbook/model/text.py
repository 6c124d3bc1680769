"""Texts and names after typesetting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.kana import Pieces
from handbook.lazy import LazyMapping


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text, for its list of contents."""

    id: str
    words: str
    rank: int
    """2 to 4, as in h2."""


@dataclass(frozen=True, slots=True)
class Text:
    """Prose after typesetting: clean HTML."""

    html: str
    headings: tuple[Heading, ...]


Phrases = tuple[str, ...]
"""A name cut where Japanese may break a line without breaking a phrase."""
Name = tuple[Pieces, ...]
"""A name as phrases, each of pieces with the kana to stand over them, or none."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All that typesetting made of a site."""

    prose: LazyMapping[str, Mapping[str, Text]]
    """By page path, then by the name the page's template knows the text by."""
    terms: LazyMapping[str, Text]
    """The explanation of each term, by its name."""
    phrases: LazyMapping[str, Phrases]
    """Every name and title cut into phrases."""
    names: LazyMapping[str, Name]
    """The same with the readings that fit laid over them."""

    def fill(self) -> None:
        """Typeset everything that is missing, in parallel if there is enough of it."""
        for values in (self.prose, self.terms, self.phrases, self.names):
            values.fill()

    def has_kana(self, name: str) -> bool:
        """Whether kana stand over any part of a name."""
        return any(over for phrase in self.names[name] for _, over in phrase)
