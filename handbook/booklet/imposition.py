"""Lay the pages of a booklet out so that sheets, printed on both sides, folded and stapled, read in order.

Pure: bytes of a PDF in, bytes of a PDF out, the same bytes for the same pages. Pages are placed as they are, as
vectors with their fonts. What leads from page to page in the viewer (links, bookmarks, page labels, tags) means
nothing on a printer's sheet and is left behind, and with it every claim to PDF/A and PDF/UA: whoever reads on a
screen takes the booklet itself. The test sheet for an office copier is the imposition of a booklet of four pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

PagePair = tuple[int | None, int | None]
"""The left and the right half of one side of a sheet: page numbers from 1, None where the half stays blank."""
PaperSize = Literal["a3", "a4"]
"""Of the sheets."""

POINTS_PER_MM = 72 / 25.4
"""Points to a millimetre."""
A4_POINTS = 210 * POINTS_PER_MM, 297 * POINTS_PER_MM
"""Width and height of a page of the booklet: A4 upright. Any other page is a fold-out."""
SHEET_POINTS: Mapping[PaperSize, tuple[float, float]] = {
    "a3": (420 * POINTS_PER_MM, 297 * POINTS_PER_MM),
    "a4": (297 * POINTS_PER_MM, 210 * POINTS_PER_MM),
}
"""Width and height of the sheets, lying; on A4 the pages become A5."""
SIZE_TOLERANCE = 1 * POINTS_PER_MM
"""How far a page may be off A4; engines round in different ways."""
FOLD_MARK_LENGTH = 8 * POINTS_PER_MM
"""Length of a fold mark. Office printers leave 4 to 5 mm at the edge white, so half of it is seen."""
DUPLEX_PREFERENCES: Mapping[str, Object | bool] = {
    # Print dialogues begin with these: unscaled, so that the fold stays in the middle, and turned the right way.
    "/Duplex": Name.DuplexFlipShortEdge,
    "/PrintScaling": Name("/None"),
    "/PickTrayByPDFSize": True,
    "/DisplayDocTitle": True,
}
SIMPLEX_PREFERENCES: Mapping[str, Object | bool] = {**DUPLEX_PREFERENCES, "/Duplex": Name.Simplex}


@dataclass(frozen=True, slots=True)
class ImposedSheet:
    """What is printed on one sheet; between front and back it is turned over its short edge."""

    front: PagePair
    """The side that lies outside once the sheet is folded."""
    back: PagePair


def signatures(pages: int, *, signature: int = 80) -> list[int]:
    """Return how many sheets are folded into one another, for each signature of a booklet of so many pages.

    More than `signature` pages cannot be folded as one: they are cut into signatures as equal as can be, to be folded
    each by itself and laid one on another. Raises ValueError for no pages, or a signature that is no multiple of four.
    """
    if pages < 1 or signature < 4 or signature % 4:
        raise ValueError(f"no booklet of {pages} pages in signatures of {signature}")
    sheets = -(-pages // 4)
    count = -(-sheets * 4 // signature)
    each, thicker = divmod(sheets, count)
    return [each + (index < thicker) for index in range(count)]


def imposed_sheets(pages: int, *, signature: int = 80) -> list[ImposedSheet]:
    """Return the sheets of a left-bound booklet of so many pages, the outermost of each signature first.

    Blanks fill it up to a multiple of four and stand before the last page, which stays the back cover. Signatures and
    errors as in `signatures`.
    """
    numbers: list[int | None] = list(range(1, pages + 1))
    before_last = max(pages - 1, 1)
    numbers[before_last:before_last] = [None] * (-pages % 4)
    made: list[ImposedSheet] = []
    for sheets in signatures(pages, signature=signature):
        made += _signature_sheets(numbers[: 4 * sheets])
        numbers = numbers[4 * sheets :]
    return made


def _signature_sheets(run: Sequence[int | None]) -> Iterator[ImposedSheet]:
    """Yield the sheets of one signature: the run is a multiple of four."""
    for first in range(0, len(run) // 2, 2):
        last = len(run) - 1 - first
        yield ImposedSheet(front=(run[last], run[first]), back=(run[first + 1], run[last - 1]))


def impose(pdf: bytes, *, sheet: PaperSize, blank: bytes | None = None, title: str = "", signature: int = 80) -> bytes:
    """Return the booklet two pages to a side, on A3 at full size or on A4 at 71 %: front and back in turn.

    Fold-outs are left out, see `foldouts`. A blank half is empty, or shows the first page of the PDF `blank`.
    Without a title of its own it has the booklet's. Raises ValueError where no page is A4 upright.
    """
    with ExitStack() as opened:
        source = opened.enter_context(Pdf.open(io.BytesIO(pdf)))
        filler = opened.enter_context(Pdf.open(io.BytesIO(blank))) if blank else None
        target = opened.enter_context(Pdf.new())
        forms: dict[int | None, Object] = {
            number: _form_xobject(target, page)
            for number, page in enumerate((page for page in source.pages if not _is_foldout(page)), 1)
        }
        sheets = imposed_sheets(len(forms), signature=signature)
        if filler:
            forms[None] = _form_xobject(target, filler.pages[0])
        for leaf in sheets:
            _add_sheet_side(target, SHEET_POINTS[sheet], [forms.get(number) for number in leaf.front], marked=False)
            # The one who folds looks at the inner side, and the cover keeps clean.
            _add_sheet_side(target, SHEET_POINTS[sheet], [forms.get(number) for number in leaf.back], marked=True)
        return _save_pdf(target, source, title, DUPLEX_PREFERENCES)


def extract_foldouts(pdf: bytes, *, title: str = "") -> bytes | None:
    """Return the pages that are not A4 upright, in their own size and order, for printing; None where there are none.

    They are printed on both sides where each stands on an odd page and has its back on the next. Without a title of
    its own the file has the booklet's.
    """
    with Pdf.open(io.BytesIO(pdf)) as source, Pdf.new() as target:
        numbers = [number for number, page in enumerate(source.pages, 1) if _is_foldout(page)]
        for number in numbers:
            page = source.pages[number - 1]
            for key in ("/Annots", "/StructParents", "/Tabs"):  # they lead to pages that are not here
                if key in page.obj:
                    del page.obj[key]
            target.pages.append(page)
        backed = numbers == [side for front in numbers[::2] if front % 2 for side in (front, front + 1)]
        return (
            _save_pdf(target, source, title, DUPLEX_PREFERENCES if backed else SIMPLEX_PREFERENCES) if numbers else None
        )


def page_count(pdf: bytes) -> int:
    """Return how many pages it has."""
    with Pdf.open(io.BytesIO(pdf)) as source:
        return len(source.pages)


def destination_pages(pdf: bytes) -> Mapping[str, int]:
    """Return for each named destination its page, from 1, in the order of the names. Typst names labelled headings."""
    with Pdf.open(io.BytesIO(pdf)) as source:
        numbers = {page.obj.objgen: number for number, page in enumerate(source.pages, 1)}
        tree = source.Root.get("/Names", Dictionary()).get("/Dests", Dictionary())
        return {name: numbers[place[0].objgen] for name, place in sorted(_name_tree_items(tree))}


def _name_tree_items(tree: Object) -> Iterator[tuple[str, Object]]:
    """Yield names and destinations (arrays that begin with the page) beneath a node of a name tree."""
    held = list(tree.get("/Names", Array()).as_list())
    for name, place in zip(held[::2], held[1::2], strict=True):
        # Typst writes names as UTF-8, which readers of PDF strings take for Latin letters.
        yield bytes(name).decode(), place.D if isinstance(place, Dictionary) else place
    for kid in tree.get("/Kids", Array()).as_list():
        yield from _name_tree_items(kid)


def _is_foldout(page: Page) -> bool:
    left, bottom, right, top = (float(edge) for edge in page.trimbox.as_list())
    sides = (right - left, top - bottom)
    width, height = sides if int(page.obj.get("/Rotate", 0)) % 180 == 0 else sides[::-1]
    return abs(width - A4_POINTS[0]) > SIZE_TOLERANCE or abs(height - A4_POINTS[1]) > SIZE_TOLERANCE


def _form_xobject(target: Pdf, page: Page) -> Object:
    """Return a page of the source as something to be placed in the target."""
    held = page.obj
    finished = isinstance(held.get("/Contents"), Stream) and held.get("/Resources", held.Type).is_indirect
    if not finished or "/Rotate" in held or "/Group" in held:
        return target.copy_foreign(page.as_form_xobject())
    # One finished stream, as Typst writes it, need not be unpacked and packed again: that is ten times faster.
    form = target.copy_foreign(held.Contents)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array(page.trimbox.as_list())
    form.Resources = target.copy_foreign(held.Resources)
    return form


def _add_sheet_side(target: Pdf, size: tuple[float, float], halves: Sequence[Object | None], *, marked: bool) -> None:
    """Add one side of a sheet with the pages in its halves, each as large as its half lets it be."""
    width, height = size
    page = target.add_blank_page(page_size=size)
    page.obj.Resources = Dictionary(XObject=Dictionary())
    # The marks lie beneath the pages, so that a coloured page covers them.
    drawn = [_marks(width / 2, height)] if marked else []
    for side, form in enumerate(halves):
        if form is not None:
            name = Name(("/Left", "/Right")[side])
            page.obj.Resources.XObject[name] = form
            half = pikepdf.Rectangle(side * width / 2, 0, (side + 1) * width / 2, height)
            drawn.append(page.calc_form_xobject_placement(form, name, half))
    page.obj.Contents = target.make_stream(b"\n".join(drawn))


def _marks(fold: float, height: float) -> bytes:
    """Draw a hair of grey at the head and at the foot of the fold."""
    lines = f"{fold:.3f} 0 m {fold:.3f} {FOLD_MARK_LENGTH:.3f} l {fold:.3f} {height - FOLD_MARK_LENGTH:.3f} m {fold:.3f} {height:.3f} l"
    return f"q 0.25 w 0.5 G {lines} S Q".encode()


def _save_pdf(target: Pdf, source: Pdf, title: str, printing: Mapping[str, Object | bool]) -> bytes:
    """Return the finished file: title, dates and language from the source, nothing from this hour or this machine."""
    target.Root.Lang = source.Root.get("/Lang", pikepdf.String("ja"))
    target.Root.ViewerPreferences = Dictionary(printing)
    if "/OutputIntents" in source.Root:
        target.Root.OutputIntents = target.copy_foreign(source.Root.OutputIntents)
    for key, value in source.docinfo.items():
        target.docinfo[key] = str(value)
    target.docinfo.Title = title or str(source.docinfo.get("/Title", ""))
    with target.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.load_from_docinfo(target.docinfo)
        metadata["dc:language"] = {str(target.Root.Lang)}
    written = io.BytesIO()
    target.save(written, min_version="1.7", deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()
