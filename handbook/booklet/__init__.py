"""Typeset the plan as PDFs: the booklet, one PDF for each top branch, an overview, and sheets to print and fold.

`html_blocks` converts HTML into plain data; `document` and `document_data` build the data of each PDF; `typst_engine`
compiles data and a template into a PDF; `imposition` arranges the pages on sheets; `pdfs` makes all PDFs;
`comparison_data` builds the data of the comparison table. The Typst templates are in templates/booklet/.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook.model import Booklet, Comparison, Diagram, Edition, Site, SiteTexts, Theme

__all__ = ["BookletError", "build_booklet", "comparison_pdf"]


class BookletError(Exception):
    """No PDF could be made. The message gives the reason and the place, in Japanese."""


def build_booklet(
    site: Site, texts: SiteTexts, diagrams: Mapping[str, Diagram], charts: Mapping[str, str], theme: Theme
) -> Booklet:
    """Return every PDF, and the page of each node in the booklet.

    `diagrams` are laid out for paper, by name; a missing one is left out. `charts` are SVG elements by name.
    Raises BookletError if a library or a font is missing or the template is broken.
    """
    try:
        # A site can be built without the libraries that these modules import.
        from handbook.booklet.document import BookletSources  # noqa: PLC0415
        from handbook.booklet.pdfs import typeset_pdfs  # noqa: PLC0415
    except ImportError as error:
        message = f"冊子を作る道具がありません。`pip install {error.name}` で入れてください"
        raise BookletError(message) from error
    return typeset_pdfs(BookletSources(site, texts, theme, diagrams, charts, {}))


def comparison_pdf(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the comparison table (新旧対照表) as a PDF in A4 landscape.

    Raises BookletError if a library or a font is missing or the template is broken.
    """
    try:
        # Without these libraries the comparison can still be written as HTML, Markdown or JSON.
        from handbook.booklet.comparison_data import comparison_document_data  # noqa: PLC0415
        from handbook.booklet.typst_engine import open_pdf_compiler  # noqa: PLC0415
    except ImportError as error:
        message = f"PDF を作る道具がありません。`pip install {error.name}` で入れてください"
        raise BookletError(message) from error
    with open_pdf_compiler(theme, (), "comparison.typ") as compile_pdf:
        return compile_pdf(comparison_document_data(comparison, before, after, theme))
