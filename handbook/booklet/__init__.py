"""The plan on paper: one booklet, each top branch by itself, an overview, and all of it laid out for folding.

Inside: `blocks` makes HTML into plain data, `desk` and `manuscript` write down what each document says, `press`
knows the typesetting engine, `imposition` lays finished pages out on sheets; `changes` writes down what differs
between two plans. The look is in templates/booklet/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Literal

from handbook.model import (
    Booklet,
    BookletPdf,
    Comparison,
    DepartmentPage,
    Diagram,
    Edition,
    OutputFile,
    Site,
    SiteTexts,
    Theme,
)

__all__ = ["BookletError", "build_booklet", "comparison_pdf"]

PRINT_INSTRUCTIONS: Mapping[Literal["a3", "a4"], str] = {
    "a3": "A3 の紙に両面（短辺とじ）で印刷し、折って A4 の冊子にします。",
    "a4": "A4 の紙に両面（短辺とじ）で印刷し、折って A5 の冊子にします。文字も図も 7 割の大きさになります。",
}
"""Sizes of paper on which two pages lie side by side, and how to use them."""


class BookletError(Exception):
    """The booklet could not be made; the message says why and where, in Japanese."""


def build_booklet(
    site: Site, texts: SiteTexts, drawings: Mapping[str, Diagram], charts: Mapping[str, str], theme: Theme
) -> Booklet:
    """Return every PDF, and where each node stands in the handbook.

    `drawings` are those laid out for paper, by name; a document is made without those that are missing. `charts` are
    SVG elements by name.
    Raises NoBooklet where an engine or a font is missing or the template is broken.
    """
    try:
        # A site is built without their libraries too.
        from handbook.booklet import document_data, imposition  # noqa: PLC0415
        from handbook.booklet.typst_engine import open_pdf_compiler  # noqa: PLC0415
    except ImportError as error:
        message = f"冊子を作る道具がありません。`pip install {error.name}` で入れてください"
        raise BookletError(message) from error
    with open_pdf_compiler(theme, site.plan.images) as printed:
        whole = printed(document_data.booklet_data(site, texts, theme, drawings, charts))
        places = imposition.destination_pages(whole)
        pages = {entry.id: places[entry.id] for entry in site.tree_nodes}
        parts = [
            (top, printed(document_data.branch_data(site, texts, theme, drawings, charts, top, pages)))
            for top in site.branches
        ]
        glance = printed(document_data.overview_data(site, texts, theme, drawings, pages))
        sections = [page for page in site.pages if isinstance(page, DepartmentPage)]
        leaves = [(page, printed(document_data.department_sheet_data(site, texts, theme, page))) for page in sections]
        blank = printed(document_data.simple_sheet_data(site, texts, theme, "blank", "白紙"))
        trial = printed(document_data.simple_sheet_data(site, texts, theme, "test-sheet", "試し刷り"))

    def prints() -> Iterator[BookletPdf]:
        yield _print("handbook", "冊子", "計画の全体です。画面で読むときや、ふつうに印刷するときに使います。", whole)
        yield _print("overview", "概要版", "A3 の紙 1 枚に両面で印刷し、2 つに折ります。", glance)
        for top, part in parts:
            told = f"この{top.level.name}だけの冊子です。"
            yield _print(f"branch-{top.id}", f"{top.number} {top.name}".strip(), told, part)
        for sheet, told in PRINT_INSTRUCTIONS.items():
            laid = imposition.impose(whole, sheet=sheet, blank=blank, title=f"{site.plan.name} 面付け")
            yield _print(f"handbook-{sheet}-imposed", f"面付けした冊子（{sheet.upper()}）", told, laid)
        if apart := imposition.extract_foldouts(whole, title=f"{site.plan.name} 構造図"):
            yield _print("handbook-foldouts", "折り込みの構造図", "面付けした冊子には入らない、大きな図です。", apart)

        told = "冊子を刷る前に、両面印刷の設定を 1 枚で確かめます。"
        yield _print("test-sheet", "試し刷り（A4）", told, imposition.impose(trial, sheet="a4"))

    def _print(name: str, title: str, told: str, data: bytes) -> BookletPdf:
        return BookletPdf(OutputFile(f"booklet/{name}.pdf", data), title, told, imposition.page_count(data))

    sheets = {
        page.path: _print(f"department-{PurePosixPath(page.path).stem}", page.title, "この課の一枚です。", leaf)
        for page, leaf in leaves
    }
    return Booklet(tuple(prints()), pages, sheets, tuple(sorted(printed.missing_glyphs)))


def comparison_pdf(found: Comparison, before: Edition, after: Edition, theme: Theme) -> bytes:
    """Return the 新旧対照表 as a PDF, A4 landscape.

    Raises NoBooklet where an engine or a font is missing or the template is broken.
    """
    try:
        # They stand beside what needs its libraries.
        from handbook.booklet.comparison_data import comparison_document_data  # noqa: PLC0415
        from handbook.booklet.typst_engine import open_pdf_compiler  # noqa: PLC0415
    except ImportError as error:
        message = f"PDF を作る道具がありません。`pip install {error.name}` で入れてください"
        raise BookletError(message) from error
    with open_pdf_compiler(theme, (), "comparison.typ") as printed:
        return printed(comparison_document_data(found, before, after, theme))
