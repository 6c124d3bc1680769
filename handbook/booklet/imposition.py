"""Impose the pages of a booklet: arrange them on sheets that are printed on both sides, folded and stapled.

The functions take and return the bytes of a PDF; equal input gives equal output. Pages are placed as vectors with
their fonts. On imposed sheets, links, bookmarks, page labels and tags are left out, since they have no meaning there;
such a file is therefore neither PDF/A nor PDF/UA. For the screen there is the booklet itself. The test sheet for an
office copier is the imposition of a booklet of four pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from handbook.booklet.kept_pages import destination_page, keep_pages
from handbook.booklet.structure_tree import name_tree_items

PagePair = tuple[int | None, int | None]
"""Page numbers, from 1, on the left and right half of one side of a sheet; None for a blank half."""
PaperSize = Literal["a3", "a4"]
"""Paper size of the sheets."""

POINTS_PER_MM = 72 / 25.4
A4_POINTS = 210 * POINTS_PER_MM, 297 * POINTS_PER_MM
"""Width and height of a page of the booklet: A4, portrait or landscape. A page of any other size is a fold-out."""
LANDSCAPE_ROTATION = 270
"""Degrees clockwise. The reader turns the booklet to the right to read a landscape page, on left and right pages."""
SHEET_POINTS: Mapping[PaperSize, tuple[float, float]] = {
    "a3": (420 * POINTS_PER_MM, 297 * POINTS_PER_MM),
    "a4": (297 * POINTS_PER_MM, 210 * POINTS_PER_MM),
}
"""Width and height of the sheets, in landscape. On A4 the pages are reduced to A5."""
SIZE_TOLERANCE = 1 * POINTS_PER_MM
"""Largest difference of a page from A4 in points; typesetting engines round differently."""
FOLD_MARK_LENGTH = 8 * POINTS_PER_MM
"""Length of a fold mark in points. Office printers leave 4 to 5 mm blank at the edge, so about half is visible."""
DUPLEX_PREFERENCES: Mapping[str, Object | bool] = {
    # Defaults of the print dialogue. Without scaling, the fold stays in the middle of the sheet.
    "/Duplex": Name.DuplexFlipShortEdge,
    "/PrintScaling": Name("/None"),
    "/PickTrayByPDFSize": True,
    "/DisplayDocTitle": True,
}
SIMPLEX_PREFERENCES: Mapping[str, Object | bool] = {**DUPLEX_PREFERENCES, "/Duplex": Name.Simplex}


@dataclass(frozen=True, slots=True)
class ImposedSheet:
    """The pages on one sheet. Between front and back the sheet is turned over its short edge."""

    front: PagePair
    """The outer side of the folded sheet."""
    back: PagePair


def signatures(pages: int, *, signature: int = 80) -> list[int]:
    """Return the number of sheets of each signature of a booklet with `pages` pages.

    More than `signature` pages are too thick to fold; they are divided into signatures of about the same size, which
    are folded separately and stacked. Raises ValueError if there is no page, or if `signature` is no multiple of four.
    """
    if pages < 1 or signature < 4 or signature % 4:
        raise ValueError(f"no booklet of {pages} pages in signatures of {signature}")
    sheets = -(-pages // 4)
    count = -(-sheets * 4 // signature)
    smallest, remainder = divmod(sheets, count)
    return [smallest + (index < remainder) for index in range(count)]


def imposed_sheets(pages: int, *, signature: int = 80) -> list[ImposedSheet]:
    """Return the sheets of a left-bound booklet with `pages` pages, the outermost of each signature first.

    Blank pages before the last page, the back cover, make the number of pages a multiple of four. For `signature` and
    the errors see `signatures`.
    """
    numbers: list[int | None] = list(range(1, pages + 1))
    before_last = max(pages - 1, 1)
    numbers[before_last:before_last] = [None] * (-pages % 4)
    imposed: list[ImposedSheet] = []
    for sheets in signatures(pages, signature=signature):
        imposed += _signature_sheets(numbers[: 4 * sheets])
        numbers = numbers[4 * sheets :]
    return imposed


def _signature_sheets(pages: Sequence[int | None]) -> Iterator[ImposedSheet]:
    """Yield the sheets of one signature. The number of pages is a multiple of four."""
    for first in range(0, len(pages) // 2, 2):
        last = len(pages) - 1 - first
        yield ImposedSheet(front=(pages[last], pages[first]), back=(pages[first + 1], pages[last - 1]))


def impose(pdf: bytes, *, sheet: PaperSize, blank: bytes | None = None, title: str = "", signature: int = 80) -> bytes:
    """Return the booklet with two pages on each side of a sheet, on A3 at full size or on A4 at 71 %.

    Landscape pages are turned. Fold-outs are left out, see
    `extract_foldouts`. A blank half is empty, or shows the first page of the PDF `blank`.
    The default title is that of the booklet. Raises ValueError if no page is A4.
    """
    with ExitStack() as stack:
        source = stack.enter_context(Pdf.open(io.BytesIO(pdf)))
        blank_source = stack.enter_context(Pdf.open(io.BytesIO(blank))) if blank else None
        target = stack.enter_context(Pdf.new())
        forms: dict[int | None, Object] = {
            number: _form_xobject(target, page)
            for number, page in enumerate((page for page in source.pages if not _is_foldout(page)), 1)
        }
        sheets = imposed_sheets(len(forms), signature=signature)
        if blank_source:
            forms[None] = _form_xobject(target, blank_source.pages[0])
        for imposed in sheets:
            _add_sheet_side(
                target, SHEET_POINTS[sheet], [forms.get(number) for number in imposed.front], fold_marks=False
            )
            # The inner side is in view while the sheet is folded, and the cover stays without marks.
            _add_sheet_side(
                target, SHEET_POINTS[sheet], [forms.get(number) for number in imposed.back], fold_marks=True
            )
        return _save_pdf(target, source, title, DUPLEX_PREFERENCES)


def extract_foldouts(pdf: bytes, *, booklet_file: str = "handbook.pdf", title: str = "") -> bytes | None:
    """Return the pages that are not A4, in their own size and order, with tags; None if there are none.

    A link to another page leads into the file `booklet_file`.
    They are to be printed on both sides if each front has an odd page number and its back is the next page. The default
    title is that of the booklet.
    """
    with Pdf.open(io.BytesIO(pdf)) as document:
        numbers = [number for number, page in enumerate(document.pages, 1) if _is_foldout(page)]
        if not numbers:
            return None
        keep_pages(document, numbers, booklet_file)
        is_duplex = numbers == [side for front in numbers[::2] if front % 2 for side in (front, front + 1)]
        return _save_pdf(document, document, title, DUPLEX_PREFERENCES if is_duplex else SIMPLEX_PREFERENCES)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    with Pdf.open(io.BytesIO(pdf)) as source:
        return len(source.pages)


def destination_pages(pdf: bytes) -> Mapping[str, int]:
    """Return the page, from 1, of each named destination, sorted by name. Typst names the labelled headings."""
    with Pdf.open(io.BytesIO(pdf)) as source:
        numbers = {page.obj.objgen: number for number, page in enumerate(source.pages, 1)}
        tree = source.Root.get("/Names", Dictionary()).get("/Dests", Dictionary())
        # pikepdf decodes names as PDFDocEncoding, but Typst writes them as UTF-8.
        return {name.decode(): numbers[destination_page(value)] for name, value in sorted(name_tree_items(tree))}


def _is_foldout(page: Page) -> bool:
    return not (_is_a4(page, A4_POINTS) or _is_landscape(page))


def _is_landscape(page: Page) -> bool:
    return _is_a4(page, A4_POINTS[::-1])


def _is_a4(page: Page, size: tuple[float, float]) -> bool:
    left, bottom, right, top = (float(edge) for edge in page.trimbox.as_list())
    sides = (right - left, top - bottom)
    shown = sides if int(page.obj.get("/Rotate", 0)) % 180 == 0 else sides[::-1]
    return all(abs(side - wanted) <= SIZE_TOLERANCE for side, wanted in zip(shown, size, strict=True))


def _form_xobject(target: Pdf, page: Page) -> Object:
    """Copy a page of another PDF into the target as a form XObject, a landscape page with its head at the left."""
    if _is_landscape(page):
        page.rotate(LANDSCAPE_ROTATION, relative=True)
    source = page.obj
    is_single_stream = isinstance(source.get("/Contents"), Stream) and source.get("/Resources", source.Type).is_indirect
    if not is_single_stream or "/Rotate" in source or "/Group" in source:
        return target.copy_foreign(page.as_form_xobject())
    # Typst writes one compressed stream. Copying it as it is takes a tenth of the time.
    form = target.copy_foreign(source.Contents)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array(page.trimbox.as_list())
    form.Resources = target.copy_foreign(source.Resources)
    return form


def _add_sheet_side(
    target: Pdf, size: tuple[float, float], halves: Sequence[Object | None], *, fold_marks: bool
) -> None:
    """Add one side of a sheet. Each page is scaled to fill its half."""
    width, height = size
    page = target.add_blank_page(page_size=size)
    page.obj.Resources = Dictionary(XObject=Dictionary())
    # The marks are drawn first, so that a coloured page covers them.
    operators = [_fold_marks(width / 2, height)] if fold_marks else []
    for side, form in enumerate(halves):
        if form is not None:
            name = Name(("/Left", "/Right")[side])
            page.obj.Resources.XObject[name] = form
            half = pikepdf.Rectangle(side * width / 2, 0, (side + 1) * width / 2, height)
            operators.append(page.calc_form_xobject_placement(form, name, half))
    page.obj.Contents = target.make_stream(b"\n".join(operators))


def _fold_marks(fold: float, height: float) -> bytes:
    """Return PDF operators for a thin grey line at the top and at the bottom of the fold."""
    bottom = f"{fold:.3f} 0 m {fold:.3f} {FOLD_MARK_LENGTH:.3f} l"
    top = f"{fold:.3f} {height - FOLD_MARK_LENGTH:.3f} m {fold:.3f} {height:.3f} l"
    return f"q 0.25 w 0.5 G {bottom} {top} S Q".encode()


def _save_pdf(target: Pdf, source: Pdf, title: str, preferences: Mapping[str, Object | bool]) -> bytes:
    """Return the bytes of the target, with dates and language of the source, so that equal input gives equal output."""
    target.Root.Lang = source.Root.get("/Lang", pikepdf.String("ja"))
    target.Root.ViewerPreferences = Dictionary(preferences)
    if target is not source and "/OutputIntents" in source.Root:
        target.Root.OutputIntents = target.copy_foreign(source.Root.OutputIntents)
    for key, value in source.docinfo.items():
        target.docinfo[key] = str(value)
    target.docinfo.Title = title or str(source.docinfo.get("/Title", ""))
    with target.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.load_from_docinfo(target.docinfo)
        metadata["dc:language"] = {str(target.Root.Lang)}
    output = io.BytesIO()
    target.save(output, min_version="1.7", deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()
