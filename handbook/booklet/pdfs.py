"""Typeset every PDF of the booklet and describe it for the download links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Literal

from handbook.booklet import document_data, imposition
from handbook.booklet.document import BookletSources
from handbook.booklet.post_process import monochrome
from handbook.booklet.typst_engine import SUBSTITUTES, PdfCompiler, open_pdf_compiler
from handbook.model import Booklet, BookletPdf, DepartmentPage, OutputFile

PRINT_INSTRUCTIONS: Mapping[Literal["a3", "a4"], str] = {
    "a3": "A3 の紙に両面（短辺とじ）で印刷し、折って A4 の冊子にします。",
    "a4": "A4 の紙に両面（短辺とじ）で印刷し、折って A5 の冊子にします。文字も図も 7 割の大きさになります。",
}
"""How to print and fold the imposed booklet, by the paper size of its sheets."""


def typeset_pdfs(sources: BookletSources) -> Booklet:
    """Return every PDF, and the page of each node in the booklet.

    Raises SourceError if a font is missing or the template is broken.
    """
    site = sources.site
    with open_pdf_compiler(sources.theme, site.plan.images) as compile_pdf:
        booklet = compile_pdf(document_data.booklet_data(sources))
        pages = imposition.destination_pages(booklet)
        sources = replace(sources, page_by_node={node.id: pages[node.id] for node in site.tree_nodes})
        pdfs = (*_screen_pdfs(sources, compile_pdf, booklet), *_sheet_pdfs(sources, compile_pdf, booklet))
        department_sheets = {
            page.path: _described(
                f"department-{PurePosixPath(page.path).stem}",
                page.title,
                "この課の一枚です。",
                compile_pdf(document_data.department_sheet_data(sources, page)),
            )
            for page in site.pages
            if isinstance(page, DepartmentPage)
        }
    return Booklet(
        pdfs,
        sources.page_by_node,
        department_sheets,
        tuple(sorted(compile_pdf.missing_glyphs - SUBSTITUTES.keys())),
        tuple(sorted(compile_pdf.long_words)),
    )


def _screen_pdfs(sources: BookletSources, compile_pdf: PdfCompiler, booklet: bytes) -> Iterator[BookletPdf]:
    """Yield the PDFs whose pages are in reading order: the booklet, the overview and one for each top branch."""
    yield _described("handbook", "冊子", "計画の全体です。画面で読むときや、ふつうに印刷するときに使います。", booklet)
    description = "黒 1 色です。コピー機や白黒のプリンターで刷るときに使います。章は、番号と線の形で見分けられます。"
    yield _described("handbook-mono", "冊子（白黒版）", description, monochrome(booklet))
    overview = compile_pdf(document_data.overview_data(sources))
    yield _described("overview", "概要版", "A3 の紙 1 枚に両面で印刷し、2 つに折ります。", overview)
    for top in sources.site.branches:
        pdf = compile_pdf(document_data.branch_data(sources, top))
        description = f"この{top.level.name}だけの冊子です。"
        yield _described(f"branch-{top.id}", f"{top.number} {top.name}".strip(), description, pdf)


def _sheet_pdfs(sources: BookletSources, compile_pdf: PdfCompiler, booklet: bytes) -> Iterator[BookletPdf]:
    """Yield the PDFs for a printer: the imposed booklet, its fold-outs if there are any, and the test sheet."""
    name = sources.site.plan.name
    blank = compile_pdf(document_data.simple_sheet_data(sources, "blank", "白紙"))
    test_pages = compile_pdf(document_data.simple_sheet_data(sources, "test-sheet", "試し刷り"))
    for sheet, description in PRINT_INSTRUCTIONS.items():
        imposed = imposition.impose(booklet, sheet=sheet, blank=blank, title=f"{name} 面付け")
        yield _described(f"handbook-{sheet}-imposed", f"面付けした冊子（{sheet.upper()}）", description, imposed)
    if foldouts := imposition.extract_foldouts(booklet, title=f"{name} 構造図"):
        description = "面付けした冊子には入らない、大きな図です。"
        yield _described("handbook-foldouts", "折り込みの構造図", description, foldouts)
    description = "冊子を刷る前に、両面印刷の設定を 1 枚で確かめます。"
    yield _described("test-sheet", "試し刷り（A4）", description, imposition.impose(test_pages, sheet="a4"))


def _described(name: str, title: str, description: str, pdf: bytes) -> BookletPdf:
    return BookletPdf(OutputFile(f"booklet/{name}.pdf", pdf), title, description, imposition.page_count(pdf))
