"""Finds what a reader of a printed table notices: rows alone on a page, columns of single characters, torn numbers.

Uses no code of the product: it reads the tags of the PDF and the places of its characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from support.pdf_document import Glyph, Part, PdfDocument

LINE_DISTANCE = 4
"""Points between the middles of two characters, above which they are on different lines."""
NUMBER_WITH_COUNTER = re.compile(
    r"(?:令和|平成)?[−]?[0-9][0-9,.]*(?:年度|日間|人|千円|%)|[−][0-9][0-9,.]*|[0-9][0-9,.-]+"
)


def cell_lines(cell: Part) -> list[str]:
    """Return the text of a cell or a row line by line, without spaces."""
    glyphs = [glyph for glyph in cell.glyphs if glyph.words.strip()]
    lines = [glyphs[0].words] if glyphs else []
    for before, glyph in pairwise(glyphs):
        if before.page != glyph.page or abs(before.middle - glyph.middle) > LINE_DISTANCE:
            lines.append("")
        lines[-1] += glyph.words
    return lines


def lone_rows(printed: PdfDocument) -> Iterator[str]:
    """Yield each row of a table of at least four rows that is alone on its page."""
    for table in printed.tags.all("Table"):
        rows = [row for row in table.all("TR") if row.all("TD") and row.words]
        counts = Counter(next(iter(row.glyphs)).page for row in rows)
        for row in rows:
            page = next(iter(row.glyphs)).page
            if len(rows) >= 4 and counts[page] == 1:
                yield f"page {page}: {row.words[:20]}"


def torn_rows(printed: PdfDocument) -> Iterator[str]:
    """Yield each row of a table that begins on one page and ends on another."""
    for row in printed.tags.all("TR"):
        pages = {glyph.page for cell in row.all("TD", "TH") if not _spans_rows(cell) for glyph in cell.glyphs}
        if len(pages) > 1:
            yield f"pages {sorted(pages)}: {row.words[:20]}"


def _spans_rows(cell: Part) -> bool:
    return len({glyph.page for glyph in cell.glyphs}) > 1 and len(cell_lines(cell)) == 1


def narrow_cells(printed: PdfDocument) -> Iterator[str]:
    """Yield each cell whose text is set in lines of one or two characters."""
    for cell in printed.tags.all("TD", "TH"):
        lines = cell_lines(cell)
        if len(lines) >= 3 and max(map(len, lines)) <= 2:
            yield "/".join(lines)


def torn_numbers(printed: PdfDocument) -> Iterator[str]:
    """Yield each number that is divided, or separated from its counter, by the end of a line of a cell."""
    for cell in printed.tags.all("TD", "TH"):
        lines = cell_lines(cell)
        ends = {sum(map(len, lines[:count])) for count in range(1, len(lines))}
        for match in NUMBER_WITH_COUNTER.finditer("".join(lines)):
            if any(match.start() < end < match.end() for end in ends):
                yield "/".join(lines)


def rows_without_group(printed: PdfDocument, groups: Mapping[str, Sequence[str]], pages: range) -> Iterator[str]:
    """Yield each name of a row on one of these pages, if the page does not show the names of its groups too."""
    for page in pages:
        words = re.sub(r"\s", "", "".join(glyph.words for glyph in printed.glyphs[page]))
        for name, names in groups.items():
            if re.search(rf"{re.escape(name)}(?![0-9-])", words):
                missing = [group for group in names if group not in words]
                if missing:
                    yield f"page {page}: {name} without {missing}"


def reaches_over_the_edge(printed: PdfDocument) -> list[Glyph]:
    """Return the characters that are not wholly on their page."""
    return [
        glyph
        for page, glyphs in printed.glyphs.items()
        for glyph in glyphs
        if glyph.words.strip() and (glyph.box[0] < 0 or glyph.box[2] > printed.sizes[page - 1][0] / 25.4 * 72)
    ]
