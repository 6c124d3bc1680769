"""What is made beside the pages: the look, prints, data, a plan brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook.diagnostics import Diagnostic
from handbook.model.plan import OutputFile
from handbook.table_specs import Column


@dataclass(frozen=True, slots=True)
class Theme:
    """How the site looks: templates by name, files for the browser, and the colours that drawings share with them."""

    templates: Mapping[str, str]
    files: tuple[OutputFile, ...]
    css_variables: Mapping[str, str]
    """Custom properties of tokens.css in its light scheme, without the leading dashes."""
    fonts: tuple[OutputFile, ...]
    """Those of theme/fonts/, for the booklet; they are not published."""
    comparison_css: str
    """The style of the comparison page; it is not published."""


def format_size(file: OutputFile) -> str:
    """Return how large a file is, as people say it: 340 KB, 1.2 MB."""
    kilobytes = len(file.data) / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} KB"


@dataclass(frozen=True, slots=True)
class BookletPdf:
    """A PDF of the booklet's family, as a download link names it."""

    file: OutputFile
    title: str
    description: str
    """What it is for, in a sentence."""
    page_count: int

    @property
    def size_label(self) -> str:
        """Its bytes as people say them."""
        return format_size(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of the open data, as the page about them explains it."""

    file: OutputFile
    title: str
    description: str
    """What it holds, in a sentence."""
    media_type: str
    """Its media type."""
    columns: tuple[Column, ...]
    """Those of a table; none for other forms."""
    row_count: int

    @property
    def format(self) -> str:
        """The ending as a name: CSV."""
        return self.file.path.rpartition(".")[2].upper()

    @property
    def size_label(self) -> str:
        """Its bytes as people say them."""
        return format_size(self.file)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A plan.yaml made out of a table or of our own data, and what was not certain in it."""

    plan_yaml: str
    counts: tuple[tuple[str, int], ...]
    """How many nodes each level has, by its name."""
    warnings: tuple[Diagnostic, ...]
    """Every cell that could have been meant otherwise, or was left out."""
    messages: tuple[str, ...]
    """What else to know, in sentences."""


@dataclass(frozen=True, slots=True)
class Booklet:
    """The plan on paper: every PDF."""

    pdfs: tuple[BookletPdf, ...]
    """The handbook itself first."""
    page_by_node: Mapping[str, int]
    """For each node's id the page of the handbook on which it stands, as printed there."""
    department_sheets: Mapping[str, BookletPdf]
    """By the path of a section's page: the same on paper."""
    missing_glyphs: tuple[str, ...] = ()
    """Signs that no typeface of the booklet has; 〓 stands for them in print."""

    @property
    def all_prints(self) -> tuple[BookletPdf, ...]:
        """Every PDF, the sheets of the departments last."""
        return *self.pdfs, *self.department_sheets.values()
