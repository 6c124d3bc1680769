"""The PDF parser of the tests: each function is tried on a complete PDF and on one without the feature."""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pytest
import typst
from pikepdf import Array, Dictionary, Name, Pdf, String
from support.pdf_document import Bookmark, Link, Part, PdfDocument, contrast

TYPST = """
#set document(title: "試しの冊子", date: datetime(year: 2026, month: 4, day: 1))
#set text(lang: "ja", font: "Noto Sans CJK JP", size: 11pt)
#set page(paper: "a4", numbering: "1", header: [柱])
= 表紙 <cover>
#link(<b-1>)[先へ] #link("https://example.org/")[外へ]
#pagebreak()
= 第一章 <goal>
#rect(width: 4cm, height: 4cm, fill: luma(128))
English and 日本語の𠮷。#text(7pt)[小さい]
== 節一 <b-1>
続きの文#footnote[脚注]
#pagebreak()
次のページの文
#figure(rect(width: 3cm), alt: "図の説明")
== 節二 <節>
#table(columns: 2, table.header([頭], [頭]), [あ], [い])
"""


@pytest.fixture(scope="module")
def data() -> bytes:
    font = find_spec("noto_cjk_sans_jp_regular")
    assert font
    assert font.origin
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[Path(font.origin).parent])
    return typst.compile(TYPST.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"], font_paths=fonts)


@pytest.fixture(scope="module")
def seen(data: bytes) -> PdfDocument:
    return PdfDocument(data)


@pytest.fixture(scope="module")
def bare() -> PdfDocument:
    """A page without tags, with a font that is not embedded, and a bookmark and a link without a target."""
    with Pdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.Resources = Dictionary(
            Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        page.obj.Contents = pdf.make_stream(b"0.7 0 0 0.7 0 0 cm BT /F 10 Tf 100 100 Td (bare) Tj ET")
        page.obj.Annots = Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], Dest=String("nowhere"))])
        pdf.docinfo.Title = "unseen"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("nowhere"))
        written = io.BytesIO()
        pdf.save(written)
    return PdfDocument(written.getvalue())


def test_title_language_and_claims_are_read(seen: PdfDocument, bare: PdfDocument) -> None:
    assert (seen.title, seen.language, seen.marked) == ("試しの冊子", "ja", True)
    assert (bare.title, bare.language, bare.marked) == ("", "", False)
    assert seen.claims == {"PDF/A-2A", "PDF/UA-1"}
    assert bare.claims == frozenset()


def test_pages_and_their_labels_are_read(seen: PdfDocument, bare: PdfDocument) -> None:
    assert len(seen) == 3
    assert seen.labels == ["1", "2", "3"]
    assert [(round(width), round(height)) for width, height in seen.sizes] == [(210, 297)] * 3
    assert [(round(width), round(height)) for width, height in bare.sizes] == [(216, 279)]


def test_bookmarks_are_read_as_a_tree(seen: PdfDocument, bare: PdfDocument) -> None:
    sections = (Bookmark("節一", 2, ()), Bookmark("節二", 3, ()))
    assert seen.bookmarks == (Bookmark("表紙", 1, ()), Bookmark("第一章", 2, sections))
    with pytest.raises(AssertionError, match="leads nowhere"):
        assert bare.bookmarks


def test_links_have_pages_and_addresses_as_targets(seen: PdfDocument, bare: PdfDocument) -> None:
    within, outside, *notes = seen.links
    assert (within.page, within.to, outside.to) == (1, 2, "https://example.org/")
    assert 70 < within.box[0] < within.box[2] < outside.box[0] < 130
    assert all(isinstance(note, Link) and note.to == 2 for note in notes)
    with pytest.raises(KeyError):
        assert bare.links


def test_embedded_fonts_are_distinguished_from_others(seen: PdfDocument, bare: PdfDocument) -> None:
    assert [(name.partition("+")[2][:12], inside) for name, inside in seen.fonts.items()] == [("NotoSansCJKj", True)]
    assert bare.fonts == {"Helvetica": False}


def test_the_structure_tree_is_read(seen: PdfDocument, bare: PdfDocument) -> None:
    headings = [(part.kind, part.words) for part in seen.tags.all("H1", "H2")]
    assert headings == [("H1", "表紙"), ("H1", "第一章"), ("H2", "節一"), ("H2", "節二")]
    assert [part.alt for part in seen.tags.all("Figure")] == ["図の説明"]
    rows = [[cell.words for cell in row.all("TH", "TD")] for row in seen.tags.all("TR")]
    assert rows == [["頭", "頭"], ["あ", "い"]]
    with pytest.raises(AttributeError):
        assert bare.tags


def test_replacement_text_counts_as_the_words(seen: PdfDocument) -> None:
    glyphs = tuple(seen.glyphs[1][:1])
    assert glyphs[0].words == "柱"
    assert Part("Span", "", "", glyphs).words == "柱"
    assert Part("Span", "", "はしら", glyphs).words == "はしら"


def test_the_text_of_a_page_has_its_running_head_and_a_section_has_not(seen: PdfDocument) -> None:
    assert seen.text(3).split() == ["柱", "次のページの文", "節二", "頭", "頭", "あ", "い", "3"]
    assert seen.between("goal", "b-1") == "第一章English and 日本語の𠮷。小さい"
    assert seen.between("b-1", "節").replace("1", "") == "節一続きの文脚注次のページの文"
    assert seen.between("節") == "節二頭頭あい"
    with pytest.raises(KeyError):
        seen.between("elsewhere")


def test_consecutive_headings_are_distinguished() -> None:
    text = "#show heading: set block(above: 2pt, below: 2pt)\n= One <a>\n== Two <b>\n= Three <c>"
    seen = PdfDocument(typst.compile(text.encode(), format="pdf"))
    assert [seen.between(*ends) for ends in [("a", "b"), ("b", "c"), ("c", None)]] == ["One", "Two", "Three"]


def test_font_sizes_are_measured_as_printed(seen: PdfDocument, bare: PdfDocument) -> None:
    assert seen.smallest(1) == (11, "柱先へ外へ1")
    size, words = seen.smallest(2)
    assert (round(size, 1), words) == (5.6, "1"), "the number of a footnote is set small"
    assert {round(glyph.size, 2) for glyph in seen.glyphs[2] if glyph.words in "小さい"} == {7}
    assert bare.smallest(1) == (7, "bare")


def test_a_page_is_rendered_in_greys_and_in_colour(seen: PdfDocument) -> None:
    look = seen.look(2)
    assert (look.mode, look.size) == ("L", (596, 842))
    square = look.crop((80, 110, 160, 180))
    assert square.getextrema() == (128, 128)
    assert seen.look(2, dpi=144, grey=False).size == (1191, 1684)


def test_contrast_is_computed_by_wcag() -> None:
    assert contrast(0, 255) == contrast(255, 0) == pytest.approx(21)
    assert contrast(0x76, 0xFF) == pytest.approx(4.54, abs=0.01)
    assert contrast(9, 9) == 1
