"""Typeset the plan as PDFs: the booklet, one PDF for each top branch, an overview, and sheets to print and fold.

`html_blocks` converts HTML into plain data, `table_blocks` and `table_texts` its tables; `document` and
`document_data` build the data of each PDF; `typst_engine` compiles data and a template into a PDF; `post_process`
edits it: its `inks`, and its tags (`structure_tree`), which screen readers follow: `link_words`, `element_tags`,
`section_tags`; `imposition` arranges its pages on sheets, or leaves only the fold-outs (`kept_pages`); `pdfs` makes
them all; `comparison_data` builds the data of the comparison table. The templates are in templates/booklet/.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.model import Booklet, Comparison, Diagram, Edition, Site, SiteTexts, Theme
from handbook.patterns import PLAN_FILE

__all__ = ["build_booklet", "comparison_pdf"]

WITHOUT_BOOKLET = "冊子がなくてよければ、`--no-booklet` を付けます（serve では `--booklet` を外します）"
"""The hint of an error that only PDFs have."""


def build_booklet(
    site: Site, texts: SiteTexts, diagrams: Mapping[str, Diagram], charts: Mapping[str, str], theme: Theme
) -> Booklet:
    """Return every PDF, and the page of each node in the booklet.

    `diagrams` are laid out for paper, by name; a missing one is left out. `charts` are SVG elements by name.
    Raises SourceError if a library or a font is missing or the template is broken.
    """
    try:
        # A site can be built without the libraries that these modules import.
        from handbook.booklet.document import BookletSources  # noqa: PLC0415
        from handbook.booklet.pdfs import typeset_pdfs  # noqa: PLC0415
    except ImportError as error:
        raise _missing_library(error, "冊子", f"。{WITHOUT_BOOKLET}") from error
    return typeset_pdfs(BookletSources(site, texts, theme, diagrams, charts, {}))


def comparison_pdf(comparison: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the comparison table (新旧対照表) as a PDF in A4 landscape.

    Raises SourceError if a library or a font is missing or the template is broken.
    """
    try:
        # Without these libraries the comparison can still be written as HTML, Markdown or JSON.
        from handbook.booklet.comparison_data import comparison_document_data  # noqa: PLC0415
        from handbook.booklet.typst_engine import open_pdf_compiler  # noqa: PLC0415
    except ImportError as error:
        raise _missing_library(error, "PDF") from error
    with open_pdf_compiler(theme, (), "comparison.typ") as compile_pdf:
        return compile_pdf(comparison_document_data(comparison, before, after, theme))


def _missing_library(error: ImportError, output: str, alternative: str = "") -> SourceError:
    message = f"{output}を作る部品 `{error.name}` がありません"
    hint = f"`pip install {error.name}` で入れてください{alternative}"
    return SourceError([Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "no-booklet", message, hint)])
