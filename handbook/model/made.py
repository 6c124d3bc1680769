"""What is made beside the pages: the look, prints, data, a plan brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.mistakes import Mistake
from handbook.model.plan import File
from handbook.tables import Column


@dataclass(frozen=True, slots=True)
class Theme:
    """How the site looks: templates by name, files for the browser, and the colours that drawings share with them."""

    templates: Mapping[str, str]
    files: tuple[File, ...]
    tokens: Mapping[str, str]
    """Custom properties of tokens.css in its light scheme, without the leading dashes."""
    fonts: tuple[File, ...]
    """Those of theme/fonts/, for the booklet; they are not published."""
    comparison_css: str
    """The style of the comparison page; it is not published."""


def size_of(file: File) -> str:
    """Return how large a file is, as people say it: 340 KB, 1.2 MB."""
    kilobytes = len(file.data) / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} KB"


@dataclass(frozen=True, slots=True)
class Print:
    """A PDF of the booklet's family, as a download link names it."""

    file: File
    title: str
    told: str
    """What it is for, in a sentence."""
    pages: int

    @property
    def size(self) -> str:
        """Its bytes as people say them."""
        return size_of(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of the open data, as the page about them explains it."""

    file: File
    title: str
    told: str
    """What it holds, in a sentence."""
    media: str
    """Its media type."""
    columns: tuple[Column, ...]
    """Those of a table; none for other forms."""
    rows: int

    @property
    def format(self) -> str:
        """The ending as a name: CSV."""
        return self.file.path.rpartition(".")[2].upper()

    @property
    def size(self) -> str:
        """Its bytes as people say them."""
        return size_of(self.file)


@dataclass(frozen=True, slots=True)
class Restored:
    """A plan.yaml made out of a table or of our own data, and what was not certain in it."""

    text: str
    counts: tuple[tuple[str, int], ...]
    """How many nodes each level has, by its name."""
    doubts: tuple[Mistake, ...]
    """Every cell that could have been meant otherwise, or was left out."""
    told: tuple[str, ...]
    """What else to know, in sentences."""


@dataclass(frozen=True, slots=True)
class Booklet:
    """The plan on paper: every PDF."""

    prints: tuple[Print, ...]
    """The handbook itself first."""
    pages: Mapping[str, int]
    """For each node's id the page of the handbook on which it stands, as printed there."""
    sheets: Mapping[str, Print]
    """By the path of a section's page: the same on paper."""
    lacking: tuple[str, ...] = ()
    """Signs that no typeface of the booklet has; 〓 stands for them in print."""

    @property
    def all_prints(self) -> tuple[Print, ...]:
        """Every PDF, the sheets of the departments last."""
        return *self.prints, *self.sheets.values()
