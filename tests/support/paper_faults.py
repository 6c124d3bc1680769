"""Finds what a reader of paper would complain about in a finished PDF. Uses no code of the product.

Each function returns one line per fault, with the page. Glyph boxes are those of pypdfium2, in points from the lower
left corner. `tests/booklet/test_paper_faults.py` plants a fault of each kind.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from support.pdf_document import Glyph, PdfDocument

MM = 72 / 25.4
Margins = tuple[float, float, float, float]
"""Inside, outside, top and bottom in mm."""
BOOK_MARGINS: Margins = (25, 18, 24, 22)
"""Those of an A4 page of the booklet (templates/booklet/settings.typ)."""
EDGE = 4
"""Millimetres at the edge of a sheet that an office printer leaves white."""
OVERHANG = 3
"""Points by which a glyph may stand out of the text block: Latin punctuation hangs at the end of a justified line."""
FOLD_GAP = 4
"""Millimetres on either side of a fold that stay white."""
OVERLAP = 0.3
"""Share of the smaller of two glyph boxes that may lie in the other one; letters in a line touch each other."""
CLOSING = "。、．，」』）］〕】》〉)].,!?！？・ー〜 \u3000"
SCREEN_WORDS = re.compile(
    r"選ぶと|選んで|クリック|タップ|スクロール|(?:下|上|右|左|次)のリンク|リンクから|ボタン|検索欄|ブラウザ|戻るに?は|"
    r"画面の|このサイト|開くと|押すと|メニュー"
)
"""Words about what a reader does on a screen. The words of a plan may contain them, those of the program may not."""
LIGATURES = frozenset({"ff", "fi", "fl", "ft", "fj", "tt"})
INVISIBLE = "\u200b \u3000\xa0"
MOST_REPEATS = 5
"""How often one whole sentence may stand in a booklet."""


def _visible(document: PdfDocument, number: int) -> list[Glyph]:
    seen: list[Glyph] = []
    for glyph in document.glyphs[number]:
        left, bottom, right, top = glyph.box
        # A ligature is one glyph for several letters, all with its box.
        is_ligature = bool(seen) and seen[-1].box == glyph.box and seen[-1].words + glyph.words in LIGATURES
        if glyph.words.strip(INVISIBLE) and right > left and top > bottom and not is_ligature:
            seen.append(glyph)
    return seen


def _text_block(size: tuple[float, float], number: int, margins: Margins) -> tuple[float, float, float, float]:
    inside, outside, top, bottom = margins
    left, right = (inside, outside) if number % 2 else (outside, inside)
    return left * MM, bottom * MM, (size[0] - right) * MM, (size[1] - top) * MM


def text_outside(document: PdfDocument, margins: Margins = BOOK_MARGINS) -> list[str]:
    """Text of an A4 page outside of its text block, and any text less than EDGE from the edge of any page."""
    faults = []
    for number, (width, height) in enumerate(document.sizes, 1):
        is_book_page = abs(width - 210) < 1 and abs(height - 297) < 1
        block = _text_block((width, height), number, margins)
        sheet = EDGE * MM, EDGE * MM, (width - EDGE) * MM, (height - EDGE) * MM
        outside = []
        for glyph in _visible(document, number):
            left, bottom, right, top = block if is_book_page and glyph.tag != -1 else sheet
            x0, y0, x1, y1 = glyph.box
            if x0 < left - OVERHANG or y0 < bottom - OVERHANG or x1 > right + OVERHANG or y1 > top + OVERHANG:
                outside.append(glyph.words)
        if outside:
            faults.append(f"{number}: {''.join(outside)[:40]} ({len(outside)})")
    return faults


def overprints(document: PdfDocument) -> list[str]:
    """Pairs of characters that are printed on one another."""
    faults = []
    for number in range(1, len(document) + 1):
        cells: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
        pairs = []
        for glyph in _visible(document, number):
            x0, y0, x1, y1 = glyph.box
            near: dict[int, Glyph] = {}
            for x in range(int(x0 // 12), int(x1 // 12) + 1):
                for y in range(int(y0 // 12), int(y1 // 12) + 1):
                    near.update({id(other): other for other in cells[x, y]})
                    cells[x, y].append(glyph)
            for other in near.values():
                a0, b0, a1, b1 = other.box
                common = max(0, min(x1, a1) - max(x0, a0)) * max(0, min(y1, b1) - max(y0, b0))
                is_rule = other.words == glyph.words and glyph.words in "―—─ー_"  # made to join
                if not is_rule and common > OVERLAP * min((x1 - x0) * (y1 - y0), (a1 - a0) * (b1 - b0)):
                    pairs.append(other.words + glyph.words)
        if pairs:
            faults.append(f"{number}: {' '.join(pairs[:12])} ({len(pairs)})")
    return faults


def printed_on_fold(document: PdfDocument) -> list[str]:
    """Pages in landscape with anything but white less than FOLD_GAP from the fold in the middle."""
    faults = []
    scale = 2
    for number, (width, height) in enumerate(document.sizes, 1):
        if width <= height:
            continue
        picture = document.look(number, dpi=72 * scale)
        middle, gap = picture.width / 2, FOLD_GAP * MM * scale
        band = picture.crop((int(middle - gap) + 1, 0, int(middle + gap), picture.height))
        dark = band.point(lambda grey: 255 if grey < 250 else 0).getbbox()
        if dark:
            faults.append(f"{number}: {round(dark[1] / scale / MM)}–{round(dark[3] / scale / MM)} mm from the top")
    return faults


def silent_blank_pages(document: PdfDocument) -> list[str]:
    """Pages whose text block is empty and without a note about it."""
    faults = []
    for number in range(1, len(document) + 1):
        picture = document.look(number, dpi=36)
        height = picture.height
        body = picture.crop((0, int(height * 0.08), picture.width, int(height * 0.92)))
        if not body.point(lambda grey: 255 if grey < 250 else 0).getbbox():
            faults.append(str(number))
    return faults


def short_last_lines(document: PdfDocument) -> list[str]:
    """Paragraphs of two or more lines whose last line is a single character, with or without punctuation."""
    faults = []
    for part in document.tags.all("P"):
        lines = _lines([glyph for glyph in part.glyphs if glyph.words.strip()])
        if len(lines) > 1 and len(lines[-1].strip(CLOSING)) <= 1 and len(lines[-1]) <= 4:
            faults.append(f"{next(part.glyphs).page}: {lines[-2][-12:]}|{lines[-1]}")
    return faults


def _lines(glyphs: Sequence[Glyph]) -> list[str]:
    lines: list[str] = []
    for before, glyph in pairwise([None, *glyphs]):
        assert glyph
        is_new = before is None or before.page != glyph.page or glyph.box[2] < before.box[0] - glyph.size
        if is_new:
            lines.append("")
        lines[-1] += glyph.words
    return lines


def detached_notes(document: PdfDocument) -> list[str]:
    """Footnotes whose number stands alone on a line above their text."""
    faults = []
    for part in document.tags.all("Note"):
        glyphs = [glyph for glyph in part.glyphs if glyph.words.strip()]
        numbers = [glyph for glyph in glyphs if glyph.words.isdigit()]
        texts = [glyph for glyph in glyphs if not glyph.words.isdigit()]
        if numbers and texts and texts[0].box[3] < numbers[0].box[1]:
            faults.append(f"{texts[0].page}: {''.join(glyph.words for glyph in texts)[:20]}")
    return faults


def noise(document: PdfDocument, *, own_words: Collection[str] = (), keys: Collection[str] = ()) -> list[str]:
    """Words about the screen, internal keys, and sentences that are repeated again and again.

    `own_words` are the texts of the plan, which are printed as they are; `keys` are ids and addresses that no
    reader needs.
    """
    faults = []
    own = re.sub(r"\s", "", "".join(own_words))
    sentences: Counter[str] = Counter()
    pattern = re.compile("|".join(rf"(?<![a-z0-9@/.-]){re.escape(key)}(?![a-z0-9@-])" for key in keys) or "(?!)")
    for number in range(1, len(document) + 1):
        words = re.sub(r"\s", "", document.text(number))
        faults += [
            f"{number}: {words[max(0, m.start() - 10) : m.end() + 10]}"
            for m in SCREEN_WORDS.finditer(words)
            if words[max(0, m.start() - 4) : m.end() + 2] not in own
        ]
        # Each line by itself, since an id often ends where another word begins.
        faults += [f"{number}: {m[0]}" for line in document.text(number).splitlines() for m in pattern.finditer(line)]
        sentences.update(re.findall(r"[^。！？）]{8,}。", words))
    faults += [
        f"{count} times: {words}" for words, count in sentences.items() if count > MOST_REPEATS and words not in own
    ]
    return faults


def leaders_out_of_line(document: PdfDocument) -> list[str]:
    """Pages whose leader dots do not stand below one another."""
    faults = []
    for number in range(1, len(document) + 1):
        rows: dict[float, list[float]] = defaultdict(list)
        for glyph in document.glyphs[number]:
            if glyph.words == "." and glyph.tag == -1:
                rows[round(glyph.box[1], 1)].append(glyph.box[0])
        rows = {y: sorted(dots) for y, dots in rows.items() if len(dots) > 5}
        gaps = {round(dots[-1] - dots[-2], 1) for dots in rows.values()}
        ends = {round(dots[-1], 0) for dots in rows.values()}
        if len(rows) > 1 and (len(gaps) > 1 or max(ends) - min(ends) > 1):
            faults.append(f"{number}: {len(rows)} lines, gaps {sorted(gaps)[:3]}, ends {len(ends)}")
    return faults
