"""The theme, and the outputs other than pages: PDFs, open data and an imported plan.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handbook.diagnostics import Diagnostic
from handbook.model.plan import OutputFile
from handbook.table_specs import Column


@dataclass(frozen=True, slots=True)
class Theme:
    """The theme of the site: templates, files for the browser, fonts and colours."""

    templates: Mapping[str, str]
    """Source texts by template name."""
    files: tuple[OutputFile, ...]
    css_variables: Mapping[str, str]
    """Custom properties of tokens.css in its light scheme, without the leading dashes; colours are `#rrggbb`."""
    fonts: tuple[OutputFile, ...]
    """The files of theme/fonts/, for the booklet; they are not published."""
    comparison_css: str
    """The style sheet of the comparison page; it is not published."""
    own_templates: frozenset[str] = frozenset()
    """Names of the templates that are the plan's own and not the product's."""
    dark_colours: Mapping[str, str] = field(default_factory=dict)
    """The colours of tokens.css in its dark scheme, as `#rrggbb`."""
    notices: tuple[Diagnostic, ...] = ()
    """About the plan's own style sheets, and what was removed from the pictures in theme/."""


def format_size(file: OutputFile) -> str:
    """Return the size of a file as a label: 340 KB, 1.2 MB."""
    kilobytes = len(file.data) / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} KB"


@dataclass(frozen=True, slots=True)
class BookletPdf:
    """One PDF of the plan, with the texts of its download link."""

    file: OutputFile
    title: str
    description: str
    """The purpose of the PDF, in one sentence."""
    page_count: int

    @property
    def size_label(self) -> str:
        """The size of the file: 340 KB, 1.2 MB."""
        return format_size(self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of the open data, with its description on the data page."""

    file: OutputFile
    title: str
    description: str
    """The content of the file, in one sentence."""
    media_type: str
    columns: tuple[Column, ...]
    """The columns of a table; () for other formats."""
    row_count: int

    @property
    def format(self) -> str:
        """The extension in capitals: CSV."""
        return self.file.path.rpartition(".")[2].upper()

    @property
    def size_label(self) -> str:
        """The size of the file: 340 KB, 1.2 MB."""
        return format_size(self.file)


@dataclass(frozen=True, slots=True)
class Booklet:
    """All PDFs of the plan."""

    pdfs: tuple[BookletPdf, ...]
    """The complete handbook first."""
    page_by_node: Mapping[str, int]
    """The printed page number of each node in the handbook, by its id."""
    department_sheets: Mapping[str, BookletPdf]
    """The PDF of each department, by the path of the department's page."""
    missing_glyphs: tuple[str, ...] = ()
    long_words: tuple[str, ...] = ()
    """Words of its texts that are too long for a line, and are broken at its end."""
    """Characters that no font of the booklet contains; they are printed as 〓."""

    @property
    def all_pdfs(self) -> tuple[BookletPdf, ...]:
        """Every PDF, the sheets of the departments last."""
        return *self.pdfs, *self.department_sheets.values()
