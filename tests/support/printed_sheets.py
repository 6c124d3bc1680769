"""Measures the sheets of a page that a browser has printed: their size, how full they are, what stands alone.

Reads a tagged PDF of Chromium (`page.pdf(tagged=True)`). What the margins contain (address, page number) is not tagged
and does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from support.pdf_document import Glyph, Part, PdfDocument

A4 = (210.0, 297.0)
"""Width and height in mm."""
LEAST_FILL = 1 / 3
"""Share of the height between the margins that the content of a sheet must reach, except on the last sheet."""
MARGIN_MM = 16.0
"""The top margin of a sheet; its lower margin has the address and is MARGIN_BELOW_MM high."""
MARGIN_BELOW_MM = 18.0
HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
CELLS = ("TH", "TD")
_POINTS_PER_MM = 72 / 25.4


def sheet_faults(data: bytes, address: str = "") -> list[str]:
    """Return the faults of a printed page. `address` is the text that the foot of each sheet must contain."""
    document = PdfDocument(data)
    return [
        *_wrong_sizes(document),
        *_empty_sheets(document),
        *_lone_headings(document),
        *_lone_table_heads(document),
        *_narrow_cells(document),
        *_missing_addresses(document, address),
    ]


def fills(document: PdfDocument) -> list[float]:
    """Return for each sheet how far down its content reaches, from 0 (at the top margin) to 1 (at the lower one)."""
    return [_fill(document, number) for number in range(1, len(document) + 1)]


def _fill(document: PdfDocument, number: int) -> float:
    """Return the fill of one sheet, from what is seen: text, pictures, lines and tinted boxes."""
    picture = document.look(number, dpi=36)
    scale = 36 / 25.4
    top, bottom = round(MARGIN_MM * scale) - 1, picture.height - round(MARGIN_BELOW_MM * scale)
    box = picture.crop((0, top, picture.width, bottom)).point(lambda grey: 255 * (grey < 235)).getbbox()
    return box[3] / (bottom - top) if box else 0.0


def _wrong_sizes(document: PdfDocument) -> Iterator[str]:
    for number, (width, height) in enumerate(document.sizes, 1):
        if any(abs(side - wanted) > 1 for side, wanted in zip(sorted((width, height)), A4, strict=True)):
            yield f"sheet {number} measures {width:.0f} × {height:.0f} mm"


def _empty_sheets(document: PdfDocument) -> Iterator[str]:
    for number, fill in enumerate(fills(document)[:-1], 1):
        if fill < LEAST_FILL:
            yield f"sheet {number} of {len(document)} is {fill:.0%} full"


def _lone_headings(document: PdfDocument) -> Iterator[str]:
    """Yield each heading whose text, or first heading below it, is on a later sheet."""
    tagged = [item for item in _flat(document.tags) if _printed(item)]
    for item, following in pairwise(tagged):
        if isinstance(item, Part) and not (isinstance(following, Part) and following.kind <= item.kind):
            last, first = _printed(item)[-1], _printed(following)[0]
            if first.page > last.page and not _has_picture_below(document, last):
                yield f"the heading “{item.words.strip()}” stands at the foot of sheet {last.page}, away from its text"


def _flat(part: Part) -> Iterator[Part | Glyph]:
    """Yield the headings as wholes and all other glyphs, in reading order."""
    for item in part.items:
        if isinstance(item, Part) and item.kind not in HEADINGS:
            yield from _flat(item)
        else:
            yield item


def _printed(item: Part | Glyph) -> list[Glyph]:
    """Return the glyphs of a part that can be seen."""
    glyphs = item.glyphs if isinstance(item, Part) else [item]
    return [glyph for glyph in glyphs if glyph.words.strip() and glyph.box[2] > glyph.box[0]]


def _has_picture_below(document: PdfDocument, glyph: Glyph) -> bool:
    """Return whether something is drawn on the sheet below a heading: a diagram contains no tagged text."""
    picture = document.look(glyph.page, dpi=36)
    top = picture.height - round(glyph.box[1] / 2) + 4
    bottom = picture.height - round(MARGIN_BELOW_MM * 36 / 25.4)
    if top >= bottom:
        return False
    box = picture.crop((0, top, picture.width, bottom)).point(lambda grey: 255 * (grey < 235)).getbbox()
    return box is not None and box[3] - box[1] > 20


def _lone_table_heads(document: PdfDocument) -> Iterator[str]:
    """Yield each table whose head, or caption above it, is on a sheet without one of its rows."""
    for table in document.tags.all("Table"):
        rows = [(row, _printed(row)) for row in table.all("TR")]
        heads = [glyphs for row, glyphs in rows if glyphs and not row.all("TD")]
        bodies = [glyphs for row, glyphs in rows if glyphs and row.all("TD")]
        if heads and bodies and bodies[0][0].page > heads[0][0].page:  # a head is repeated on each sheet
            words = "".join(glyph.words for glyph in heads[0] if glyph.page == heads[0][0].page)
            yield f"the table head “{words[:24]}” stands alone at the foot of sheet {heads[0][0].page}"
        first = min((glyphs[0].page for _, glyphs in rows if glyphs), default=0)
        for caption in map(_printed, table.all("Caption")):
            if caption and caption[0].page < first:
                yield f"a table caption stands alone at the foot of sheet {caption[0].page}"


def _narrow_cells(document: PdfDocument) -> Iterator[str]:
    """Yield each table cell that is broken into single characters, or breaks inside a number."""
    for cell in document.tags.all(*CELLS):
        for lines in cell_lines(cell).values():
            words = "".join(lines)
            if any(len(line) == len(following) == 1 for line, following in pairwise(lines)):
                yield f"the cell “{words[:20]}” is so narrow that a line has one character"
            for line, following in pairwise(lines):
                if re.search(r"[0-9],?$", line) and re.match(r"[0-9,]", following) and not cell.all("L", "P"):
                    yield f"the cell “{words[:20]}” breaks a number: {line} | {following}"


def cell_lines(cell: Part) -> dict[int, list[str]]:
    """Return the text of a table cell line by line, for each sheet: a table head is repeated on each."""
    sheets: dict[int, list[str]] = {}
    last: Glyph | None = None
    for glyph in _printed(cell):
        lines = sheets.setdefault(glyph.page, [])
        if lines and last and abs(glyph.middle - last.middle) < max(glyph.size, last.size) * 0.7:
            lines[-1] += glyph.words
        else:
            lines.append(glyph.words)
        last = glyph
    return sheets


def _missing_addresses(document: PdfDocument, address: str) -> Iterator[str]:
    for number, glyphs in document.glyphs.items():
        foot = "".join(g.words for g in glyphs if g.box[3] < MARGIN_BELOW_MM * _POINTS_PER_MM)
        if address and address not in foot:
            yield f"the foot of sheet {number} does not show the address {address}"
