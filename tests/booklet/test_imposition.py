"""Imposition: a simulation folds the printed sheets and reads the pages in order."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import pikepdf
import pytest
import typst
from conftest import HERE, ROOT
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf
from support.pdf_document import PdfDocument

from handbook.booklet import imposition
from handbook.booklet.imposition import ImposedSheet

A4, A3 = (595.276, 841.89), (1190.551, 841.89)
SHEET_WIDTH = A3[0]
SIZES = [4, 5, 8, 37, 40, 81]

Face = int | None


def fold_and_read(pile: Sequence[ImposedSheet]) -> list[Face]:
    """Fold one signature and return its faces in reading order.

    A printed sheet has two panels next to each other, each a pair of the upper and the lower face. When the sheet is
    turned over its short edge, left and right change places and so do the upper and the lower face.
    """
    printed = [((s.front[0], s.back[1]), (s.front[1], s.back[0])) for s in pile]
    turned = [((right[1], right[0]), (left[1], left[0])) for left, right in printed]
    # The first sheet is at the bottom, its outer side down. The left panels are folded onto the right ones: their
    # order is reversed, and their lower faces are upper faces. The fold is then at the left.
    folded = [(below, above) for (above, below), _ in turned]
    rest = [right for _, right in reversed(turned)]
    return [face for leaf in [*folded, *rest] for face in leaf]


def imposition_errors(sheets: Sequence[ImposedSheet], pages: int, thick: Sequence[int]) -> Iterator[str]:
    """Yield each error of a booklet whose signatures have these numbers of sheets."""
    if sum(thick) != len(sheets):
        yield f"{len(sheets)} sheets are not {thick}"
    faces: list[Face] = []
    for count in thick:
        faces += fold_and_read(sheets[:count])
        sheets = sheets[count:]
    if [face for face in faces if face] != list(range(1, pages + 1)):
        yield "the pages are not in order"
    if pages > 1 and (faces[0] != 1 or faces[-1] != pages):
        yield "the covers are not outside"
    blanks = faces.count(None)
    if blanks > 3:
        yield "a whole sheet is blank"
    if faces[-blanks - 1 : -1] != [None] * blanks and pages > 1:
        yield "blank pages are not before the back cover"


@pytest.mark.parametrize("pages", SIZES)
def test_folded_sheets_read_in_order(pages: int) -> None:
    thick = [11, 10] if pages == 81 else [-(-pages // 4)]
    assert list(imposition_errors(imposition.imposed_sheets(pages), pages, thick)) == []
    assert imposition.signatures(pages) == thick


@given(st.integers(1, 500), st.integers(1, 30))
def test_a_booklet_of_any_size_and_signature_reads_in_order(pages: int, quarter: int) -> None:
    thick = imposition.signatures(pages, signature=4 * quarter)
    assert list(imposition_errors(imposition.imposed_sheets(pages, signature=4 * quarter), pages, thick)) == []
    assert max(thick) <= quarter
    assert max(thick) - min(thick) <= 1
    assert len(thick) == -(-pages // (4 * quarter))


def test_eight_pages_are_in_the_order_of_the_textbook() -> None:
    assert imposition.imposed_sheets(8) == [ImposedSheet((8, 1), (2, 7)), ImposedSheet((6, 3), (4, 5))]
    assert imposition.imposed_sheets(5) == [ImposedSheet((5, 1), (2, None)), ImposedSheet((None, 3), (4, None))]
    assert imposition.imposed_sheets(1) == [ImposedSheet((None, 1), (None, None))]


def test_wrong_orders_are_found() -> None:
    right = imposition.imposed_sheets(40)
    wrong = {
        "turned over the long edge": [ImposedSheet(s.front, s.back[::-1]) for s in right],
        "bound on the right": [ImposedSheet(s.front[::-1], s.back[::-1]) for s in right],
        "first sheet inside": right[::-1],
        "back first": [ImposedSheet(s.back, s.front) for s in right],
        "one sheet lost": right[:-1],
        "two halves changed": [ImposedSheet((right[0].front[0], 3), right[0].back), *right[1:]],
    }
    assert not list(imposition_errors(right, 40, [10]))
    assert [name for name, sheets in wrong.items() if not list(imposition_errors(sheets, 40, [10]))] == []
    assert list(imposition_errors(imposition.imposed_sheets(81), 81, [21])), "two signatures folded as one"
    blank_cover = [ImposedSheet((None, 1), (2, None)), ImposedSheet((None, 3), (4, 5))]
    assert list(imposition_errors(blank_cover, 5, [2])) == [
        "the covers are not outside",
        "blank pages are not before the back cover",
    ]


@pytest.mark.parametrize(("pages", "signature"), [(0, 80), (-4, 80), (8, 0), (8, 6)])
def test_zero_pages_and_odd_signatures_are_refused(pages: int, signature: int) -> None:
    with pytest.raises(ValueError, match="no booklet"):
        imposition.imposed_sheets(pages, signature=signature)


def source(*sizes: tuple[float, float], turn: int = 0) -> bytes:
    """Return a PDF whose page p shows the number p in 100 points on a grey of p / 20."""
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number, (width, height) in enumerate(sizes, 1):
            page = pdf.add_blank_page(page_size=(width, height))
            page.obj.Resources = Dictionary(Font=Dictionary(F=font))
            page.obj.Rotate = turn
            drawn = f"{number % 20 / 20} g 0 0 {width} {height} re f 1 0 0 rg BT /F 100 Tf 200 400 Td ({number}) Tj ET"
            page.obj.Contents = pdf.make_stream(drawn.encode())
        pdf.docinfo.Title = "計画の冊子"
        pdf.docinfo.CreationDate = "D:20260401000000Z"
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
        return written.getvalue()


def half_texts(data: bytes) -> list[tuple[str, str]]:
    """Return the text of the left and of the right half of each sheet side."""
    seen = PdfDocument(data)
    found = []
    for number, (width, _) in enumerate(seen.sizes, 1):
        middle = width / 25.4 * 72 / 2
        left = "".join(g.words for g in seen.glyphs[number] if g.box[2] < middle)
        right = "".join(g.words for g in seen.glyphs[number] if g.box[0] > middle)
        assert len(left + right) == len(seen.glyphs[number])
        found.append((left, right))
    return found


@pytest.mark.parametrize("sheet", ["a3", "a4"])
@pytest.mark.parametrize("pages", SIZES)
def test_the_file_shows_each_page_in_its_half_of_the_sheet(pages: int, sheet: imposition.PaperSize) -> None:
    made = imposition.impose(source(*[A4] * pages), sheet=sheet)
    sides = [side for leaf in imposition.imposed_sheets(pages) for side in (leaf.front, leaf.back)]
    assert half_texts(made) == [(str(left or ""), str(right or "")) for left, right in sides]


@pytest.mark.parametrize(("sheet", "size", "type_size"), [("a3", (420, 297), 100), ("a4", (297, 210), 70.71)])
def test_sheets_are_a3_with_whole_pages_or_a4_with_a5(
    sheet: imposition.PaperSize, size: tuple[int, int], type_size: float
) -> None:
    seen = PdfDocument(imposition.impose(source(*[A4] * 4), sheet=sheet))
    assert [pytest.approx(size, abs=0.5)] * 2 == seen.sizes
    assert [g.size for g in seen.glyphs[1]] == [pytest.approx(type_size, abs=0.01)] * 2


@pytest.mark.parametrize("sheet", ["a3", "a4"])
def test_pages_fill_their_halves_and_cover_the_fold_marks(sheet: imposition.PaperSize) -> None:
    look = PdfDocument(imposition.impose(source(*[A4] * 4), sheet=sheet)).look(2)
    middle = look.width // 2
    for x, page in [(2, 2), (middle - 2, 2), (middle + 2, 3), (look.width - 3, 3)]:
        for y in (1, look.height // 2, look.height - 2):
            assert look.getpixel((x, y)) == pytest.approx(255 * page / 20, abs=3), (x, y)


def test_fold_marks_are_at_both_ends_of_the_inner_fold_and_never_on_the_cover() -> None:
    with Pdf.new() as pdf:
        for _ in range(4):
            pdf.add_blank_page(page_size=A4)
        written = io.BytesIO()
        pdf.save(written)
    seen = PdfDocument(imposition.impose(written.getvalue(), sheet="a3"))
    assert seen.look(1).getextrema() == (255, 255)
    ink = seen.look(2).point(lambda grey: 255 * (grey < 250))
    middle = ink.width / 2
    assert ink.getbbox() == pytest.approx((middle, 0, middle, ink.height), abs=2)
    assert not ink.crop((0, 24, ink.width, ink.height - 24)).getbbox(), "marks are at most 8 mm long"


def test_foldouts_are_extracted_in_their_own_size() -> None:
    data = source(A4, A3, A4, (A4[1], A4[0]), (594.5, 842.5), (419.5, 595.3))
    made = imposition.extract_foldouts(data)
    assert made is not None
    seen = PdfDocument(made)
    assert [seen.text(page).strip() for page in (1, 2)] == ["2", "6"]
    assert [(round(w), round(h)) for w, h in seen.sizes] == [(420, 297), (148, 210)]
    assert half_texts(imposition.impose(data, sheet="a3")) == [("5", "1"), ("3", "4")]
    assert imposition.extract_foldouts(source(A4, A4)) is None


def duplex(*sizes: tuple[float, float]) -> str:
    made = imposition.extract_foldouts(source(*sizes))
    assert made is not None
    with Pdf.open(io.BytesIO(made)) as pdf:
        return str(pdf.Root.ViewerPreferences.Duplex)


def test_foldouts_are_printed_on_both_sides_only_if_each_has_a_back() -> None:
    assert duplex(A3, A3) == duplex(A4, A4, A3, A3, A4, A4, A3, A3) == "/DuplexFlipShortEdge"
    assert {duplex(A3), duplex(A4, A3, A3), duplex(A3, A4, A3), duplex(A3, A3, A3)} == {"/Simplex"}


def test_a_page_that_is_rotated_to_portrait_is_no_foldout() -> None:
    data = source(*[(A4[1], A4[0])] * 4, turn=90)
    assert imposition.extract_foldouts(data) is None
    assert half_texts(imposition.impose(data, sheet="a4")) == [("4", "1"), ("2", "3")]


def test_landscape_pages_are_turned_and_stay_in_their_place() -> None:
    landscape = (A4[1], A4[0])
    data = source(A4, landscape, landscape, A4)
    assert imposition.extract_foldouts(data) is None
    made = imposition.impose(data, sheet="a3")
    assert half_texts(made) == [("4", "1"), ("2", "3")]
    seen = PdfDocument(made)
    portrait, turned = (glyphs[0].box for glyphs in (seen.glyphs[1], seen.glyphs[2]))
    assert portrait[2] - portrait[0] < portrait[3] - portrait[1]
    assert turned[2] - turned[0] > turned[3] - turned[1]
    # The digit is at 200 points from the left of the page and 400 from its foot, which is now at the right.
    middle = SHEET_WIDTH / 2
    left = seen.glyphs[2][0].box
    assert left[1] == pytest.approx(200, abs=20)
    assert left[2] == pytest.approx(middle - 400, abs=20)


def test_a_document_of_only_foldouts_is_refused() -> None:
    with pytest.raises(ValueError, match="no booklet of 0 pages"):
        imposition.impose(source(A3), sheet="a3")


def test_blank_halves_show_the_given_pages() -> None:
    made = imposition.impose(source(*[A4] * 6), sheet="a4", blank=source(*[A4] * 9))
    assert half_texts(made) == [("6", "1"), ("2", "1"), ("1", "3"), ("4", "5")]


def test_thick_booklets_are_split_at_the_given_signature() -> None:
    sides = half_texts(imposition.impose(source(*[A4] * 16), sheet="a3", signature=8))
    assert (sides[0], sides[3], sides[4]) == (("8", "1"), ("4", "5"), ("16", "9"))


def test_four_pages_are_one_sheet() -> None:
    assert half_texts(imposition.impose(source(*[A4] * 4), sheet="a4")) == [("4", "1"), ("2", "3")]


def test_the_file_has_a_title_and_the_duplex_mode_for_the_printer() -> None:
    data = source(*[A4] * 4, A3)
    sheets, flat = imposition.impose(data, sheet="a3", title="面付け"), imposition.extract_foldouts(data)
    assert flat is not None
    assert [PdfDocument(made).title for made in (sheets, flat)] == ["面付け", "計画の冊子"]
    for made, turned in [(sheets, "/DuplexFlipShortEdge"), (flat, "/Simplex")]:
        with Pdf.open(io.BytesIO(made)) as pdf:
            assert pdf.pdf_version == "1.7"
            assert pdf.open_metadata()["dc:language"] == {"ja"}
            assert str(pdf.Root.Lang) == "ja"
            assert str(pdf.docinfo.CreationDate) == "D:20260401000000Z"
            assert pdf.open_metadata()["xmp:CreateDate"] == "2026-04-01T00:00:00+00:00"
            assert str(pdf.open_metadata()["dc:title"]) == str(pdf.docinfo.Title)
            assert pdf.Root.ViewerPreferences.Duplex == Name(turned)
            assert pdf.Root.ViewerPreferences.PrintScaling == Name("/None")


TYPST = """
#set document(title: [Plan], date: datetime(year: 2026, month: 4, day: 1))
#set page(paper: "a4", numbering: "1")
= Cover <cover>
#link(<b-1>)[on]
#pagebreak()
#page(width: 420mm, height: 297mm)[#link(<b-1>)[whole]]
= Goal <goal>
== One <b-1>
#pagebreak()
= Names <かな>
"""


@pytest.fixture(scope="module")
def handbook() -> bytes:
    """A booklet compiled by Typst: tagged, with one foldout."""
    return typst.compile(TYPST.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])


def test_destinations_are_found_on_the_pages_with_their_words(handbook: bytes) -> None:
    found = imposition.destination_pages(handbook)
    assert list(found.items()) == [("b-1", 3), ("cover", 1), ("goal", 3), ("かな", 4)]
    seen = PdfDocument(handbook)
    for name, words in [("cover", "Cover"), ("goal", "Goal"), ("b-1", "One"), ("かな", "Names")]:
        assert words in seen.text(found[name])
    assert imposition.page_count(handbook) == 4
    assert imposition.destination_pages(source(A4)) == {}


def test_destinations_are_found_in_a_nested_name_tree_and_in_a_dictionary() -> None:
    with Pdf.open(io.BytesIO(source(A4, A4))) as pdf:
        one, two = (Array([page.obj, Name.Fit]) for page in pdf.pages)
        leaves = Array([Dictionary(Names=Array([b"z", Dictionary(D=two)])), Dictionary(Names=Array([b"a", one]))])
        pdf.Root.Names = Dictionary(Dests=Dictionary(Kids=leaves))
        written = io.BytesIO()
        pdf.save(written)
    assert list(imposition.destination_pages(written.getvalue()).items()) == [("a", 1), ("z", 2)]


def test_sheets_claim_no_standard_and_contain_no_links(handbook: bytes) -> None:
    assert PdfDocument(handbook).claims == {"PDF/A-2A", "PDF/UA-1"}
    made = imposition.impose(handbook, sheet="a3")
    seen = PdfDocument(made)
    assert (seen.claims, seen.marked, seen.links, seen.bookmarks) == (frozenset(), False, [], ())
    assert all(seen.fonts.values())
    assert seen.fonts.keys() <= PdfDocument(handbook).fonts.keys()
    assert len(made) < len(handbook)


def test_foldouts_keep_standards_and_tags_and_their_links_lead_into_the_booklet(handbook: bytes) -> None:
    made = imposition.extract_foldouts(handbook, booklet_file="whole.pdf")
    assert made is not None
    seen = PdfDocument(made)
    assert (seen.claims, seen.marked, seen.bookmarks, seen.labels) == (PdfDocument(handbook).claims, True, (), ["2"])
    assert [link.to for link in seen.links] == ["whole.pdf#b-1"]
    assert seen.tags.words == "whole"
    assert seen.places == {}
    assert len(made) < len(handbook)


def test_the_same_pages_give_the_same_bytes_in_every_environment(handbook: bytes) -> None:
    code = (
        "import hashlib, sys; from handbook.booklet import imposition; data = sys.stdin.buffer.read()\n"
        "made = imposition.impose(data, sheet='a3') + imposition.extract_foldouts(data)\n"
        "print(hashlib.sha256(made).hexdigest())"
    )
    here = imposition.impose(handbook, sheet="a3") + (imposition.extract_foldouts(handbook) or b"")
    for seed, zone in [("1", "Asia/Tokyo"), ("2", "America/New_York")]:
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=handbook,
            capture_output=True,
            check=True,
            cwd=HERE,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone},
        )
        assert done.stdout.decode().strip() == hashlib.sha256(here).hexdigest()


def test_two_hundred_pages_take_less_than_two_seconds() -> None:
    data = source(*[A4] * 200)
    start = time.perf_counter()
    made = imposition.impose(data, sheet="a3")
    assert time.perf_counter() - start < 2
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 2 * sum(imposition.signatures(200)) == 100
