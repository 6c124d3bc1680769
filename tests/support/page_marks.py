"""Compares the running head and the thumb of each page of a booklet with the chapter that the page belongs to.

Uses no code of the product: the pages of a chapter follow from the bookmarks of the PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from support.pdf_document import Bookmark, Glyph, PdfDocument

MM = 72 / 25.4
HEAD_HEIGHT, FOOT_HEIGHT, THUMB_WIDTH = 20 * MM, 20 * MM, 9.5 * MM
"""How far running head, page number and thumb reach from the top, the bottom and the outer edge, in points."""
A4_WIDTH, A4_HEIGHT = 210, 297


@dataclass(frozen=True)
class Chapter:
    id: str
    number: str
    name: str


def mark_errors(printed: PdfDocument, plan_name: str, chapters: Sequence[Chapter]) -> Iterator[str]:
    """Yield each page whose running head or thumb is missing, or belongs to another chapter."""
    chapter_by_page, openings = chapter_pages(printed, chapters)
    for page, (width, height) in enumerate(printed.sizes, 1):
        chapter = chapter_by_page.get(page)
        is_foldout = {round(width), round(height)} != {A4_WIDTH, A4_HEIGHT}
        head = "" if is_foldout or page == 1 or page in openings else plan_name
        if head and chapter:
            head = ("" if page % 2 else plan_name) + f"{chapter.number} {chapter.name}".strip()
        if (found := _running_head(printed, page)) != _packed(head):
            yield f"page {page} has the running head {found!r}, not {_packed(head)!r}"
        thumb = (chapter.number, page % 2) if chapter and chapter.number else ("", 0)
        if (shown := _thumb(printed, page)) != thumb:
            yield f"page {page} has the thumb {shown}, not {thumb}"


def chapter_pages(printed: PdfDocument, chapters: Sequence[Chapter]) -> tuple[dict[int, Chapter], set[int]]:
    """Return the chapter of each page, and the first page of each chapter."""
    bookmarks = list(_flat(printed.bookmarks, 0))
    by_page: dict[int, Chapter] = {}
    openings = set()
    for chapter in chapters:
        start = printed.places[chapter.id][0]
        at = next(n for n, (_, mark) in enumerate(bookmarks) if (mark.words, mark.page) == (chapter.name, start))
        depth = bookmarks[at][0]
        following = (mark.page for other, mark in bookmarks[at + 1 :] if other <= depth)
        by_page |= dict.fromkeys(range(start, next(following, len(printed) + 1)), chapter)
        openings.add(start)
    return by_page, openings


def _flat(bookmarks: Sequence[Bookmark], depth: int) -> Iterator[tuple[int, Bookmark]]:
    for bookmark in bookmarks:
        yield depth, bookmark
        yield from _flat(bookmark.items, depth + 1)


def _running_head(printed: PdfDocument, page: int) -> str:
    high = printed.sizes[page - 1][1] * MM
    inner = [glyph for glyph in _decoration(printed, page) if not _is_at_the_edge(printed, glyph)]
    return _packed("".join(glyph.words for glyph in inner if glyph.middle > high - HEAD_HEIGHT))


def _thumb(printed: PdfDocument, page: int) -> tuple[str, int]:
    """Return the number in the thumb of a page, and 1 if it is at the right edge."""
    glyphs = [glyph for glyph in _decoration(printed, page) if _is_at_the_edge(printed, glyph)]
    glyphs = [glyph for glyph in glyphs if glyph.middle > FOOT_HEIGHT]
    return "".join(glyph.words for glyph in glyphs), int(any(glyph.box[0] > THUMB_WIDTH for glyph in glyphs))


def _decoration(printed: PdfDocument, page: int) -> list[Glyph]:
    return [glyph for glyph in printed.glyphs[page] if glyph.tag == -1]


def _is_at_the_edge(printed: PdfDocument, glyph: Glyph) -> bool:
    wide = printed.sizes[glyph.page - 1][0] * MM
    return glyph.box[2] < THUMB_WIDTH or glyph.box[0] > wide - THUMB_WIDTH


def _packed(text: str) -> str:
    return re.sub(r"\s", "", text)
